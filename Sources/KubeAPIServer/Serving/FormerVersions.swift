import KubeObjects

/// Versions that are no longer served and that the server still can read.
enum FormerVersions {
  static func has(_ version: GroupVersion, kind: String) -> Bool {
    kinds[version.description]?.contains(kind) ?? false
  }

  static var all: [GroupVersion] { kinds.keys.map { GroupVersion(apiVersion: $0) } }

  private static let kinds: [String: Set<String>] = [
    "extensions/v1beta1": [
      "DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet", "Scale",
    ],
    "apps/v1beta1": ["ControllerRevision", "Deployment", "Scale", "StatefulSet"],
    "apps/v1beta2": [
      "ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "Scale", "StatefulSet",
    ],
    "batch/v1beta1": ["CronJob"],
    "policy/v1beta1": ["Eviction", "PodDisruptionBudget"],
    "networking.k8s.io/v1beta1": ["IPAddress", "Ingress", "IngressClass", "ServiceCIDR"],
    "rbac.authorization.k8s.io/v1beta1": [
      "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding",
    ],
    "rbac.authorization.k8s.io/v1alpha1": [
      "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding",
    ],
    "storage.k8s.io/v1beta1": [
      "CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment",
      "VolumeAttributesClass",
    ],
    "scheduling.k8s.io/v1beta1": ["PriorityClass"],
    "scheduling.k8s.io/v1alpha1": ["PriorityClass"],
    "coordination.k8s.io/v1beta1": ["Lease"],
    "discovery.k8s.io/v1beta1": ["EndpointSlice"],
    "events.k8s.io/v1beta1": ["Event"],
    "node.k8s.io/v1beta1": ["RuntimeClass"],
    "node.k8s.io/v1alpha1": ["RuntimeClass"],
    "apiextensions.k8s.io/v1beta1": ["CustomResourceDefinition"],
    "apiregistration.k8s.io/v1beta1": ["APIService"],
    "certificates.k8s.io/v1beta1": ["CertificateSigningRequest"],
    "authentication.k8s.io/v1beta1": ["SelfSubjectReview", "TokenReview"],
    "authorization.k8s.io/v1beta1": [
      "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview",
      "SubjectAccessReview",
    ],
    "admissionregistration.k8s.io/v1beta1": [
      "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
      "ValidatingWebhookConfiguration",
    ],
    "flowcontrol.apiserver.k8s.io/v1beta3": ["FlowSchema", "PriorityLevelConfiguration"],
  ]
}
