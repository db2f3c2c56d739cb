/// A Perl-compatible expression for servers that match paths, names and headers by one.
package struct TextPattern {
  private let expression: RegularExpression

  /// nil when the pattern cannot be understood.
  package init?(_ pattern: String, ignoringCase: Bool = false) {
    guard
      let expression = try? RegularExpression(
        Array(pattern.utf8), .perl, ignoringCase: ignoringCase)
    else { return nil }
    self.expression = expression
  }

  /// The whole match and its groups, an unset one empty; nil when nothing matches.
  package func captures(in text: String) -> [String]? {
    let bytes = Array(text.utf8)
    guard let found = expression.find(in: bytes) else { return nil }
    return found.groups.map { range in
      range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
    }
  }

  /// Whether the whole text matches.
  package func matchesWhole(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return expression.find(in: bytes)?.range == 0..<bytes.count
  }
}
