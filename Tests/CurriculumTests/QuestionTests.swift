import Documents
import Testing

@testable import Curriculum

@Suite struct QuestionTests {
  private func read(_ yaml: String) -> (Question, [String]) {
    let head = "---\ntitle: T\nquestions:\n- ask: Which?\n  competency: kcna.fundamentals."
    let (bank, problems) = QuestionBank.read(head + "concepts\n" + yaml + "---\n", id: "t")
    return (bank.questions[0], problems.map(\.message))
  }

  private static let several = """
      options:
      - {text: etcd, right: true, because: It keeps.}
      - {text: kubelet, because: It runs Pods.}
      - {text: API server, right: true, because: It serves.}
      - {text: kube-proxy, because: It routes.}

    """
  private static let order = "  because: So it goes.\n  order: [first, second, third, fourth]\n"
  private static let match = """
      because: Each has its own.
      match:
      - {text: etcd, with: keeps}
      - {text: kubelet, with: runs}
      - {text: scheduler, with: places}

    """
  private static let words = "  because: A name.\n  words: [kube-proxy, kube proxy]\n"

  @Test("several right options are all to be named, in any order, and no others")
  func several() throws {
    let (question, problems) = read(Self.several)
    #expect(problems == [] && question.way == .several && question.right == "1 3")
    #expect(question.isRight(try question.answer(["3", "1"])))
    #expect(question.isRight(try question.answer(["3,1"])))
    #expect(!question.isRight(try question.answer(["1", "2"])))
    for bad in [["1"], ["1", "1"], ["1", "5"], ["1", "x"], ["1", "2", "3"], []] {
      #expect(
        throws: Question.Slip(text: "Answer with 2 numbers from 1 to 4: answer 1 2"), "\(bad)"
      ) { try question.answer(bad) }
    }
    #expect(question.shown().contains("Answer with 2 numbers from 1 to 4: `answer 1 2`."))
    #expect(question.shown(chosen: "1 3").contains("3. API server ← chosen\n"))
    #expect(question.text(of: "1 3") == "etcd; API server")
    #expect(question.remark(on: "1 2") == "It runs Pods.")
    #expect(question.reason == "It keeps. It serves.")
  }

  @Test("an order is shown mixed, the same each time, and answered by all its numbers")
  func order() throws {
    let (question, problems) = read(Self.order)
    #expect(problems == [] && question.way == .order)
    #expect(question.options.map(\.text) != ["first", "second", "third", "fourth"])
    #expect(question == read(Self.order).0)
    #expect(question.text(of: question.right) == "first → second → third → fourth")
    let right = question.right.split(separator: " ").map(String.init)
    #expect(question.isRight(try question.answer(right)))
    let turned = Array(right.dropFirst()) + [right[0]]
    let wrong = try question.answer(turned)
    #expect(!question.isRight(wrong) && question.remark(on: wrong) == "In their place: 0 of 4.")
    #expect(throws: Question.Slip.self) { try question.answer(["1", "2", "3", "3"]) }
  }

  @Test("pairs are matched by a number for each letter")
  func match() throws {
    let (question, problems) = read(Self.match)
    #expect(problems == [] && question.way == .match(["etcd", "kubelet", "scheduler"]))
    #expect(question.options.map(\.text) != ["keeps", "runs", "places"])
    #expect(question.text(of: question.right) == "etcd – keeps; kubelet – runs; scheduler – places")
    #expect(question.shown().contains("- b: kubelet\n"))
    #expect(question.shown(chosen: "1 2 3").contains("Your answer is `1 2 3`."))
  }

  @Test("words are compared without case, quotes and stops")
  func words() throws {
    let (question, problems) = read(Self.words)
    #expect(problems == [] && question.right == "kube-proxy")
    for right in [["kube-proxy"], ["`Kube-Proxy`."], ["kube", "PROXY"]] {
      #expect(question.isRight(try question.answer(right)), "\(right)")
    }
    #expect(!question.isRight(try question.answer(["kubelet"])))
    #expect(throws: Question.Slip(text: "Answer with a word: answer WORD")) {
      try question.answer([" "])
    }
  }

  @Test(
    "a question that cannot be answered is told of",
    arguments: [
      (
        "  options: [{text: a, right: true, because: x}, {text: b, right: true, because: y}]\n",
        "no option is wrong"
      ),
      ("  order: [a, b, c]\n", "the field \"because\" is missing"),
      ("  because: x\n  order: [a, b]\n", "three to six are expected"),
      ("  because: x\n  order: [a, b, A]\n", "two options are the same"),
      ("  because: x\n  match: [{text: a, with: b}]\n", "three to six are expected"),
      ("  because: x\n  words: ['', a]\n", "a word is missing"),
      ("  because: x\n  words: [a]\n  order: [a, b, c]\n", "only one of order, words is expected"),
    ])
  func wrong(_ yaml: String, _ problem: String) {
    #expect(read(yaml).1.contains(problem))
  }
}
