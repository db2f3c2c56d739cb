import Curriculum
package import LearnerRecord
import Shell
import Simulation

extension Session {
  /// `exam cka`, `exam --drill 20m --domain storage ckad`, `exam pause`, or where one stands.
  func exam(_ arguments: [String]) throws(LogbookError) -> Said {
    if var open = try book.openExam() {
      let now = surroundings.realTime()
      switch arguments.first {
      case "pause":
        guard open.mayPause else {
          return (1, draw("This exam was begun without pauses (`exam --pause …` allows them).\n"))
        }
        if open.pausedSince == nil { open.pausedSince = now }
        try book.update(open)
        return (0, "The clock stands still; `exam resume` goes on. You may leave.\n")
      case "resume":
        if let since = open.pausedSince { open.pausedFor = open.pausedFor + (now - since) }
        open.pausedSince = nil
        try book.update(open)
        return try go(to: open.place, of: open)
      default:
        let text = draw(examTable(open))
        if isInside(open) { return (0, text) }
        let (status, more) = try go(to: open.place, of: open)
        return (status, text + more)
      }
    }
    if let word = arguments.first, ["report", "replay"].contains(word) {
      return try lookBack(word, arguments.dropFirst().first)
    }
    if let plan = course.plan { return try packExam(arguments, of: plan) }
    if arguments == ["--help"] || arguments.isEmpty { return (0, draw(Self.examUsage)) }
    switch ExamWish.read(arguments) {
    case .failure(let problem): return (2, "exam: \(problem.text)\n")
    case .success(let wish): return try begin(wish)
    }
  }

  private static var examUsage: String {
    var text = "# Exams\n\n| begin with | exam | minutes | pass |\n|---|---|--:|--:|\n"
    for certification in Certifications.all {
      text += "| `exam \(certification.id)` | \(certification.title) "
      text += "| \(certification.minutes) | \(certification.passMark) % |\n"
    }
    return text + """

      `exam cka --drill 20m --domain storage` makes a short one of one domain, `--pause` allows \
      `exam pause`, `--seed N` draws the same tasks again. Afterwards `exam report` shows how it \
      went, and `exam replay 3` what you did in task 3.
      """
  }

  private func begin(_ wish: ExamWish) throws(LogbookError) -> Said {
    if seat == .guest { return (1, "Another drydock is open: the exam is taken there.\n") }
    let now = surroundings.realTime()
    let seed = wish.seed ?? UInt64(bitPattern: now.nanoseconds)
    // A seed that is asked for draws what it drew, whatever one has seen since.
    let earlier = wish.seed == nil ? try book.exams().flatMap(\.tasks).map(\.subject) : []
    let paper = ExamPaper(
      wish.certification, course: course, domain: wish.domain, minutes: wish.minutes,
      seen: earlier.reduce(into: [:]) { $0[$1, default: 0] += 1 }, seed: seed)
    guard !paper.items.isEmpty else {
      return (1, draw("There is nothing here for this exam yet: `practice` lists what there is.\n"))
    }
    var text = examRules(wish.certification, paper)
    for domain in paper.missing where wish.domain == nil {
      text += "\nThere is nothing here for *\(domain.title)* yet; the other domains count more.\n"
    }
    return try begin(paper, of: wish, seed: seed, at: now, saying: text)
  }

  func begin(
    _ paper: ExamPaper, of wish: ExamWish, seed: UInt64, at now: Moment, saying text: String
  ) throws(LogbookError) -> Said {
    let tasks = paper.items.enumerated().map {
      ExamRecord.Task(
        ordinal: $0.offset + 1, subject: $0.element.subject, variant: $0.element.variant,
        domain: $0.element.domain)
    }
    let exam = try book.begin(
      ExamRecord(
        certification: wish.certification.id, domain: wish.domain ?? "", seed: seed,
        minutes: paper.minutes, mayPause: wish.mayPause, begun: now, tasks: tasks))
    let (status, more) = try go(to: 1, of: exam)
    return (status, draw(text) + "\n" + more)
  }

