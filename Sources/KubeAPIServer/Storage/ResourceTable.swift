import Documents
import KubeObjects

/// All resources that are served now: the built-in ones, and those that definitions add.
final class ResourceTable {
  private(set) var all: [GroupVersionResource: ServedResource] = [:]
  /// In the order of discovery.
  private(set) var ordered: [ServedResource] = [] { didSet { discoveryDocuments = [:] } }
  /// Versions that other servers are to serve, by their APIServices.
  var remote: Set<GroupVersion> = [] { didSet { discoveryDocuments = [:] } }
  /// What aggregated discovery tells of all this, by path, made when it is first asked for: every
  /// command of kubectl asks.
  var discoveryDocuments: [String: Value] = [:]
  private var byPrefix: [Substring: ServedResource] = [:]
  private var kinds: [Kind: ServedResource] = [:]

  private struct Kind: Hashable {
    let groupVersion: GroupVersion
    let kind: String
  }

  /// What --runtime-config is about, served or not.
  private var builtin: [ServedResource] = []

  init() {
    var strategies: [GroupVersionResource: any Strategy] = [:]
    for strategy in Strategies.all { strategies[strategy.resource] = strategy }
    strategies[.customResourceDefinitions] = CustomResourceDefinitionStrategy()
    for definition in Schema.builtin.resources {
      let storage = Self.storageVersion(definition.resource)
      let key = GroupVersionResource(
        storage.group, storage.version, definition.resource.resource)
      let resource = ServedResource(
        definition, strategy: strategies[key] ?? GenericStrategy(resource: key),
        type: Schema.builtin.index(definition.resource.groupVersion, kind: definition.kind),
        storageVersion: storage, prefix: Self.prefix(definition.resource))
      add(resource)
      builtin.append(resource)
    }
    for (version, names) in RuntimeConfig.optional.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      builtin += names.compactMap { name in
        all[GroupVersionResource(version.group, "v1", name)].map { Self.twin(of: $0, version) }
      }
    }
  }

  /// A resource in another version that looks the same.
  private static func twin(of resource: ServedResource, _ version: GroupVersion) -> ServedResource {
    var definition = resource.definition
    definition.resource = GroupVersionResource(
      version.group, version.version, resource.resource.resource)
    return ServedResource(
      definition, strategy: resource.strategy, type: resource.type,
      storageVersion: resource.storageVersion, prefix: resource.prefix)
  }

  /// Serves what is to be served of the built-in resources.
  func serve(_ config: RuntimeConfig) {
    for resource in builtin {
      let isServed = all[resource.resource] === resource
      guard config.serves(resource.resource) != isServed else { continue }
      if isServed { remove(resource) } else { add(resource) }
    }
  }

  func add(_ resource: ServedResource) {
    all[resource.resource] = resource
    ordered.removeAll { $0.resource == resource.resource }
    ordered.append(resource)
    kinds[Kind(groupVersion: resource.groupVersion, kind: resource.kind)] = resource
    if resource.isStoredVersion { know(resource) }
  }

  /// Knows the etcd keys of a resource, whether it is served or not.
  func know(_ resource: ServedResource) {
    byPrefix[resource.prefix.dropFirst(10).dropLast()] = resource
  }

  func remove(_ resource: ServedResource) {
    all[resource.resource] = nil
    ordered.removeAll { $0 === resource }
    kinds[Kind(groupVersion: resource.groupVersion, kind: resource.kind)] = nil
    if resource.isStoredVersion { byPrefix[resource.prefix.dropFirst(10).dropLast()] = nil }
  }

  subscript(_ resource: GroupVersionResource) -> ServedResource? { all[resource] }

  /// Those of them that nobody serves now.
  var stale: [GroupVersion] {
    if remote.isEmpty { return [] }
    return remote.subtracting(ordered.map(\.groupVersion))
      .sorted { ($0.group, $0.version) < ($1.group, $1.version) }
  }

  func resource(_ groupVersion: GroupVersion, kind: String) -> ServedResource? {
    kinds[Kind(groupVersion: groupVersion, kind: kind)]
  }

  /// The resource of an etcd key.
  func resource(key: String) -> ServedResource? {
    let rest = key.dropFirst(10)
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    if let found = byPrefix[rest[..<slash]] { return found }
    guard let second = rest[rest.index(after: slash)...].firstIndex(of: "/") else { return nil }
    return byPrefix[rest[..<second]]
  }

  // Two groups share the storage of events; autoscalers are stored as v2.
  private static func storageVersion(_ resource: GroupVersionResource) -> GroupVersion {
    switch (resource.group, resource.resource) {
    case ("events.k8s.io", "events"): GroupVersion("", "v1")
    case ("autoscaling", "horizontalpodautoscalers"): GroupVersion("autoscaling", "v2")
    default: resource.groupVersion
    }
  }

  /// Where upstream keeps the objects in etcd.
  private static func prefix(_ resource: GroupVersionResource) -> String {
    let path: String =
      switch (resource.group, resource.resource) {
      case ("", "nodes"): "minions"
      case ("", "services"): "services/specs"
      case ("", "endpoints"): "services/endpoints"
      case ("", "replicationcontrollers"): "controllers"
      case ("networking.k8s.io", "ingresses"): "ingress"
      case ("apiextensions.k8s.io", let name), ("apiregistration.k8s.io", let name):
        "\(resource.group)/\(name)"
      default: resource.resource
      }
    return "/registry/\(path)/"
  }
}
