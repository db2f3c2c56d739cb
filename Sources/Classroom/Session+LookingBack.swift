import Curriculum
import KubeCluster
import LearnerRecord
import Shell
import Simulation

extension Session {
  /// `exam report` and `exam replay TASK`: the exam that ended last, looked at again.
  func lookBack(_ word: String, _ task: String?) throws(LogbookError) -> Said {
    guard let exam = try book.exams().max(by: { ($0.ended ?? $0.begun) < ($1.ended ?? $1.begun) })
    else {
      return (1, draw("No exam has ended yet; `exam` lists them.\n"))
    }
    if word == "report" { return (0, draw(try report(on: exam))) }
    guard let number = task.flatMap({ Int($0) }), exam.tasks.indices.contains(number - 1) else {
      return (2, draw("Which task, from 1 to \(exam.tasks.count)? For example: `exam replay 1`\n"))
    }
    return try replay(exam.tasks[number - 1], of: exam)
  }

  func report(on exam: ExamRecord) throws(LogbookError) -> String {
    var attempts: [Int: Attempt] = [:]
    for task in exam.tasks {
      // Marked in the moment of the end, which holds in an imported record as well.
      attempts[task.ordinal] = try book.attempts(at: task.subject).last { $0.real == exam.ended }
    }
    return ExamReport(exam: exam, course: course, attempts: attempts).text
  }

  /// What the learner did in a task, played again in a fresh cluster, line by line.
  private func replay(
    _ task: ExamRecord.Task, of exam: ExamRecord
  ) throws(LogbookError) -> Said {
    if let question = course.question(task.subject) {
      return (0, draw(question.shown(chosen: task.answer)))
    }
    guard let exercise = course.exercise(task.subject)?.variant(task.variant) else {
      return (1, "This task is not in the course any more; see `--course`.\n")
    }
    let head = draw("# Task \(task.ordinal): \(exercise.title)\n\n\(exercise.task)\n\n")
    guard let place = try book.openSession(.exam, "\(exam.id)/\(task.ordinal)") else {
      return (0, head + "You did not open this task here.\n")
    }
    let lines = JournalEntry.effective(try book.journal(of: place))
    let film = Film(since: exam.begun)
    let scene = Replay.scene(
      of: place, playing: lines, checks: exercise.checks, watching: film)
    let marks =
      course.plan.map { $0.feedback == .full } ?? true
      ? "\n" + draw(Self.lines(Marking(exercise.checks, in: scene))) : ""
    return (0, head + film.text + marks)
  }
}

/// What a replay shows: each line with the exam's time and what it printed.
final class Film {
  private(set) var text = ""
  private let begun: Moment
  private var linesLeft = 0
  private static let linesShown = 40

  init(since begun: Moment) { self.begun = begun }

  func line(_ line: String, at real: Moment) {
    text += "\(Session.clock(real - begun)) $ \(line)\n"
    linesLeft = Self.isWordOfOurs(line) ? 0 : Self.linesShown
  }

  func output(_ bytes: [UInt8]) {
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    where linesLeft > 0 && !line.isEmpty {
      linesLeft -= 1
      text += linesLeft > 0 ? "\(line)\n" : "…\n"
    }
  }

  /// What drydock itself said is not repeated.
  private static func isWordOfOurs(_ line: String) -> Bool {
    line.split(whereSeparator: \.isWhitespace).first.flatMap { Word(rawValue: String($0)) } != nil
  }
}