  func examRules(_ certification: Certification, _ paper: ExamPaper) -> String {
    let kind = certification.isMultipleChoice ? "questions" : "tasks, each in a cluster of its own"
    let ways =
      certification.isMultipleChoice
      ? "A number chooses, and may be changed." : "Only what is there at the end counts."
    return """
      # \(certification.title)

      \(paper.items.count) \(kind), \(paper.minutes) minutes; \(certification.passMark) % pass. \
      \(ways)

      `next`, `back` and `jump NUMBER` go from one to another, `flag` marks one to come back to, \
      `exam` lists them, `finish` hands in. There is no feedback until then.
      """ + "\n"
  }

  func isInside(_ exam: ExamRecord) -> Bool {
    record.purpose == .exam && record.subject.hasPrefix("\(exam.id)/")
  }

  /// The exam that this cluster belongs to, while it goes on.
  func examHere() throws(LogbookError) -> ExamRecord? {
    guard record.purpose == .exam, let exam = try book.openExam(), isInside(exam) else {
      return nil
    }
    return exam
  }

  /// Opens a task of an exam.
  func go(to ordinal: Int, of exam: ExamRecord) throws(LogbookError) -> Said {
    guard exam.tasks.indices.contains(ordinal - 1) else {
      return (2, "There are tasks from 1 to \(exam.tasks.count).\n")
    }
    var exam = exam
    exam.place = ordinal
    try book.update(exam)
    let text = draw(examTask(exam))
    let plan = plan(for: exam.tasks[ordinal - 1], of: exam)
    if record.purpose == .exam, record.subject == plan.subject { return (0, text) }
    move(to: plan, afresh: false, then: text)
    return (0, "")
  }

  func plan(for task: ExamRecord.Task, of exam: ExamRecord) -> SessionRecord {
    guard let exercise = course.exercise(task.subject)?.variant(task.variant) else {
      // Questions need no cluster of their own.
      return Session.plan(
        .exam, subject: "\(exam.id)/0", blueprint: "apiserver", start: surroundings.realTime())
    }
    let isPack = course.plan != nil
    return Session.plan(
      .exam, subject: "\(exam.id)/\(task.ordinal)", blueprint: exercise.cluster,
      seed: isPack ? PlannedExam.berthSeed : task.variant &+ 1, setup: exercise.start.script,
      start: isPack ? PlannedExam.berthStart(begun: exam.begun) : surroundings.realTime())
  }

  func examTask(_ exam: ExamRecord) -> String {
    let task = exam.tasks[exam.place - 1]
    let question = course.question(task.subject)
    let kind = question == nil ? "Task" : "Question"
    let head = "# \(kind) \(exam.place) of \(exam.tasks.count)\(task.isFlagged ? " ⚑" : "")\n\n"
    if let question {
      return head + question.shown(chosen: task.answer)
    }
    guard let exercise = course.exercise(task.subject)?.variant(task.variant) else {
      return head + "This task is not in the course any more; see `--course`.\n"
    }
    return head + exercise.task + "\n\n*\(exercise.points) points.*\n"
  }

  private func examTable(_ exam: ExamRecord) -> String {
    var text = "# \(course.examTerms(exam.certification)?.title ?? exam.certification)\n\n"
    text += "| | task | domain | points | |\n|--:|---|---|--:|---|\n"
    for task in exam.tasks {
      let title =
        course.question(task.subject)?.ask ?? course.exercise(task.subject)?.title ?? task.subject
      // So that the row fits 80 columns with a long domain and a mark.
      let short = title.count > 37 ? String(title.prefix(36)) + "…" : title
      let mark = (task.isFlagged ? "⚑ " : "") + (task.answer != nil ? "answered" : "")
      let here = task.ordinal == exam.place ? "**\(task.ordinal)**" : "\(task.ordinal)"
      let domain = task.domain.split(separator: ".").last.map(String.init) ?? ""
      let points = course.exercise(task.subject)?.points ?? 1
      text += "| \(here) | \(Self.escaped(short)) | \(domain) | \(points) | \(mark) |\n"
    }
    return text + "\n\(Self.clock(exam.left(at: surroundings.realTime()))) left.\n"
  }

