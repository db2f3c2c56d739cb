import Curriculum
import LearnerRecord
import Simulation

extension Session {
  /// The next card that is due, or that there is none.
  func review() throws(LogbookError) -> Said {
    guard let card = try nextCard() else { return (0, draw(try reviewEnding())) }
    let now = surroundings.realTime()
    if try book.setting("review.card") != card.id {
      try book.set("review.card", card.id)
      try book.set("review.tries", nil)
    }
    try book.set("review.since", "\(now.seconds)")
    switch card.matter {
    case .question(let question): return (0, draw(cardText(card, question)))
    case .drill(let drill):
      let text = draw("# Review: \(card.topic)\n\n\(drill.ask)\n\n`check` when it is done.\n")
      if record.purpose == .card, record.subject == card.id { return (0, text) }
      move(to: plan(for: drill, of: card.id), afresh: true, then: text)
      return (0, "")
    }
  }

  private func cardText(_ card: Card, _ question: Question) -> String {
    "# Review: \(card.topic)\n\n" + question.shown() + Self.howToAnswer(question)
  }

  /// An option's text with a stop at its end, so that what follows is told from it without colours.
  static func sentence(_ text: String) -> String {
    text.last.map { ".!?".contains($0) } ?? true ? text : text + "."
  }

  /// The question under review, when one was asked.
  func questionInReview() throws(LogbookError) -> (Card, Question)? {
    guard let id = try book.setting("review.card"), let card = course.card(id),
      case .question(let question) = card.matter
    else { return nil }
    return (card, question)
  }

  /// Answers the card's question; the grade comes from the try and the time it took.
  func answerCard(
    _ card: Card, _ question: Question, _ arguments: [String]
  ) throws(LogbookError) -> Said {
    let answer: String
    do { answer = try question.answer(arguments) } catch { return (2, error.text + "\n") }
    let isRight = question.isRight(answer)
    let seconds = try secondsInReview()
    try grade(card.id, isRight ? (seconds <= 8 ? .easy : .good) : .again, seconds)
    var text = (isRight ? "✔ Right. " : "✘ No. ") + question.remark(on: answer)
    if !isRight {
      let right = Self.sentence(question.text(of: question.right))
      text += "\n\nIt is: **\(right)** \(question.reason)"
    }
    if !question.run.isEmpty { text += "\n\nSee for yourself:\n\n```\n\(question.run)\n```\n" }
    text += Self.readOn(question.docs)
    let more = try nextCard() == nil ? try reviewEnding() : "`review` goes on."
    return (isRight ? 0 : 1, draw(text + "\n\n" + more))
  }

  var drillHere: Drill? {
    guard record.purpose == .card, case .drill(let drill) = course.card(record.subject)?.matter
    else { return nil }
    return drill
  }

  func plan(for drill: Drill, of card: String) -> SessionRecord {
    Session.plan(
      .card, subject: card, setup: drill.start.script, start: surroundings.realTime())
  }

  func checkDrill() throws(LogbookError) -> Said {
    guard let drill = drillHere else { return gone() }
    let marking = try marking(drill.checks)
    let tries = 1 + (try book.setting("review.tries").flatMap { Int($0) } ?? 0)
    try book.set("review.tries", "\(tries)")
    guard marking.isFull else {
      return (1, draw(Self.lines(marking) + "\n`check` again, or `solution` shows a way.\n"))
    }
    guard try book.setting("review.card") == record.subject else {
      return (0, draw("✔ Done. `review` goes on."))
    }
    let seconds = try secondsInReview()
    try grade(record.subject, tries > 1 ? .hard : seconds <= 30 ? .easy : .good, seconds)
    let more = try nextCard() == nil ? try reviewEnding() : "`review` goes on."
    return (0, draw(Self.lines(marking) + "\n\(more)\n"))
  }

  /// Showing the solution is the same as not having known.
  func giveUpDrill() throws(LogbookError) -> Said {
    guard let drill = drillHere else { return gone() }
    if try book.setting("review.card") == record.subject {
      try grade(record.subject, .again, try secondsInReview())
    }
    return (0, draw("```\n\(drill.solution)\n```\n\nIt comes again soon. `review` goes on.\n"))
  }

  private func secondsInReview() throws(LogbookError) -> Int {
    let since = try book.setting("review.since").flatMap { Int64($0) } ?? 0
    return max(0, Int(clamping: surroundings.realTime().seconds - since))
  }

  private func grade(
    _ card: String, _ grade: Memory.Grade, _ seconds: Int
  ) throws(LogbookError) {
    let now = surroundings.realTime()
    let memories = try book.memories()
    var next = FSRS().review(memories[card], grade, at: Double(now.seconds))
    next.interval = Workload(memories).smoothed(next)
    try book.keep(next, of: card, grade: grade, seconds: seconds, real: now)
    try book.set("review.card", nil)
    try book.set("review.tries", nil)
  }

  private func nextCard() throws(LogbookError) -> Card? {
    let now = surroundings.realTime()
    let known = try book.memories()
    let reviews = try book.reviews()
    let before = Set(reviews.filter { $0.real.seconds / 86_400 < now.seconds / 86_400 }.map(\.card))
    let newToday = Set(reviews.map(\.card)).subtracting(before).count
    let queue = Workload(known).queue(
      try begunCards(), at: Double(now.seconds), newToday: newToday)
    return queue.first.flatMap(course.card)
  }

  /// The cards of lessons that were begun, and the questions that an exam found not to be known.
  private func begunCards() throws(LogbookError) -> [String] {
    let begun = try book.completedSteps()
    let taught = course.lessons.filter { begun[$0.id] != nil }.flatMap { lesson in
      course.cards(of: lesson).map(\.id)
    }
    // What an instructor's exam asks is the instructor's to explain.
    if course.plan != nil { return taught }
    var seen: Set<String> = []
    let missed = try book.exams().flatMap(\.tasks).filter { task in
      task.points == 0 && course.question(task.subject) != nil && seen.insert(task.subject).inserted
    }
    return taught + missed.map(\.subject)
  }

  private func reviewEnding() throws(LogbookError) -> String {
    let memories = try book.memories()
    if memories.isEmpty, try begunCards().isEmpty {
      return "There is nothing to recall yet: cards come from lessons and from questions that an "
        + "exam found open. `learn` lists the lessons.\n"
    }
    let now = Double(surroundings.realTime().seconds)
    // Cards of a course that is not here any more are not asked.
    let dues = memories.filter { course.card($0.key) != nil }.values.map(\.due)
    guard let next = dues.min() else { return "Nothing is due today.\n" }
    let minutes = Int(((next - now) / 60).rounded(.up))
    let hours = (minutes + 59) / 60
    let wait =
      minutes <= 0
      ? "now"
      : minutes < 120
        ? "in \(minutes) min" : hours < 48 ? "in \(hours) h" : "in \((hours + 23) / 24) days"
    return "Nothing more is due today. The next card comes \(wait).\n"
  }
}
