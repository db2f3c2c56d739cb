/// One learner's marks, from all that was handed in: what counts, what was taken off, and why.
package struct LearnerMark: Codable, Hashable, Sendable {
  /// One exam, or all practice work.
  package struct Part: Codable, Hashable, Sendable {
    /// The exam's id, or `practice`.
    package var id: String
    package var title: String
    /// Before anything is taken off.
    package var points: Int
    package var possible: Int
    /// Begun days after the deadline, those of grace among them.
    package var daysLate: Int
    /// Percent taken off; of practice work, over all of it.
    package var takenOff: Int
    /// Hundredths of a point.
    package var earned: Int
    package var isHandedIn: Bool
    /// The works that count.
    package var works: [MarkRecord.Work]
  }

  /// A person's decision, or that one is still to be made.
  package struct Manual: Codable, Hashable, Sendable {
    package var item: String
    package var say: String
    package var exercise: String
    package var possible: Int
    /// nil until decided.
    package var points: Int?
    package var comment: String
    package var answer: String
  }

  package var id: String
  package var name: String
  package var email: String
  package var section: String
  package var canvas: String
  package var parts: [Part]
  package var manual: [Manual]
  /// Points given or taken by hand, in whole points, with the reason.
  package var adjustment: Int
  package var remark: String
  /// The files it comes from, and what became of those that do not count.
  package var files: [String]
  package var refusals: [String]
  package var signals: [Signal]

  /// Hundredths of a point.
  package var earned: Int {
    let sum =
      parts.reduce(0) { $0 + $1.earned }
      + 100 * (manual.reduce(0) { $0 + ($1.points ?? 0) } + adjustment)
    return min(max(0, sum), 100 * possible)
  }
  package var possible: Int {
    parts.reduce(0) { $0 + $1.possible } + manual.reduce(0) { $0 + $1.possible }
  }
  /// Hundredths of a percent.
  package var percent: Int {
    possible > 0 ? (earned * 100 + possible / 2) / possible : 0
  }
  package var isHandedIn: Bool { parts.contains(where: \.isHandedIn) }
  package var isComplete: Bool { manual.allSatisfy { $0.points != nil } }

  /// Hundredths as a person writes them: `12`, `7.5`, `7.25`.
  package static func text(hundredths: Int) -> String {
    let whole = hundredths / 100
    let rest = hundredths % 100
    if rest == 0 { return "\(whole)" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
    return "\(whole).\(digits)"
  }
}
