extension Parser {
  /// The compound command that this word begins, or nil when it is an ordinary word.
  func parseCompound(_ word: Word) throws(SyntaxProblem) -> CommandNode.Kind? {
    switch word.bareText {
    case "{":
      advance()
      let body = try parseList(untilWord: ["}"])
      try expect(word: "}")
      return .group(body)
    case "if":
      advance()
      return try parseConditional()
    case "while", "until":
      advance()
      let condition = try parseList(untilWord: ["do"])
      return .loop(
        condition: condition, body: try parseDoGroup(), isUntil: word.bareText == "until")
    case "for":
      advance()
      return try parseFor()
    case "select" where dialect.isBash:
      advance()
      return try parseSelect()
    case "case":
      advance()
      return try parseCase()
    case "function" where dialect.hasBashisms:
      advance()
      return try parseFunctionKeyword()
    case "coproc" where dialect.isBash:
      advance()
      return try parseCoprocess()
    case "[[" where dialect.hasBashisms:
      return .test(try parseTest())
    case "then", "else", "elif", "fi", "do", "done", "esac", "}",
      "in" where word.bareText != "in":
      throw unexpected()
    default: return nil
    }
  }

  func parseParentheses() throws(SyntaxProblem) -> CommandNode.Kind {
    // `((` is arithmetic when its `))` is found, else two subshells.
    if dialect.isBash, byte() == UInt8(ascii: "(") {
      let start = (position, line)
      if let expression = try readArithmetic(after: 1) {
        advance()
        return .arithmetic(expression)
      }
      (position, line) = start
    }
    advance()
    let body = try parseList { token in
      if case .op(.closeParen) = token { true } else { false }
    }
    if body.isEmpty { throw unexpected() }
    try expect(.closeParen)
    return .subshell(body)
  }

  private func parseConditional() throws(SyntaxProblem) -> CommandNode.Kind {
    var arms: [(condition: [Statement], body: [Statement])] = []
    while true {
      let condition = try parseList(untilWord: ["then"])
      try expect(word: "then")
      let body = try parseList(untilWord: ["fi", "else", "elif"])
      arms.append((condition, body))
      if try take(word: "elif") { continue }
      var otherwise: [Statement] = []
      if try take(word: "else") { otherwise = try parseList(untilWord: ["fi"]) }
      try expect(word: "fi")
      return .conditional(arms: arms, otherwise: otherwise)
    }
  }

  private func parseDoGroup() throws(SyntaxProblem) -> [Statement] {
    try expect(word: "do")
    let body = try parseList(untilWord: ["done"])
    try expect(word: "done")
    return body
  }

  private func parseFor() throws(SyntaxProblem) -> CommandNode.Kind {
    if case .op(.openParen) = try peek(), dialect.isBash, byte() == UInt8(ascii: "(") {
      return try parseCountingFor()
    }
    guard case .word(let word) = try peek() else {
      throw dialect.isBash ? unexpected() : problem(.badForVariable(""))
    }
    guard let name = word.bareText, name.isShellName else {
      throw problem(.badForVariable(String(decoding: bytes[tokenStart..<position], as: UTF8.self)))
    }
    advance()
    let words = try parseLoopWords()
    return .forEach(name: name, words: words, body: try parseLoopBody())
  }

  private func parseSelect() throws(SyntaxProblem) -> CommandNode.Kind {
    guard case .word(let word) = try peek() else { throw unexpected() }
    let name = word.bareText ?? String(decoding: bytes[tokenStart..<position], as: UTF8.self)
    advance()
    let words = try parseLoopWords()
    return .select(name: name, words: words, body: try parseLoopBody())
  }

  /// What follows a loop's variable, up to its body: nil without `in`.
  private func parseLoopWords() throws(SyntaxProblem) -> [Word]? {
    var words: [Word]?
    try skipNewlines()
    if try take(word: "in") {
      var found: [Word] = []
      while case .word(let word) = try peek() {
        advance()
        found.append(
          word.assignment == nil ? word : Word(word.parts, hasBraces: word.hasBraces))
      }
      words = found
      switch try peek() {
      case .op(.semicolon), .newline: advance()
      default: throw unexpected()
      }
    } else {
      _ = try take(.semicolon)
    }
    try skipNewlines()
    return words
  }

  /// `do … done`, or bash's undocumented `{ … }`.
  private func parseLoopBody() throws(SyntaxProblem) -> [Statement] {
    if dialect.isBash, try take(word: "{") {
      let body = try parseList(untilWord: ["}"])
      try expect(word: "}")
      return body
    }
    return try parseDoGroup()
  }

