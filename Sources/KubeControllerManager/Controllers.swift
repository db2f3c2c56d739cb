/// All controllers, in the order in which they start.
enum Controllers {
  static let all: [any Reconciler.Type] = [
    ServiceAccountTokens.self, EndpointsController.self, EndpointSliceController.self,
    EndpointSliceMirroring.self, ReplicationController.self, PodGarbageCollector.self,
    ResourceQuotaController.self, NamespaceController.self, ServiceAccountController.self,
    GarbageCollector.self, DaemonSetController.self, JobController.self,
    DeploymentController.self, ReplicaSetController.self, HorizontalAutoscaler.self,
    DisruptionController.self, StatefulSetController.self, CronJobController.self,
    CertificateSigningController.self, CertificateApprover.self, CertificateCleaner.self,
    NodeTTLController.self, BootstrapSigner.self, BootstrapTokenCleaner.self,
    NodeIPAMController.self,
    NodeLifecycleController.self, TaintEvictionController.self, VolumeBinder.self,
    VolumeProtection.self, AttributesProtection.self, ServiceAddresses.self,
    ServiceCIDRController.self, EphemeralVolumeController.self, ResourceClaimController.self,
    VolumeExpansion.self, ProvisioningController.self, ExternalResizer.self,
    CapacityPublisher.self, AttachDetachController.self,
    ExternalAttacher.self, SnapshotController.self, ClusterRoleAggregation.self,
    TTLAfterFinishedController.self, RootCAPublisher.self,
  ]
}
