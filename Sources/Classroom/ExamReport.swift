import Curriculum
import LearnerRecord
import Simulation

/// What came out of an exam: the score by domain, what points were lost for, and what to do next.
struct ExamReport {
  let exam: ExamRecord
  let course: Course
  /// The markings of its tasks, by their ordinals; those not attempted have none.
  let attempts: [Int: Attempt]

  private var certification: Certification? { course.examTerms(exam.certification) }

  var text: String {
    switch course.plan?.feedback ?? .full {
    case .none: return "# Handed in\n\n\(spent) Your instructor marks it: `drydock submit`.\n"
    case .score: return headline + "\nThe rest is your instructor's to tell: `drydock submit`.\n"
    case .full: return headline + domains + lost + proposals + again
    }
  }

  private var headline: String {
    let pass = certification?.passMark ?? 66
    let score = Int(exam.score.rounded())
    return "# \(score) %: \(score >= pass ? "passed" : "not passed")\n\n\(pass) % pass. \(spent)\n"
  }

  private var domains: String {
    guard let certification, !certification.domains.isEmpty else { return "" }
    var text = "\n| domain | score |\n|---|--:|\n"
    for domain in certification.domains {
      let tasks = exam.tasks.filter { $0.domain == domain.id }
      let total = tasks.reduce(0) { $0 + ($1.total ?? 0) }
      guard total > 0 else { continue }
      let points = tasks.reduce(0) { $0 + ($1.points ?? 0) }
      text += "| \(domain.title) | \(100 * points / total) % |\n"
    }
    return text
  }

  private var spent: String {
    guard let ended = exam.ended else { return "" }
    let span = ended - exam.begun
    return "You took \(Session.clock(span)) of \(exam.minutes) minutes."
  }

  private var lost: String {
    let open = exam.tasks.filter { ($0.points ?? 0) < ($0.total ?? 0) }
    if open.isEmpty { return "\nNot a point was lost.\n" }
    var text = "\n| task | points | lost for |\n|---|--:|---|\n"
    for task in open {
      let title =
        course.question(task.subject)?.ask ?? course.exercise(task.subject)?.title ?? task.subject
      text += "| \(task.ordinal). \(Session.escaped(title)) "
      text += "| \(task.points ?? 0) of \(task.total ?? 0) | \(task.cause ?? "") |\n"
    }
    return text + checks(open) + explanations(open)
  }

  /// Each lost point of what was attempted: the check, and why it failed.
  private func checks(_ open: [ExamRecord.Task]) -> String {
    var text = ""
    for task in open {
      guard let attempt = attempts[task.ordinal] else { continue }
      let title = course.exercise(task.subject)?.title ?? task.subject
      text += "\n**\(task.ordinal). \(Session.escaped(title))**\n\n"
      for result in attempt.results where result.verdict != .passed {
        let mark = result.verdict == .failed ? "✘" : "·"
        let points = result.points == 1 ? "1 point" : "\(result.points) points"
        text += "- \(mark) \(Session.escaped(result.name)) (\(points)): "
        text += "\(Session.escaped(result.reason))\n"
      }
    }
    return text
  }

  private func explanations(_ open: [ExamRecord.Task]) -> String {
    var text = ""
    for task in open {
      guard let question = course.question(task.subject) else { continue }
      text += "\n**\(task.ordinal). \(Session.escaped(question.ask))** "
      let answer = Session.escaped(Session.sentence(question.text(of: question.right)))
      text += "It is: **\(answer)** \(Session.escaped(question.reason))"
      if let chosen = task.answer {
        let wrong = Session.escaped(Session.sentence(question.text(of: chosen)))
        text += " Not: *\(wrong)* \(Session.escaped(question.remark(on: chosen)))"
      }
      text += "\n" + Session.readOn(question.docs)
    }
    return text.isEmpty ? "" : text + "\nThese questions come again in `review`.\n"
  }

  private static let advice = [
    "not attempted": "Time: leave a task after its minutes, flag it, and come back.",
    "wrong namespace": "Read the task's namespace twice; `-n` on every command.",
    "wrong context": "Read the task's context twice; `kubectl config current-context` tells yours.",
    "YAML slip": "Let `--dry-run=client -o yaml` write the frame and `kubectl explain` the fields.",
    "not verified": "Look at what you made before you go on: `get`, `describe`, a request.",
    "knowledge": "Read up on it, then practise it again, with hints.",
  ]

  private var proposals: String {
    var text = ""
    let causes = Set(exam.tasks.compactMap(\.cause)).sorted()
    for cause in causes {
      text += "\n**\(cause)**: \(Self.advice[cause] ?? "")\n"
      let words = commands(for: cause, exam.tasks.filter { $0.cause == cause })
      if !words.isEmpty { text += words.map { "`\($0)`" }.joined(separator: ", ") + "\n" }
    }
    return text
  }

  /// What to type for a cause: lessons where something was not known, a drill of the domain that
  /// most was left open in, and the tasks themselves with other names and numbers.
  private func commands(for cause: String, _ tasks: [ExamRecord.Task]) -> [String] {
    let exercises = tasks.compactMap { course.exercise($0.subject) }
    var words: [String] = []
    if cause == "knowledge" {
      for exercise in exercises {
        guard let lesson = course.lessons.first(where: { $0.topic == exercise.topic }),
          !words.contains("learn \(lesson.id)")
        else { continue }
        words.append("learn \(lesson.id)")
      }
    }
    if cause == "not attempted", course.plan == nil, let certification {
      let counts = tasks.reduce(into: [:]) { $0[$1.domain, default: 0] += 1 }
      let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      if let domain = most?.key.split(separator: ".").last {
        words.append("exam \(certification.id) --drill 20m --domain \(domain)")
      }
    }
    let open = exercises.filter { !(course.plan?.isKept($0.id) ?? false) }
    return words.prefix(3) + open.prefix(3).map { "practice \($0.id) new" }
  }

  private var again: String {
    guard let task = exam.tasks.first(where: { attempts[$0.ordinal] != nil }) else {
      return "\n`exam report` shows this again.\n"
    }
    return "\n`exam replay \(task.ordinal)` plays again what you did in task \(task.ordinal); "
      + "`exam report` shows this again.\n"
  }
}
