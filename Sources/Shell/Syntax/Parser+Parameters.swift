extension Parser {
  /// `${ … }`, from the dollar sign to past the closing brace.
  func readBraces(isQuoted: Bool) throws(SyntaxProblem) -> ParameterExpansion {
    try enter()
    defer { leave() }
    let start = position
    position += 2
    if let special = readLengthOrIndirection() { return special }
    var isLength = false
    var isIndirect = false
    if byte() == UInt8(ascii: "#"), let next = byte(1),
      next.isNameByte || next.isSpecialParameter && byte(2) == UInt8(ascii: "}")
    {
      isLength = true
      position += 1
    } else if dialect.isBash, byte() == UInt8(ascii: "!"), let next = byte(1),
      next.isNameByte || next == UInt8(ascii: "#") || next == UInt8(ascii: "@")
    {
      isIndirect = true
      position += 1
    }
    guard let name = readParameterName() else { return try badSubstitution(from: start) }
    if isIndirect, let found = readNames(prefix: name) { return found }
    let index = try readSubscript()
    if isIndirect, byte() == UInt8(ascii: "}"), let index {
      switch index {
      case .all, .joined:
        position += 1
        return ParameterExpansion(name: name, index: index, operation: .keys)
      case .element: break
      }
    }
    if isLength {
      guard byte() == UInt8(ascii: "}") else { return try badSubstitution(from: start) }
      position += 1
      return ParameterExpansion(name: name, index: index, operation: .length)
    }
    guard let operation = try readOperation(isQuoted: isQuoted) else {
      return try badSubstitution(from: start)
    }
    return ParameterExpansion(
      name: name, index: index, isIndirect: isIndirect, operation: operation)
  }

  /// `${#}` and `${!}`, which only look like prefixes.
  private func readLengthOrIndirection() -> ParameterExpansion? {
    guard let first = byte(), first == UInt8(ascii: "#") || first == UInt8(ascii: "!"),
      byte(1) == UInt8(ascii: "}")
    else { return nil }
    position += 2
    return ParameterExpansion(name: String(UnicodeScalar(first)))
  }

  private func readParameterName() -> String? {
    guard let first = byte() else { return nil }
    var end = position + 1
    if first.isNameStart {
      while end < bytes.count, bytes[end].isNameByte { end += 1 }
    } else if first.isDigit {
      while end < bytes.count, bytes[end].isDigit { end += 1 }
    } else if !first.isSpecialParameter {
      return nil
    }
    let name = slice(from: position, to: end)
    position = end
    return name
  }

  /// `${!prefix*}` and `${!prefix@}`.
  private func readNames(prefix: String) -> ParameterExpansion? {
    guard let mark = byte(), mark == UInt8(ascii: "*") || mark == UInt8(ascii: "@"),
      byte(1) == UInt8(ascii: "}")
    else { return nil }
    position += 2
    return ParameterExpansion(
      name: prefix, index: mark == UInt8(ascii: "@") ? .all : .joined,
      operation: .names(prefix: prefix))
  }

  private func readSubscript() throws(SyntaxProblem) -> Subscript? {
    guard dialect.isBash, byte() == UInt8(ascii: "[") else { return nil }
    if byte(2) == UInt8(ascii: "]") {
      if byte(1) == UInt8(ascii: "@") {
        position += 3
        return .all
      }
      if byte(1) == UInt8(ascii: "*") {
        position += 3
        return .joined
      }
    }
    position += 1
    var builder = WordBuilder()
    var open = 0
    while let next = byte() {
      if next == UInt8(ascii: "[") { open += 1 }
      if next == UInt8(ascii: "]") {
        if open == 0 { break }
        open -= 1
      }
      if next.isMeta {
        builder.append(literal: next)
        position += 1
      } else {
        try readUnquotedByte(next, into: &builder)
      }
    }
    guard byte() == UInt8(ascii: "]") else { throw unclosed("}") }
    position += 1
    builder.flush()
    return .element(ArithmeticExpansion(Word(builder.parts)))
  }

  /// Like `readUnquoted`, but never runs past a bracket, slash, colon or brace.
  func readUnquotedByte(_ next: UInt8, into builder: inout WordBuilder) throws(SyntaxProblem) {
    switch next {
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "$"),
      UInt8(ascii: "`"):
      try readUnquoted(next, into: &builder)
    default:
      if next == UInt8(ascii: "\n") { line += 1 }
      builder.append(literal: next)
      position += 1
    }
  }

  private func badSubstitution(from start: Int) throws(SyntaxProblem) -> ParameterExpansion {
    var open = 1
    while let next = byte(), open > 0 {
      if next == UInt8(ascii: "{") { open += 1 }
      if next == UInt8(ascii: "}") { open -= 1 }
      if next == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    if open > 0 { throw unclosed("}") }
    return ParameterExpansion(name: "", operation: .bad(slice(from: start, to: position)))
  }

  /// The operator and its words, to past the closing brace; nil when there is no such operator.
  private func readOperation(isQuoted: Bool) throws(SyntaxProblem)
    -> ParameterExpansion.Operation?
  {
    guard let first = byte() else { throw unclosed("}") }
    position += 1
    switch first {
    case UInt8(ascii: "}"): return ParameterExpansion.Operation.none
    case UInt8(ascii: ":"):
      if let next = byte(),
        let absence = ParameterExpansion.Absence(rawValue: Character(UnicodeScalar(next)))
      {
        position += 1
        return .whenAbsent(absence, alsoEmpty: true, try readOperand(isQuoted: isQuoted))
      }
      guard dialect.hasBashisms else { return nil }
      return try readSubstring(isQuoted: isQuoted)
    case UInt8(ascii: "#"), UInt8(ascii: "%"):
      let longest = byte() == first
      if longest { position += 1 }
      let pattern = try readOperand(isQuoted: false)
      return first == UInt8(ascii: "#")
        ? .removePrefix(longest: longest, pattern) : .removeSuffix(longest: longest, pattern)
    case UInt8(ascii: "/") where dialect.hasBashisms: return try readReplacement()
    case UInt8(ascii: "^") where dialect.isBash, UInt8(ascii: ",") where dialect.isBash:
      let all = byte() == first
      if all { position += 1 }
      let mark = Character(UnicodeScalar(first))
      let pattern = try readOperand(isQuoted: false)
      let kind: Character = mark == "^" ? (all ? "U" : "u") : (all ? "L" : "l")
      return .changeCase(kind, pattern: pattern.parts.isEmpty ? nil : pattern)
    case UInt8(ascii: "@") where dialect.isBash:
      guard let letter = byte(), byte(1) == UInt8(ascii: "}") else { return nil }
      position += 2
      return .transform(Character(UnicodeScalar(letter)))
    default:
      guard let absence = ParameterExpansion.Absence(rawValue: Character(UnicodeScalar(first)))
      else {
        position -= 1
        return nil
      }
      return .whenAbsent(absence, alsoEmpty: false, try readOperand(isQuoted: isQuoted))
    }
  }

  private func readSubstring(isQuoted: Bool) throws(SyntaxProblem)
    -> ParameterExpansion.Operation
  {
    let (offset, end) = try readOperand(isQuoted: isQuoted, alsoUntil: UInt8(ascii: ":"))
    guard end == UInt8(ascii: ":") else {
      return .substring(offset: ArithmeticExpansion(offset), length: nil)
    }
    let length = try readOperand(isQuoted: isQuoted)
    return .substring(
      offset: ArithmeticExpansion(offset), length: ArithmeticExpansion(length))
  }

  private func readReplacement() throws(SyntaxProblem) -> ParameterExpansion.Operation {
    var kind = ParameterExpansion.Replacement.first
    switch byte() {
    case UInt8(ascii: "/"): kind = .all
    case UInt8(ascii: "#"): kind = .prefix
    case UInt8(ascii: "%"): kind = .suffix
    default: break
    }
    if kind != .first { position += 1 }
    let (pattern, end) = try readOperand(isQuoted: false, alsoUntil: UInt8(ascii: "/"))
    let replacement =
      end == UInt8(ascii: "/") ? try readOperand(isQuoted: false) : Word([])
    return .replace(kind, pattern: pattern, with: replacement)
  }

  private func readOperand(isQuoted: Bool) throws(SyntaxProblem) -> Word {
    try readOperand(isQuoted: isQuoted, alsoUntil: UInt8(ascii: "}")).word
  }

  /// A word up to the closing brace (or another mark), which is taken.
  private func readOperand(isQuoted: Bool, alsoUntil mark: UInt8) throws(SyntaxProblem) -> (
    word: Word, end: UInt8
  ) {
    var builder = WordBuilder()
    var open = 0
    while let next = byte() {
      if next == UInt8(ascii: "}") || next == mark && open == 0 {
        position += 1
        builder.flush()
        return (Word(builder.parts), next)
      }
      if next == UInt8(ascii: "(") { open += 1 }
      if next == UInt8(ascii: ")") { open -= 1 }
      if isQuoted {
        try readQuotedOperand(next, into: &builder)
      } else {
        try readUnquotedByte(next, into: &builder)
      }
    }
    throw unclosed("}")
  }

  // Inside double quotes a word's single quotes are text, and its double quotes quote again.
  private func readQuotedOperand(_ next: UInt8, into builder: inout WordBuilder)
    throws(SyntaxProblem)
  {
    switch next {
    case UInt8(ascii: "\""):
      position += 1
      builder.append(.doubleQuoted(try readDoubleQuoted()))
    case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "}"):
      builder.append(quoted: [UInt8(ascii: "}")])
      position += 2
    case UInt8(ascii: "$") where byte(1) == UInt8(ascii: "'") && dialect.isBash:
      try readDollar(into: &builder, isQuoted: false)
    case UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
      try readQuoted(next, into: &builder, quoteEscapes: true)
    default:
      if next == UInt8(ascii: "\n") { line += 1 }
      builder.append(quoted: [next])
      position += 1
    }
  }
}
