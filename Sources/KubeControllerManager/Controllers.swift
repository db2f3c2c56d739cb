/// All controllers, in the order in which they start.
enum Controllers {
  static let all: [any Reconciler.Type] = [
    EndpointsController.self, EndpointSliceController.self, ReplicationController.self,
    PodGarbageCollector.self, NamespaceController.self, ServiceAccountController.self,
    GarbageCollector.self, DaemonSetController.self, JobController.self,
    DeploymentController.self, ReplicaSetController.self, DisruptionController.self,
    StatefulSetController.self, CronJobController.self, NodeIPAMController.self,
    NodeLifecycleController.self, TaintEvictionController.self, VolumeBinder.self,
    VolumeProtection.self, EphemeralVolumeController.self, ClusterRoleAggregation.self,
    TTLAfterFinishedController.self, RootCAPublisher.self,
  ]
}
