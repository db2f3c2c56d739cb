/// All controllers, in the order in which they start.
enum Controllers {
  static let all: [any Reconciler.Type] = [
    DeploymentController.self, ReplicaSetController.self, ReplicationController.self,
  ]
}
