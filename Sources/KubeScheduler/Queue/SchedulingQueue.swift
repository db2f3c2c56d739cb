import Simulation

/// The Pods that wait for a node: those to try now, those backing off, and those that nothing has
/// happened for yet.
final class SchedulingQueue {
  private let timeline: Timeline
  private var pods: [String: QueuedPod] = [:]
  private var active = PodHeap()
  private var backoff = PodHeap()
  private var sequence: UInt64 = 0
  /// Refused Pods by sequence.
  private var refused: [UInt64: QueuedPod] = [:]
  private var gated: [UInt64: QueuedPod] = [:]
  private var isFlushing = false
  /// Called when a Pod became ready to be tried.
  var onReady: () -> Void = {}

  /// How long a Pod may lie among the unschedulable before it is tried again regardless.
  static let longestWait = Span.minutes(5)

  /// Other components hear of an event as soon as the scheduler does: what they make of it at once
  /// (a taint removed) is there when the Pod is tried.
  private static let reaction = Span.milliseconds(10)

  init(timeline: Timeline) { self.timeline = timeline }

  subscript(uid: String) -> QueuedPod? { pods[uid] }

  /// Waiting Pods that were refused and satisfy a condition, in the order in which they came.
  func unschedulable(where isWanted: (QueuedPod) -> Bool) -> [QueuedPod] {
    if refused.isEmpty { return [] }
    return refused.values.filter(isWanted).sorted { $0.sequence < $1.sequence }
  }

  /// Pods that may not be tried yet, in the order in which they came.
  var held: [QueuedPod] {
    if gated.isEmpty { return [] }
    return gated.values.sorted { $0.sequence < $1.sequence }
  }

  func add(_ pod: PodInfo, isHeld: Bool) {
    let queued = QueuedPod(pod, now: timeline.now)
    sequence += 1
    queued.sequence = sequence
    pods[pod.uid] = queued
    if isHeld { move(queued, to: .gated) } else { activate(queued) }
  }

  func remove(_ uid: String) {
    guard let queued = pods.removeValue(forKey: uid) else { return }
    move(queued, to: .none)
  }

  private func move(_ queued: QueuedPod, to place: QueuedPod.Place) {
    if queued.place == .unschedulable { refused[queued.sequence] = nil }
    if queued.place == .gated { gated[queued.sequence] = nil }
    if place == .unschedulable { refused[queued.sequence] = queued }
    if place == .gated { gated[queued.sequence] = queued }
    queued.place = place
  }

  func activate(_ queued: QueuedPod) {
    guard queued.place != .active, !queued.isPreempting else { return }
    move(queued, to: .active)
    active.push(
      .init(
        priority: queued.pod.priority, rank: queued.timestamp.nanoseconds,
        sequence: queued.sequence, pod: queued))
    onReady()
  }

  /// Something happened that may help: to be tried after its back-off.
  func requeue(_ queued: QueuedPod) {
    guard queued.place == .unschedulable || queued.place == .none else { return }
    // With nothing else to do a Pod that only was refused need not wait its back-off out
    // (SchedulerPopFromBackoffQ); one that failed by an error must.
    let end = queued.lastAttempt + queued.backoff
    move(queued, to: .backoff)
    backoff.push(
      .init(priority: 0, rank: end.nanoseconds, sequence: queued.sequence, pod: queued))
    let soon = timeline.now + Self.reaction
    if queued.errorCount == 0 {
      timeline.at(soon) { [weak self, weak queued] in
        if queued?.place == .backoff { self?.onReady() }
      }
    }
    timeline.at(max(end, soon)) { [weak self, weak queued] in
      guard let self, let queued, queued.place == .backoff else { return }
      self.activate(queued)
    }
  }

  /// The next Pod to try, taken out of the queue until it is put back or removed.
  func pop() -> QueuedPod? {
    while let entry = active.popFirst() {
      guard entry.pod.place == .active, pods[entry.pod.pod.uid] === entry.pod else { continue }
      return take(entry.pod)
    }
    var held: [PodHeap.Entry] = []
    defer { for entry in held { backoff.push(entry) } }
    while let entry = backoff.popFirst() {
      guard entry.pod.place == .backoff, pods[entry.pod.pod.uid] === entry.pod else { continue }
      if entry.pod.errorCount > 0 {
        held.append(entry)
        continue
      }
      return take(entry.pod)
    }
    return nil
  }

  private func take(_ queued: QueuedPod) -> QueuedPod {
    move(queued, to: .none)
    queued.attempts += 1
    queued.lastAttempt = timeline.now
    return queued
  }

  /// Puts a Pod back that no node suited.
  func putBack(_ queued: QueuedPod, refusedBy plugins: Set<String>) {
    queued.timestamp = timeline.now
    queued.refusedBy = plugins
    queued.unschedulableCount += 1
    queued.errorCount = 0
    move(queued, to: .unschedulable)
    flushLater()
  }

  /// Puts a Pod back whose scheduling failed by an error.
  func putBackAfterError(_ queued: QueuedPod) {
    queued.timestamp = timeline.now
    queued.errorCount += 1
    move(queued, to: .none)
    requeue(queued)
  }

  /// Every 30 s, Pods that lay too long are tried again.
  private func flushLater() {
    guard !isFlushing else { return }
    isFlushing = true
    timeline.after(.seconds(30)) { [weak self] in
      guard let self else { return }
      isFlushing = false
      let limit = timeline.now
      for queued in unschedulable(where: { limit > $0.timestamp + Self.longestWait }) {
        requeue(queued)
      }
      if !refused.isEmpty { flushLater() }
    }
  }
}
