/// What a text must say; blanks at line ends and empty lines at the end never matter.
struct TextExpectation: Sendable {
  static let fields = ["equals", "contains", "lacks", "lines", "anyOf", "named"]
  let equals: String?
  let contains: [String]
  let lacks: [String]
  /// These lines, in any order.
  let lines: [String]?
  let anyOf: [String]
  /// Names of objects, in any order: by themselves, or as kubectl prints them (`deployment.apps/web`).
  let named: [String]?

  init(_ form: Form) {
    equals = form.string("equals")
    contains = form.strings("contains")
    lacks = form.strings("lacks")
    lines = form.member("lines")?.strings()
    anyOf = form.strings("anyOf")
    named = form.member("named")?.strings()
  }

  var isEmpty: Bool {
    equals == nil && contains.isEmpty && lacks.isEmpty && lines == nil && anyOf.isEmpty
      && named == nil
  }

  /// What is wrong with the text; an answer that a task asks for (`isAnswer`) is not given away.
  func mismatch(_ text: String, isAnswer: Bool = false) -> String? {
    let actual = Self.normal(text)
    if let equals, Self.normal(equals) != actual {
      if isAnswer { return "it says \(Self.brief(actual))" }
      return "it says \(Self.brief(actual)); \(Self.brief(Self.normal(equals))) is wanted"
    }
    for part in contains where !text.contains(part) {
      if isAnswer { return "it says \(Self.brief(actual))" }
      return "\"\(part)\" is not in it: \(Self.brief(actual))"
    }
    for part in lacks where text.contains(part) { return "\"\(part)\" should not be in it" }
    if let lines {
      let found = actual.filter { !$0.isEmpty }.sorted()
      if found != lines.map({ String(Substring($0).trimmed) }).sorted() {
        if isAnswer { return "its lines are \(Self.brief(actual))" }
        return "its lines are \(Self.brief(actual)); wanted, in any order: \(Self.brief(lines))"
      }
    }
    if !anyOf.isEmpty, !anyOf.contains(where: { Self.normal($0) == actual }) {
      return "it says \(Self.brief(actual))"
    }
    if let named, Self.names(in: text) != named.sorted() {
      return "it says \(Self.brief(actual))"
    }
    return nil
  }

  /// The names that a text lists; what stands before a slash is a kind, or a namespace.
  private static func names(in text: String) -> [String] {
    let words = text.split { $0.isWhitespace || ",\"'`".contains($0) }
    return words.map { String($0.split(separator: "/").last ?? $0) }.sorted()
  }

  /// "it says …", which gives no answer away.
  static func saying(_ text: String) -> String { "it says \(brief(normal(text)))" }

  private static func normal(_ text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      String($0.reversed().drop { $0.isWhitespace }.reversed())
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func brief(_ lines: [String]) -> String {
    let text = lines.joined(separator: "⏎")
    return text.isEmpty ? "nothing" : "\"\(text.count > 80 ? text.prefix(77) + "…" : text[...])\""
  }
}
