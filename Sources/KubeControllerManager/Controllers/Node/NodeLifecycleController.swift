import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Notices when a kubelet falls silent, and taints nodes by their conditions.
final class NodeLifecycleController: Reconciler {
  static let name = "node-lifecycle-controller"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  let nodes: Informer
  private let leases: Informer
  private var queue: WorkQueue<String>!
  /// When a sign of life of each node came last.
  private var lastSeen: [String: Moment] = [:]
  /// Nodes whose taints that empty them are looked at, as the monitor does at each of its beats.
  private var onBeat: Set<String> = []
  /// By zone: when the next node may be emptied.
  private var nextEmptying: [String: Moment] = [:]
  private var timer: (moment: Moment, timer: Timeline.Timer)?

  /// --node-monitor-period, --node-monitor-grace-period, --node-startup-grace-period.
  static let period = Span.seconds(5)
  static let grace = Span.seconds(50)
  static let startupGrace = Span.seconds(60)
  /// --node-eviction-rate: one node of a zone in ten seconds.
  private static let emptyingPause = Span.seconds(10)
  /// --unhealthy-zone-threshold, --large-cluster-size-threshold.
  private static let unhealthyShare = 0.55
  private static let largeZone = 50

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("node-controller")
    events = context.recorder(client, "node-controller")
    nodes = context.informer(.nodes)
    leases = context.informer(.leases)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.taint(name).map { .again(after: $0) } ?? .done
    }
    nodes.onChange { [weak self] old, new in self?.nodeChanged(old, new) }
    leases.onChange { [weak self] old, new in
      guard let new, new.namespace == "kube-node-lease",
        old?[path: "spec", "renewTime"] != new[path: "spec", "renewTime"]
      else { return }
      self?.sawLife(of: new.name)
    }
  }

  private func nodeChanged(_ old: Value?, _ new: Value?) {
    guard let new else {
      guard let old else { return }
      lastSeen[old.name] = nil
      record(old, "RemovingNode", "Removing Node \(old.name) from Controller")
      return
    }
    if old == nil {
      record(new, "RegisteredNode", "Registered Node \(new.name) in Controller")
      sawLife(of: new.name)
    } else if Self.heartbeat(old) != Self.heartbeat(new) {
      sawLife(of: new.name)
    }
    queue.add(new.name)
  }

  private func record(_ node: Value, _ reason: String, _ message: String) {
    events.record(
      .normal, node, reason: reason, message: "Node \(node.name) event: \(message)")
  }

  private static func heartbeat(_ node: Value?) -> Value? {
    node?.condition("Ready")?["lastHeartbeatTime"]
  }

  private func sawLife(of name: String) {
    lastSeen[name] = context.timeline.now
    scheduleCheck()
  }

  private func limit(_ name: String) -> Moment? {
    guard let seen = lastSeen[name], let node = nodes["", name] else { return nil }
    let hasReported = node.condition("Ready") != nil
    return seen + (hasReported ? Self.grace : Self.startupGrace)
  }

  /// One timer for the node that will be overdue first, on the beat of the monitor's period.
  private func scheduleCheck() {
    guard timer == nil, let earliest = lastSeen.keys.compactMap({ limit($0) }).min() else {
      return
    }
    let beat = Self.period.nanoseconds
    let now = context.timeline.now.nanoseconds
    let due = max(earliest.nanoseconds, now) / beat * beat + beat
    let moment = Moment(nanoseconds: due)
    timer = (
      moment,
      context.timeline.at(moment) { [weak self] in
        self?.timer = nil
        self?.checkAll()
      }
    )
  }

  private func checkAll() {
    let now = context.timeline.now
    for name in lastSeen.keys.sorted() {
      guard let limit = limit(name), limit < now, let node = nodes["", name] else { continue }
      // Silent and known to be: looked at again only after a sign of life.
      lastSeen[name] = nil
      onBeat.insert(name)
      markSilent(node)
    }
    scheduleCheck()
  }

  private func markSilent(_ node: Value) {
    let now = context.timeline.now
    var conditions = node[path: "status", "conditions"]?.array ?? []
    let wasReady = node.isConditionTrue("Ready")
    for type in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
      if let place = conditions.firstIndex(where: { $0["type"]?.string == type }) {
        guard conditions[place]["status"]?.string != "Unknown" else { continue }
        conditions[place]["status"] = "Unknown"
        conditions[place]["reason"] = "NodeStatusUnknown"
        conditions[place]["message"] = "Kubelet stopped posting node status."
        conditions[place]["lastTransitionTime"] = .string(now.rfc3339)
      } else {
        conditions.append([
          "type": .string(type), "status": "Unknown", "reason": "NodeStatusNeverUpdated",
          "message": "Kubelet never posted node status.",
          "lastHeartbeatTime": .string((node.creationTimestamp ?? now).rfc3339),
          "lastTransitionTime": .string(now.rfc3339),
        ])
      }
    }
    _ = try? client.patch(
      .nodes, node.name, .merge, ["status": ["conditions": .array(conditions)]],
      subresource: "status")
    if wasReady { becameNotReady(node) }
  }

  private func becameNotReady(_ node: Value) {
    events.record(
      .normal, node, reason: "NodeNotReady",
      message: "Node \(node.name) status is now: NodeNotReady")
    for pod in context.pods.onNode(node.name) {
      markNotReady(pod)
    }
  }

  /// MarkPodsNotReady: what runs on a silent node serves nobody.
  private func markNotReady(_ pod: PodRecord) {
    guard pod.isReady else { return }
    var conditions = pod.value[path: "status", "conditions"]?.array ?? []
    guard let place = conditions.firstIndex(where: { $0["type"]?.string == "Ready" }) else {
      return
    }
    conditions[place]["status"] = "False"
    conditions[place]["lastTransitionTime"] = .string(context.timeline.now.rfc3339)
    _ = try? client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge,
      ["status": ["conditions": .array(conditions)]], subresource: "status")
    events.record(
      .warning, pod.value, reason: "NodeNotReady", message: "Node is not ready")
  }

  /// Gives a node the taints that its conditions call for; how long it has to wait for the one that
  /// empties it.
  private func taint(_ name: String) throws(StatusError) -> Span? {
    guard let node = nodes["", name] else { return nil }
    if lastSeen[name] == nil, node.isConditionTrue("Ready") { sawLife(of: name) }
    let now = context.timeline.now
    let isDue = onBeat.remove(name) != nil
    let wait = isDue && !isEmptied(node) ? emptyingWait(node) : nil
    let isDown = isClusterDown
    let taints = NodeTaints(node, empties: isDue && wait == nil || isDown, isAlone: isDown)
    if let changed = taints.wanted(now: now) {
      _ = try client.patch(
        .nodes, name, .merge,
        ["spec": ["taints": changed.isEmpty ? .null : .array(changed)]])
    }
    if isDue {
      if wait != nil { onBeat.insert(name) }
      return wait
    }
    guard NodeTaints(node, empties: true).wanted(now: now) != nil, !isDown else {
      return nil
    }
    onBeat.insert(name)
    let beat = Self.period.nanoseconds
    return Span(nanoseconds: beat - now.nanoseconds % beat)
  }

  private func isEmptied(_ node: Value) -> Bool {
    (node[path: "spec", "taints"]?.array ?? []).contains {
      $0["effect"]?.string == "NoExecute"
        && [NodeTaints.notReady, NodeTaints.unreachable].contains($0["key"]?.string ?? "")
    }
  }

  /// Nodes of a zone are emptied one after the other, and none while most of a small zone is down
  /// (doNoExecuteTaintingPass, ComputeZoneState); nil: now.
  private func emptyingWait(_ node: Value) -> Span? {
    guard !isClusterDown, ["False", "Unknown"].contains(node.condition("Ready")?["status"]?.string)
    else { return nil }
    let zone = Self.zone(of: node)
    let neighbours = nodes.objects.values.filter { Self.zone(of: $0) == zone }
    let down = neighbours.count { !$0.isConditionTrue("Ready") }
    if down > 2, down < neighbours.count, neighbours.count <= Self.largeZone,
      Double(down) / Double(neighbours.count) >= Self.unhealthyShare
    {
      return Self.period
    }
    let now = context.timeline.now
    if let next = nextEmptying[zone], next > now { return next - now }
    nextEmptying[zone] = now + Self.emptyingPause
    return nil
  }

  private static func zone(of node: Value) -> String {
    let region = node.label("topology.kubernetes.io/region") ?? ""
    let zone = node.label("topology.kubernetes.io/zone") ?? ""
    return region.isEmpty && zone.isEmpty ? "" : "\(region):\u{0}:\(zone)"
  }

  /// When no node at all is ready, the fault is likely the controller's own: nothing is evicted.
  private var isClusterDown: Bool {
    nodes.objects.count > 1
      && !nodes.objects.values.contains { $0.isConditionTrue("Ready") }
  }
}
