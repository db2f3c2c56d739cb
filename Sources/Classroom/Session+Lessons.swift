import Curriculum
import Documents
package import LearnerRecord
import Simulation

extension Session {
  func plan(for lesson: Lesson) -> SessionRecord {
    Session.plan(
      .lesson, subject: lesson.id, blueprint: lesson.cluster, setup: lesson.start.script,
      start: surroundings.realTime())
  }

  func learn(_ arguments: [String]) throws(LogbookError) -> Said {
    guard let id = arguments.first else { return (0, draw(try lessonList())) }
    guard let lesson = course.lesson(id) else {
      return (1, "drydock: there is no lesson \"\(id)\"; `learn` without a name lists them\n")
    }
    let text = draw(page(try currentPage(of: lesson), of: lesson))
    if record.purpose == .lesson, record.subject == id { return (0, text) }
    move(to: plan(for: lesson), afresh: false, then: text)
    return (0, "")
  }

  private func lessonList() throws(LogbookError) -> String {
    if course.lessons.isEmpty { return "There are no lessons here; see `--course`.\n" }
    let done = try book.completedSteps()
    var text = "# Lessons\n\nBegin one with `learn NAME`.\n\n"
    text += "| | name | lesson | min |\n|---|---|---|--:|\n"
    var begun: Lesson?
    var new: Lesson?
    for lesson in course.lessons {
      let pages = done[lesson.id, default: []].filter { $0 < lesson.pages.count }.count
      let isKnown = try book.setting("known.\(lesson.id)") != nil
      let mark =
        pages == 0
        ? (isKnown ? "known" : "")
        : pages == lesson.pages.count ? "✔" : "\(100 * pages / lesson.pages.count) %"
      text += "| \(mark) | `\(lesson.id)` | \(lesson.title) | \(lesson.minutes) |\n"
      if mark.isEmpty { new = new ?? lesson }
      if mark.hasSuffix("%") { begun = begun ?? lesson }
    }
    // The list is longer than a screen, so its end says where to go on.
    if let next = begun ?? new { text += "\nNext: `learn \(next.id)`, \(next.title).\n" }
    return text
  }

  /// Where the learner is in a lesson, counted from 0.
  func currentPage(of lesson: Lesson) throws(LogbookError) -> Int {
    let kept = try book.setting("page.\(lesson.id)").flatMap { Int($0) } ?? 0
    return min(max(0, kept), lesson.pages.count - 1)
  }

  func page(_ index: Int, of lesson: Lesson) -> String {
    let page = lesson.pages[index]
    var text = "# \(lesson.title)\n\n"
    if !page.title.isEmpty { text += "## \(page.title)\n\n" }
    text += page.text
    if let question = page.question {
      text += "\n" + question.shown() + Self.howToAnswer(question)
    }
    let place = "Page \(index + 1) of \(lesson.pages.count)"
    let way = page.checks.isEmpty ? "`next` goes on." : "It is noticed when you have done it."
    return text + "\n*\(place).* \(way)\n"
  }

  func lessonPage() -> Said {
    guard record.purpose == .lesson else {
      return (1, draw("You are in no lesson. `learn` lists them.\n"))
    }
    guard let lesson = course.lesson(record.subject) else { return gone() }
    return (0, draw(page((try? currentPage(of: lesson)) ?? 0, of: lesson)))
  }

  func turnPage(by step: Int) throws(LogbookError) -> Said {
    guard record.purpose == .lesson else {
      return (1, draw("You are in no lesson. `learn` lists them.\n"))
    }
    guard let lesson = course.lesson(record.subject) else { return gone() }
    let here = try currentPage(of: lesson)
    let checks = lesson.pages[here].checks
    if step > 0 {
      var isDone = try book.completedSteps()[lesson.id]?.contains(here) ?? false
      let warning = "warned.\(lesson.id).\(here)"
      if !isDone, !checks.isEmpty {
        let marking = try marking(checks)
        isDone = marking.isFull
        if !isDone, try book.setting(warning) == nil {
          try book.set(warning, "1")
          let more = "\nNot yet. `solution` shows a way; `next` again goes on all the same.\n"
          return (1, draw(Self.lines(marking) + more))
        }
      }
      if isDone || checks.isEmpty { try complete(here, of: lesson) }
      if here + 1 >= lesson.pages.count { return (0, draw(try ending(of: lesson))) }
    }
    try book.set("review.card", nil)
    let there = min(max(0, here + step), lesson.pages.count - 1)
    try book.set("page.\(lesson.id)", "\(there)")
    return (0, draw(page(there, of: lesson)))
  }

