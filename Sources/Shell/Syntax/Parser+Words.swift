/// Collects a word's parts, joining what needs no boundary.
struct WordBuilder {
  private(set) var parts: [WordPart] = []
  private var literal: [UInt8] = []
  private var quoted: [UInt8] = []
  var hasBraces = false

  mutating func append(literal byte: UInt8) {
    flushQuoted()
    literal.append(byte)
  }

  mutating func append(literal bytes: ArraySlice<UInt8>) {
    flushQuoted()
    literal.append(contentsOf: bytes)
  }

  mutating func append(quoted bytes: some Sequence<UInt8>) {
    flushLiteral()
    quoted.append(contentsOf: bytes)
  }

  mutating func append(_ part: WordPart) {
    flush()
    parts.append(part)
  }

  /// An empty pair of quotes still makes a word.
  mutating func appendEmptyQuotes() {
    guard quoted.isEmpty else { return }
    flush()
    parts.append(.quoted(""))
  }

  mutating func flush() {
    flushLiteral()
    flushQuoted()
  }

  private mutating func flushLiteral() {
    guard !literal.isEmpty else { return }
    parts.append(.literal(String(decoding: literal, as: UTF8.self)))
    literal.removeAll(keepingCapacity: true)
  }

  private mutating func flushQuoted() {
    guard !quoted.isEmpty else { return }
    parts.append(.quoted(String(decoding: quoted, as: UTF8.self)))
    quoted.removeAll(keepingCapacity: true)
  }
}

extension Parser {
  /// The word at the position; an assignment is recognized by its look.
  func readWord() throws(SyntaxProblem) -> Word {
    if let assignment = try readAssignment() { return assignment }
    var builder = WordBuilder()
    try readWordParts(into: &builder)
    return Word(builder.parts, hasBraces: builder.hasBraces)
  }

  func readWordParts(into builder: inout WordBuilder, isPattern: Bool = false)
    throws(SyntaxProblem)
  {
    var open = 0
    while let next = byte() {
      if open > 0, next == UInt8(ascii: ")") {
        open -= 1
        builder.append(literal: next)
        position += 1
      } else if next.isMeta {
        if (next == UInt8(ascii: "<") || next == UInt8(ascii: ">")) && dialect.hasBashisms
          && byte(1) == UInt8(ascii: "(") && open == 0
        {
          builder.append(.process(try readProcessSubstitution(isInput: next == 0x3c)))
        } else if open > 0 {
          if next == UInt8(ascii: "\n") { line += 1 }
          if next == UInt8(ascii: "(") { open += 1 }
          builder.append(literal: next)
          position += 1
        } else {
          break
        }
      } else if isPattern || allowsExtendedGlobs, byte(1) == UInt8(ascii: "("), next.opensGroup {
        builder.append(literal: bytes[position...position + 1])
        position += 2
        open += 1
      } else {
        try readUnquoted(next, into: &builder)
      }
    }
    if open > 0 { throw unclosed(")") }
    builder.flush()
  }

  /// One unquoted piece that is no metacharacter.
  func readUnquoted(_ next: UInt8, into builder: inout WordBuilder) throws(SyntaxProblem) {
    switch next {
    case UInt8(ascii: "\\"):
      guard let escaped = byte(1) else {
        endsOpen = true
        builder.append(quoted: [next])
        position += 1
        return
      }
      position += 2
      if escaped == UInt8(ascii: "\n") {
        line += 1
        if position == bytes.count { endsOpen = true }
      } else {
        builder.append(quoted: [escaped])
      }
    case UInt8(ascii: "'"): try readSingleQuoted(into: &builder)
    case UInt8(ascii: "\""):
      position += 1
      builder.append(.doubleQuoted(try readDoubleQuoted()))
    case UInt8(ascii: "$"): try readDollar(into: &builder, isQuoted: false)
    case UInt8(ascii: "`"): builder.append(.command(try readBackticks(isQuoted: false)))
    case UInt8(ascii: "{"):
      builder.hasBraces = builder.hasBraces || dialect.isBash
      builder.append(literal: next)
      position += 1
    default:
      var end = position + 1
      while end < bytes.count, bytes[end].isPlain { end += 1 }
      builder.append(literal: bytes[position..<end])
      position = end
    }
  }

