/// The resources that commands make or read without asking discovery.
extension APIResource {
  init(_ group: String, _ version: String, _ name: String, _ kind: String, namespaced: Bool = true)
  {
    self.init(
      group: group, version: version, name: name, singular: kind.lowercased(), kind: kind,
      isNamespaced: namespaced)
  }

  static let namespaces = APIResource("", "v1", "namespaces", "Namespace", namespaced: false)
  static let configMaps = APIResource("", "v1", "configmaps", "ConfigMap")
  static let secrets = APIResource("", "v1", "secrets", "Secret")
  static let services = APIResource("", "v1", "services", "Service")
  static let serviceAccounts = APIResource("", "v1", "serviceaccounts", "ServiceAccount")
  static let resourceQuotas = APIResource("", "v1", "resourcequotas", "ResourceQuota")
  static let limitRanges = APIResource("", "v1", "limitranges", "LimitRange")
  static let pods = APIResource("", "v1", "pods", "Pod")
  static let nodes = APIResource("", "v1", "nodes", "Node", namespaced: false)
  static let events = APIResource("", "v1", "events", "Event")
  static let persistentVolumeClaims = APIResource(
    "", "v1", "persistentvolumeclaims", "PersistentVolumeClaim")
  static let deployments = APIResource("apps", "v1", "deployments", "Deployment")
  static let replicaSets = APIResource("apps", "v1", "replicasets", "ReplicaSet")
  static let daemonSets = APIResource("apps", "v1", "daemonsets", "DaemonSet")
  static let controllerRevisions = APIResource(
    "apps", "v1", "controllerrevisions", "ControllerRevision")
  static let jobs = APIResource("batch", "v1", "jobs", "Job")
  static let cronJobs = APIResource("batch", "v1", "cronjobs", "CronJob")
  static let ingresses = APIResource("networking.k8s.io", "v1", "ingresses", "Ingress")
  static let endpointSlices = APIResource(
    "discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
  static let leases = APIResource("coordination.k8s.io", "v1", "leases", "Lease")
  static let podDisruptionBudgets = APIResource(
    "policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget")
  static let priorityClasses = APIResource(
    "scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", namespaced: false)
  static let horizontalPodAutoscalers = APIResource(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
  static let roles = rbac("roles", "Role")
  static let roleBindings = rbac("rolebindings", "RoleBinding")
  static let clusterRoles = rbac("clusterroles", "ClusterRole", namespaced: false)
  static let clusterRoleBindings = rbac(
    "clusterrolebindings", "ClusterRoleBinding", namespaced: false)
  static let certificateSigningRequests = APIResource(
    "certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest",
    namespaced: false)

  private static func rbac(_ name: String, _ kind: String, namespaced: Bool = true) -> APIResource {
    APIResource("rbac.authorization.k8s.io", "v1", name, kind, namespaced: namespaced)
  }
}
