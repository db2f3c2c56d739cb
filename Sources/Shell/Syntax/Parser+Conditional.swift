extension Parser {
  /// `[[ … ]]`, whose opening word is the next token.
  func parseTest() throws(SyntaxProblem) -> ConditionalExpression {
    advance()
    let expression = try parseTestOr()
    try skipTestNewlines()
    guard try take(word: "]]") else { throw badConditional() }
    return expression
  }

  private func skipTestNewlines() throws(SyntaxProblem) { try skipNewlines() }

  private func badConditional() -> SyntaxProblem {
    if case .end? = peeked { return problem(.unexpectedEnd(expecting: "]]"), isIncomplete: true) }
    let token = String(decoding: bytes[tokenStart..<min(position, bytes.count)], as: UTF8.self)
    return problem(.unexpected(token: token == "\n" ? "newline" : token))
  }

  private func parseTestOr() throws(SyntaxProblem) -> ConditionalExpression {
    var left = try parseTestAnd()
    while try take(.orIf) {
      try skipTestNewlines()
      left = .or(left, try parseTestAnd())
    }
    return left
  }

  private func parseTestAnd() throws(SyntaxProblem) -> ConditionalExpression {
    var left = try parseTestTerm()
    while try take(.andIf) {
      try skipTestNewlines()
      left = .and(left, try parseTestTerm())
    }
    return left
  }

  private func parseTestTerm() throws(SyntaxProblem) -> ConditionalExpression {
    try enter()
    defer { leave() }
    try skipTestNewlines()
    if try take(word: "!") { return .not(try parseTestTerm()) }
    if try take(.openParen) {
      let inner = try parseTestOr()
      try skipTestNewlines()
      guard try take(.closeParen) else { throw badConditional() }
      return inner
    }
    guard case .word(let first) = try peek(), first.bareText != "]]" else {
      throw badConditional()
    }
    advance()
    if let op = first.bareText, Parser.unaryTests.contains(op),
      case .word(let operand) = try peek(), operand.bareText != "]]"
    {
      advance()
      return .unary(op, plain(operand))
    }
    return try parseTestComparison(plain(first))
  }

  private func parseTestComparison(_ left: Word) throws(SyntaxProblem) -> ConditionalExpression {
    switch try peek() {
    case .op(.less):
      advance()
      return .binary("<", left, try testOperand())
    case .op(.great):
      advance()
      return .binary(">", left, try testOperand())
    case .word(let word):
      guard let op = word.bareText, op != "]]" else {
        if word.bareText == "]]" { return .word(left) }
        throw badConditional()
      }
      switch op {
      case "=", "==", "!=":
        advance()
        return .binary(op, left, try patternOperand())
      case "=~":
        advance()
        return .binary(op, left, try regexOperand())
      case "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
        advance()
        return .binary(op, left, try testOperand())
      default: throw badConditional()
      }
    default: return .word(left)
    }
  }

  static let unaryTests: Set<String> = Set(
    "abcdefghknoprstuvwxzGLNORS".map { "-\($0)" })

  private func plain(_ word: Word) -> Word {
    word.assignment == nil ? word : Word(word.parts)
  }

  private func testOperand() throws(SyntaxProblem) -> Word {
    guard case .word(let word) = try peek() else { throw badConditional() }
    advance()
    return plain(word)
  }

  private func skipOperandBlanks() {
    while let next = byte(), next.isBlank { position += 1 }
    tokenStart = position
  }

  private func patternOperand() throws(SyntaxProblem) -> Word {
    skipOperandBlanks()
    var builder = WordBuilder()
    try readWordParts(into: &builder, isPattern: true)
    guard !builder.parts.isEmpty else {
      _ = try peek()
      throw badConditional()
    }
    return Word(builder.parts)
  }

  /// A regular expression runs to the next blank outside of its parentheses.
  private func regexOperand() throws(SyntaxProblem) -> Word {
    skipOperandBlanks()
    var builder = WordBuilder()
    var open = 0
    while let next = byte() {
      if next == UInt8(ascii: "(") { open += 1 }
      if next == UInt8(ascii: ")") {
        if open == 0 { break }
        open -= 1
      }
      if next == UInt8(ascii: "\n") { break }
      if next.isMeta {
        if open == 0, next != UInt8(ascii: "("), next != UInt8(ascii: ")"),
          next != UInt8(ascii: "|")
        {
          break
        }
        if next == UInt8(ascii: "|"), open == 0, byte(1) == UInt8(ascii: "|") { break }
        builder.append(literal: next)
        position += 1
      } else if next == UInt8(ascii: "[") {
        try readRegexBrackets(into: &builder)
      } else {
        try readUnquotedByte(next, into: &builder)
      }
    }
    builder.flush()
    return Word(builder.parts)
  }

  private func readRegexBrackets(into builder: inout WordBuilder) throws(SyntaxProblem) {
    builder.append(literal: UInt8(ascii: "["))
    position += 1
    var isFirst = true
    while let next = byte(), next != UInt8(ascii: "\n") {
      if next == UInt8(ascii: "]"), !isFirst { break }
      if next.isBlank { break }
      if next != UInt8(ascii: "^") { isFirst = false }
      if next == UInt8(ascii: "["), byte(1) == UInt8(ascii: ":") {
        while let inner = byte(), inner != UInt8(ascii: "]"), inner != UInt8(ascii: "\n") {
          builder.append(literal: inner)
          position += 1
        }
        if byte() == UInt8(ascii: "]") {
          builder.append(literal: UInt8(ascii: "]"))
          position += 1
        }
        continue
      }
      try readUnquotedByte(next, into: &builder)
    }
  }
}
