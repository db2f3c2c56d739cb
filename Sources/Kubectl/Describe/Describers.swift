/// Every kind that has a description of its own.
enum Describers {
  /// By kind and group.
  static let all: [String: any Describer] = [
    "Pod": PodDescriber(), "Node": NodeDescriber(), "Namespace": NamespaceDescriber(),
    "Service": ServiceDescriber(), "Endpoints": EndpointsDescriber(),
    "EndpointSlice.discovery.k8s.io": EndpointSliceDescriber(),
    "ConfigMap": ConfigMapDescriber(), "Secret": SecretDescriber(),
    "ServiceAccount": ServiceAccountDescriber(), "ResourceQuota": ResourceQuotaDescriber(),
    "LimitRange": LimitRangeDescriber(), "PersistentVolume": PersistentVolumeDescriber(),
    "PersistentVolumeClaim": PersistentVolumeClaimDescriber(),
    "ReplicationController": ReplicaSetDescriber(isController: true),
    "ReplicaSet.apps": ReplicaSetDescriber(isController: false),
    "Deployment.apps": DeploymentDescriber(), "StatefulSet.apps": StatefulSetDescriber(),
    "DaemonSet.apps": DaemonSetDescriber(), "Job.batch": JobDescriber(),
    "CronJob.batch": CronJobDescriber(), "Ingress.networking.k8s.io": IngressDescriber(),
    "IngressClass.networking.k8s.io": IngressClassDescriber(),
    "NetworkPolicy.networking.k8s.io": NetworkPolicyDescriber(),
    "PodDisruptionBudget.policy": PodDisruptionBudgetDescriber(),
    "HorizontalPodAutoscaler.autoscaling": HorizontalPodAutoscalerDescriber(),
    "StorageClass.storage.k8s.io": StorageClassDescriber(),
    "VolumeAttributesClass.storage.k8s.io": VolumeAttributesClassDescriber(),
    "CSINode.storage.k8s.io": CSINodeDescriber(),
    "ServiceCIDR.networking.k8s.io": ServiceCIDRDescriber(),
    "IPAddress.networking.k8s.io": IPAddressDescriber(),
    "Role.rbac.authorization.k8s.io": RoleDescriber(),
    "ClusterRole.rbac.authorization.k8s.io": RoleDescriber(),
    "RoleBinding.rbac.authorization.k8s.io": RoleBindingDescriber(),
    "ClusterRoleBinding.rbac.authorization.k8s.io": RoleBindingDescriber(),
    "PriorityClass.scheduling.k8s.io": PriorityClassDescriber(),
    "CertificateSigningRequest.certificates.k8s.io": CertificateSigningRequestDescriber(),
  ]

  static func describer(of resource: APIResource) -> any Describer {
    all[resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"]
      ?? GenericDescriber()
  }
}
