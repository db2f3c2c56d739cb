/// The plug-ins that run, in upstream's order; one that is both kinds runs in both rounds.
package enum AdmissionPlugins {
  package static let all: [any AdmissionPlugin] = [
    NamespaceAutoProvision(),
    NamespaceLifecycle(),
    NamespaceExists(),
    LimitRanger(),
    ServiceAccount(),
    NodeRestriction(),
    TaintNodesByCondition(),
    AlwaysPullImages(),
    ImagePolicyWebhook(),
    PodSecurity(),
    Priority(),
    DefaultTolerationSeconds(),
    DefaultStorageClass(),
    StorageObjectInUseProtection(),
    PersistentVolumeClaimResize(),
    RuntimeClass(),
    PodTopologyLabels(),
    CertificateApproval(),
    CertificateSigning(),
    CertificateSubjectRestriction(),
    DefaultIngressClass(),
    MutatingAdmissionPolicies(),
    MutatingAdmissionWebhooks(),
    ValidatingAdmissionPolicies(),
    ValidatingAdmissionWebhooks(),
    DenyServiceExternalIPs(),
    ResourceQuota(),
    AlwaysDeny(),
  ]

  /// Those that run only when they are asked for.
  package static let optional: Set<String> = [
    "NamespaceAutoProvision", "NamespaceExists", "NodeRestriction", "AlwaysPullImages",
    "ImagePolicyWebhook", "DenyServiceExternalIPs", "AlwaysDeny",
  ]

  /// Plug-ins that upstream has and drydock has not.
  package static let notSimulated: Set<String> = [
    "EventRateLimit", "ExtendedResourceToleration",
    "LimitPodHardAntiAffinityTopology", "OwnerReferencesPermissionEnforcement", "PodNodeSelector",
    "PodTolerationRestriction", "NodeDeclaredFeatureValidator",
  ]

  /// Every name that --enable-admission-plugins may hold.
  package static let names: Set<String> = Set(all.map(\.name)).union(notSimulated).union([
    "AlwaysAdmit", "ClusterTrustBundleAttest", "PersistentVolumeLabel",
  ])
}
