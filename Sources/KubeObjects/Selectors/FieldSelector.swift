/// Which values fields of an object must have to be selected: `metadata.name=web`.
package struct FieldSelector: Hashable, Sendable, CustomStringConvertible {
  package struct Term: Hashable, Sendable {
    package var field: String
    package var value: String
    /// `!=`
    package var negated: Bool
  }
  package var terms: [Term]

  package init(_ terms: [Term]) { self.terms = terms }
  package static let everything = FieldSelector([])

  /// Reads `a=b,c!=d`; commas, equal signs and backslashes in values are escaped by a backslash.
  package init(_ text: String) throws(LabelSelectorError) {
    terms = []
    for part in Self.split(text) where !part.isEmpty {
      guard let (field, op, raw) = Self.term(part) else {
        throw LabelSelectorError("invalid selector: '\(text)'; can't understand '\(part)'")
      }
      terms.append(Term(field: field, value: try Self.unescaped(raw), negated: op == "!="))
    }
  }

  package var isEmpty: Bool { terms.isEmpty }

  /// What fields have to be; of two values for one field the first.
  package var required: [String: String] {
    Dictionary(
      terms.filter { !$0.negated }.map { ($0.field, $0.value) }, uniquingKeysWith: { old, _ in old }
    )
  }

  /// Whether an object is selected whose fields `value` tells; an absent field is empty.
  package func matches(_ value: (String) -> String?) -> Bool {
    terms.allSatisfy { ((value($0.field) ?? "") == $0.value) != $0.negated }
  }

  package var description: String {
    terms.map { $0.field + ($0.negated ? "!=" : "=") + Self.escaped($0.value) }
      .joined(separator: ",")
  }

  private static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if scalar == "," && !isEscaped {
        parts.append(part)
        part = ""
        continue
      }
      isEscaped = scalar == "\\" && !isEscaped
      part.unicodeScalars.append(scalar)
    }
    return parts + [part]
  }

  private static func term(_ part: String) -> (field: String, op: String, value: String)? {
    var index = part.startIndex
    while index < part.endIndex {
      let rest = part[index...]
      for op in ["!=", "==", "="] where rest.hasPrefix(op) {
        return (String(part[..<index]), op, String(rest.dropFirst(op.count)))
      }
      index = part.index(after: index)
    }
    return nil
  }

  /// fields.UnescapeValue.
  private static func unescaped(_ text: String) throws(LabelSelectorError) -> String {
    func refused(_ sequence: String) -> LabelSelectorError {
      LabelSelectorError("invalid field selector: invalid escape sequence: \(sequence)")
    }
    guard text.contains(where: { "\\,=".contains($0) }) else { return text }
    var out = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        guard scalar == "\\" || scalar == "," || scalar == "=" else {
          throw refused("\\\(scalar)")
        }
        out.unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "," || scalar == "=" {
        throw LabelSelectorError(
          "invalid field selector: unescaped character in value: \(scalar.value)")
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    if isEscaped { throw refused("\\") }
    return out
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      if scalar == "\\" || scalar == "," || scalar == "=" { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    return out
  }
}
