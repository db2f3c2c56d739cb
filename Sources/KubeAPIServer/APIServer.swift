package import Documents
package import Etcd
package import KubeObjects
package import Simulation

/// kube-apiserver: authenticates, authorizes, admits, defaults, validates, stores and watches.
package final class APIServer {
  package let timeline: Timeline
  package let etcd: KeyValueStore
  /// That of the last write.
  package var revision: Int64 { etcd.revision }
  /// How logs, exec and their kin reach kubelets; nil where there are none.
  package weak var nodes: (any NodeConnection)?
  /// How servers of Pods, Services and nodes are reached; nil where there is no network.
  package weak var proxies: (any ProxyConnection)?
  /// How admission webhooks are reached; nil where nothing listens.
  package weak var webhooks: (any WebhookConnection)?
  /// Who shows which credential; without it only components and the anonymous are known.
  package var authenticator: (any Authenticator)?

  /// Reads which organizations a PKCS#10 request, PEM, asks for; empty: none, or it is unreadable.
  package var requestedOrganizations: (_ request: String) -> [String] = { _ in [] }

  /// What a server would say that loaded a certificate with its key; nil: nothing.
  package var problemOfPair: (_ certificate: String, _ key: String) -> String? = { _, _ in nil }

  /// How many requests of clients changed something; what components do does not count.
  package private(set) var clientWrites = 0

  /// The last write that a client was refused.
  package private(set) var lastRefusal: RefusedWrite?

  /// Whether requests are allowed by role, or all are, as without --authorization-mode.
  package var authorizesByRole = false

  /// What its command line says.
  package var configuration = ServerConfiguration() {
    didSet {
      // Its process starts with its command line.
      started = timeline.now
      registry.choosePlugins(configuration)
      registry.store.encryption = configuration.encryption
      if configuration.runtime != oldValue.runtime { table.serve(configuration.runtime) }
    }
  }
  /// Writes the audit log, where there is one.
  package var auditor: Auditor?

  /// Why nothing can be read or written now (etcd is away); nil while all is well.
  package var outage: StatusError?

  /// Where the addresses of Services come from.
  package var serviceRange: IPPrefix {
    get { registry.services.range }
    set { registry.services.range = newValue }
  }

  private(set) var started: Moment

  /// Who renews which lease.
  package let heartbeats = Heartbeats()

  /// Which mode of impersonation worked last, by who asked.
  var impersonationModes: [String: Int] = [:]

  let requests = RequestCounters()
  let table: ResourceTable
  let registry: Registry
  let watches: WatchCache
  let roleAuthorizer: RoleAuthorizer
  let nodeAuthorizer: NodeAuthorizer
  private var customResources: CustomResources?
  private var flowSchemaLevels: FlowSchemaLevels?
  private var registrations: APIServiceRegistrations?
  private(set) var keeper: BootstrapKeeper?

  package init(timeline: Timeline, seed: UInt64) {
    self.timeline = timeline
    started = timeline.now
    etcd = KeyValueStore(timeline: timeline)
    table = ResourceTable()
    watches = WatchCache(timeline: timeline, table: table, etcd: etcd)
    let store = ObjectStore(etcd: etcd, timeline: timeline)
    roleAuthorizer = RoleAuthorizer(store: store, table: table)
    nodeAuthorizer = NodeAuthorizer(store: store, table: table)
    registry = Registry(
      store: store, table: table, timeline: timeline, watches: watches,
      seed: seed)
    registry.server = self
    customResources = CustomResources(server: self)
    flowSchemaLevels = FlowSchemaLevels(server: self)
    registrations = APIServiceRegistrations(server: self)
    keeper = BootstrapKeeper(server: self)
  }

  /// Makes what clients ask for first, so that no copy of this process has to.
  package func prepare() { Discovery(table: table).prepare() }

  /// Serves one request of a client, errors included.
  package func handle(_ request: APIRequest) -> APIResponse {
    let before = etcd.revision
    defer { if etcd.revision != before { clientWrites += 1 } }
    let response = Serving(server: self).serve(request)
    if let refused = RefusedWrite(request, response) { lastRefusal = refused }
    return response
  }

  /// Carries out one operation for a component.
  package func perform(_ call: ResourceCall) throws(StatusError) -> Value {
    guard auditor != nil else { return try carryOut(call) }
    do throws(StatusError) {
      let object = try carryOut(call)
      audit(call, code: call.verb == .create ? 201 : 200, object)
      return object
    } catch {
      audit(call, code: error.code, error.value)
      throw error
    }
  }

  private func carryOut(_ call: ResourceCall) throws(StatusError) -> Value {
    if let outage { throw outage }
    guard let resource = table[call.resource] else { throw .unknownResource }
    var request = ResourceRequest(verb: call.verb, resource: resource, user: call.user)
    request.subresource = call.subresource
    request.namespace = resource.isNamespaced ? call.namespace : ""
    request.name = call.name
    request.manager = call.manager
    request.dryRun = call.dryRun
    try authorize(request)
    try checkReadable(resource, namespace: request.namespace, name: call.name)
    switch call.verb {
    case .get: return try Operations(server: self).get(request).object
    case .list, .watch:
      let selection = try Selection(
        labels: call.labelSelector, fields: call.fieldSelector, of: resource)
      return try registry.list(request, selection)
    case .create:
      if resource.isNamespaced, request.namespace.isEmpty {
        request.namespace = call.object.namespace
      }
      return try Operations(server: self).create(request, call.object).object
    case .update:
      return try Operations(server: self).update(request, call.object).object
    case .patch:
      var force = false
      if case .apply(let isForced) = call.patch { force = isForced }
      request.force = force
      return try Operations(server: self)
        .patch(request, call.patch ?? .merge, call.object).object
    case .delete:
      return try Operations(server: self)
        .delete(request, DeleteOptions(call.object)).object
    case .deletecollection:
      let selection = try Selection(
        labels: call.labelSelector, fields: call.fieldSelector, of: resource)
      return try registry.deleteCollection(request, selection, DeleteOptions(call.object))
    }
  }

  /// Lists and then follows what `call` selects: (nil, new) added, (old, new) changed, (old, nil)
  /// gone. What exists is told at once, changes each on the timeline after the write.
  package func follow(_ call: ResourceCall, _ handler: @escaping (Value?, Value?) -> Void) {
    guard let resource = table[call.resource],
      let selection = try? Selection(
        labels: call.labelSelector, fields: call.fieldSelector, of: resource)
    else { return }
    let watcher = selection.watcher(namespace: call.namespace) { change in
      handler(
        change.old.flatMap { try? resource.read($0) }, change.new.flatMap { try? resource.read($0) }
      )
    }
    registry.store.forEach(resource, namespace: call.namespace) { stored in
      if let object = try? resource.decoded(stored), selection.matches(object) {
        handler(nil, resource.fromHandled(object))
      }
      return true
    }
    watches.add(watcher, of: resource)
  }

  /// Refuses to touch objects that were written with keys which the server has no more.
  func checkReadable(
    _ resource: ServedResource, namespace: String, name: String
  ) throws(StatusError) {
    guard let (key, problem) = registry.store.unreadable(resource, namespace: namespace, name: name)
    else { return }
    throw .internalError("unable to transform key \(key.goQuoted): \(problem)")
  }

  private func authorize(_ request: ResourceRequest) throws(StatusError) {
    guard !request.user.groups.contains("system:masters") else { return }
    let resource = request.resource.resource
    let question = AccessQuestion(
      verb: request.verb.rawValue, group: resource.group, version: resource.version,
      resource: resource.resource, subresource: request.subresource,
      namespace: request.namespace, name: request.name)
    try authorize(request.user, question)
  }

  /// The counters that people look at, as Prometheus reads them.
  var metrics: String {
    requests.text + stored + """
      # HELP apiserver_registered_watchers Number of currently registered watchers.
      # TYPE apiserver_registered_watchers gauge
      apiserver_registered_watchers \(watches.count)
      # HELP etcd_current_revision The revision of the last write.
      # TYPE etcd_current_revision gauge
      etcd_current_revision \(etcd.revision)

      """
  }

  private var stored: String {
    var text = """
      # HELP apiserver_storage_objects Stored objects of each kind.
      # TYPE apiserver_storage_objects gauge

      """
    for resource in table.ordered.filter(\.isStoredVersion)
      .sorted(by: { "\($0.resource)" < "\($1.resource)" })
    where resource.definition.verbs.contains("list") {
      var count = 0
      registry.store.forEach(resource, namespace: "") { _ in
        count += 1
        return true
      }
      text += "apiserver_storage_objects{resource=\"\(resource.resource)\"} \(count)\n"
    }
    return text
  }
}