  /// So many exercises are named at the end of a lesson.
  private static let offered = 5

  private func ending(of lesson: Lesson) throws(LogbookError) -> String {
    var text = "That was the lesson **\(lesson.title)**.\n"
    let exercises = course.exercises.filter { $0.topic == lesson.topic }
    let mastered = try mastered()
    let open = exercises.filter { !mastered.contains($0.id) }
    if !open.isEmpty {
      text += "\nPractise it:\n\n"
      for exercise in open.prefix(Self.offered) {
        text += "- `practice \(exercise.id)`: \(exercise.title)\n"
      }
      if open.count > Self.offered {
        text += "\n`practice \(lesson.topic)` lists all \(exercises.count).\n"
      }
    }
    if let index = course.lessons.firstIndex(where: { $0.id == lesson.id }),
      index + 1 < course.lessons.count
    {
      let next = course.lessons[index + 1]
      text += "\nThe next lesson: `learn \(next.id)`, \(next.title).\n"
    }
    return text
  }

  func complete(_ page: Int, of lesson: Lesson) throws(LogbookError) {
    try book.completed(step: page, of: lesson.id, real: surroundings.realTime())
  }

  func answerQuestion(_ arguments: [String]) throws(LogbookError) -> Said {
    if let place = try placementPlace() { return try answerPlacement(place, arguments) }
    if let (card, question) = try questionInReview() {
      return try answerCard(card, question, arguments)
    }
    guard record.purpose == .lesson, let lesson = course.lesson(record.subject) else {
      return (1, draw("Nothing is asked. `learn` lists the lessons.\n"))
    }
    let here = try currentPage(of: lesson)
    guard let question = lesson.pages[here].question else {
      return (1, "This page asks no question.\n")
    }
    let answer: String
    do { answer = try question.answer(arguments) } catch { return (2, error.text + "\n") }
    let isRight = question.isRight(answer)
    let remark = question.remark(on: answer)
    if isRight { try complete(here, of: lesson) }
    if isRight, !question.run.isEmpty {
      return (0, draw("✔ Right. \(remark)\n\nSee:\n\n```\n\(question.run)\n```\n"))
    }
    let verdict = isRight ? "✔ Right." : "✘ No."
    let more = isRight ? "`next` goes on." : "Try again."
    return (isRight ? 0 : 1, draw("\(verdict) \(remark) \(more)"))
  }

  /// Whether a line is no more than a number while a question is asked: no program is called so.
  func isAnswer(_ line: String) throws(LogbookError) -> Bool {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 1, let word = words.first, word.utf8.count <= 2, Int(word) != nil else {
      return false
    }
    if let exam = try examHere() {
      let tasks = exam.tasks
      return tasks.indices.contains(exam.place - 1)
        && course.question(tasks[exam.place - 1].subject) != nil
    }
    if try placementPlace() != nil { return true }
    if try questionInReview() != nil { return true }
    guard record.purpose == .lesson, let lesson = course.lesson(record.subject) else {
      return false
    }
    return lesson.pages[try currentPage(of: lesson)].question != nil
  }

  /// Other questions say it themselves.
  static func howToAnswer(_ question: Question) -> String {
    question.way == .one ? "\nAnswer with its number.\n" : ""
  }

  /// After a command: tells when the page's work is done. What more than looks is asked of a copy,
  /// once all that only looks holds.
  func noticePageDone() throws(LogbookError) {
    guard record.purpose == .lesson, let lesson = course.lesson(record.subject) else { return }
    let here = try currentPage(of: lesson)
    let checks = lesson.pages[here].checks
    guard !checks.isEmpty, try book.completedSteps()[lesson.id]?.contains(here) != true
    else { return }
    let looks = checks.filter(\.onlyLooks)
    guard looks.allSatisfy({ $0.check.verdict(in: scene) == .passed }) else { return }
    if looks.count < checks.count {
      guard try marking(checks).isFull else { return }
    }
    try complete(here, of: lesson)
    show(draw("✔ \(checks.count == 1 ? checks[0].say : "All done"). `next` goes on."))
  }

  package func progressText() throws(LogbookError) -> String {
    try progress().text(drawn: surroundings.drawsPictures)
  }

  /// For programs.
  package func progressJSON() throws(LogbookError) -> String {
    JSON.text(try progress().value) + "\n"
  }

  /// For a browser.
  package func progressPage() throws(LogbookError) -> String { try progress().page }

  private func progress() throws(LogbookError) -> Progress {
    try Progress(book, course, at: surroundings.realTime())
  }
}