  private func parseCountingFor() throws(SyntaxProblem) -> CommandNode.Kind {
    guard let whole = try readArithmetic(after: 1) else { throw unexpected() }
    advance()
    var sections: [[WordPart]] = [[]]
    for part in whole.text.parts {
      guard case .literal(let text) = part, text.utf8.contains(UInt8(ascii: ";")) else {
        sections[sections.count - 1].append(part)
        continue
      }
      let pieces = text.split(separator: ";", omittingEmptySubsequences: false)
      for (index, piece) in pieces.enumerated() {
        if index > 0 { sections.append([]) }
        if !piece.isEmpty { sections[sections.count - 1].append(.literal(String(piece))) }
      }
    }
    guard sections.count == 3 else { throw problem(.unexpected(token: "((")) }
    let expressions = sections.map { parts -> ArithmeticExpansion? in
      let word = Word(parts)
      let isBlank = word.bareText?.utf8.allSatisfy { $0.isBlank || $0 == 0x0a } ?? parts.isEmpty
      return isBlank ? nil : ArithmeticExpansion(word)
    }
    _ = try take(.semicolon)
    try skipNewlines()
    return .forCounting(
      expressions[0], expressions[1], expressions[2], body: try parseLoopBody())
  }

  private func parseCase() throws(SyntaxProblem) -> CommandNode.Kind {
    guard case .word(let subject) = try peek() else { throw unexpected() }
    advance()
    try skipNewlines()
    try expect(word: "in")
    var arms: [CaseArm] = []
    while true {
      try skipNewlines()
      if try take(word: "esac") { break }
      if case .end = try peek() { throw unexpected(expecting: "esac") }
      let patterns = try parsePatterns()
      let body = try parseList { token in
        switch token {
        case .op(.doubleSemicolon), .op(.semicolonAmpersand), .op(.doubleSemicolonAmpersand):
          true
        case .word(let word): word.bareText == "esac"
        default: false
        }
      }
      var ending = CaseArm.Ending.stop
      if try take(.semicolonAmpersand) {
        ending = .fallThrough
      } else if try take(.doubleSemicolonAmpersand) {
        ending = .testNext
      } else if try !take(.doubleSemicolon) {
        arms.append(CaseArm(patterns: patterns, body: body, ending: .stop))
        try skipNewlines()
        try expect(word: "esac")
        break
      }
      arms.append(CaseArm(patterns: patterns, body: body, ending: ending))
    }
    return .choice(Word(subject.parts), arms)
  }

  private func parsePatterns() throws(SyntaxProblem) -> [Word] {
    _ = try take(.openParen)
    var patterns: [Word] = []
    while true {
      guard case .word(let pattern) = try peek() else { throw unexpected() }
      advance()
      patterns.append(Word(pattern.parts))
      if try take(.pipe) { continue }
      try expect(.closeParen)
      return patterns
    }
  }

  // MARK: Coprocesses

  private func parseCoprocess() throws(SyntaxProblem) -> CommandNode.Kind {
    switch try peek() {
    case .newline, .end: throw missingOperand()
    default: break
    }
    let start = tokenStart
    var name = "COPROC"
    // A word before a compound command is the coprocess's name; before any other it is the command.
    if case .word(let word) = try peek(), let given = word.bareText,
      !Parser.compoundStarts.contains(given)
    {
      let before = (position, line, peeked, tokenStart)
      advance()
      let next = try peek()
      if case .op(.openParen) = next {
        name = given
      } else if case .word(let word) = next, Parser.compoundStarts.contains(word.bareText ?? "") {
        name = given
      } else {
        (position, line, peeked, tokenStart) = before
      }
    }
    let command = try parseCommand()
    _ = try peek()
    var text = slice(from: start, to: tokenStart)
    while text.last == " " || text.last == "\n" { text.removeLast() }
    return .coprocess(name: name, command, text: text)
  }

  private static let compoundStarts: Set<String> = [
    "{", "if", "while", "until", "for", "select", "case", "[[",
  ]

  // MARK: Functions

  func parseFunction(named word: Word, line startLine: Int) throws(SyntaxProblem) -> CommandNode {
    guard let name = word.bareText else { throw unexpected() }
    try expect(.openParen)
    guard try take(.closeParen) else { throw missingOperand() }
    return CommandNode(
      kind: .function(name, try parseFunctionBody()), redirections: [], line: startLine)
  }

  private func parseFunctionKeyword() throws(SyntaxProblem) -> CommandNode.Kind {
    guard case .word(let word) = try peek(), let name = word.bareText else {
      throw missingOperand()
    }
    advance()
    if try take(.openParen) { try expect(.closeParen) }
    return .function(name, try parseFunctionBody())
  }

  private func parseFunctionBody() throws(SyntaxProblem) -> FunctionBody {
    try skipNewlines()
    _ = try peek()
    let start = tokenStart
    let startLine = line
    let kind: CommandNode.Kind
    switch try peek() {
    case .op(.openParen): kind = try parseParentheses()
    case .word(let word):
      guard let found = try parseCompound(word) else { throw unexpected() }
      kind = found
    default: throw unexpected()
    }
    let end = position
    let redirections = try parseRedirections()
    let command = CommandNode(kind: kind, redirections: redirections, line: startLine)
    return FunctionBody(command: command, text: slice(from: start, to: end))
  }
}
