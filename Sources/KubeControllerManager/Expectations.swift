import KubeAPIServer
import Simulation

/// What a controller has asked for and not yet seen come true: while some is open it keeps still,
/// so that it never asks twice.
struct Expectations {
  private struct Open {
    var additions = 0
    var deletions: Set<String> = []
    var since: Moment
  }

  private var open: [Informer.Key: Open] = [:]
  /// After this long an expectation is given up: something was missed.
  private static let timeout = Span.minutes(5)

  /// Whether everything asked for was seen, or waited for too long.
  func areMet(_ key: Informer.Key, now: Moment) -> Bool {
    guard let entry = open[key] else { return true }
    return entry.additions <= 0 && entry.deletions.isEmpty || now - entry.since > Self.timeout
  }

  mutating func expect(_ key: Informer.Key, additions: Int, now: Moment) {
    open[key] = Open(additions: additions, since: now)
  }

  mutating func expect(_ key: Informer.Key, deletions: Set<String>, now: Moment) {
    open[key] = Open(deletions: deletions, since: now)
  }

  mutating func sawAddition(_ key: Informer.Key, count: Int = 1) { open[key]?.additions -= count }
  mutating func sawDeletion(_ key: Informer.Key, _ uid: String) {
    open[key]?.deletions.remove(uid)
  }
  mutating func forget(_ key: Informer.Key) { open[key] = nil }
}
