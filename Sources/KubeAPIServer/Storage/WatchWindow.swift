import Etcd
import Simulation

/// The last changes of a resource, from which watches that start in the past are served: the ring of
/// upstream's watchCache.
///
/// It holds a hundred changes, and more where the last 75 seconds saw more; what a resource that
/// seldom changes went through is known for as long as the server runs.
struct WatchWindow {
  private struct Change {
    let event: KeyValueStore.Event
    let recorded: Moment
  }

  /// From `start` on, in a ring.
  private var ring: [Change] = []
  private var start = 0
  private(set) var capacity = Self.leastCapacity
  /// Whether something was forgotten.
  private var isCut = false

  private static let leastCapacity = 100
  private static let greatestCapacity = 102_400
  private static let freshness = Span.seconds(75)

  mutating func note(_ event: KeyValueStore.Event, at now: Moment) {
    let change = Change(event: event, recorded: now)
    if ring.count == capacity { resize(now) }
    guard ring.count == capacity else { return ring.append(change) }
    ring[start] = change
    start = (start + 1) % capacity
    isCut = true
  }

  /// Doubled while the oldest change is fresh, halved when three quarters of them are not
  /// (resizeCacheLocked).
  private mutating func resize(_ now: Moment) {
    func isFresh(_ index: Int) -> Bool {
      now - ring[(start + index) % capacity].recorded < Self.freshness
    }
    var wanted = capacity
    if isFresh(0) {
      wanted = min(capacity * 2, Self.greatestCapacity)
    } else if !isFresh(capacity - capacity / 4) {
      wanted = max(capacity / 2, Self.leastCapacity)
    }
    guard wanted != capacity else { return }
    let all = ring[start...] + ring[..<start]
    if all.count > wanted { isCut = true }
    ring = Array(all.suffix(wanted))
    start = 0
    capacity = wanted
  }

  /// The revision before the oldest change that is known; 0: all are.
  var oldest: Int64 { isCut && !ring.isEmpty ? ring[start].event.revision - 1 : 0 }

  /// What happened after a revision that is not before `oldest`.
  func events(after revision: Int64) -> [KeyValueStore.Event] {
    (ring[start...] + ring[..<start]).lazy.map(\.event).filter { $0.revision > revision }
  }
}
