import Documents
import Foundation
import Testing

@testable import Curriculum

@Suite struct QuestionBankTests {
  @Test("a bank is told from an exercise and read strictly, every problem with its place")
  func strict() {
    let text = """
      ---
      title: KCNA
      questions:
      - ask: What?
        competency: kcna.fundamentals.concepts
        docs: Pods
        options:
        - {text: a, right: true, because: It is.}
        - {text: b, because: It is not.}
      - ask: what?
        options: [{text: a, because: x}, {text: A}]
      ---
      A rest.
      """
    #expect(QuestionBank.isBank(text) && !QuestionBank.isBank(VariationTests.source))
    let (bank, problems) = QuestionBank.read(text, id: "k")
    #expect(bank.questions.map(\.right) == ["1", ""])
    #expect(bank.questions[0].docs == ["Pods"])
    #expect(
      problems.map { "\($0.line):\($0.column) \($0.message)" } == [
        "2:1 nothing follows the questions; line 13 and on is not read",
        "10:3 at least one option is right: true",
        "10:3 the field \"competency\" is missing",
        "10:3 it is asked twice",
        "11:3 two options are the same",
        "11:36 the field \"because\" is missing",
      ])
  }

  private func bank(_ count: Int, right: (Int) -> Int, long: Bool) -> QuestionBank {
    var text = "---\ntitle: T\nquestions:\n"
    for number in 0..<count {
      text += "- ask: Q\(number)?\n  competency: kcna.fundamentals.concepts\n  options:\n"
      for place in 0..<4 {
        let isRight = place == right(number)
        text += "  - text: \(isRight && long ? "a long option" : "option") \(place)\n"
        text += "    because: So.\n" + (isRight ? "    right: true\n" : "")
      }
    }
    return QuestionBank.read(text + "---\n", id: "t").0
  }

  @Test("a bank whose right answers stand out is told so")
  func habits() {
    #expect(bank(16, right: { $0 % 4 }, long: false).habits == [])
    #expect(
      bank(16, right: { $0 < 8 ? 2 : $0 % 4 }, long: false).habits
        == ["62 % of the right answers are number 3"])
    #expect(
      bank(16, right: { $0 % 4 }, long: true).habits
        == ["100 % of the right answers are longer than all others"])
    #expect(bank(4, right: { _ in 0 }, long: true).habits == [])
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  @Test("KCNA and KCSA have two exams' worth of questions by their weights, none told by its form")
  func own() throws {
    let (course, flaws) = Course.read(in: Self.root)
    #expect(flaws == [])
    let all = course.banks.flatMap(\.questions)
    #expect(Set(all.map { $0.ask.lowercased() }).count == all.count)
    for bank in course.banks { #expect(bank.habits == [], "\(bank.id)") }
    for question in all {
      #expect(!question.docs.isEmpty, "\(question.ask)")
      #expect(question.way != .one || question.options.count == 4, "\(question.ask)")
    }
    for name in ["kcna", "kcsa"] {
      let certification = try #require(Certifications.named(name))
      let own = all.filter { $0.competency.hasPrefix("\(name).") }
      for domain in certification.domains {
        let ids = Set(domain.competencies.map(\.id))
        let count = own.count { ids.contains($0.competency) }
        #expect(count * 100 >= 120 * domain.weight, "\(domain.id): \(count)")
        for id in ids {
          let questions = own.filter { $0.competency == id }
          #expect(questions.count >= 12, "\(id): \(questions.count)")
          let ways = Set(questions.map(\.way.name))
          #expect(ways.count >= 2, "\(id): \(ways)")
        }
      }
      let paper = ExamPaper(certification, course: course, seed: 1)
      #expect(paper.items.count == 60 && Set(paper.items.map(\.subject)).count == 60)
      #expect(paper.missing == [])
      for domain in certification.domains {
        let drawn = paper.items.count { $0.domain == domain.id }
        #expect(abs(100 * drawn / 60 - domain.weight) <= 2, "\(domain.id): \(drawn) of 60")
      }
    }
  }
}

extension Question.Way {
  fileprivate var name: String {
    switch self {
    case .one: "one"
    case .several: "several"
    case .order: "order"
    case .match: "match"
    case .words: "words"
    }
  }
}
