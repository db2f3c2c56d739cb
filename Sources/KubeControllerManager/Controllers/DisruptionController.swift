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
      guard let self, let pod = new ?? old else { return }
      if let new { watchMark(of: new) }
      guard let found = selectors[pod.namespace] else { return }
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
    let countsOwners: Bool
    do throws(StatusError) {
      (expected, desired, countsOwners) = try counts(budget, pods)
    } catch {
      try fail(budget, error.message)
      throw error
    }
    if countsOwners, pods.contains(where: { $0.owner == nil }) {
      events.record(
        .warning, budget, reason: "UnmanagedPods",
        message: "Pods selected by this PodDisruptionBudget (selector: "
          + "\((budget[path: "spec", "selector"] ?? .null).printedSelector)) were found to be "
          + "unmanaged. As a result, the status of the PDB cannot be calculated correctly, which "
          + "may result in undefined behavior. To account for these pods please set "
          + "\".spec.minAvailable\" field of the PDB to an integer value.")
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

  /// How many Pods there should be, how many of them must stay healthy, and whether the Pods' owners
  /// were asked for that.
  private func counts(
    _ budget: Value, _ pods: [PodRecord]
  ) throws(StatusError) -> (expected: Int, desired: Int, countsOwners: Bool) {
    if let limit = IntOrString(budget[path: "spec", "maxUnavailable"]) {
      let expected = try expectedScale(pods)
      let most = Int(clamping: limit.scaled(of: Int64(expected), roundingUp: true) ?? 0)
      return (expected, max(expected - most, 0), true)
    }
    let least = IntOrString(budget[path: "spec", "minAvailable"]) ?? .int(1)
    if case .int(let number) = least {
      return (pods.count, Int(clamping: number), false)
    }
    let expected = try expectedScale(pods)
    return (
      expected, Int(clamping: least.scaled(of: Int64(expected), roundingUp: true) ?? 0), true
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

  /// Takes back a mark that nobody acted on (syncStalePodDisruption).
  private func watchMark(of pod: PodRecord) {
    guard let since = staleMark(of: pod) else { return }
    let end = max(since + Self.timeout, context.timeline.now)
    context.timeline.at(end) { [weak self] in
      guard let self, let pod = context.pods.records[pod.key], staleMark(of: pod) == since else {
        return
      }
      try? DisruptionMark(isSet: false).write(on: pod, client, now: context.timeline.now)
    }
  }

  /// Since when a Pod is marked that nobody removes; a kubelet takes the time that it needs.
  private func staleMark(of pod: PodRecord) -> Moment? {
    guard !pod.isTerminating, !pod.isFinished, let mark = pod.value.condition("DisruptionTarget"),
      mark["status"]?.string == "True", mark["reason"]?.string != "TerminationByKubelet"
    else { return nil }
    return mark["lastTransitionTime"]?.string.flatMap { Moment(rfc3339: $0) }
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
      guard end > .zero else {
        // Upstream names the namespace twice.
        events.record(
          .warning, pod.value, reason: "NotDeleted",
          message: "Pod was expected by PDB \(budget.namespace)/\(budget.namespace) to be deleted "
            + "but it wasn't")
        continue
      }
      left[name] = time
      recheck = min(recheck ?? end, end)
    }
    return (left, recheck)
  }
}
