import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Counts what namespaces with quotas use: new quotas at once, and what is freed as it goes.
final class ResourceQuotaController: Reconciler {
  static let name = "resourcequota-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let quotas: Informer
  private var queue: WorkQueue<Informer.Key>!
  /// Resources whose changes are followed already, by the name that a quota counts them under.
  private var followed: Set<GroupVersionResource> = []
  private var byNamespace: [String: Set<String>] = [:]
  private var isResyncing = false

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    quotas = context.informer(.resourceQuotas)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key)
      return .done
    }
    quotas.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      if new == nil {
        byNamespace[object.namespace]?.remove(object.name)
        return
      }
      byNamespace[object.namespace, default: []].insert(object.name)
      if old?["spec"] != object["spec"] || old == nil {
        queue.add(Informer.Key(namespace: object.namespace, name: object.name))
      }
    }
  }

  /// Everything is counted anew every five minutes (--resource-quota-sync-period).
  private func resync() {
    guard !isResyncing else { return }
    isResyncing = true
    context.timeline.after(.minutes(5)) { [weak self] in
      guard let self else { return }
      isResyncing = false
      for key in quotas.objects.keys.sorted() { queue.add(key) }
    }
  }

  private func recount(_ namespace: String) {
    for name in (byNamespace[namespace] ?? []).sorted() {
      queue.add(Informer.Key(namespace: namespace, name: name))
    }
  }

  private func follow(_ resource: GroupVersionResource) {
    guard followed.insert(resource).inserted else { return }
    if resource == .pods {
      context.pods.onChange { [weak self] old, new in
        guard let self, let old, byNamespace[old.namespace]?.isEmpty == false else { return }
        if new == nil || new?.isFinished == true && !old.isFinished { recount(old.namespace) }
      }
      return
    }
    context.informer(resource).onChange { [weak self] old, new in
      guard let self, let old, byNamespace[old.namespace]?.isEmpty == false else { return }
      // A Service may give up its node ports, a claim may ask for more.
      if new == nil || old["spec"] != new?["spec"] { recount(old.namespace) }
    }
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    guard let quota = quotas.objects[key] else { return }
    resync()
    let hard = quota[path: "spec", "hard"]?.object ?? [:]
    var used: PodResources.Amounts = [:]
    for resource in counted(hard.keys.map { $0 }) {
      follow(resource)
      let evaluator = QuotaEvaluator(resource)
      for object in try objects(resource, key.namespace)
      where QuotaScopes.matches(quota, object, resource) {
        for (name, amount) in evaluator.usage(object) where hard[name] != nil {
          used[name] = used[name].map { $0 + amount } ?? amount
        }
      }
    }
    let status: Value = [
      "hard": .object(hard),
      "used": .object(
        Mapping(hard.keys.map { ($0, .string((used[$0] ?? .zero).description)) })),
    ]
    guard status != quota["status"] else { return }
    var changed = quota
    changed["status"] = status
    _ = try client.update(.resourceQuotas, changed, subresource: "status")
  }

  private func objects(
    _ resource: GroupVersionResource, _ namespace: String
  ) throws(StatusError) -> [Value] {
    resource == .pods
      ? context.pods.inNamespace(namespace).map(\.value)
      : try client.list(resource, namespace: namespace)
  }

  /// The resources that the names of a quota speak of.
  private func counted(_ names: [String]) -> [GroupVersionResource] {
    var found: Set<GroupVersionResource> = []
    for name in names {
      if name.hasPrefix("count/") {
        let rest = name.dropFirst(6)
        let dot = rest.firstIndex(of: ".")
        let plural = String(rest[..<(dot ?? rest.endIndex)])
        let group = dot.map { String(rest[rest.index(after: $0)...]) } ?? ""
        let kinds = context.server.servedKinds.filter {
          $0.resource.resource == plural && $0.resource.group == group && $0.isNamespaced
        }
        if let kind = kinds.first { found.insert(kind.resource) }
      } else if let resource = Self.core[name] {
        found.insert(resource)
      } else if name.hasSuffix("persistentvolumeclaims") || name.hasSuffix("requests.storage") {
        found.insert(.persistentVolumeClaims)
      } else if name.hasSuffix(QuotaEvaluator.devices) {
        found.insert(GroupVersionResource("resource.k8s.io", "v1", "resourceclaims"))
      } else {
        found.insert(.pods)
      }
    }
    return found.sorted { "\($0.group)/\($0.resource)" < "\($1.group)/\($1.resource)" }
  }

  private static let core: [String: GroupVersionResource] = [
    "pods": .pods, "services": .services, "services.loadbalancers": .services,
    "services.nodeports": .services, "configmaps": .configMaps, "secrets": .secrets,
    "replicationcontrollers": .replicationControllers, "resourcequotas": .resourceQuotas,
  ]
}
