import Simulation

/// A question of an exam, a lesson or a review, with a reason for every answer.
package struct Question: Hashable, Sendable {
  package struct Option: Hashable, Sendable {
    package var text: String
    package var isRight: Bool
    package var because: String
  }

  /// How it is answered.
  package enum Way: Hashable, Sendable {
    /// By the number of one option.
    case one
    /// By the numbers of all options that are right.
    case several
    /// By the numbers of all options, in the order asked for.
    case order
    /// By the number of an option for each of these, in their order.
    case match([String])
    /// By a word or a few; any of these is right.
    case words([String])
  }

  package var ask: String
  package var way: Way
  /// What is numbered, in the order shown; none where words are asked for.
  package var options: [Option]
  /// The right answer, as `Question.answer` has it.
  package var right: String
  /// Why the answer is right as a whole; empty where options have reasons of their own.
  package var because: String
  /// Lines that show the truth in a cluster, after the answer.
  package var run: String
  /// The competency that it asks about, where it stands alone.
  package var competency: String
  /// Pages of the Kubernetes documentation to read on.
  package var docs: [String]

  init(_ form: Form) {
    form.expect(
      only: ["ask", "options", "order", "match", "words", "because", "run", "competency", "docs"])
    ask = form.required("ask")
    run = form.string("run") ?? ""
    competency = form.string("competency") ?? ""
    docs = form.strings("docs")
    because = form.string("because") ?? ""
    way = .one
    options = []
    right = ""
    readAnswers(form)
    if way != .one, way != .several, because.isEmpty {
      form.note("the field \"because\" is missing")
    }
    if Set(options.map { $0.text.lowercased() }).count < options.count {
      form.note("two options are the same", at: form.has("options") ? "options" : "ask")
    }
    if !competency.isEmpty, Certifications.competency(competency) == nil {
      form.note("there is no competency \"\(competency)\"", at: "competency")
    }
  }

  private mutating func readAnswers(_ form: Form) {
    let ways = ["options", "order", "match", "words"].filter { form.has($0) }
    if ways.count > 1 { form.note("only one of \(ways.joined(separator: ", ")) is expected") }
    switch ways.first {
    case "order":
      let items = form.strings("order")
      if !(3...6).contains(items.count) { form.note("three to six are expected", at: "order") }
      way = .order
      shuffle(items)
    case "match":
      var subjects: [String] = []
      var partners: [String] = []
      for pair in form.elements("match") {
        pair.expect(only: ["text", "with"])
        subjects.append(pair.required("text"))
        partners.append(pair.required("with"))
      }
      if !(3...6).contains(subjects.count) { form.note("three to six are expected", at: "match") }
      way = .match(subjects)
      shuffle(partners)
    case "words":
      let accepted = form.strings("words").map(Self.plain)
      if accepted.isEmpty || accepted.contains("") { form.note("a word is missing", at: "words") }
      way = .words(accepted)
      right = accepted.first ?? ""
    default:
      options = form.elements("options").map { option in
        option.expect(only: ["text", "right", "because"])
        return Option(
          text: option.required("text"), isRight: option.truth("right") ?? false,
          because: option.string("because") ?? "")
      }
      let rights = options.indices.filter { options[$0].isRight }
      if rights.isEmpty { form.note("at least one option is right: true") }
      if rights.count == options.count, !rights.isEmpty { form.note("no option is wrong") }
      if !(2...8).contains(options.count) { form.note("two to eight options are expected") }
      way = rights.count > 1 ? .several : .one
      right = Self.text(rights.map { $0 + 1 })
    }
  }

  /// Shows items in another order than they are written in, the same at every look; the right answer
  /// is the order that they are written in.
  private mutating func shuffle(_ items: [String]) {
    var random = SeededRandom(seed: 0, for: ask)
    var places = Array(items.indices).shuffled(using: &random)
    if places == Array(items.indices), let first = places.first {
      places = places.dropFirst() + [first]
    }
    options = places.map { Option(text: items[$0], isRight: true, because: "") }
    right = Self.text(items.indices.map { place in (places.firstIndex(of: place) ?? 0) + 1 })
  }

  /// Numbers as answers have them.
  static func text(_ numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: " ")
  }

  static func numbers(_ answer: String) -> [Int] {
    answer.split(separator: " ").compactMap { Int($0) }
  }
}
