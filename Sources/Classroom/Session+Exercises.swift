package import Curriculum
import LearnerRecord
import Simulation

extension Session {
  /// A variant's number is kept in its cluster's seed.
  func plan(for exercise: Exercise) -> SessionRecord {
    Session.plan(
      .exercise, subject: exercise.id, blueprint: exercise.cluster, seed: exercise.variant &+ 1,
      setup: exercise.start.script, start: surroundings.realTime())
  }

  /// The exercise that this cluster is for, in its variant.
  var currentExercise: Exercise? {
    course.exercise(record.subject)?.variant(record.seed &- 1)
  }

  func practice(_ arguments: [String]) throws(LogbookError) -> Said {
    guard let id = arguments.first else { return (0, draw(try exerciseList())) }
    guard let exercise = course.exercise(id) else {
      if isTopic(id) { return (0, draw(try exerciseList(of: id))) }
      return (
        1, "drydock: there is no exercise \"\(id)\"; `practice` without a name lists them\n"
      )
    }
    if course.plan?.isKept(id) ?? false {
      return (1, draw("`\(id)` is a task of an exam; `exam` lists them.\n"))
    }
    if arguments.dropFirst().first == "new" {
      if let limit = course.plan?.attempts {
        let begun = try book.sessions(.exercise).count { $0.session.subject == id }
        if begun >= limit { return (1, "It may be begun \(times(limit)); that was all.\n") }
      }
      // Tried once means that the next variant is due.
      let tried = try book.standings().first { $0.exercise == id }?.attempts ?? 0
      let other = exercise.variant(UInt64(max(0, tried)))
      move(to: plan(for: other), afresh: true, then: draw(taskText(other)))
      return (0, "")
    }
    if record.purpose == .exercise, record.subject == id, let here = currentExercise {
      return (0, draw(taskText(here)))
    }
    let open = try book.openSession(.exercise, id)
    let taken = open.map { exercise.variant($0.seed &- 1) } ?? exercise
    move(to: plan(for: taken), afresh: false, then: draw(taskText(taken)))
    return (0, "")
  }

  func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  func taskText(_ exercise: Exercise) -> String {
    let points = exercise.points == 1 ? "1 point" : "\(exercise.points) points"
    return "# \(exercise.title)\n\n\(exercise.task)\n\n"
      + "*\(points), about \(exercise.minutes) minutes.* `check` marks it, `hint` helps.\n"
  }

  /// Whether there are exercises of that topic.
  package func isTopic(_ name: String) -> Bool { course.exercises.contains { $0.topic == name } }

  /// More exercises than this are listed by topic.
  private static let longList = 40

  /// All exercises or one topic's; a long list is told by topic.
  private func exerciseList(of topic: String? = nil) throws(LogbookError) -> String {
    if course.exercises.isEmpty { return "There are no exercises here; see `--course`.\n" }
    var best: [String: Standing] = [:]
    for standing in try book.standings() { best[standing.exercise] = standing }
    var topics: [(name: String, exercises: [Exercise])] = []
    for exercise in course.exercises where topic == nil || exercise.topic == topic {
      if course.plan?.isKept(exercise.id) ?? false { continue }
      if exercise.topic != topics.last?.name { topics.append((exercise.topic, [])) }
      topics[topics.count - 1].exercises.append(exercise)
    }
    if topic == nil, course.exercises.count > Self.longList {
      return Self.overview(topics, best)
    }
    var text = "# Exercises\n\nBegin one with `practice NAME`.\n"
    for (name, exercises) in topics {
      text += "\n## \(name)\n\n| | name | exercise | level | min |\n|---|---|---|---|--:|\n"
      for exercise in exercises {
        let level = String(repeating: "●", count: exercise.level)
        text += "| \(Self.mark(best[exercise.id])) | `\(exercise.id)` | \(exercise.title) "
        text += "| \(level) | \(exercise.minutes) |\n"
      }
    }
    return text
  }

  /// The topics in two columns, with how many of their exercises are mastered.
  private static func overview(
    _ topics: [(name: String, exercises: [Exercise])], _ best: [String: Standing]
  ) -> String {
    let cells = topics.map { name, exercises in
      let mastered = exercises.count { best[$0.id]?.isMastered == true }
      return "`\(name)` | \(mastered) of \(exercises.count)"
    }
    let half = (cells.count + 1) / 2
    var text = "# Exercises\n\n`practice TOPIC` lists them, `practice NAME` begins one.\n\n"
    text += "| topic | mastered | topic | mastered |\n|---|--:|---|--:|\n"
    for row in 0..<half {
      text += "| \(cells[row]) | \(row + half < cells.count ? cells[row + half] : " | ") |\n"
    }
    return text
  }

  private static func mark(_ standing: Standing?) -> String {
    guard let standing else { return "" }
    if standing.isMastered { return "✔" }
    return standing.total > 0 ? "\(100 * standing.bestPoints / standing.total) %" : ""
  }

