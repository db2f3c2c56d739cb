/// Reads a script one line of commands at a time, as a shell does: what a line defines (an alias)
/// counts from the next line on, and a mistake stops only what follows it.
package final class Parser {
  var bytes: [UInt8]
  var position = 0
  var line: Int
  let dialect: Dialect
  var allowsExtendedGlobs: Bool
  let alias: (String) -> String?

  var peeked: Token?
  /// Where the peeked token begins.
  var tokenStart = 0
  var pendingDocuments: [(redirection: Redirection, stripsTabs: Bool)] = []
  /// Aliases being expanded: each ends where so many bytes remain.
  var openAliases: [(name: String, remaining: Int)] = []
  var depth: Int
  /// The text ended in a here-document or after a backslash: complete enough to run, but a person
  /// who types may go on.
  package internal(set) var endsOpen = false
  /// Warnings to print before the commands run.
  package internal(set) var warnings: [(line: Int, text: String)] = []

  static let depthLimit = 150

  package init(
    _ text: String, dialect: Dialect, line: Int = 1, allowsExtendedGlobs: Bool = false,
    depth: Int = 0, alias: @escaping (String) -> String? = { _ in nil }
  ) {
    bytes = Array(text.utf8)
    self.dialect = dialect
    self.line = line
    self.allowsExtendedGlobs = allowsExtendedGlobs
    self.depth = depth
    self.alias = alias
  }

  /// The whole script and what is wrong with it; what stands before the first problem is kept.
  package static func parse(_ text: String, dialect: Dialect)
    -> (script: [Statement], problems: [SyntaxProblem])
  {
    let parser = Parser(text, dialect: dialect)
    var script: [Statement] = []
    do {
      while let line = try parser.nextLine() { script += line }
      return (script, [])
    } catch {
      return (script, [error])
    }
  }

  /// The commands up to the next newline; nil at the end of the text.
  package func nextLine() throws(SyntaxProblem) -> [Statement]? {
    try skipNewlines()
    if case .end = try peek() { return nil }
    var statements: [Statement] = []
    while true {
      statements.append(try parseStatement())
      switch try peek() {
      case .op(.semicolon), .op(.ampersand):
        advance()
        switch try peek() {
        case .newline:
          advance()
          return statements
        case .end: return statements
        default: continue
        }
      case .newline:
        advance()
        return statements
      case .end: return statements
      default: throw unexpected()
      }
    }
  }

  /// The text of a line, for the second half of bash's complaint.
  package func text(ofLine wanted: Int, startingAt first: Int = 1) -> String {
    var current = first
    var start = 0
    while current < wanted, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      start = end + 1
      current += 1
    }
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  // MARK: Tokens

  func peek() throws(SyntaxProblem) -> Token {
    if let peeked { return peeked }
    let token = try readToken()
    peeked = token
    return token
  }

  func advance() { peeked = nil }

  func skipNewlines() throws(SyntaxProblem) {
    while case .newline = try peek() { advance() }
  }

  /// Whether the next token is this reserved word; it is taken when it is.
  func take(word: String) throws(SyntaxProblem) -> Bool {
    guard case .word(let found) = try peek(), found.bareText == word else { return false }
    advance()
    return true
  }

  func take(_ op: Operator) throws(SyntaxProblem) -> Bool {
    guard case .op(op) = try peek() else { return false }
    advance()
    return true
  }

  func expect(word: String) throws(SyntaxProblem) {
    if try take(word: word) { return }
    throw unexpected(expecting: word)
  }

  func expect(_ op: Operator) throws(SyntaxProblem) {
    if try take(op) { return }
    throw unexpected(expecting: op.rawValue)
  }

  func enter() throws(SyntaxProblem) {
    depth += 1
    if depth > Parser.depthLimit { throw problem(.tooDeep) }
  }

  func leave() { depth -= 1 }

  // MARK: Problems

  func problem(_ reason: SyntaxProblem.Reason, isIncomplete: Bool = false) -> SyntaxProblem {
    let limit = min(position, bytes.count)
    let lineStart = bytes[..<limit].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return SyntaxProblem(
      reason: reason, line: line, column: limit - lineStart + 1, isIncomplete: isIncomplete)
  }

  func unclosed(_ mark: String) -> SyntaxProblem { problem(.unclosed(mark), isIncomplete: true) }

  /// The complaint about the next token.
  func unexpected(expecting: String? = nil) -> SyntaxProblem {
    switch peeked ?? .end {
    case .end:
      var found = problem(.unexpectedEnd(expecting: expecting), isIncomplete: true)
      // bash reads on, and finds the end on the line after the last.
      if dialect.isBash, bytes.last != UInt8(ascii: "\n") { found.line += 1 }
      return found
    case .newline:
      var found = problem(.unexpected(token: "newline"))
      found.line = max(1, line - 1)
      return found
    case .op(let op):
      let isRedirection = op.rawValue.contains { $0 == "<" || $0 == ">" }
      let shown = isRedirection && !dialect.isBash ? "redirection" : op.rawValue
      return problem(.unexpected(token: shown, expecting: expecting))
    case .word, .descriptor:
      let text = String(decoding: bytes[tokenStart..<position], as: UTF8.self)
      // dash names the kind of a token that is no word of the grammar.
      let isPlain = !dialect.isBash && !Self.reserved.contains(text)
      return problem(.unexpected(token: isPlain ? "word" : text, expecting: expecting))
    }
  }

  private static let reserved: Set<String> = [
    "!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until",
    "while", "{", "}",
  ]

  /// The complaint about a missing operand: to bash the end of a line, whatever follows.
  func missingOperand() -> SyntaxProblem {
    guard dialect.isBash, case .end? = peeked else { return unexpected() }
    return problem(.unexpected(token: "newline"))
  }

  func slice(from start: Int, to end: Int) -> String {
    guard start < end, end <= bytes.count else { return "" }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// What the grammar is made of.
enum Token {
  case word(Word)
  /// Digits or `{name}` right before `<` or `>`.
  case descriptor(Redirection.Descriptor)
  case op(Operator)
  case newline
  case end
}

/// The operators of the shell, longest first where one begins another.
enum Operator: String {
  case andIf = "&&"
  case orIf = "||"
  case doubleSemicolon = ";;"
  case semicolonAmpersand = ";&"
  case doubleSemicolonAmpersand = ";;&"
  case semicolon = ";"
  case ampersand = "&"
  case pipe = "|"
  case pipeBoth = "|&"
  case openParen = "("
  case closeParen = ")"
  case less = "<"
  case great = ">"
  case doubleGreat = ">>"
  case doubleLess = "<<"
  case doubleLessDash = "<<-"
  case tripleLess = "<<<"
  case lessAmpersand = "<&"
  case greatAmpersand = ">&"
  case lessGreat = "<>"
  case clobber = ">|"
  case ampersandGreat = "&>"
  case ampersandDoubleGreat = "&>>"
}

extension Parser {
  func forgetWarnings() { warnings = [] }
}
