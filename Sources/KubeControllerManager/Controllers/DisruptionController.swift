import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Works out how many Pods of each PodDisruptionBudget may be evicted now.
final class DisruptionController: Reconciler {
  static let name = "disruption-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let budgets: Informer
  /// By namespace and name.
  private var selectors: [String: [String: LabelSelector]] = [:]
  private var pacing = Pacing()
  private var queue: WorkQueue<Informer.Key>!

  /// An eviction that led to nothing counts no longer after this.
  private static let timeout = Span.minutes(2)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, "controllermanager")
    budgets = context.informer(.podDisruptionBudgets)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    budgets.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let selector = try? LabelSelector(object: object[path: "spec", "selector"])
      selectors[object.namespace, default: [:]][object.name] = new == nil ? nil : selector
      if new != nil { queue.add(Informer.Key(namespace: object.namespace, name: object.name)) }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let pod = new ?? old, let found = selectors[pod.namespace] else { return }
      let names = found.filter { _, selector in
        selector.matches(pod.labels) || selector.matches(old?.labels)
      }.keys
      for name in names.sorted() {
        let key = Informer.Key(namespace: pod.namespace, name: name)
        queue.add(key, after: pacing.delay(key))
      }
    }
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let budget = budgets.objects[key],
      let selector = try? LabelSelector(object: budget[path: "spec", "selector"])
    else { return .done }
    let pods = context.pods.inNamespace(key.namespace).filter { selector.matches($0.labels) }
    pacing.note(key, size: pods.count)
    if pods.isEmpty {
      events.record(.normal, budget, reason: "NoPods", message: "No matching pods found")
    }
    let expected: Int
    let desired: Int
    do throws(StatusError) {
      (expected, desired) = try counts(budget, pods)
    } catch {
      try fail(budget, error.message)
      throw error
    }
    let (disrupted, recheck) = disruptedPods(budget, pods)
    let now = context.timeline.now
    let healthy = pods.count { pod in
      !pod.isTerminating && pod.isReady && disrupted[pod.name] == nil
    }
    var allowed = max(healthy - desired, 0)
    if expected <= 0 { allowed = 0 }
    var status = budget["status"] ?? .emptyObject
    status["observedGeneration"] = .int(budget.generation)
    status["disruptionsAllowed"] = .int(Int64(allowed))
    status["currentHealthy"] = .int(Int64(healthy))
    status["desiredHealthy"] = .int(Int64(desired))
    status["expectedPods"] = .int(Int64(expected))
    status["disruptedPods"] =
      disrupted.isEmpty ? nil : .object(Mapping(disrupted.map { ($0.key, $0.value) }))
    setCondition(&status, isAllowed: allowed > 0, budget.generation, now)
    if status != budget["status"] {
      var changed = budget
      changed["status"] = status
      _ = try client.update(.podDisruptionBudgets, changed, subresource: "status")
    }
    return recheck.map { .again(after: $0) } ?? .done
  }

  /// What cannot be counted allows nothing (failSafe).
  private func fail(_ budget: Value, _ message: String) throws(StatusError) {
    events.record(
      .warning, budget, reason: "CalculateExpectedPodCountFailed",
      message: "Failed to calculate the number of expected pods: \(message)")
    var status = budget["status"] ?? .emptyObject
    status["disruptionsAllowed"] = 0
    for name in ["currentHealthy", "desiredHealthy", "expectedPods"] {
      status.fillAbsent(name, 0)
    }
    setCondition(
      &status, isAllowed: false, status.number("observedGeneration"), context.timeline.now,
      reason: "SyncFailed", message: message)
    guard status != budget["status"] else { return }
    var changed = budget
    changed["status"] = status
    _ = try client.update(.podDisruptionBudgets, changed, subresource: "status")
  }

  private func setCondition(
    _ status: inout Value, isAllowed: Bool, _ generation: Int64, _ now: Moment,
    reason: String? = nil, message: String = ""
  ) {
    var conditions = status["conditions"]?.array ?? []
    let value: Value = isAllowed ? "True" : "False"
    let known = conditions.first { $0["type"]?.string == "DisruptionAllowed" }
    let isSame = known?["status"] == value
    let condition: Value = [
      "type": "DisruptionAllowed", "status": value,
      "reason": .string(reason ?? (isAllowed ? "SufficientPods" : "InsufficientPods")),
      "message": .string(message),
      "observedGeneration": .int(generation),
      "lastTransitionTime": isSame
        ? known?["lastTransitionTime"] ?? .null : .string(now.rfc3339),
    ]
    conditions.removeAll { $0["type"]?.string == "DisruptionAllowed" }
    conditions.append(condition)
    status["conditions"] = .array(conditions)
  }

  /// How many Pods there should be, and how many of them must stay healthy.
  private func counts(
    _ budget: Value, _ pods: [PodRecord]
  ) throws(StatusError) -> (expected: Int, desired: Int) {
    if let limit = IntOrString(budget[path: "spec", "maxUnavailable"]) {
      let expected = try expectedScale(pods)
      let most = Int(clamping: limit.scaled(of: Int64(expected), roundingUp: true) ?? 0)
      return (expected, max(expected - most, 0))
    }
    let least = IntOrString(budget[path: "spec", "minAvailable"]) ?? .int(1)
    if case .int(let number) = least { return (pods.count, Int(clamping: number)) }
    let expected = try expectedScale(pods)
    return (
      expected, Int(clamping: least.scaled(of: Int64(expected), roundingUp: true) ?? 0)
    )
  }

  /// The sizes of all controllers that the Pods belong to; Pods of none count for nothing.
  private func expectedScale(_ pods: [PodRecord]) throws(StatusError) -> Int {
    var seen: [String: Int] = [:]
    for pod in pods {
      guard let owner = pod.owner else { continue }
      guard let (uid, size) = try scale(owner, pod.namespace) else {
        throw .plain("found no controllers for pod \(pod.name.goQuoted)")
      }
      seen[uid] = size
    }
    return seen.values.reduce(0, +)
  }

  private func scale(
    _ owner: OwnerReference, _ namespace: String
  ) throws(StatusError) -> (String, Int)? {
    let resources: [String: GroupVersionResource] = [
      "ReplicaSet": .replicaSets, "StatefulSet": .statefulSets,
      "ReplicationController": .replicationControllers,
    ]
    guard let resource = resources[owner.kind] else { return try otherScale(owner, namespace) }
    guard let object = context.informer(resource)[namespace, owner.name], object.uid == owner.uid
    else { return nil }
    if owner.kind == "ReplicaSet", let parent = object.controllerReference,
      parent.kind == "Deployment",
      let deployment = context.informer(.deployments)[namespace, parent.name]
    {
      return (deployment.uid, deployment.specReplicas)
    }
    return (object.uid, object.specReplicas)
  }

  /// Any other kind tells its size by its Scale, if it has one.
  private func otherScale(
    _ owner: OwnerReference, _ namespace: String
  ) throws(StatusError) -> (String, Int)? {
    guard let kind = context.server.servedKind(apiVersion: owner.apiVersion, kind: owner.kind)
    else { return nil }
    var call = ResourceCall(
      verb: .get, resource: kind.resource, namespace: namespace, name: owner.name,
      user: client.user, manager: client.manager)
    call.subresource = "scale"
    if kind.hasScale {
      guard let scale = try? client.server.perform(call) else { return nil }
      return (owner.uid, scale.specReplicas)
    }
    let group = kind.resource.group.isEmpty ? "" : ".\(kind.resource.group)"
    throw .plain(
      "\(kind.resource.resource)\(group) does not implement the scale subresource")
  }

  /// Evictions that were allowed and are not yet seen carried out.
  private func disruptedPods(
    _ budget: Value, _ pods: [PodRecord]
  ) -> (left: [String: Value], recheck: Span?) {
    let now = context.timeline.now
    var left: [String: Value] = [:]
    var recheck: Span?
    let present = Dictionary(pods.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    for (name, time) in budget[path: "status", "disruptedPods"]?.object ?? [:] {
      guard let pod = present[name], !pod.isTerminating,
        let moment = time.string.flatMap({ Moment(rfc3339: $0) })
      else { continue }
      let end = moment + Self.timeout - now
      guard end > .zero else { continue }
      left[name] = time
      recheck = min(recheck ?? end, end)
    }
    return (left, recheck)
  }
}
