/// All controllers, in the order in which they start.
enum Controllers {
  static let all: [any Reconciler.Type] = [
    EndpointsController.self, EndpointSliceController.self, ReplicationController.self,
    GarbageCollector.self, NamespaceController.self, ServiceAccountController.self,
    RootCAPublisher.self, NodeIPAMController.self,
    NodeLifecycleController.self, TaintEvictionController.self, PodGarbageCollector.self,
    DeploymentController.self,
    ReplicaSetController.self,
  ]
}
