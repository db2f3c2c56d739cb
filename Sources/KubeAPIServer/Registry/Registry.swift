import Documents
import KubeObjects
import Simulation

/// The generic registry: what every write of every kind goes through between authorization and
/// etcd, in upstream's order.
final class Registry {
  let store: ObjectStore
  let table: ResourceTable
  let timeline: Timeline
  let watches: WatchCache
  private var names: SeededRandom
  private var uids: SeededRandom
  private var choices: SeededRandom
  private var seconds = Stamp()
  /// The present second as objects tell it.
  var stamp: String { seconds.text(of: timeline.now) }
  var eventLeases = EventLeases()
  let managers = FieldManagers()
  let services: ServiceHoldings
  unowned var server: APIServer?
  private(set) var mutating: [any MutatingAdmissionPlugin] = []
  private(set) var validating: [any ValidatingAdmissionPlugin] = []

  init(
    store: ObjectStore, table: ResourceTable, timeline: Timeline, watches: WatchCache, seed: UInt64
  ) {
    self.store = store
    self.table = table
    self.timeline = timeline
    self.watches = watches
    services = ServiceHoldings(etcd: store.etcd)
    names = SeededRandom(seed: seed, for: "generated names")
    uids = SeededRandom(seed: seed, for: "uids")
    choices = SeededRandom(seed: seed, for: "choices")
    (mutating, validating) = Self.standardPlugins
  }

  private static let standardPlugins = plugins(ServerConfiguration())

  /// Takes the plug-ins that are on by default or asked for, in upstream's order.
  func choosePlugins(_ configuration: ServerConfiguration) {
    (mutating, validating) = Self.plugins(configuration)
  }

  private static func plugins(
    _ configuration: ServerConfiguration
  ) -> ([any MutatingAdmissionPlugin], [any ValidatingAdmissionPlugin]) {
    let chosen = AdmissionPlugins.all.filter { plugin in
      if configuration.disabledPlugins.contains(plugin.name) { return false }
      return !AdmissionPlugins.optional.contains(plugin.name)
        || configuration.enabledPlugins.contains(plugin.name)
    }
    return (chosen.compactMap(\.mutating), chosen.compactMap(\.validating))
  }

  func context(_ request: ResourceRequest) -> RequestContext {
    RequestContext(
      resource: request.resource.storageResource,
      requestVersion: request.resource.groupVersion, subresource: request.subresource,
      namespace: request.namespace, user: request.user, dryRun: request.dryRun,
      now: timeline.now, hasStatus: request.resource.hasStatus, objects: self)
  }

  /// From the cluster's seed.
  func newUID() -> String { uids.uuid() }

  /// Five characters after a generateName, from upstream's alphabet without vowels.
  func newSuffix() -> String {
    let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    let chosen = (0..<5).map { _ in letters[names.below(letters.count)] }
    return String(decoding: chosen, as: UTF8.self)
  }

  /// A name from a generateName, no longer than a name may be.
  func newName(from start: String) -> String {
    // Upstream keeps 63 bytes for the whole: names are often labels too.
    String(decoding: start.utf8.prefix(58), as: UTF8.self) + newSuffix()
  }

  // MARK: reading

  func get(_ request: ResourceRequest) throws(StatusError) -> Value {
    let resource = request.resource
    guard let object = try present(request, afresh: true) else {
      throw .notFound(resource.resource, request.name)
    }
    return renewed(resource, resource.fromHandled(object))
  }

  /// The stored object that a request is about, in the handled version; nil: there is none.
  func present(_ request: ResourceRequest, afresh: Bool = false) throws(StatusError) -> Value? {
    let resource = request.resource
    guard let stored = store.get(resource, namespace: request.namespace, name: request.name)
    else { return nil }
    return try resource.decoded(stored, afresh: afresh)
  }

  /// Stores an object of the handled version; returns it as it is read again. Dry runs do all but
  /// store it.
  func write(
    _ resource: ServedResource, _ object: Value, lease: Int64 = 0, dryRun: Bool = false
  ) throws(StatusError) -> Value {
    let encoded = try resource.encoded(object)
    return try resource.decoded(dryRun ? encoded : store.put(resource, encoded, lease: lease))
  }

  /// The stored object that a write is about, when it is in the structure of the request's version:
  /// what is taken over from it need not be read again.
  func known(_ request: ResourceRequest) -> Value? {
    guard request.resource.isStoredVersion else { return nil }
    return store.get(request.resource, namespace: request.namespace, name: request.name)
  }

  func renewed(_ resource: ServedResource, _ object: Value) -> Value {
    guard resource.storageResource == .leases, let server else { return object }
    return server.heartbeats.renewed(object, now: timeline.now)
  }
}

extension Registry: ObjectAccess {
  func organizations(ofRequest request: String) -> [String] {
    server?.requestedOrganizations(request) ?? []
  }

  func problem(ofCertificate certificate: String, key: String) -> String? {
    server?.problemOfPair(certificate, key)
  }

  func get(_ resource: GroupVersionResource, namespace: String, name: String) -> Value? {
    table[resource].flatMap { resource in
      store.get(resource, namespace: namespace, name: name).flatMap { try? resource.decoded($0) }
    }
  }

  func list(_ resource: GroupVersionResource, namespace: String) -> [Value] {
    guard let served = table[resource], !served.isKnownEmpty else { return [] }
    var found: [Value] = []
    store.forEach(served, namespace: namespace) { object in
      if let object = try? served.decoded(object) { found.append(object) }
      return true
    }
    if found.isEmpty { watches.lookWhetherEmpty(served, in: store) }
    return found
  }

  func create(
    _ resource: GroupVersionResource, _ object: Value, dryRun: Bool
  ) throws(StatusError) {
    guard let served = table[resource] else { throw .unknownResource }
    if store.get(served, namespace: object.namespace, name: object.name) != nil {
      throw .alreadyExists(resource, object.name)
    }
    guard !dryRun else { return }
    var new = object
    fillSystemFields(&new, served)
    _ = try store.put(served, new)
  }

  func update(
    _ resource: GroupVersionResource, _ object: Value, dryRun: Bool
  ) throws(StatusError) {
    guard let served = table[resource],
      let old = store.get(served, namespace: object.namespace, name: object.name)
    else { throw .notFound(resource, object.name) }
    if !object.resourceVersion.isEmpty, object.resourceVersion != old.resourceVersion {
      throw .conflict(resource, object.name, StatusError.modified)
    }
    guard !dryRun else { return }
    var new = object
    var request = ResourceRequest(verb: .update, resource: served, user: UserInfo(name: ""))
    request.subresource = "status"
    request.manager = "kube-apiserver"
    managers.update(&new, old: old, request, at: stamp)
    _ = try store.put(served, new)
  }

  func delete(
    _ resource: GroupVersionResource, namespace: String, name: String, dryRun: Bool
  ) {
    guard let served = table[resource], !dryRun else { return }
    store.delete(served, namespace: namespace, name: name)
    server?.keeper?.isGone(served.storageResource, namespace: namespace, name: name)
  }

  func random(below bound: Int) -> Int { choices.below(bound) }

  func resource(kind: String, in version: GroupVersion) -> GroupVersionResource? {
    table.resource(version, kind: kind)?.storageResource
  }

  func isAllowed(_ user: UserInfo, _ question: AccessQuestion) -> Bool {
    server?.isAllowed(user, question) ?? true
  }
}
