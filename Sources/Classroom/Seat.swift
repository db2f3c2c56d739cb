/// How a session sits in the learner's record.
package enum Seat: Sendable {
  /// The one that the learner comes back to.
  case own
  /// Beside another drydock that is open: with clusters of its own that nobody comes back to.
  case guest
  /// Only to look something up: without a cluster.
  case reader
}
