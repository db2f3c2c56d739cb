import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Keeps as many Pods of a template as a ReplicaSet asks for.
class ReplicaSetController: Reconciler {
  class var name: String { "replicaset-controller" }
  class var resource: GroupVersionResource { .replicaSets }
  class var kind: String { "ReplicaSet" }

  let context: ControllerContext
  let client: ComponentClient
  let control: PodControl
  private let sets: Informer
  private let byOwner: InformerIndex
  private var queue: WorkQueue<Informer.Key>!
  private var expectations = Expectations()
  private var pacing = Pacing()

  required init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    control = PodControl(client: client, events: context.recorder(client, Self.eventSource))
    sets = context.informer(Self.resource)
    byOwner = InformerIndex(sets) { $0.controllerReference.map { [$0.uid] } ?? [] }
  }

  class var eventSource: String { "replicaset-controller" }
  class func selector(of set: Value) -> LabelSelector? {
    try? LabelSelector(object: set[path: "spec", "selector"])
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    sets.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      if let old, let new, old.uid != new.uid { expectations.forget(key) }
      if new == nil { expectations.forget(key) }
      queue.add(key)
    }
    context.pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func podChanged(_ old: PodRecord?, _ new: PodRecord?) {
    if let old, new == nil || new?.isTerminating == true, let key = key(ownerOf: old) {
      expectations.sawDeletion(key, old.uid)
      queue.add(key, after: pacing.delay(key))
    }
    guard let new else { return }
    if let old, old.owner != new.owner, let key = key(ownerOf: old) { queue.add(key) }
    if let key = key(ownerOf: new) {
      if old == nil { expectations.sawAddition(key) }
      queue.add(key, after: pacing.delay(key))
      if new.isReady, old?.isReady != true, let set = sets.objects[key],
        let seconds = set[path: "spec", "minReadySeconds"]?.int, seconds > 0
      {
        // Looked at again when it becomes available, a second later for rounding's sake.
        queue.add(key, after: .seconds(seconds + 1))
      }
    } else if new.owner == nil, old == nil || old?.labels != new.labels || old?.owner != nil {
      for set in matching(new) { queue.add(set) }
    }
  }

  private func key(ownerOf pod: PodRecord) -> Informer.Key? {
    guard let owner = pod.owner, owner.kind == Self.kind else { return nil }
    let key = Informer.Key(namespace: pod.namespace, name: owner.name)
    return sets.objects[key]?.uid == owner.uid ? key : nil
  }

  /// Sets that may adopt an orphan.
  private func matching(_ pod: PodRecord) -> [Informer.Key] {
    sets.objects.filter { key, set in
      key.namespace == pod.namespace && Self.selector(of: set)?.matches(pod.labels) == true
    }.keys.sorted()
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let set = sets.objects[key] else {
      expectations.forget(key)
      return .done
    }
    guard let selector = Self.selector(of: set) else { return .done }
    let isSettled = expectations.areMet(key, now: context.timeline.now)
    let claims = PodClaims(client: client, pods: context.pods)
    let claimed = try claims.claim(for: set, selector: selector)
    pacing.note(key, size: claimed.count)
    let active = claimed.filter(\.isActive)
    var failure: StatusError?
    if isSettled, !set.isBeingDeleted { failure = manage(set, key, active) }
    try updateStatus(set, claimed: claimed, active: active, failure)
    if let failure { throw failure }
    return nextLook(set, key, active)
  }

  private func nextLook(
    _ set: Value, _ key: Informer.Key, _ active: [PodRecord]
  ) -> WorkQueue<Informer.Key>.Outcome {
    let seconds = set[path: "spec", "minReadySeconds"]?.int ?? 0
    let now = context.timeline.now
    let available =
      seconds > 0
      ? active.compactMap { $0.availability(minReadySeconds: seconds, now: now) }.min() : nil
    let waits = [pacing.wait(key, now: now), available.map { $0 - now }].compactMap { $0 }
    return waits.min().map { .again(after: $0) } ?? .done
  }

  private func manage(_ set: Value, _ key: Informer.Key, _ active: [PodRecord]) -> StatusError? {
    let wanted = Int(clamping: set[path: "spec", "replicas"]?.int ?? 1)
    let missing = wanted - active.count
    let now = context.timeline.now
    if missing > 0 {
      if pacing.wait(key, now: now) != nil { return nil }
      let count = min(missing, Pacing.burst)
      expectations.expect(key, additions: count, now: now)
      let pod = PodControl.pod(from: set[path: "spec", "template"] ?? .null, owner: set)
      let (created, error) = PodControl.slowStart(count) { () throws(StatusError) in
        try control.create(pod, for: set)
      }
      pacing.made(created, of: key, now: now)
      if created < count { expectations.sawAddition(key, count: count - created) }
      return error
    }
    guard missing < 0 else { return nil }
    let count = min(-missing, Pacing.burst)
    var doomed = active
    if count < active.count {
      doomed = Array(PodRanking(now: now, related: related(to: set)).sorted(active).prefix(count))
    } else {
      doomed.sort { $0.key < $1.key }
    }
    expectations.expect(key, deletions: Set(doomed.map(\.uid)), now: now)
    var failure: StatusError?
    for pod in doomed {
      do throws(StatusError) {
        try control.delete(pod, for: set)
      } catch {
        expectations.sawDeletion(key, pod.uid)
        if !error.isNotFound { failure = failure ?? error }
      }
    }
    return failure
  }

  /// The Pods of all sets with the same owner.
  private func related(to set: Value) -> [PodRecord] {
    guard let owner = set.controllerReference else {
      return Array(context.pods.unordered(ownedBy: set.uid))
    }
    return byOwner[owner.uid].flatMap { context.pods.unordered(ownedBy: $0.uid) }
  }

  private func updateStatus(
    _ set: Value, claimed: [PodRecord], active: [PodRecord], _ failure: StatusError?
  ) throws(StatusError) {
    let status = ReplicaSetStatus.compute(
      set, claimed: claimed, active: active, failure: failure, now: context.timeline.now,
      countsTerminating: Self.kind == "ReplicaSet")
    guard status != set["status"] else { return }
    var changed = set
    changed["status"] = status
    do throws(StatusError) {
      _ = try client.update(Self.resource, changed, subresource: "status")
    } catch {
      if error.isNotFound { return }
      guard error.isConflict else { throw error }
      // Once more on what is there now, as updateReplicaSetStatus does.
      var fresh = try client.get(Self.resource, set.name, namespace: set.namespace)
      fresh["status"] = status
      _ = try client.update(Self.resource, fresh, subresource: "status")
    }
  }
}
