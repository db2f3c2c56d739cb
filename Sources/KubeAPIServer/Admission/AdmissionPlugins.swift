/// The plug-ins that run, in upstream's order; one that is both kinds runs in both rounds.
package enum AdmissionPlugins {
  package static let all: [any AdmissionPlugin] = [
    NamespaceLifecycle(),
    LimitRanger(),
    ServiceAccount(),
    NodeRestriction(),
    TaintNodesByCondition(),
    PodSecurity(),
    Priority(),
    DefaultTolerationSeconds(),
    DefaultStorageClass(),
    StorageObjectInUseProtection(),
    PersistentVolumeClaimResize(),
    RuntimeClass(),
    CertificateApproval(),
    CertificateSigning(),
    DefaultIngressClass(),
    MutatingAdmissionPolicies(),
    ValidatingAdmissionPolicies(),
    ResourceQuota(),
  ]
}