  private func readSingleQuoted(into builder: inout WordBuilder) throws(SyntaxProblem) {
    let startLine = line
    guard let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
      position = bytes.count
      line = startLine
      throw unclosed("'")
    }
    let text = bytes[(position + 1)..<end]
    for byte in text where byte == UInt8(ascii: "\n") { line += 1 }
    if text.isEmpty { builder.appendEmptyQuotes() } else { builder.append(quoted: text) }
    position = end + 1
  }

  /// After the opening quote, to past the closing one.
  func readDoubleQuoted() throws(SyntaxProblem) -> [WordPart] {
    let startLine = line
    var builder = WordBuilder()
    try enter()
    defer { leave() }
    while let next = byte() {
      if next == UInt8(ascii: "\"") {
        position += 1
        builder.flush()
        return builder.parts
      }
      try readQuoted(next, into: &builder, quoteEscapes: true)
    }
    line = startLine
    throw unclosed("\"")
  }

  /// One piece inside double quotes or a here-document.
  func readQuoted(_ next: UInt8, into builder: inout WordBuilder, quoteEscapes: Bool)
    throws(SyntaxProblem)
  {
    switch next {
    case UInt8(ascii: "\\"):
      switch byte(1) {
      case UInt8(ascii: "\n"):
        position += 2
        line += 1
      case let escaped?
      where escaped == UInt8(ascii: "$") || escaped == UInt8(ascii: "`")
        || escaped == UInt8(ascii: "\\") || escaped == UInt8(ascii: "\"") && quoteEscapes:
        builder.append(quoted: [escaped])
        position += 2
      default:
        builder.append(quoted: [next])
        position += 1
      }
    case UInt8(ascii: "$"): try readDollar(into: &builder, isQuoted: true)
    case UInt8(ascii: "`"):
      builder.append(.command(try readBackticks(isQuoted: quoteEscapes)))
    default:
      var end = position
      while end < bytes.count, !bytes[end].isSpecialInQuotes {
        if bytes[end] == UInt8(ascii: "\n") { line += 1 }
        end += 1
      }
      if end == position {
        end += 1
        builder.append(quoted: [next])
      } else {
        builder.append(quoted: bytes[position..<end])
      }
      position = end
    }
  }

  private func readProcessSubstitution(isInput: Bool) throws(SyntaxProblem) -> ProcessSubstitution {
    position += 2
    return ProcessSubstitution(script: try readParenthesizedScript(), isInput: isInput)
  }

  /// Statements up to the closing parenthesis, which is taken.
  func readParenthesizedScript() throws(SyntaxProblem) -> [Statement] {
    try enter()
    defer { leave() }
    let outer = (pendingDocuments, peeked, tokenStart)
    pendingDocuments = []
    peeked = nil
    let script = try parseList { token in
      if case .op(.closeParen) = token { true } else { false }
    }
    guard case .op(.closeParen) = try peek() else {
      if case .end = try peek() {
        var found = unclosed(")")
        if dialect.isBash, bytes.last != UInt8(ascii: "\n") { found.line += 1 }
        throw found
      }
      throw unexpected()
    }
    (pendingDocuments, peeked, tokenStart) = outer
    return script
  }

  private func readBackticks(isQuoted: Bool) throws(SyntaxProblem) -> CommandSubstitution {
    let startLine = line
    position += 1
    var text: [UInt8] = []
    while true {
      guard let next = byte() else {
        line = startLine
        throw unclosed("`")
      }
      position += 1
      if next == UInt8(ascii: "`") { break }
      if next == UInt8(ascii: "\n") { line += 1 }
      if next == UInt8(ascii: "\\"), let escaped = byte(),
        escaped == UInt8(ascii: "`") || escaped == UInt8(ascii: "\\")
          || escaped == UInt8(ascii: "$") || isQuoted && escaped == UInt8(ascii: "\"")
      {
        text.append(escaped)
        position += 1
      } else {
        text.append(next)
      }
    }
    try enter()
    defer { leave() }
    let inner = Parser(
      String(decoding: text, as: UTF8.self), dialect: dialect, line: startLine,
      allowsExtendedGlobs: allowsExtendedGlobs, depth: depth, alias: alias)
    var script: [Statement] = []
    while let statements = try inner.nextLine() { script += statements }
    return CommandSubstitution(script: script)
  }
}

extension UInt8 {
  /// Needs no look inside an unquoted word.
  fileprivate var isPlain: Bool {
    if isMeta { return false }
    switch self {
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "$"),
      UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "?"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "!"):
      return false
    default: return true
    }
  }

  fileprivate var isSpecialInQuotes: Bool {
    switch self {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "`"),
      UInt8(ascii: "}"), UInt8(ascii: ")"):
      true
    default: false
    }
  }

  fileprivate var opensGroup: Bool {
    switch self {
    case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"),
      UInt8(ascii: "!"):
      true
    default: false
    }
  }
}
