extension Parser {
  /// Statements until a token that `isEnd` accepts, which is left, or the end of the text.
  func parseList(until isEnd: (Token) -> Bool) throws(SyntaxProblem) -> [Statement] {
    var statements: [Statement] = []
    while true {
      try skipNewlines()
      let token = try peek()
      if isEnd(token) { return statements }
      if case .end = token { return statements }
      statements.append(try parseStatement())
      let separator = try peek()
      switch separator {
      case .op(.semicolon), .op(.ampersand), .newline: advance()
      case .end: return statements
      default:
        if isEnd(separator) { return statements }
        throw unexpected()
      }
    }
  }

  /// A list that one of these reserved words ends; the words are at a command's place.
  func parseList(untilWord words: [String]) throws(SyntaxProblem) -> [Statement] {
    let statements = try parseList { token in
      if case .word(let word) = token, let text = word.bareText {
        words.contains(text)
      } else {
        false
      }
    }
    if case .end = try peek() { throw unexpected(expecting: words.first) }
    if statements.isEmpty { throw unexpected() }
    return statements
  }

  func parseStatement() throws(SyntaxProblem) -> Statement {
    _ = try peek()
    let start = tokenStart
    let first = try parsePipeline()
    var rest: [(connector: Statement.Connector, pipeline: Pipeline)] = []
    while true {
      if try take(.andIf) {
        try skipNewlines()
        rest.append((.and, try parsePipeline()))
      } else if try take(.orIf) {
        try skipNewlines()
        rest.append((.or, try parsePipeline()))
      } else {
        break
      }
    }
    var inBackground = false
    if case .op(.ampersand) = try peek() { inBackground = true }
    var text = ""
    if inBackground {
      text = slice(from: start, to: tokenStart)
      while text.last == " " { text.removeLast() }
    }
    return Statement(first: first, rest: rest, inBackground: inBackground, text: text)
  }

  private func parsePipeline() throws(SyntaxProblem) -> Pipeline {
    var isNegated = false
    var timed: Pipeline.Timing?
    while true {
      if try take(word: "!") {
        isNegated.toggle()
        switch try peek() {
        case .newline, .end, .op(.semicolon):
          return Pipeline(commands: [], isNegated: isNegated, timed: nil)
        default: break
        }
      } else if dialect.isBash, try take(word: "time") {
        timed = try take(word: "-p") ? .posix : .plain
        switch try peek() {
        case .newline, .end, .op(.semicolon):
          return Pipeline(commands: [], isNegated: isNegated, timed: timed)
        default: break
        }
      } else {
        break
      }
    }
    var commands = [try parseCommand()]
    while true {
      if try take(.pipe) {
        try skipNewlines()
        commands.append(try parseCommand())
      } else if try take(.pipeBoth) {
        try skipNewlines()
        let last = commands.removeLast()
        let both = Redirection(
          kind: .duplicateOutput, descriptor: .number(2), target: Word(text: "1"))
        commands.append(
          CommandNode(kind: last.kind, redirections: last.redirections + [both], line: last.line))
        commands.append(try parseCommand())
      } else {
        return Pipeline(commands: commands, isNegated: isNegated, timed: timed)
      }
    }
  }

  func parseCommand() throws(SyntaxProblem) -> CommandNode {
    try enter()
    defer { leave() }
    _ = try peek()
    let startLine = line
    expandAlias()
    switch try peek() {
    case .op(.openParen):
      let kind = try parseParentheses()
      return CommandNode(kind: kind, redirections: try parseRedirections(), line: startLine)
    case .word(let word):
      if let kind = try parseCompound(word) {
        if case .function = kind {
          return CommandNode(kind: kind, redirections: [], line: startLine)
        }
        return CommandNode(kind: kind, redirections: try parseRedirections(), line: startLine)
      }
      return try parseSimple(line: startLine)
    case .op(let op) where op.startsRedirection: return try parseSimple(line: startLine)
    case .descriptor: return try parseSimple(line: startLine)
    default: throw unexpected()
    }
  }

  /// Puts an alias's text in the place of the next word, as often as that yields another alias.
  func expandAlias() {
    while case .word(let word)? = peeked, let name = word.bareText,
      !Parser.reserved.contains(name)
    {
      let remaining = bytes.count - tokenStart
      openAliases.removeAll { $0.remaining >= remaining }
      guard !openAliases.contains(where: { $0.name == name }), openAliases.count < 64,
        let text = alias(name)
      else { return }
      let end = bytes.count - position
      bytes.replaceSubrange(tokenStart..<position, with: text.utf8)
      openAliases.append((name, end))
      position = tokenStart
      peeked = nil
      guard (try? peek()) != nil else { return }
    }
  }

