extension Parser {
  enum Quotes {
    /// Quotes quote, and the metacharacters are text.
    case normal
    /// Only `$`, backticks and the backslash mean something.
    case document
  }

  /// All that is left as one word.
  func readWholeText(quotes: Quotes) throws(SyntaxProblem) -> Word {
    var builder = WordBuilder()
    while let next = byte() {
      switch quotes {
      case .document: try readQuoted(next, into: &builder, quoteEscapes: false)
      case .normal:
        if next.isMeta {
          builder.append(literal: next)
          position += 1
        } else {
          try readUnquoted(next, into: &builder)
        }
      }
    }
    builder.flush()
    return Word(builder.parts)
  }

  func readDollar(into builder: inout WordBuilder, isQuoted: Bool) throws(SyntaxProblem) {
    switch byte(1) {
    case UInt8(ascii: "("):
      if byte(2) == UInt8(ascii: "("), let found = try readArithmetic(after: 3) {
        builder.append(.arithmetic(found))
        return
      }
      position += 2
      builder.append(.command(CommandSubstitution(script: try readParenthesizedScript())))
    case UInt8(ascii: "["):
      guard dialect.isBash, let found = try readBracketArithmetic() else { fallthrough }
      builder.append(.arithmetic(found))
    case nil, UInt8(ascii: "["):
      appendDollar(to: &builder, isQuoted: isQuoted)
    case UInt8(ascii: "{"): builder.append(.parameter(try readBraces(isQuoted: isQuoted)))
    case UInt8(ascii: "'") where !isQuoted && dialect.hasBashisms:
      try readEscapedQuotes(into: &builder)
    case UInt8(ascii: "\"") where !isQuoted && dialect.isBash:
      position += 2
      builder.append(.doubleQuoted(try readDoubleQuoted()))
    case let next? where next.isNameStart:
      var end = position + 2
      while end < bytes.count, bytes[end].isNameByte { end += 1 }
      let name = slice(from: position + 1, to: end)
      position = end
      builder.append(.parameter(ParameterExpansion(name: name)))
    case let next? where next.isDigit || next.isSpecialParameter:
      position += 2
      let name = String(UnicodeScalar(next))
      builder.append(.parameter(ParameterExpansion(name: name)))
    default: appendDollar(to: &builder, isQuoted: isQuoted)
    }
  }

  private func appendDollar(to builder: inout WordBuilder, isQuoted: Bool) {
    position += 1
    if isQuoted {
      builder.append(quoted: [UInt8(ascii: "$")])
    } else {
      builder.append(literal: UInt8(ascii: "$"))
    }
  }

  /// The text up to `))`, or nil (and nothing taken) when the parentheses turn out to be a subshell.
  func readArithmetic(after skipped: Int) throws(SyntaxProblem) -> ArithmeticExpansion? {
    let start = (position, line)
    try enter()
    defer { leave() }
    position += skipped
    var builder = WordBuilder()
    var open = 0
    while let next = byte() {
      switch next {
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"):
        if open == 0 {
          guard byte(1) == UInt8(ascii: ")") else {
            (position, line) = start
            return nil
          }
          position += 2
          builder.flush()
          return ArithmeticExpansion(Word(builder.parts))
        }
        open -= 1
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      if next.isMeta || next == UInt8(ascii: "'") {
        builder.append(literal: next)
        position += 1
      } else {
        try readUnquoted(next, into: &builder)
      }
    }
    line = start.1
    throw unclosed(")")
  }

  /// bash's old `$[ … ]`.
  private func readBracketArithmetic() throws(SyntaxProblem) -> ArithmeticExpansion? {
    let start = position
    var builder = WordBuilder()
    position += 2
    while let next = byte(), next != UInt8(ascii: "]"), next != UInt8(ascii: "\n") {
      if next.isMeta {
        builder.append(literal: next)
        position += 1
      } else {
        try readUnquotedByte(next, into: &builder)
      }
    }
    guard byte() == UInt8(ascii: "]") else {
      position = start
      return nil
    }
    position += 1
    builder.flush()
    return ArithmeticExpansion(Word(builder.parts))
  }

  /// `$'…'`.
  private func readEscapedQuotes(into builder: inout WordBuilder) throws(SyntaxProblem) {
    let startLine = line
    position += 2
    let start = position
    while let next = byte(), next != UInt8(ascii: "'") {
      if next == UInt8(ascii: "\\") { position += 1 }
      if next == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    guard byte() == UInt8(ascii: "'") else {
      line = startLine
      throw unclosed("'")
    }
    var text = EscapeDecoder(style: .dollarQuotes).decode(bytes[start..<position]).bytes
    if let null = text.firstIndex(of: 0) { text.removeSubrange(null...) }
    if text.isEmpty { builder.appendEmptyQuotes() } else { builder.append(quoted: text) }
    position += 1
  }
}

extension UInt8 {
  var isSpecialParameter: Bool {
    switch self {
    case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"),
      UInt8(ascii: "-"), UInt8(ascii: "$"), UInt8(ascii: "!"):
      true
    default: false
    }
  }
}
