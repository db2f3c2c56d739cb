package import Simulation

/// One marking of an exercise, with what each check said.
package struct Attempt: Hashable, Sendable {
  package struct Result: Hashable, Sendable {
    package enum Verdict: String, Sendable { case passed, failed, notReached }
    package var name: String
    package var verdict: Verdict
    package var reason: String
    /// What the check was worth.
    package var points: Int

    package init(name: String, verdict: Verdict, reason: String, points: Int) {
      self.name = name
      self.verdict = verdict
      self.reason = reason
      self.points = points
    }
  }

  package var exercise: String
  package var points: Int
  package var total: Int
  package var hints: Int
  package var sawSolution: Bool
  /// Time on the wall since the exercise was begun.
  package var seconds: Int
  package var real: Moment
  package var results: [Result]

  package init(
    exercise: String, points: Int, total: Int, hints: Int, sawSolution: Bool, seconds: Int,
    real: Moment, results: [Result]
  ) {
    self.exercise = exercise
    self.points = points
    self.total = total
    self.hints = hints
    self.sawSolution = sawSolution
    self.seconds = seconds
    self.real = real
    self.results = results
  }
}

/// What all attempts at one exercise come to.
package struct Standing: Hashable, Sendable {
  package var exercise: String
  package var attempts: Int
  package var bestPoints: Int
  package var total: Int
  package var last: Moment
  /// Whether full marks were reached without having been shown the solution.
  package var isMastered: Bool
}
