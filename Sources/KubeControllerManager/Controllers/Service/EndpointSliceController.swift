import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Writes the EndpointSlices of every Service that has a selector.
final class EndpointSliceController: Reconciler {
  static let name = "endpointslice-controller"
  static let manager = "endpointslice-controller.k8s.io"
  static let managedBy = "endpointslice.kubernetes.io/managed-by"
  static let serviceName = "kubernetes.io/service-name"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let services: Informer
  private let nodes: Informer
  private let slices: InformerIndex
  private let index: ServiceIndex
  private var queue: WorkQueue<Informer.Key>!
  private var triggers = TriggerTimes()
  private var pacing = Pacing()
  /// What zones have of the cluster's cores; nil: nobody has asked since nodes changed.
  private var topology: TopologyHints?
  /// Services that are topology aware.
  private var aware: Set<Informer.Key> = []
  /// Services and families of addresses that have hints of zones.
  private var hinted: Set<String> = []

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, "endpoint-slice-controller")
    services = context.informer(.services)
    nodes = context.informer(.nodes)
    index = ServiceIndex(services)
    slices = InformerIndex(context.informer(.endpointSlices)) { slice in
      guard slice.label(Self.managedBy) == Self.manager,
        let service = slice.label(Self.serviceName)
      else { return [] }
      return ["\(slice.namespace)/\(service)"]
    }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline, backoff: (.seconds(1), .seconds(1000))) {
      [weak self] key throws(StatusError) in
      do throws(StatusError) {
        try self?.reconcile(key)
      } catch {
        self?.tell(error, of: key)
        throw error
      }
      return .done
    }
    services.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      if new.map(Self.isTopologyAware) == true { aware.insert(key) } else { aware.remove(key) }
      queue.add(key)
    }
    nodes.onChange { [weak self] old, new in
      guard let self, TopologyHints.differ(old, new) else { return }
      topology = nil
      for key in aware.sorted() { queue.add(key) }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self else { return }
      for key in index.concerned(old, new) { queue.add(key, after: pacing.delay(key)) }
    }
    context.informer(.endpointSlices).onChange { [weak self] old, new in
      guard let object = old, new == nil, object.label(Self.managedBy) == Self.manager,
        let service = object.label(Self.serviceName)
      else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: service))
    }
  }

  private func tell(_ error: StatusError, of key: Informer.Key) {
    guard let service = services.objects[key] else { return }
    events.record(
      .warning, service, reason: "FailedToUpdateEndpointSlices",
      message: "Error updating Endpoint Slices for Service \(key.namespace)/\(key.name): "
        + error.message)
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    guard let service = services.objects[key] else {
      // The slices go with their owner; the garbage collector sees to it.
      triggers.forget(key)
      return
    }
    if service[path: "spec", "type"]?.string == "ExternalName" { return }
    guard let selector = service[path: "spec", "selector"]?.object, !selector.isEmpty else {
      return
    }
    let pods = context.pods.inNamespace(key.namespace).filter { pod in
      selector.allSatisfy { pod.labels?[$0.key] == $0.value }
    }
    pacing.note(key, size: pods.count)
    let existing = slices["\(key.namespace)/\(key.name)"].filter { !$0.isBeingDeleted }
    let families = service[path: "spec", "ipFamilies"]?.array?.compactMap(\.string) ?? ["IPv4"]
    var plan = SlicePlan(service: service, trigger: triggers.observe(key, service, pods))
    for family in families.isEmpty ? ["IPv4"] : families {
      var wanted = endpoints(of: service, pods, family)
      addTopologyHints(to: &wanted, service, family)
      plan.reconcile(
        existing.filter { $0["addressType"]?.string == family }, with: wanted, family: family)
    }
    plan.removed += existing.filter { !families.contains($0["addressType"]?.string ?? "") }
    try carryOut(plan, key)
    // Tried again: the Node may come yet.
    let lost = pods.filter { isLost($0, service) }.map {
      "skipping Pod \($0.name) for Service \(key.namespace)/\(key.name): Node \($0.nodeName) "
        + "Not Found"
    }
    if !lost.isEmpty {
      throw .plain(FieldError.aggregate(lost))
    }
  }

  /// Whether a Pod is left out because nobody knows its node.
  private func isLost(_ pod: PodRecord, _ service: Value) -> Bool {
    !pod.isFinished && !pod.addresses.isEmpty && !pod.nodeName.isEmpty
      && nodes["", pod.nodeName] == nil
      && service[path: "spec", "publishNotReadyAddresses"]?.bool != true
  }

  /// Whom an endpoint is for first (trafficdist.ReconcileHints); nil: for all alike.
  private static func hints(_ service: Value, _ endpoint: Value) -> Value? {
    if isTopologyAware(service) { return nil }
    // Nobody is sent to who is not ready.
    guard endpoint[path: "conditions", "ready"]?.bool == true else { return nil }
    let zones = endpoint["zone"].map { zone -> Value in [["name": zone]] }
    switch service[path: "spec", "trafficDistribution"]?.string {
    case "PreferClose", "PreferSameZone": return zones.map { ["forZones": $0] }
    case "PreferSameNode":
      var hints: Value = ["forNodes": [["name": endpoint["nodeName"] ?? ""]]]
      hints["forZones"] = zones
      return hints
    default: return nil
    }
  }

  /// hintsEnabled: the annotation goes before spec.trafficDistribution.
  private static func isTopologyAware(_ service: Value) -> Bool {
    ["Auto", "auto"].contains(service.annotation("service.kubernetes.io/topology-mode") ?? "")
  }

  private func addTopologyHints(
    to groups: inout [[ServicePort]: [Value]], _ service: Value, _ family: String
  ) {
    let key = "\(service.namespacedName)/\(family)"
    guard Self.isTopologyAware(service) else {
      if hinted.remove(key) != nil {
        events.record(
          .warning, service, reason: "TopologyAwareHintsDisabled",
          message: "Topology Aware Hints has been disabled")
      }
      return
    }
    let topology = self.topology ?? TopologyHints(nodes: Array(nodes.objects.values))
    self.topology = topology
    for ports in groups.keys.sorted(by: { ServicePort.order($0) < ServicePort.order($1) }) {
      do throws(TopologyHints.Refusal) {
        try topology.assign(&groups[ports, default: []])
        if hinted.insert(key).inserted {
          events.record(
            .normal, service, reason: "TopologyAwareHintsEnabled",
            message: "Topology Aware Hints has been enabled, addressType: \(family)")
        }
      } catch {
        hinted.remove(key)
        events.record(
          .warning, service, reason: "TopologyAwareHintsDisabled",
          message: "\(error.message), addressType: \(family)")
      }
    }
  }

  private func carryOut(_ plan: SlicePlan, _ key: Informer.Key) throws(StatusError) {
    do throws(StatusError) {
      for slice in plan.created {
        _ = try client.create(.endpointSlices, slice, namespace: key.namespace)
      }
    } catch { if !error.isNamespaceTerminating { throw error } }
    for slice in plan.updated { _ = try client.update(.endpointSlices, slice) }
    for slice in plan.removed {
      do throws(StatusError) {
        try client.delete(.endpointSlices, slice.name, namespace: key.namespace)
      } catch { if !error.isNotFound { throw error } }
    }
  }

  private func endpoints(
    of service: Value, _ pods: [PodRecord], _ family: String
  ) -> [[ServicePort]: [Value]] {
    let publishesAll = service[path: "spec", "publishNotReadyAddresses"]?.bool ?? false
    var groups: [[ServicePort]: [Value]] = [:]
    for pod in pods {
      guard !pod.isFinished, !pod.nodeName.isEmpty, !isLost(pod, service),
        let address = pod.addresses.first(where: { $0.contains(":") == (family == "IPv6") })
      else { continue }
      let isServing = pod.isReady
      var endpoint: Value = [
        "addresses": [.string(address)],
        "conditions": [
          "ready": .bool(publishesAll || isServing && !pod.isTerminating),
          "serving": .bool(isServing), "terminating": .bool(pod.isTerminating),
        ],
        "targetRef": pod.reference, "nodeName": .string(pod.nodeName),
      ]
      if let zone = nodes["", pod.nodeName]?.label("topology.kubernetes.io/zone") {
        endpoint["zone"] = .string(zone)
      }
      endpoint["hints"] = Self.hints(service, endpoint)
      if let host = pod.hostName(under: service) { endpoint["hostname"] = .string(host) }
      groups[ServicePort.resolved(service, pod), default: []].append(endpoint)
    }
    return groups
  }
}