  func check() throws(LogbookError) -> Said {
    switch record.purpose {
    case .free, .exam:
      return (1, draw("Nothing is asked here. `practice` lists exercises, `learn` lessons.\n"))
    case .card: return try checkDrill()
    case .lesson:
      guard let lesson = course.lesson(record.subject) else { return gone() }
      let page = try currentPage(of: lesson)
      let checks = lesson.pages[page].checks
      if checks.isEmpty { return (0, draw("This page is only to be read. `next` goes on.")) }
      let marking = try marking(checks)
      if marking.isFull { try complete(page, of: lesson) }
      let more = marking.isFull ? "\nDone. `next` goes on.\n" : "\n`solution` shows a way.\n"
      return (marking.isFull ? 0 : 1, draw(Self.lines(marking) + more))
    case .exercise:
      guard let exercise = currentExercise else { return gone() }
      let marking = try marking(exercise.checks)
      try keep(marking, of: exercise)
      if let plan = course.plan, plan.feedback != .full {
        let score = "**\(marking.points) of \(marking.total) points.** "
        let text = (plan.feedback == .score ? score : "") + "Your instructor marks it."
        return (0, draw(text + " `drydock submit` hands in."))
      }
      var text = Self.lines(marking)
      text += "\n**\(marking.points) of \(marking.total) points.**"
      if marking.isFull {
        text += " Well done.\n\n\(exercise.explanation)\n" + Self.readOn(exercise.docs)
        if let next = try successor(of: exercise) {
          text += "\nNext: `practice \(next.id)`, \(next.title).\n"
        }
      } else {
        text += " `hint` helps; `check` again when you have changed something.\n"
      }
      return (marking.isFull ? 0 : 1, draw(text))
    }
  }

  func mastered() throws(LogbookError) -> Set<String> {
    Set(try book.standings().filter(\.isMastered).map(\.exercise))
  }

  /// The next exercise of the topic, in the list's order, that is not mastered yet.
  private func successor(of exercise: Exercise) throws(LogbookError) -> Exercise? {
    let mastered = try mastered()
    let topic = course.exercises.filter { $0.topic == exercise.topic }
    let place = topic.firstIndex { $0.id == exercise.id } ?? 0
    return (topic[place...] + topic[..<place]).first {
      $0.id != exercise.id && !mastered.contains($0.id) && course.plan?.isKept($0.id) != true
    }
  }

  /// One line for each check: tick or cross, its words, and why.
  package static func lines(_ marking: Marking) -> String {
    marking.results.map { result in
      switch result.verdict {
      case .passed: "- ✔ \(escaped(result.say))\n"
      case .failed: "- ✘ \(escaped(result.say)): \(escaped(result.reason))\n"
      case .notReached: "- · \(escaped(result.say)) (\(escaped(result.reason)))\n"
      }
    }.joined()
  }

  /// Words that are not meant as Markdown; backticks stay, for commands, and so does what stands
  /// between two of them.
  static func escaped(_ text: String) -> String {
    let parts = text.replacing("\n", with: " ").split(
      separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().map { index, part in
      let isCode = parts.count % 2 == 1 && index % 2 == 1
      return isCode ? String(part) : Self.plain(part)
    }.joined(separator: "`")
  }

  private static func plain(_ text: Substring) -> String {
    var out = ""
    for character in text {
      if "*_[]<>#|~\\".contains(character) { out.append("\\") }
      out.append(character)
    }
    return out
  }

  private func keep(_ marking: Marking, of exercise: Exercise) throws(LogbookError) {
    let now = surroundings.realTime()
    let attempt = Attempt(
      exercise: exercise.id, points: marking.points, total: marking.total,
      hints: try hintsShown(), sawSolution: try book.setting("solution.\(record.id)") != nil,
      seconds: max(0, Int(clamping: (now - record.start).seconds)), real: now,
      results: marking.results.map(Attempt.Result.init))
    try book.add(attempt, session: record.id)
  }

  private func hintsShown() throws(LogbookError) -> Int {
    try book.setting("hints.\(record.id)")?.split(separator: ",").count ?? 0
  }

  func hint() throws(LogbookError) -> Said {
    guard record.purpose == .exercise else {
      return (1, draw("Hints belong to exercises: `practice`. In a lesson, `solution` helps."))
    }
    guard let exercise = currentExercise else { return gone() }
    let kept = try book.setting("hints.\(record.id)") ?? ""
    let shown = kept.split(separator: ",").compactMap { Int($0) }
    var open: Set<String> = []
    if exercise.hints.contains(where: { !$0.about.isEmpty }) {
      let marking = try marking(exercise.checks)
      open = Set(marking.results.filter { $0.verdict != .passed }.map(\.id))
    }
    let next = exercise.hints.indices.first {
      !shown.contains($0) && exercise.hints[$0].helps(open)
    }
    guard let next else {
      return (1, draw("There are no more hints. `solution` shows one way."))
    }
    try book.set("hints.\(record.id)", (shown + [next]).map(String.init).joined(separator: ","))
    return (0, draw("*Hint \(shown.count + 1).* " + exercise.hints[next].text))
  }

  /// Where the documentation has more.
  static func readOn(_ pages: [String]) -> String {
    pages.isEmpty
      ? "" : "\nIn the Kubernetes documentation: *\(pages.joined(separator: "*, *"))*.\n"
  }

  func solution() throws(LogbookError) -> Said {
    switch record.purpose {
    case .free, .exam: return (1, draw("Nothing is asked here. `practice` lists exercises.\n"))
    case .card: return try giveUpDrill()
    case .lesson:
      guard let lesson = course.lesson(record.subject) else { return gone() }
      let text = lesson.pages[try currentPage(of: lesson)].solution
      if text.isEmpty { return (0, draw("This page asks nothing.")) }
      return (0, draw("```\n\(text)```\n"))
    case .exercise:
      guard let exercise = currentExercise else { return gone() }
      guard let first = exercise.solutions.first else { return (1, "There is none.\n") }
      try book.set("solution.\(record.id)", "1")
      let rest = exercise.solutions.count - 1
      let others =
        rest > 0 ? "\nThere are other ways: checks look at what works, not at what you type.\n" : ""
      return (0, draw("One way (\(first.name)):\n\n```\n\(first.run)\n```\n\(others)"))
    }
  }
}
