import KubeObjects

/// The strategies of all built-in kinds; a kind without one has the generic behaviour.
package enum Strategies {
  package static let all: [any Strategy] = workloads + configuration + network + storage + access

  private static let workloads: [any Strategy] = [
    ControllerRevisionStrategy(), CronJobStrategy(), DaemonSetStrategy(), DeploymentStrategy(),
    HorizontalPodAutoscalerStrategy(), JobStrategy(), PodDisruptionBudgetStrategy(),
    PodStrategy(), PodTemplateStrategy(), PriorityClassStrategy(), ReplicaSetStrategy(),
    ReplicationControllerStrategy(), RuntimeClassStrategy(), StatefulSetStrategy(),
  ]

  private static let configuration: [any Strategy] = [
    ConfigMapStrategy(), EventStrategy(), LeaseStrategy(), LimitRangeStrategy(),
    NamespaceStrategy(), NodeStrategy(), ResourceQuotaStrategy(), SecretStrategy(),
    ServiceAccountStrategy(),
    TabledStrategy(
      GroupVersionResource("", "v1", "componentstatuses"), .componentStatuses,
      namespaced: false),
    APIServiceStrategy(),
  ]

  private static let network: [any Strategy] = [
    EndpointSliceStrategy(), EndpointsStrategy(), IPAddressStrategy(), IngressClassStrategy(),
    IngressStrategy(), NetworkPolicyStrategy(), ServiceCIDRStrategy(), ServiceStrategy(),
  ]

  private static let storage: [any Strategy] = [
    PersistentVolumeClaimStrategy(), PersistentVolumeStrategy(), ResourceSliceStrategy(),
    ResourceClaimStrategy("resourceclaims"), ResourceClaimStrategy("resourceclaimtemplates"),
    StorageClassStrategy(),
    CSIDriverStrategy(), CSIStorageCapacityStrategy(),
    CSINodeStrategy(),
    VolumeAttachmentStrategy(),
    VolumeAttributesClassStrategy(),
    DeviceClassStrategy(),
  ]

  private static let access: [any Strategy] = [
    RoleBindingStrategy(.clusterRoleBindings), RoleBindingStrategy(.roleBindings),
    RoleStrategy(.clusterRoles), RoleStrategy(.roles),
    FlowSchemaStrategy(), PriorityLevelConfigurationStrategy(),
    WebhookConfigurationStrategy("validatingwebhookconfigurations"),
    WebhookConfigurationStrategy("mutatingwebhookconfigurations"),
    AdmissionPolicyStrategy("validatingadmissionpolicies"),
    AdmissionPolicyStrategy("mutatingadmissionpolicies"),
    AdmissionPolicyBindingStrategy("validatingadmissionpolicybindings"),
    AdmissionPolicyBindingStrategy("mutatingadmissionpolicybindings"),
    CertificateSigningRequestStrategy(),
  ]
}
