package import Documents

/// Multiple-choice questions of one subject, for the exams that consist of them.
package struct QuestionBank: Sendable {
  package var id: String
  package var title: String
  package var questions: [Question]

  /// Reads a file whose front matter has `questions`; every problem is told.
  package static func read(_ text: String, id: String) -> (QuestionBank, [Problem]) {
    let file = ContentFile(text)
    file.form.expect(only: ["title", "questions"])
    let questions = file.form.elements("questions").map { form in
      let question = Question(form)
      if question.competency.isEmpty { form.note("the field \"competency\" is missing") }
      return question
    }
    let bank = QuestionBank(id: id, title: file.form.required("title"), questions: questions)
    return (bank, file.allProblems)
  }

  /// Whether a content file is one of questions.
  static func isBank(_ text: String) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first?.isDashes == true else { return false }
    return lines.dropFirst().prefix { !$0.isDashes }.contains { $0.hasPrefix("questions:") }
  }
}
