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
    var asked: Set<String> = []
    let questions = file.form.elements("questions").map { form in
      let question = Question(form)
      if question.competency.isEmpty { form.note("the field \"competency\" is missing") }
      if !asked.insert(question.ask.lowercased()).inserted {
        form.note("it is asked twice", at: "ask")
      }
      // What is wrong with a wrong answer is what one learns from it.
      for (option, place) in zip(question.options, form.elements("options"))
      where option.because.isEmpty { place.note("the field \"because\" is missing") }
      return question
    }
    let rest = file.sections.sections.first { section in
      !section.title.isEmpty || section.lines.contains { !$0.trimmed.isEmpty }
    }
    if let rest {
      file.form.note("nothing follows the questions; line \(rest.line) and on is not read")
    }
    let bank = QuestionBank(id: id, title: file.form.required("title"), questions: questions)
    return (bank, file.allProblems)
  }

  /// What makes the questions easier than they look: right answers that are told by their place or
  /// their length. Told of banks that are long enough to have habits.
  package var habits: [String] {
    guard questions.count >= Self.enoughForHabits else { return [] }
    var found: [String] = []
    // Only where one is chosen is there a place or a length that tells.
    let plain = questions.filter { $0.way == .one }
    func percent(_ count: Int) -> Int { 100 * count / max(1, plain.count) }
    for place in 1...(plain.map(\.options.count).max() ?? 1) {
      let share = percent(plain.count { $0.right == "\(place)" })
      if share > Self.mostInOnePlace {
        found.append("\(share) % of the right answers are number \(place)")
      }
    }
    let longest = percent(
      plain.count { question in
        let right = question.text(of: question.right).count
        return question.options.allSatisfy { $0.isRight || $0.text.count < right }
      })
    if longest > Self.mostLongest {
      found.append("\(longest) % of the right answers are longer than all others")
    }
    return found
  }

  private static let enoughForHabits = 12
  private static let mostInOnePlace = 45
  private static let mostLongest = 40

  /// Whether a content file is one of questions.
  static func isBank(_ text: String) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first?.isDashes == true else { return false }
    return lines.dropFirst().prefix { !$0.isDashes }.contains { $0.hasPrefix("questions:") }
  }
}
