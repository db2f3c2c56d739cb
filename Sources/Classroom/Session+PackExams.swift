import Curriculum
import KubeObjects
import LearnerRecord
import Simulation

extension Session {
  /// `exam` and `exam NAME` in an instructor's pack: its own exams, as it plans them.
  func packExam(_ arguments: [String], of plan: PackPlan) throws(LogbookError) -> Said {
    guard let name = arguments.first, name != "--help" else {
      return (0, draw(try packExamList(plan)))
    }
    guard let exam = plan.exams.first(where: { $0.id == name }) else {
      let names = plan.exams.map(\.id).joined(separator: ", ")
      return (
        2,
        "exam: there is no exam \"\(name)\" in this pack"
          + (names.isEmpty ? "\n" : "; there are \(names)\n")
      )
    }
    if seat == .guest { return (1, "Another drydock is open: the exam is taken there.\n") }
    let now = surroundings.realTime()
    if let opens = plan.opens, now < opens {
      return (1, "This pack opens at \(opens.rfc3339).\n")
    }
    if let limit = plan.attempts {
      let taken = try book.exams().count { $0.certification == name }
      if taken >= limit { return (1, "It may be taken \(times(limit)); that was all.\n") }
    }
    let seed = UInt64(bitPattern: now.nanoseconds)
    let paper = ExamPaper(exam, seed: seed)
    let wish = ExamWish(certification: exam.terms, mayPause: exam.mayPause)
    var text = examRules(exam.terms, paper)
    if let due = exam.due ?? plan.due { text += "\nIt is due at \(due.rfc3339).\n" }
    return try begin(paper, of: wish, seed: seed, at: now, saying: text)
  }

  private func packExamList(_ plan: PackPlan) throws(LogbookError) -> String {
    if plan.exams.isEmpty { return "There are no exams in this pack; `practice` lists its work.\n" }
    var text = "# \(plan.title)\n\n| begin with | exam | minutes | pass | due | taken |\n"
    text += "|---|---|--:|--:|---|--:|\n"
    let exams = try book.exams()
    for exam in plan.exams {
      let taken = exams.count { $0.certification == exam.id }
      let limit = plan.attempts.map { " of \($0)" } ?? ""
      text += "| `exam \(exam.id)` | \(Self.escaped(exam.title)) | \(exam.minutes) "
      text += "| \(exam.passMark) % | \((exam.due ?? plan.due)?.rfc3339 ?? "") "
      text += "| \(taken)\(limit) |\n"
    }
    return text
  }
}
