import Curriculum
import KubeCluster
package import LearnerRecord
import Shell
import Simulation

extension Session {
  /// What a word answers: an exit status and Markdown drawn for the screen.
  typealias Said = (status: ExitStatus, text: String)

  func respond(_ name: String, _ arguments: [String]) throws(LogbookError) -> Said {
    guard let word = Word(rawValue: name) else { return (127, "") }
    if let exam = try examHere() { return try respond(word, arguments, during: exam) }
    switch word {
    case .learn: return try learn(arguments)
    case .lesson: return lessonPage()
    case .next: return try turnPage(by: 1)
    case .back: return try turnPage(by: -1)
    case .answer: return try answerQuestion(arguments)
    case .practice: return try practice(arguments)
    case .check: return try check()
    case .hint: return try hint()
    case .solution: return try solution()
    case .reset: return try reset()
    case .undo: return try undo()
    case .review: return try review()
    case .exam: return try exam(arguments)
    case .flag: return try flag()
    case .jump: return try jump(arguments)
    case .finish: return try finish()
    case .placement: return try placement(arguments)
    case .progress: return (0, draw(try progressText()))
    case .help: return (0, draw(Self.helpText))
    case .serve: return serveAdvice()
    case .skip, .why, .trace, .netpol, .topology: return (0, "")
    }
  }

  /// In an exam there is no help, and next and back are about tasks.
  private func respond(
    _ word: Word, _ arguments: [String], during exam: ExamRecord
  ) throws(LogbookError) -> Said {
    switch word {
    case .next: return try turnTask(by: 1, of: exam)
    case .back: return try turnTask(by: -1, of: exam)
    case .lesson, .practice: return (0, draw(examTask(exam)))
    case .answer: return try chooseOption(arguments, of: exam)
    case .exam: return try self.exam(arguments)
    case .flag: return try flag()
    case .jump: return try jump(arguments)
    case .finish: return try finish()
    case .help: return (0, draw(Self.helpText))
    case .learn, .check, .hint, .solution, .undo, .review, .progress, .skip, .why, .reset,
      .placement, .serve, .trace, .netpol, .topology:
      return (1, draw("There is no `\(word.rawValue)` in an exam; `exam` lists the tasks.\n"))
    }
  }

  func draw(_ markdown: String) -> String { surroundings.draw(markdown) }

  static var helpText: String {
    var text = "Every line is a shell on a workstation of your cluster; `k` is `kubectl`. These "
    text += "words are drydock's own:\n\n| word | meaning |\n|---|---|\n"
    for usage in Word.usages {
      text += "| \(usage.calls.replacing("|", with: "\\|")) | \(usage.meaning) |\n"
    }
    return text + "\nCtrl-C drops the line, Ctrl-D leaves; you come back to where you were.\n"
  }

  /// What the door shows when a session opens.
  package func greeting() throws(LogbookError) -> String {
    let isFirst = try book.setting("greeted") == nil
    if isFirst {
      try book.set("greeted", "1")
      return draw(
        """
        **Welcome to drydock.** This is a shell beside a simulated Kubernetes 1.36 cluster.
        `learn tour` shows it all in two minutes; `placement` finds out what you know already.
        `learn` lists the lessons, `practice` the exercises, `help` every word of drydock.
        Leave with Ctrl-D whenever you like: you come back to where you were.
        """)
    }
    switch record.purpose {
    case .free: return draw("Welcome back. `learn`, `practice` or `help`.")
    case .lesson:
      let title = course.lesson(record.subject)?.title ?? record.subject
      return draw("Welcome back to the lesson **\(title)**. `lesson` shows where you were.")
    case .card: return draw("Welcome back to your review. `review` shows the card again.")
    case .exam: return draw(try examGreeting())
    case .exercise:
      let title = course.exercise(record.subject)?.title ?? record.subject
      return draw(
        "Welcome back to the exercise **\(title)**. `practice \(record.subject)` shows it again.")
    }
  }

  /// Leaves this cluster for another once the line has ended; an open one is taken up again.
  func move(to plan: SessionRecord, afresh: Bool, then text: String) {
    afterLine = { [unowned self] () throws(LogbookError) in
      try leave(to: plan, afresh: afresh)
      show(text)
    }
  }

  /// Goes to the free cluster of a blueprint: the open one, or a new one.
  package func open(blueprint: String) throws(LogbookError) {
    // The usual one has no name of its own in the record.
    let subject = blueprint == surroundings.blueprint ? "" : blueprint
    if record.purpose == .free, record.subject == subject { return }
    let plan = Session.plan(
      .free, subject: subject, blueprint: blueprint, start: surroundings.realTime())
    try leave(to: plan, afresh: false)
  }

  func leave(to plan: SessionRecord, afresh: Bool) throws(LogbookError) {
    if !afresh, seat == .own, let open = try book.openSession(plan.purpose, plan.subject) {
      try book.makeCurrent(open)
      record = open
    } else {
      record = try book.begin(plan, real: surroundings.realTime(), asGuest: seat == .guest)
    }
    try restore()
  }

  func reset() throws(LogbookError) -> Said {
    let isFree = record.purpose == .free
    var plan = Session.plan(
      .free, subject: isFree ? record.subject : "",
      blueprint: isFree ? record.blueprint : surroundings.blueprint,
      start: surroundings.realTime())
    var text = draw("A fresh cluster.")
    switch record.purpose {
    case .free, .exam: break
    case .card:
      guard let drill = drillHere else { return gone() }
      plan = self.plan(for: drill, of: record.subject)
      text += "\n" + draw(drill.ask)
    case .lesson:
      guard let lesson = course.lesson(record.subject) else { return gone() }
      plan = self.plan(for: lesson)
      try book.set("page.\(lesson.id)", nil)
      text += "\n" + draw(page(0, of: lesson))
    case .exercise:
      guard let exercise = currentExercise else { return gone() }
      if let limit = course.plan?.attempts {
        let begun = try book.sessions(.exercise).count { $0.session.subject == exercise.id }
        if begun >= limit { return (1, "It may be begun \(times(limit)); that was all.\n") }
      }
      plan = self.plan(for: exercise)
      text += "\n" + draw(taskText(exercise))
    }
    move(to: plan, afresh: true, then: text)
    return (0, "")
  }

  func gone() -> Said {
    (1, "drydock: \(record.subject) is not in this course any more; see --course\n")
  }

  func undo() throws(LogbookError) -> Said {
    let entries = JournalEntry.effective(try book.journal(of: record))
    let changes = entries.reversed().lazy.compactMap { entry -> (ordinal: Int, text: String)? in
      switch entry.kind {
      case .line(let line):
        guard entry.changed, entry.ordinal != self.runningEntry else { return nil }
        return (entry.ordinal, String(line.split(separator: "\n").first ?? ""))
      case .client(let act): return Self.changing(act).map { (entry.ordinal, $0) }
      default: return nil
      }
    }
    guard let last = changes.first else { return (1, "There is nothing to take back.\n") }
    afterLine = { [unowned self] () throws(LogbookError) in
      let now = cluster.timeline.now
      try note(.undo(ordinal: last.ordinal))
      try restore()
      cluster.timeline.advance(to: now)
      show("Taken back: \(last.text)\n")
    }
    return (0, "")
  }
}
