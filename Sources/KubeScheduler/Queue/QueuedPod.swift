import Simulation

/// A Pod that waits to be scheduled, with what is remembered of earlier attempts.
final class QueuedPod {
  var pod: PodInfo
  /// When it came, or came back: among equals of priority the earlier goes first.
  var timestamp: Moment
  var sequence: UInt64 = 0
  var attempts = 0
  /// Failures in a row that count for the back-off.
  var unschedulableCount = 0
  var errorCount = 0
  var lastAttempt: Moment
  /// Who refused it last: what happens is shown to these.
  var refusedBy: Set<String> = []
  /// It waits until its preemption is carried out.
  var isPreempting = false
  /// Its place: which part of the queue holds it.
  var place = Place.none

  enum Place { case none, active, backoff, unschedulable, gated }

  init(_ pod: PodInfo, now: Moment) {
    self.pod = pod
    timestamp = now
    lastAttempt = now
  }

  /// PrioritySort: higher priority first, then the longer wait.
  func isBefore(_ other: QueuedPod) -> Bool {
    if pod.priority != other.pod.priority { return pod.priority > other.pod.priority }
    if timestamp != other.timestamp { return timestamp < other.timestamp }
    return sequence < other.sequence
  }

  /// One second, doubled for every failure after the first, at most ten.
  var backoff: Span {
    let count = max(unschedulableCount, errorCount)
    guard count > 0 else { return .zero }
    return .seconds(count > 4 ? 10 : min(Int64(1) << Int64(count - 1), 10))
  }
}