  func examGreeting() throws(LogbookError) -> String {
    guard let exam = try examHere() else { return "Welcome back. The exam is over." }
    let left = exam.left(at: surroundings.realTime())
    if exam.pausedSince != nil { return "Welcome back to your exam. `exam resume` goes on." }
    return left > .zero
      ? "Welcome back to your exam. The clock went on: \(Self.clock(left)) left.\n\n"
        + examTask(exam) : "Welcome back. Meanwhile the exam's time is over."
  }

  func flag() throws(LogbookError) -> Said {
    guard var exam = try examHere() else { return (1, draw("Flags are for exams: `exam cka`.\n")) }
    exam.tasks[exam.place - 1].isFlagged.toggle()
    try book.update(exam)
    let isFlagged = exam.tasks[exam.place - 1].isFlagged
    return (0, "Task \(exam.place) is \(isFlagged ? "flagged ⚑" : "no longer flagged").\n")
  }

  func jump(_ arguments: [String]) throws(LogbookError) -> Said {
    guard let exam = try examHere() else { return (1, draw("Jumps are for exams: `exam cka`.\n")) }
    guard let number = arguments.first.flatMap({ Int($0) }) else {
      return (2, "Where to? For example: jump 3\n")
    }
    return try go(to: number, of: exam)
  }

  func turnTask(by step: Int, of exam: ExamRecord) throws(LogbookError) -> Said {
    let there = exam.place + step
    guard exam.tasks.indices.contains(there - 1) else {
      let last = "That was the last task. `exam` lists them, `finish` hands in.\n"
      return (1, step > 0 ? last : "This is the first task.\n")
    }
    return try go(to: there, of: exam)
  }

  func chooseOption(_ arguments: [String], of exam: ExamRecord) throws(LogbookError) -> Said {
    var exam = exam
    guard let question = course.question(exam.tasks[exam.place - 1].subject) else {
      return (1, "This task is done in its cluster.\n")
    }
    do { exam.tasks[exam.place - 1].answer = try question.answer(arguments) } catch {
      return (2, error.text + "\n")
    }
    try book.update(exam)
    if exam.place < exam.tasks.count { return try go(to: exam.place + 1, of: exam) }
    return (0, draw("That was the last question. `exam` lists them, `finish` hands in."))
  }

  // MARK: the clock

  /// Whether a line must wait since its exam's clock stands still.
  func isHeldByPause(_ line: String) throws(LogbookError) -> Bool {
    guard let exam = try examHere(), exam.pausedSince != nil else { return false }
    let word = line.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    return ![Word.exam.rawValue, Word.help.rawValue].contains(word)
      || line.contains { ";&|\n$`".contains($0) }
  }

  /// What is left of the exam that goes on, for the door to show while a line is typed.
  package var countdown: String? {
    guard record.purpose == .exam, let exam = try? examHere() else { return nil }
    if exam.pausedSince != nil { return "paused" }
    return Self.clock(exam.left(at: surroundings.realTime()))
  }

  private static let alerts = [5, 15, 30]

  /// What the exam's clock has to say: an alert, or that the time is over, which hands in.
  package func examNews() throws(LogbookError) -> String? {
    guard let exam = try examHere(), exam.pausedSince == nil else { return nil }
    let left = exam.left(at: surroundings.realTime())
    if left <= .zero {
      guard !isRunning else { return nil }
      return "\nThe time is over.\n\n" + draw(try handIn(exam))
    }
    for minutes in Self.alerts where left <= .minutes(Int64(minutes)) && minutes < exam.minutes {
      let name = "alert.\(exam.id)"
      let told = try book.setting(name).flatMap { Int($0) } ?? Int.max
      guard minutes < told else { return nil }
      try book.set(name, "\(minutes)")
      return "\n\(minutes) minutes left.\n"
    }
    return nil
  }

  static func clock(_ span: Span) -> String {
    let seconds = max(0, span.seconds)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }
}
