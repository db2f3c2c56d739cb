import Curriculum
import LearnerRecord
import Simulation

/// What came out of an exam: the score by domain, what points were lost for, and what to do next.
struct ExamReport {
  let exam: ExamRecord
  let course: Course

  init(_ exam: ExamRecord, course: Course) {
    self.exam = exam
    self.course = course
  }

  private var certification: Certification? { course.examTerms(exam.certification) }

  var text: String {
    switch course.plan?.feedback ?? .full {
    case .none: return "# Handed in\n\n\(spent) Your instructor marks it: `drydock submit`.\n"
    case .score: return headline + "\nThe rest is your instructor's to tell: `drydock submit`.\n"
    case .full: return headline + domains + lost + proposals
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
    return text + explanations(open)
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
    "YAML slip": "Let `--dry-run=client -o yaml` write the frame and `kubectl explain` the fields.",
    "not verified": "Look at what you made before you go on: `get`, `describe`, a request.",
    "knowledge": "Practise these again, with hints.",
  ]

  private var proposals: String {
    var text = ""
    let causes = Set(exam.tasks.compactMap(\.cause)).sorted()
    for cause in causes {
      text += "\n**\(cause)**: \(Self.advice[cause] ?? "")\n"
      let subjects = exam.tasks.filter { $0.cause == cause }.map(\.subject)
      let exercises = subjects.filter { course.exercise($0) != nil }.prefix(3)
      if !exercises.isEmpty {
        let words = exercises.map { "`practice \($0) new`" }.joined(separator: ", ")
        text += words + "\n"
      }
    }
    return text
  }
}
