import Linux

/// One use of CoreDNS's template plugin: `template CLASS TYPE [ZONE...] { match … answer … }`.
struct NameTemplate {
  private let directive: Corefile.Directive

  init(_ directive: Corefile.Directive) { self.directive = directive }

  /// nil when it says nothing of the question.
  func answer(_ question: NameQuestion) -> NameAnswer? {
    let words = directive.arguments
    guard words.count >= 2, words[1] == "ANY" || words[1] == question.type else { return nil }
    let zones = Array(words.dropFirst(2))
    guard zones.isEmpty || Corefile.holds(question.name, zones) else { return nil }
    let patterns = lines("match")
    var groups: [String] = [question.name]
    if !patterns.isEmpty {
      guard
        let found = patterns.lazy.compactMap({ TextPattern($0)?.captures(in: question.name) }).first
      else { return nil }
      groups = found
    }
    let status = lines("rcode").first.flatMap { NameAnswer.Status(rawValue: $0) } ?? .noError
    var answer = NameAnswer(status)
    for line in lines("answer") {
      // NAME TTL CLASS TYPE DATA, where TTL and CLASS may be missing.
      let fields = filled(line, question, groups).split(separator: " ").map(String.init)
      guard let type = fields.firstIndex(of: question.type), type > 0, fields.count > type + 1
      else { continue }
      let name = fields[0].hasSuffix(".") ? fields[0] : fields[0] + "."
      answer.records.append(
        NameRecord(
          name: name, type: question.type,
          lifetime: fields[1..<type].lazy.compactMap { Int($0) }.first ?? 3600,
          data: fields[(type + 1)...].joined(separator: " ")))
    }
    return answer
  }

  private func lines(_ word: String) -> [String] {
    directive.block.filter { $0.first == word }.map { $0.dropFirst().joined(separator: " ") }
  }

  /// With the values of `{{ .Name }}` and of groups: `{{ index .Match 1 }}`.
  private func filled(_ text: String, _ question: NameQuestion, _ groups: [String]) -> String {
    var filled = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "{{"),
      let end = rest[start.upperBound...]
        .firstRange(of: "}}")
    {
      filled += rest[..<start.lowerBound]
      let words = rest[start.upperBound..<end.lowerBound].split(separator: " ").map(String.init)
      switch words.first {
      case ".Name": filled += question.name
      case ".Type": filled += question.type
      case ".Class": filled += "IN"
      case ".Zone": filled += directive.arguments.dropFirst(2).first ?? "."
      case "index" where words.count == 3 && words[1] == ".Match":
        if let number = Int(words[2]), groups.indices.contains(number) { filled += groups[number] }
      default: break
      }
      rest = rest[end.upperBound...]
    }
    return filled + rest
  }
}
