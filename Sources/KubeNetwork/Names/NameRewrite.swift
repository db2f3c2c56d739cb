import Linux

/// The rules of CoreDNS's rewrite plugin in one server, in their order.
struct NameRewrite {
  private struct Rule {
    var goesOn: Bool
    var words: [String]
  }

  private var rules: [Rule] = []

  init(_ directives: [Corefile.Directive]) {
    for directive in directives where directive.name == "rewrite" {
      var words = directive.arguments
      let goesOn = words.first == "continue"
      if ["stop", "continue"].contains(words.first ?? "") { words.removeFirst() }
      // In a block the rule is the first line; what follows is about the answer.
      if words.isEmpty { words = directive.block.first ?? [] }
      rules.append(Rule(goesOn: goesOn, words: words))
    }
  }

  /// The question that is asked instead: the first rule that fits decides, unless it goes on.
  func apply(to question: NameQuestion) -> NameQuestion {
    var question = question
    for rule in rules {
      guard let changed = Self.rewritten(question, rule.words) else { continue }
      question = changed
      if !rule.goesOn { return question }
    }
    return question
  }

  private static func rewritten(_ question: NameQuestion, _ words: [String]) -> NameQuestion? {
    switch words.first {
    case "type":
      guard words.count >= 3, words[1].uppercased() == question.type else { return nil }
      return NameQuestion(question.name, type: words[2].uppercased())
    case "name":
      var rest = words.dropFirst()
      let kinds = ["exact", "prefix", "suffix", "substring", "regex"]
      let kind = rest.first.map(kinds.contains) == true ? rest.removeFirst() : "exact"
      guard let from = rest.popFirst(), let to = rest.popFirst(),
        let name = name(question.name, kind, from, to)
      else { return nil }
      return NameQuestion(name, type: question.type)
    default: return nil
    }
  }

  private static func name(
    _ name: String, _ kind: String, _ from: String, _ to: String
  ) -> String? {
    func dotted(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }
    switch kind {
    case "exact": return name == dotted(from) ? dotted(to) : nil
    case "prefix": return name.hasPrefix(from) ? to + name.dropFirst(from.count) : nil
    case "suffix":
      let end = dotted(from)
      return name.hasSuffix(end) ? name.dropLast(end.count) + dotted(to) : nil
    case "substring":
      guard let range = name.firstRange(of: from) else { return nil }
      return name[..<range.lowerBound] + to + name[range.upperBound...]
    default:
      guard let groups = TextPattern(from)?.captures(in: name) else { return nil }
      var text = to
      for (number, group) in groups.enumerated().dropFirst() {
        text = text.replacing("{\(number)}", with: group)
      }
      return dotted(text)
    }
  }
}
