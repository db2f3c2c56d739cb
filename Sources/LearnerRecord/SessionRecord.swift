package import Simulation

/// How one cluster was begun: all that is needed, with its journal, to make it again byte for byte.
package struct SessionRecord: Hashable, Sendable {
  /// What the cluster is for; the raw value is stored.
  package enum Purpose: String, Sendable { case free, lesson, exercise, exam, card }

  package var id: Int64
  package var purpose: Purpose
  /// The lesson's or exercise's name; empty for a free cluster.
  package var subject: String
  package var seed: UInt64
  package var blueprint: String
  /// The cluster's clock when it began.
  package var start: Moment
  /// The start state as its writer encodes it, kept here so that changed content changes nothing.
  package var setup: String

  package init(
    id: Int64 = 0, purpose: Purpose, subject: String, seed: UInt64, blueprint: String,
    start: Moment, setup: String
  ) {
    self.id = id
    self.purpose = purpose
    self.subject = subject
    self.seed = seed
    self.blueprint = blueprint
    self.start = start
    self.setup = setup
  }
}
