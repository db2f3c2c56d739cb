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
    let name = "finish.\(exam.id)"
    guard flagged + open > 0, try book.setting(name) == nil else { return nil }
    try book.set(name, "1")
    var parts: [String] = []
    if flagged > 0 { parts.append("\(flagged) flagged") }
    if open > 0 { parts.append("\(open) not answered") }
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
    let report = ExamReport(exam, course: course).text
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
    let diary = Diary(done)
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

/// What a learner's journal tells about how a task was gone about.
struct Diary {
  private let lines: [(text: String, entry: JournalEntry)]

  init(_ entries: [JournalEntry]) {
    lines = entries.compactMap { entry in
      if case .line(let text) = entry.kind { (text, entry) } else { nil }
    }
  }

  var isAttempted: Bool { lines.contains { $0.entry.changed || $0.text.contains(">") } }

  /// On the cluster's clock, from the first line to the last.
  var seconds: Int {
    guard let first = lines.first, let last = lines.last else { return 0 }
    return Int(clamping: ((last.entry.finished ?? last.entry.moment) - first.entry.moment).seconds)
  }

  /// What points were lost for, as far as what was typed shows it.
  func cause(of marking: Marking, in scene: ClusterScene, namespaces: Set<String>) -> String {
    guard isAttempted else { return "not attempted" }
    if isElsewhere(marking, scene, namespaces) { return "wrong namespace" }
    let applied = lines.last { line in
      ["apply", "create", "replace"].contains { line.text.contains("\($0) -f") }
    }
    if let applied, applied.entry.status ?? 0 != 0 { return "YAML slip" }
    guard let change = lines.lastIndex(where: { $0.entry.changed }) else { return "knowledge" }
    let looks = ["get ", "describe ", "logs ", "exec ", "curl ", "wget ", "auth can-i", "rollout "]
    let verified = lines[change...].contains { line in
      !line.entry.changed && looks.contains { line.text.contains($0) }
    }
    return verified ? "knowledge" : "not verified"
  }

  /// Whether something that is missed stands in a namespace where nothing was asked for.
  private func isElsewhere(
    _ marking: Marking, _ scene: ClusterScene, _ namespaces: Set<String>
  ) -> Bool {
    for result in marking.results
    where result.verdict == .failed && result.reason.contains("does not exist") {
      // The reason begins with KIND/NAME.
      let parts = result.reason.prefix { $0 != " " }.split(separator: "/")
      guard parts.count == 2 else { continue }
      let all = ObjectReference(kind: String(parts[0]), name: "", namespace: "")
      let found = (try? scene.objects(all)) ?? []
      let isThere = found.contains {
        $0[path: "metadata", "name"]?.string == String(parts[1])
          && !namespaces.contains($0[path: "metadata", "namespace"]?.string ?? "")
      }
      if isThere { return true }
    }
    return false
  }
}
