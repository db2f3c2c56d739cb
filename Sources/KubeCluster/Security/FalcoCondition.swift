/// A condition of a Falco rule: comparisons of fields, joined by `and`, `or` and `not`.
indirect enum FalcoCondition {
  case all([FalcoCondition])
  case any([FalcoCondition])
  case not(FalcoCondition)
  /// The name of another condition.
  case macro(String)
  case exists(field: String)
  case compare(field: String, operation: String, values: [String])

  struct Problem: Error { var message: String }

  private static let operations: Set<String> = [
    "=", "==", "!=", "in", "contains", "icontains", "startswith", "endswith", "pmatch", "glob",
    "intersects", "<", "<=", ">", ">=", "exists", "bcontains", "bstartswith", "regex",
  ]

  // MARK: reading

  init(_ text: String) throws(Problem) {
    var reader = Reader(tokens: Self.tokens(text))
    self = try reader.alternatives(depth: 0)
    if let rest = reader.tokens.first {
      throw Problem(message: "unexpected token after the condition: '\(rest)'")
    }
  }

  private static func tokens(_ text: String) -> ArraySlice<String> {
    var tokens: [String] = []
    var word = ""
    var quote: Character?
    func isOperator(_ text: String) -> Bool {
      !text.isEmpty && text.allSatisfy { "=!<>".contains($0) }
    }
    func finish() {
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
        if quote == nil { finish() }
      } else if character == "\"" || character == "'" {
        finish()
        quote = character
      } else if character.isWhitespace {
        finish()
      } else if "(),".contains(character) {
        finish()
        tokens.append(String(character))
      } else {
        let sign = "=!<>".contains(character)
        if !word.isEmpty, sign != isOperator(word) { finish() }
        word.append(character)
      }
    }
    finish()
    return tokens[...]
  }

  private struct Reader {
    var tokens: ArraySlice<String>

    mutating func alternatives(depth: Int) throws(Problem) -> FalcoCondition {
      guard depth < 64 else { throw Problem(message: "the condition is nested too deeply") }
      var parts = [try conjunction(depth: depth)]
      while tokens.first == "or" {
        tokens.removeFirst()
        parts.append(try conjunction(depth: depth))
      }
      return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(depth: Int) throws(Problem) -> FalcoCondition {
      var parts = [try single(depth: depth)]
      while tokens.first == "and" {
        tokens.removeFirst()
        parts.append(try single(depth: depth))
      }
      return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func single(depth: Int) throws(Problem) -> FalcoCondition {
      guard depth < 64 else { throw Problem(message: "the condition is nested too deeply") }
      guard let token = tokens.popFirst(), token != ")", token != "," else {
        throw Problem(message: "expected a condition")
      }
      if token == "not" { return .not(try single(depth: depth + 1)) }
      if token == "(" {
        let inside = try alternatives(depth: depth + 1)
        guard tokens.popFirst() == ")" else { throw Problem(message: "expected a ')' token") }
        return inside
      }
      guard let operation = tokens.first, FalcoCondition.operations.contains(operation) else {
        return .macro(token)
      }
      tokens.removeFirst()
      if operation == "exists" { return .exists(field: token) }
      guard let value = tokens.popFirst() else {
        throw Problem(message: "expected a value after '\(operation)'")
      }
      guard value == "(" else {
        return .compare(field: token, operation: operation, values: [value])
      }
      var values: [String] = []
      while let next = tokens.popFirst() {
        if next == ")" { return .compare(field: token, operation: operation, values: values) }
        if next != "," { values.append(next) }
      }
      throw Problem(message: "expected a ')' token")
    }
  }

  // MARK: asking

  /// Names that the condition uses and that are neither fields nor values.
  var macros: [String] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.macros)
    case .not(let part): part.macros
    case .macro(let name): [name]
    case .exists, .compare: []
    }
  }

  /// Whether an event is meant. `field` gives the value of a field; macros and lists come from the
  /// rules' files.
  func holds(_ rules: FalcoRules, depth: Int = 0, _ field: (String) -> String?) -> Bool {
    guard depth < 64 else { return false }
    switch self {
    case .all(let parts): return parts.allSatisfy { $0.holds(rules, depth: depth + 1, field) }
    case .any(let parts): return parts.contains { $0.holds(rules, depth: depth + 1, field) }
    case .not(let part): return !part.holds(rules, depth: depth + 1, field)
    case .macro(let name):
      return rules.macros[name]?.holds(rules, depth: depth + 1, field) ?? false
    case .exists(let name): return field(name) != nil
    case .compare(let name, let operation, let values):
      guard let value = field(name) else { return operation == "!=" }
      let wanted = rules.expanded(values)
      return wanted.contains { Self.compare(value, operation, $0) } != (operation == "!=")
    }
  }

  private static func compare(_ value: String, _ operation: String, _ wanted: String) -> Bool {
    switch operation {
    case "contains": return value.contains(wanted)
    case "icontains": return value.lowercased().contains(wanted.lowercased())
    case "startswith": return value.hasPrefix(wanted)
    case "endswith": return value.hasSuffix(wanted)
    case "pmatch": return value == wanted || value.hasPrefix(wanted + "/")
    case "glob": return glob(Array(wanted.utf8)[...], Array(value.utf8)[...])
    case "<", "<=", ">", ">=":
      guard let left = Double(value), let right = Double(wanted) else { return false }
      return switch operation {
      case "<": left < right
      case "<=": left <= right
      case ">": left > right
      default: left >= right
      }
    default: return value == wanted
    }
  }

  /// `*` and `?` match anything.
  private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    var reached: Set<Int> = [text.startIndex]
    for byte in pattern {
      var next: Set<Int> = []
      for index in reached {
        if byte == UInt8(ascii: "*") {
          next.formUnion(index...text.endIndex)
        } else if index < text.endIndex, byte == UInt8(ascii: "?") || byte == text[index] {
          next.insert(index + 1)
        }
      }
      reached = next
    }
    return reached.contains(text.endIndex)
  }
}
