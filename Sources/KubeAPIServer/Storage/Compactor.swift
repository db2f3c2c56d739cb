import Etcd
import Simulation

/// Has etcd forget the history before the last five minutes but one, every five minutes (etcd3's
/// compactor, --etcd-compaction-interval): older revisions are answered with `410 Gone`.
///
/// It is asked before each write and each look into the past, so that an idle server needs no timer.
struct Compactor {
  private static let interval = Span.minutes(5)
  private var due: Moment
  /// The revision of the round before; none in the first.
  private var marked: Int64?

  init(start: Moment) { due = start + Self.interval }

  mutating func run(_ etcd: KeyValueStore, now: Moment) {
    guard now >= due else { return }
    // Nothing was written since the rounds that are due: two of them settle everything.
    for _ in 0..<2 where now >= due {
      if let marked, marked > etcd.compactRevision { try? etcd.compact(marked) }
      marked = etcd.revision
      due = due + Self.interval
    }
    let behind = (now - due).nanoseconds / Self.interval.nanoseconds
    if now >= due { due = due + Span(nanoseconds: (behind + 1) * Self.interval.nanoseconds) }
  }
}
