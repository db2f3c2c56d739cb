import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Keeps one Pod of a template on every node that it is meant for.
final class DaemonSetController: Reconciler {
  static let name = "daemonset-controller"
  static let generation = "deprecated.daemonset.template.generation"

  private let context: ControllerContext
  private let client: ComponentClient
  private let control: PodControl
  private let events: EventRecorder
  private let sets: Informer
  private let nodes: Informer
  private let revisions: InformerIndex
  private var queue: WorkQueue<Informer.Key>!
  private var expectations = Expectations()
  private var pacing = Pacing()
  /// By set and node: how long to wait after the last failed Pod was removed.
  private var backoffs: [Informer.Key: (wait: Span, last: Moment)] = [:]

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("daemon-set-controller")
    events = context.recorder(client, Self.name)
    control = PodControl(client: client, events: events)
    sets = context.informer(.daemonSets)
    nodes = context.informer(.nodes)
    revisions = InformerIndex(context.informer(.controllerRevisions), by: RevisionHistory.key)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    sets.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      if new == nil { expectations.forget(key) }
      queue.add(key)
    }
    nodes.onChange { [weak self] old, new in
      // A node that goes is heard of by its Pods.
      guard let self, let new else { return }
      if let old, old.labels == new.labels,
        old[path: "spec", "taints"] == new[path: "spec", "taints"]
      {
        return
      }
      let here = Set(context.pods.onNode(new.name).compactMap { $0.owner?.uid })
      for (key, set) in sets.objects.sorted(by: { $0.key < $1.key })
      where concerns(set, new, isThere: here.contains(set.uid)) {
        queue.add(key, after: pacing.delay(key))
      }
    }
    context.pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  /// Whether what became of a node calls for something to be done (syncNodeUpdate).
  private func concerns(_ set: Value, _ node: Value, isThere: Bool) -> Bool {
    let verdict = DaemonPlacement(set).verdict(node)
    if !isThere { return verdict.shouldRun }
    return !verdict.mayStay || set[path: "status", "numberMisscheduled"]?.int ?? 0 > 0
  }

  private func podChanged(_ old: PodRecord?, _ new: PodRecord?) {
    guard let pod = new ?? old else { return }
    if let owner = pod.owner {
      guard owner.kind == "DaemonSet" else { return }
      let key = Informer.Key(namespace: pod.namespace, name: owner.name)
      if old == nil { expectations.sawAddition(key) }
      if new == nil || new?.isTerminating == true { expectations.sawDeletion(key, pod.uid) }
      queue.add(key, after: pacing.delay(key))
    } else if old == nil || old?.owner != nil {
      for (key, set) in sets.objects.sorted(by: { $0.key < $1.key })
      where key.namespace == pod.namespace && selector(of: set)?.matches(pod.labels) == true {
        queue.add(key)
      }
    }
  }

  private func selector(of set: Value) -> LabelSelector? {
    try? LabelSelector(object: set[path: "spec", "selector"])
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let set = sets.objects[key], let selector = selector(of: set) else { return .done }
    if selector.isEmpty {
      events.record(
        .warning, set, reason: "SelectingAll",
        message: "This daemon set is selecting all pods. A non-empty selector is required.")
      return .done
    }
    if set.isBeingDeleted { return .done }
    let hash = PodTemplateHash.hash(
      set[path: "spec", "template"] ?? .null,
      collisionCount: set[path: "status", "collisionCount"]?.int)
    let history = try history(of: set, selector, hash)
    let pods = try PodClaims(client: client, pods: context.pods).claim(
      for: set, selector: selector)
    pacing.note(key, size: max(pods.count, nodes.objects.count))
    let round = DaemonRound(
      set: set, hash: hash, pods: pods, nodes: nodes.objects.values.sorted { $0.name < $1.name },
      now: context.timeline.now)
    let isObserved = expectations.areMet(key, now: context.timeline.now)
    guard isObserved else {
      try updateStatus(round, isObserved: false)
      return round.nextLook.map { .again(after: $0) } ?? .done
    }
    var failure: StatusError?
    do throws(StatusError) {
      try update(round, key)
      let limit = Int(clamping: set[path: "spec", "revisionHistoryLimit"]?.int ?? 10)
      let used = Set(pods.compactMap { $0.labels?["controller-revision-hash"]?.string })
      try history.trim(keeping: limit, inUse: Set(used.map { "\(set.name)-\($0)" }))
    } catch {
      failure = error
    }
    // Whatever failed, what is there is told (syncDaemonSet).
    do throws(StatusError) {
      try updateStatus(round, isObserved: true)
    } catch {
      failure = failure ?? error
    }
    if let failure { throw failure }
    return round.nextLook.map { .again(after: $0) } ?? .done
  }

  private func update(_ round: DaemonRound, _ key: Informer.Key) throws(StatusError) {
    try manage(round, key)
    guard expectations.areMet(key, now: context.timeline.now),
      round.set[path: "spec", "updateStrategy", "type"]?.string != "OnDelete"
    else { return }
    let (removed, added) = round.rollingChanges
    try carryOut(round, key, removing: removed, adding: added)
  }

  /// The set's revisions, the present one among them.
  private func history(
    of set: Value, _ selector: LabelSelector, _ hash: String
  ) throws(StatusError) -> RevisionHistory {
    var history = try RevisionHistory(client, owner: set, selector: selector, index: revisions)
    var labels = set[path: "spec", "template", "metadata", "labels"] ?? .emptyObject
    labels["controller-revision-hash"] = .string(hash)
    let before = set[path: "status", "collisionCount"]?.int ?? 0
    var collisions = before
    do throws(StatusError) {
      _ = try history.current(collisions: &collisions, retries: false, labels: labels) { _ in
        hash
      }
    } catch {
      if collisions != before {
        // The hash is salted, and the next sync tries another name.
        var changed = set
        changed["status"] = changed["status"] ?? .emptyObject
        changed["status"]?["collisionCount"] = .int(collisions)
        _ = try client.update(.daemonSets, changed, subresource: "status")
      }
      throw error
    }
    return history
  }

  private func manage(_ round: DaemonRound, _ key: Informer.Key) throws(StatusError) {
    let finished = round.finished.filter { mayRemove($0, key) }
    for pod in finished {
      let isFailed = pod.phase == "Failed"
      events.record(
        isFailed ? .warning : .normal, round.set,
        reason: isFailed ? "FailedDaemonPod" : "SucceededDaemonPod",
        message: "Found \(isFailed ? "failed" : "succeeded") daemon pod \(pod.namespace)/"
          + "\(pod.name) on node \(pod.nodeName), will try to "
          + (isFailed ? "kill it" : "delete it"))
    }
    try carryOut(round, key, removing: finished + round.surplus, adding: round.missing)
  }

  /// A node that fails Pods again and again gets new ones ever more slowly: after a second, doubled
  /// up to a quarter of an hour.
  private func mayRemove(_ pod: PodRecord, _ key: Informer.Key) -> Bool {
    guard pod.phase == "Failed" else { return true }
    let place = Informer.Key(namespace: "\(key.namespace)/\(key.name)", name: pod.nodeName)
    let now = context.timeline.now
    var backoff = backoffs[place] ?? (.zero, now)
    let end = backoff.last + backoff.wait
    if end > now {
      queue.add(key, after: end - now)
      return false
    }
    let longest = Span.minutes(15)
    // Quiet for twice the longest wait: all is forgiven.
    let isForgotten = now - backoff.last > longest + longest
    backoff.wait =
      backoff.wait == .zero || isForgotten
      ? .seconds(1) : min(backoff.wait + backoff.wait, longest)
    backoff.last = now
    backoffs[place] = backoff
    return true
  }

  private func carryOut(
    _ round: DaemonRound, _ key: Informer.Key, removing: [PodRecord], adding: [String]
  ) throws(StatusError) {
    guard !removing.isEmpty || !adding.isEmpty else { return }
    let now = context.timeline.now
    var failure: StatusError?
    if !adding.isEmpty {
      expectations.expect(key, additions: adding.count, now: now)
      var left = adding[...]
      let (made, error) = PodControl.slowStart(adding.count) { () throws(StatusError) in
        guard let node = left.popFirst() else { return }
        try control.create(round.pod(on: node), for: round.set)
      }
      if made < adding.count { expectations.sawAddition(key, count: adding.count - made) }
      failure = error
    } else {
      expectations.expect(key, deletions: Set(removing.map(\.uid)), now: now)
    }
    for pod in removing {
      do throws(StatusError) {
        try control.delete(pod, for: round.set)
      } catch {
        expectations.sawDeletion(key, pod.uid)
        if !error.isNotFound { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }

  private func updateStatus(_ round: DaemonRound, isObserved: Bool) throws(StatusError) {
    let status = round.status(isObserved: isObserved)
    guard status != round.set["status"] else { return }
    var changed = round.set
    changed["status"] = status
    do throws(StatusError) {
      _ = try client.update(.daemonSets, changed, subresource: "status")
    } catch { if !error.isNotFound { throw error } }
  }
}
