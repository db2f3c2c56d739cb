import Curriculum
import Documents
import LearnerRecord
import Shell
import Simulation

extension Session {
  func finish() throws(LogbookError) -> Said {
    guard let exam = try examHere() else { return (1, "There is no exam to hand in.\n") }
    if let warning = try warning(before: exam) { return (1, draw(warning)) }
    let text = draw(try handIn(exam))
    return (0, text)
  }

  /// What one may have forgotten, told once: handing in cannot be taken back.
  private func warning(before exam: ExamRecord) throws(LogbookError) -> String? {
    let flagged = exam.tasks.count(where: \.isFlagged)
    let open = exam.tasks.count { $0.answer == nil && course.question($0.subject) != nil }
    let unseen = try exam.tasks.count { task throws(LogbookError) in
      guard course.question(task.subject) == nil else { return false }
      return try book.openSession(.exam, "\(exam.id)/\(task.ordinal)") == nil
    }
    let name = "finish.\(exam.id)"
    guard flagged + open + unseen > 0, try book.setting(name) == nil else { return nil }
    try book.set(name, "1")
    var parts: [String] = []
    if flagged > 0 { parts.append("\(flagged) flagged") }
    if open > 0 { parts.append("\(open) not answered") }
    if unseen > 0 { parts.append("\(unseen) never opened") }
    return "There are tasks to look at again: \(parts.joined(separator: ", ")); `exam` lists them, "
      + "\(Self.clock(exam.left(at: surroundings.realTime()))) left. `finish` again hands in.\n"
  }

  /// Marks every task, ends the exam and leaves it; returns the report.
  func handIn(_ exam: ExamRecord) throws(LogbookError) -> String {
    var exam = exam
    let now = surroundings.realTime()
    for index in exam.tasks.indices { try mark(&exam.tasks[index], of: exam, at: now) }
    exam.ended = now
    try book.update(exam)
    let report = try report(on: exam)
    let plan = Session.plan(.free, blueprint: surroundings.blueprint, start: now)
    if isRunning {
      move(to: plan, afresh: false, then: "")
    } else {
      try leave(to: plan, afresh: false)
    }
    return report
  }

  private func mark(
    _ task: inout ExamRecord.Task, of exam: ExamRecord, at now: Moment
  ) throws(LogbookError) {
    if let question = course.question(task.subject) {
      task.total = 1
      task.points = question.isRight(task.answer) ? 1 : 0
      if task.points == 0 { task.cause = task.answer == nil ? "not attempted" : "knowledge" }
      return
    }
    guard let exercise = course.exercise(task.subject)?.variant(task.variant) else { return }
    task.total = exercise.points
    task.points = 0
    task.cause = "not attempted"
    guard let place = try book.openSession(.exam, "\(exam.id)/\(task.ordinal)") else { return }
    let journal = JournalEntry.effective(try book.journal(of: place))
    let done = journal.filter { $0.ordinal != runningEntry || place.id != record.id }
    let scene = Replay.scene(of: place, playing: done, checks: exercise.checks)
    let marking = Marking(exercise.checks, in: scene)
    task.points = marking.points
    let diary = ExamDiary(done)
    task.cause =
      marking.isFull
      ? nil : diary.cause(of: marking, in: scene, namespaces: exercise.namespaces)
    guard diary.isAttempted else { return }
    try book.add(
      Attempt(
        exercise: exercise.id, points: marking.points, total: marking.total, hints: 0,
        sawSolution: false, seconds: diary.seconds, real: now,
        results: marking.results.map(Attempt.Result.init)), session: place.id)
  }
}

extension Attempt.Result {
  init(_ result: Marking.Result) {
    self.init(
      name: result.say,
      verdict: result.verdict == .passed
        ? .passed : result.verdict == .failed ? .failed : .notReached,
      reason: result.reason, points: result.points)
  }
}
