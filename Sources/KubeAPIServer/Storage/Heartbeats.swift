package import Documents
import KubeObjects
package import Simulation

/// Leases whose holders live: when they were renewed last is told when somebody looks. Written
/// every few seconds they would cost for ever, and nobody follows them.
package final class Heartbeats {
  private struct Beat {
    let since: Moment
    let period: Span
  }
  private var beats: [String: Beat] = [:]

  /// The holder of a lease renews it from now on.
  package func begin(namespace: String, name: String, at moment: Moment, every period: Span) {
    beats["\(namespace)/\(name)"] = Beat(since: moment, period: period)
  }

  /// The holder is gone: the lease stays as it is stored.
  package func end(namespace: String, name: String) { beats["\(namespace)/\(name)"] = nil }

  /// A stored lease as its holder has renewed it.
  package func renewed(_ lease: Value, now: Moment) -> Value {
    guard !beats.isEmpty, let beat = beats[lease.namespacedName], beat.period.nanoseconds > 0
    else { return lease }
    let gone = max(0, (now - beat.since).nanoseconds)
    let last = beat.since + Span(nanoseconds: gone - gone % beat.period.nanoseconds)
    var renewed = lease
    renewed["spec"]?["renewTime"] = .string(last.rfc3339Micro)
    return renewed
  }
}
