import Curriculum
import LearnerRecord
import Simulation

/// What one work shows by itself: lines too fast for hands, times that cannot be.
struct HonestySigns {
  private(set) var signals: [Signal] = []

  /// Characters in a second; practised typists reach ten.
  private static let fastest = 15
  private static let shortest = 120

  init(
    _ work: Submission.Work, _ mark: MarkRecord.Work, _ exercise: Exercise,
    _ exam: (id: String, sitting: Submission.Sitting)?, _ submission: Submission
  ) {
    lookForPasting(work)
    lookForSpeed(work, mark, exercise)
    lookAtClock(work, exam?.sitting, submission.header.submitted)
    lookAtCommands(work)
  }

  private static let relied: Set<String> = [
    "kubectl", "cat", "test", "echo", "grep", "curl", "wget", "head", "tail", "wc", "sort", "jq",
    "ls", "stat", "printf", "command", "builtin", "unset", "[",
  ]

  /// Checks have a shell of their own, where it changes nothing; that somebody tried is a sign.
  private mutating func lookAtCommands(_ work: Submission.Work) {
    for entry in work.entries {
      guard case .line(let text) = entry.kind, let name = Self.redefined(in: text) else { continue }
      return signals.append(
        Signal(.commands, work.exercise, "gives the command \(name) another meaning"))
    }
  }

  static func redefined(in text: String) -> String? {
    var before = ""
    for word in text.split(whereSeparator: { $0.isWhitespace || ";&|{".contains($0) }) {
      defer { before = String(word) }
      if word.hasPrefix("()"), relied.contains(before) { return before }
      let name = String(word.prefix { $0 != "(" && $0 != "=" })
      guard relied.contains(name) else { continue }
      let rest = word.dropFirst(name.count)
      if rest.hasPrefix("()") || before == "function" || before == "alias" && rest.hasPrefix("=") {
        return name
      }
    }
    return nil
  }

  private mutating func lookForPasting(_ work: Submission.Work) {
    var before = work.begun
    var pasted: [(Int, Span)] = []
    for entry in work.entries {
      defer { before = entry.real }
      guard case .line(let text) = entry.kind, text.count >= Self.shortest else { continue }
      let taken = entry.real - before
      if taken >= .zero, taken < .seconds(Int64(text.count / Self.fastest)) {
        pasted.append((text.count, taken))
      }
    }
    guard let longest = pasted.max(by: { $0.0 < $1.0 }) else { return }
    signals.append(
      Signal(
        .pasted, work.exercise,
        "\(longest.0) characters came within \(Self.seconds(longest.1))"
          + (pasted.count > 1 ? ", and so \(pasted.count) times" : "")))
  }

  private mutating func lookForSpeed(
    _ work: Submission.Work, _ mark: MarkRecord.Work, _ exercise: Exercise
  ) {
    guard mark.points * 5 >= mark.total * 4, mark.total > 0,
      let last = work.entries.last(where: \.changed)
    else { return }
    let taken = last.real - work.begun
    // A twentieth of the time a practised person needs, at least ten seconds.
    let least = Span.seconds(max(10, Int64(exercise.minutes) * 3))
    if taken >= .zero, taken < least {
      signals.append(
        Signal(
          .speed, work.exercise,
          "\(mark.points) of \(mark.total) points \(Self.seconds(taken)) after it was begun; "
            + "\(exercise.minutes) min are planned"))
    }
  }

  private mutating func lookAtClock(
    _ work: Submission.Work, _ sitting: Submission.Sitting?, _ submitted: Moment
  ) {
    func tell(_ text: String) { signals.append(Signal(.clock, work.exercise, text)) }
    // A cluster starts at the second in which it is begun; a busy machine takes a little longer.
    let isOnTime =
      sitting.map { work.start == PlannedExam.berthStart(begun: $0.begun) }
      ?? ((work.begun - work.start).seconds.magnitude <= 5)
    if !isOnTime { return tell("it says to be begun at another time than its cluster") }
    var before = work.begun
    var moment = work.start
    for (index, entry) in work.entries.enumerated() {
      if entry.real < before { return tell("the clock went backwards before line \(index + 1)") }
      if entry.moment < moment {
        return tell("the cluster's clock went backwards before line \(index + 1)")
      }
      before = entry.real
      moment = max(entry.moment, moment)
    }
    if before > submitted { return tell("it goes on after it was handed in") }
    if let sitting {
      if work.begun < sitting.begun { return tell("it was begun before its exam") }
      // Handing in is a line, too, whose answer comes when all is marked.
      let typed = work.entries.last { entry in
        switch entry.kind {
        case .line, .input, .edit, .client: true
        default: false
        }
      }
      if let ended = sitting.ended, let typed, typed.real > ended + .seconds(1) {
        return tell("it goes on after its exam ended")
      }
    }
  }

  private static func seconds(_ span: Span) -> String {
    let tenths = span.nanoseconds / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
