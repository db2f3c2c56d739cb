package import Simulation

/// One exam of a learner: what was drawn, how the clock stands, and what came out.
package struct ExamRecord: Hashable, Sendable {
  package struct Task: Hashable, Sendable {
    /// Counted from 1.
    package var ordinal: Int
    /// An exercise, or `BANK/NUMBER` for a question.
    package var subject: String
    package var variant: UInt64
    package var domain: String
    package var isFlagged = false
    /// A question's answer: the numbers of options, counted from 1, or words.
    package var answer: String?
    /// nil until marked.
    package var points: Int?
    package var total: Int?
    /// What the lost points were lost for.
    package var cause: String?

    package init(ordinal: Int, subject: String, variant: UInt64, domain: String) {
      self.ordinal = ordinal
      self.subject = subject
      self.variant = variant
      self.domain = domain
    }
  }

  package var id: Int64 = 0
  package var certification: String
  /// Empty for all domains.
  package var domain: String
  package var seed: UInt64
  package var minutes: Int
  /// Whether the learner allowed pauses beforehand.
  package var mayPause: Bool
  package var begun: Moment
  package var ended: Moment?
  package var pausedSince: Moment?
  package var pausedFor = Span.zero
  /// The task that is open.
  package var place = 1
  package var tasks: [Task]

  package init(
    certification: String, domain: String, seed: UInt64, minutes: Int, mayPause: Bool,
    begun: Moment, tasks: [Task]
  ) {
    self.certification = certification
    self.domain = domain
    self.seed = seed
    self.minutes = minutes
    self.mayPause = mayPause
    self.begun = begun
    self.tasks = tasks
  }

  /// What is left on the clock; time during which drydock was not running counts.
  package func left(at real: Moment) -> Span {
    let until = pausedSince ?? real
    let spent = until - begun
    return Span(
      nanoseconds: Span.minutes(Int64(minutes)).nanoseconds - spent.nanoseconds
        + pausedFor.nanoseconds)
  }

  /// Percent of all points, each task weighing by its points.
  package var score: Double {
    let total = tasks.reduce(0) { $0 + ($1.total ?? 0) }
    let points = tasks.reduce(0) { $0 + ($1.points ?? 0) }
    return total > 0 ? 100 * Double(points) / Double(total) : 0
  }
}
