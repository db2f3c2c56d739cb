extension LabelSelector {
  /// Reads the text form: `app=web,tier in (a, b),!old`.
  package init(_ text: String) throws(LabelSelectorError) {
    var reader = LabelSelectorReader(text)
    requirements = try reader.readAll()
  }
}

/// Reads label selectors by upstream's grammar, complaining in its words.
private struct LabelSelectorReader {
  enum Kind {
    case end, identifier, `in`, notIn, comma, open, close, not, equals, doubleEquals, notEquals
    case greater, less, error
  }
  typealias Token = (kind: Kind, text: String)

  private var tokens: [Token]
  private var position = 0

  init(_ text: String) { tokens = Self.scan(Array(text.utf8)) }

  mutating func readAll() throws(LabelSelectorError) -> [LabelRequirement] {
    var found: [LabelRequirement] = []
    while true {
      let token = peek()
      switch token.kind {
      case .end: return found
      case .identifier, .not:
        do {
          found.append(try requirement())
        } catch {
          throw LabelSelectorError("unable to parse requirement: \(error.message)")
        }
        let next = take()
        if next.kind == .end { return sorted(found) }
        guard next.kind == .comma else {
          throw LabelSelectorError("found '\(next.text)', expected: ',' or 'end of string'")
        }
        let after = peek()
        guard after.kind == .identifier || after.kind == .not else {
          throw LabelSelectorError("found '\(after.text)', expected: identifier after ','")
        }
      default:
        throw LabelSelectorError(
          "found '\(token.text)', expected: !, identifier, or 'end of string'")
      }
    }
  }

  private func sorted(_ found: [LabelRequirement]) -> [LabelRequirement] {
    found.enumerated().sorted {
      $0.element.key == $1.element.key
        ? $0.offset < $1.offset : $0.element.key < $1.element.key
    }.map(\.element)
  }

  private mutating func requirement() throws(LabelSelectorError) -> LabelRequirement {
    var token = take()
    let negated = token.kind == .not
    if negated { token = take() }
    guard token.kind == .identifier else {
      throw LabelSelectorError("found '\(token.text)', expected: identifier")
    }
    if let problem = LabelRequirement.problem(ofKey: token.text) {
      throw LabelSelectorError(problem)
    }
    let key = token.text
    if negated { return try LabelRequirement(checked: key, .doesNotExist, []) }
    if [.end, .comma].contains(peek().kind) {
      return try LabelRequirement(checked: key, .exists, [])
    }
    let comparison = try comparison()
    let values =
      comparison == .in || comparison == .notIn ? try valueSet() : [try exactValue()]
    return try LabelRequirement(checked: key, comparison, values)
  }

  private mutating func comparison() throws(LabelSelectorError) -> LabelRequirement.Operator {
    let token = take(keepingWords: true)
    switch token.kind {
    case .in: return .in
    case .notIn: return .notIn
    case .equals: return .equals
    case .doubleEquals: return .doubleEquals
    case .notEquals: return .notEquals
    case .greater: return .greaterThan
    case .less: return .lessThan
    default:
      throw LabelSelectorError(
        "found '\(token.text)', expected: in, notin, =, ==, !=, gt, lt")
    }
  }

  private mutating func exactValue() throws(LabelSelectorError) -> String {
    if [.end, .comma].contains(peek().kind) { return "" }
    let token = take()
    guard token.kind == .identifier else {
      throw LabelSelectorError("found '\(token.text)', expected: identifier")
    }
    return token.text
  }

  private mutating func valueSet() throws(LabelSelectorError) -> [String] {
    let open = take()
    guard open.kind == .open else {
      throw LabelSelectorError("found '\(open.text)' expected: '('")
    }
    let first = peek()
    switch first.kind {
    case .close:
      _ = take()
      return [""]
    case .identifier, .comma:
      let values = try list()
      guard take().kind == .close else {
        throw LabelSelectorError("found '\(first.text)', expected: ')'")
      }
      return values
    default:
      throw LabelSelectorError("found '\(first.text)', expected: ',', ')' or identifier")
    }
  }

  private mutating func list() throws(LabelSelectorError) -> [String] {
    var values: [String] = []
    while true {
      let token = take()
      switch token.kind {
      case .identifier:
        values.append(token.text)
        let next = peek()
        if next.kind == .close { return values }
        guard next.kind == .comma else {
          throw LabelSelectorError("found '\(next.text)', expected: ',' or ')'")
        }
      case .comma:
        if values.isEmpty { values.append("") }
        if peek().kind == .close { return values + [""] }
        if peek().kind == .comma {
          _ = take()
          values.append("")
        }
      default:
        throw LabelSelectorError("found '\(token.text)', expected: ',', or identifier")
      }
    }
  }

  private func peek() -> Token { read(position, keepingWords: false) }

  private mutating func take(keepingWords: Bool = false) -> Token {
    defer { position += 1 }
    return read(position, keepingWords: keepingWords)
  }

  // `in` and `notin` are words only where an operator may stand.
  private func read(_ index: Int, keepingWords: Bool) -> Token {
    guard index < tokens.count else { return (.end, "") }
    let token = tokens[index]
    if !keepingWords && (token.kind == .in || token.kind == .notIn) {
      return (.identifier, token.text)
    }
    return token
  }

  private static func scan(_ bytes: [UInt8]) -> [Token] {
    var found: [Token] = []
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if isBlank(byte) {
        position += 1
        continue
      }
      let start = position
      if isSymbol(byte) {
        position += 1
        var token = symbol(bytes[start..<position])
        while position < bytes.count, isSymbol(bytes[position]) {
          guard let longer = symbol(bytes[start...position]) else {
            if token != nil { break }
            position += 1
            continue
          }
          token = longer
          position += 1
        }
        found.append(
          token
            ?? (.error, "error expected: keyword found '\(text(bytes[start..<position]))'"))
        continue
      }
      while position < bytes.count, !isBlank(bytes[position]), !isSymbol(bytes[position]) {
        position += 1
      }
      let word = text(bytes[start..<position])
      found.append((word == "in" ? .in : word == "notin" ? .notIn : .identifier, word))
    }
    return found
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  private static func symbol(_ bytes: ArraySlice<UInt8>) -> Token? {
    let word = text(bytes)
    let kinds: [String: Kind] = [
      "(": .open, ")": .close, ",": .comma, "!": .not, "=": .equals, "==": .doubleEquals,
      "!=": .notEquals, ">": .greater, "<": .less,
    ]
    return kinds[word].map { ($0, word) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
  private static func isSymbol(_ byte: UInt8) -> Bool { "=!(),><".utf8.contains(byte) }
}
