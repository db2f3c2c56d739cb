/// A group and version of the API, such as apps/v1; the core group is empty.
package struct GroupVersion: Hashable, Sendable, CustomStringConvertible {
  package var group: String
  package var version: String

  package init(_ group: String, _ version: String) {
    self.group = group
    self.version = version
  }

  /// Reads an apiVersion: `v1`, `apps/v1`.
  package init(apiVersion: String) {
    if let slash = apiVersion.firstIndex(of: "/") {
      group = String(apiVersion[..<slash])
      version = String(apiVersion[apiVersion.index(after: slash)...])
    } else {
      group = ""
      version = apiVersion
    }
  }

  /// As in an apiVersion.
  package var description: String { group.isEmpty ? version : "\(group)/\(version)" }
}

/// A resource of the API as its path names it: group, version and plural, lower case.
package struct GroupVersionResource: Hashable, Sendable, CustomStringConvertible {
  package var group: String
  package var version: String
  package var resource: String

  package init(_ group: String, _ version: String, _ resource: String) {
    self.group = group
    self.version = version
    self.resource = resource
  }

  // Few resources share a name, and hashing is most of a look-up.
  package func hash(into hasher: inout Hasher) { hasher.combine(resource) }

  package var groupVersion: GroupVersion { GroupVersion(group, version) }
  /// The name for RBAC and messages: `pods`, `deployments.apps`.
  package var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}

extension GroupVersionResource {
  package static let pods = Self("", "v1", "pods")
  package static let nodes = Self("", "v1", "nodes")
  package static let namespaces = Self("", "v1", "namespaces")
  package static let services = Self("", "v1", "services")
  package static let endpoints = Self("", "v1", "endpoints")
  package static let configMaps = Self("", "v1", "configmaps")
  package static let secrets = Self("", "v1", "secrets")
  package static let events = Self("", "v1", "events")
  package static let serviceAccounts = Self("", "v1", "serviceaccounts")
  package static let persistentVolumes = Self("", "v1", "persistentvolumes")
  package static let persistentVolumeClaims = Self("", "v1", "persistentvolumeclaims")
  package static let replicationControllers = Self("", "v1", "replicationcontrollers")
  package static let resourceQuotas = Self("", "v1", "resourcequotas")
  package static let limitRanges = Self("", "v1", "limitranges")
  package static let deployments = Self("apps", "v1", "deployments")
  package static let replicaSets = Self("apps", "v1", "replicasets")
  package static let statefulSets = Self("apps", "v1", "statefulsets")
  package static let daemonSets = Self("apps", "v1", "daemonsets")
  package static let controllerRevisions = Self("apps", "v1", "controllerrevisions")
  package static let jobs = Self("batch", "v1", "jobs")
  package static let cronJobs = Self("batch", "v1", "cronjobs")
  package static let endpointSlices = Self("discovery.k8s.io", "v1", "endpointslices")
  package static let leases = Self("coordination.k8s.io", "v1", "leases")
  package static let runtimeClasses = Self("node.k8s.io", "v1", "runtimeclasses")
  package static let ingresses = Self("networking.k8s.io", "v1", "ingresses")
  package static let ingressClasses = Self("networking.k8s.io", "v1", "ingressclasses")
  package static let networkPolicies = Self("networking.k8s.io", "v1", "networkpolicies")
  package static let ipAddresses = Self("networking.k8s.io", "v1", "ipaddresses")
  package static let volumeAttributesClasses = Self(
    "storage.k8s.io", "v1", "volumeattributesclasses")
  package static let serviceCIDRs = Self("networking.k8s.io", "v1", "servicecidrs")
  package static let csiDrivers = Self("storage.k8s.io", "v1", "csidrivers")
  package static let storageClasses = Self("storage.k8s.io", "v1", "storageclasses")
  package static let podDisruptionBudgets = Self("policy", "v1", "poddisruptionbudgets")
  package static let horizontalPodAutoscalers = Self(
    "autoscaling", "v2", "horizontalpodautoscalers")
  package static let roles = Self("rbac.authorization.k8s.io", "v1", "roles")
  package static let roleBindings = Self("rbac.authorization.k8s.io", "v1", "rolebindings")
  package static let clusterRoles = Self("rbac.authorization.k8s.io", "v1", "clusterroles")
  package static let clusterRoleBindings = Self(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings")
  package static let priorityClasses = Self("scheduling.k8s.io", "v1", "priorityclasses")
  package static let customResourceDefinitions = Self(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions")
}