  private static let reserved: Set<String> = [
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{",
    "}", "!", "[[", "function", "time", "in", "select", "coproc",
  ]

  static let declarations: Set<String> = [
    "declare", "typeset", "local", "export", "readonly",
  ]

  /// Only bash has `declare` and `typeset`.
  private func declares(_ name: String) -> Bool {
    Parser.declarations.contains(name)
      && (dialect.isBash || name != "declare" && name != "typeset")
  }

  private func parseSimple(line startLine: Int) throws(SyntaxProblem) -> CommandNode {
    var assignments: [Assignment] = []
    var words: [Word] = []
    var redirections: [Redirection] = []
    var aliasEnd: Int?
    var takesAssignments = false
    while true {
      let token = try peek()
      switch token {
      case .word(var word):
        if let end = aliasEnd, bytes.count - tokenStart <= end {
          aliasEnd = nil
          expandAlias()
          aliasEnd = blankAliasEnd
          guard case .word(let replaced) = try peek() else { continue }
          word = replaced
        }
        if words.isEmpty, let assignment = word.assignment {
          advance()
          assignments.append(assignment)
          continue
        }
        if words.isEmpty { aliasEnd = blankAliasEnd }
        advance()
        if words.isEmpty, dialect.hasBashisms || word.bareText != nil {
          takesAssignments = word.bareText.map { declares($0) } ?? false
        }
        words.append(try argument(word, mayAssign: takesAssignments))
        if words.count == 1, assignments.isEmpty, redirections.isEmpty,
          case .op(.openParen) = try peek()
        {
          return try parseFunction(named: word, line: startLine)
        }
      case .descriptor: redirections.append(try parseRedirection())
      case .op(let op) where op.startsRedirection:
        redirections.append(try parseRedirection())
      default:
        let command = SimpleCommand(assignments: assignments, words: words)
        return CommandNode(kind: .simple(command), redirections: redirections, line: startLine)
      }
    }
  }

  /// How much remained after the last alias, when its text ended in a blank: the word there is
  /// looked at too.
  private var blankAliasEnd: Int? {
    guard let last = openAliases.last, position <= bytes.count - last.remaining,
      bytes.count > last.remaining, bytes[bytes.count - last.remaining - 1].isBlank
    else { return nil }
    return last.remaining
  }

  private func argument(_ word: Word, mayAssign: Bool) throws(SyntaxProblem) -> Word {
    guard let assignment = word.assignment, !mayAssign else { return word }
    if case .list = assignment.value { throw problem(.unexpected(token: "(")) }
    return Word(word.parts, hasBraces: word.hasBraces)
  }

  // MARK: Redirections

  func parseRedirections() throws(SyntaxProblem) -> [Redirection] {
    var redirections: [Redirection] = []
    while true {
      switch try peek() {
      case .descriptor: redirections.append(try parseRedirection())
      case .op(let op) where op.startsRedirection: redirections.append(try parseRedirection())
      default: return redirections
      }
    }
  }

  private func parseRedirection() throws(SyntaxProblem) -> Redirection {
    var descriptor: Redirection.Descriptor?
    if case .descriptor(let found) = try peek() {
      descriptor = found
      advance()
    }
    guard case .op(let op) = try peek(), let form = op.redirection else { throw unexpected() }
    advance()
    guard case .word(let word) = try peek() else { throw missingOperand() }
    let target = Word(word.parts, hasBraces: false)
    // The delimiter's own text is what ends the document, unexpanded.
    advance()
    let redirection = Redirection(
      kind: form.kind, descriptor: descriptor ?? .number(form.descriptor), target: target)
    if form.kind == .hereDocument {
      pendingDocuments.append((redirection, op == .doubleLessDash))
    }
    return redirection
  }
}

extension Operator {
  var startsRedirection: Bool { redirection != nil }

  var redirection: (kind: Redirection.Kind, descriptor: Int)? {
    switch self {
    case .less: (.input, 0)
    case .great: (.output, 1)
    case .doubleGreat: (.append, 1)
    case .doubleLess, .doubleLessDash: (.hereDocument, 0)
    case .tripleLess: (.hereString, 0)
    case .lessAmpersand: (.duplicateInput, 0)
    case .greatAmpersand: (.duplicateOutput, 1)
    case .lessGreat: (.readWrite, 0)
    case .clobber: (.clobber, 1)
    case .ampersandGreat: (.outputAndErrors, 1)
    case .ampersandDoubleGreat: (.appendOutputAndErrors, 1)
    default: nil
    }
  }
}
