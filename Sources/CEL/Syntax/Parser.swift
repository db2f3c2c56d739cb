/// Reads an expression by the language's grammar, and goes on after mistakes as ANTLR's generated
/// parsers do, so that the same mistakes are told in the same words.
package struct Parser {
  struct Mistake: Error {
    let offset: Int
    let message: String
  }

  private struct Invocation {
    /// What may follow the rule within the one that invoked it.
    let follow: TokenSet
    /// Whether that one may be at its end then.
    let mayEnd: Bool
  }

  let source: Source
  let macros: [Macro]
  private let tokens: [Token]
  private var index = 0
  private var stack: [Invocation] = []
  private var isRecovering = false
  private var lastErrorIndex = -1
  private(set) var issues: [Issue]
  private var nextID = 0
  var depth = 0

  private static let sizeLimit = 100_000
  static let depthLimit = 250

  private init(_ source: Source, _ macros: [Macro]) {
    self.source = source
    self.macros = macros
    let lexer = Lexer(source)
    tokens = lexer.tokens
    issues = lexer.issues
  }

  package static func parse(
    _ source: Source, macros: [Macro]
  ) throws(CompilationError) -> Expression {
    guard source.scalars.count <= sizeLimit else {
      throw CompilationError(
        [
          Issue(
            0,
            "expression code point size exceeds limit: size: \(source.scalars.count), "
              + "limit \(sizeLimit)")
        ], in: Source(""))
    }
    var parser = Parser(source, macros)
    let parsed = parser.rule(TokenSet(), mayEnd: true) { parser throws(Mistake) in
      let found = parser.expression(TokenSet(.end), mayEnd: false)
      try parser.match(.end, then: TokenSet(), mayEnd: true)
      return found
    }
    guard parser.issues.isEmpty, let root = parsed ?? nil else {
      throw CompilationError(parser.issues, in: source)
    }
    return root
  }

  // MARK: tokens

  var next: Token { tokens[min(index, tokens.count - 1)] }
  func ahead(_ distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  mutating func consume() { if index < tokens.count - 1 { index += 1 } }

  /// Takes what a rule's decision has already looked at.
  @discardableResult mutating func take() -> Token {
    let token = next
    isRecovering = false
    consume()
    return token
  }

  mutating func match(_ kind: Token.Kind, then: TokenSet, mayEnd: Bool) throws(Mistake) {
    if next.kind == kind {
      take()
      return
    }
    if deleteOne(expecting: TokenSet(kind)) {
      take()
      return
    }
    if mayFollow(then, mayEnd).has(next.kind) {
      if !isRecovering {
        isRecovering = true
        syntaxError(next.range.lowerBound, "missing \(kind.display) at \(next.display)")
      }
      return
    }
    throw mismatch(TokenSet(kind))
  }

  /// Before a decision: what comes must be able to begin one of its alternatives.
  mutating func sync(_ expected: TokenSet) throws(Mistake) {
    if isRecovering || expected.has(next.kind) { return }
    if deleteOne(expecting: expected) { return }
    throw mismatch(expected)
  }

  /// Within a loop that must go on: what is in the way is skipped.
  mutating func syncLoop(_ expected: TokenSet) {
    if isRecovering || expected.has(next.kind) { return }
    report(unwanted: expected)
    skip(to: expected.union(recoverySet))
  }

  private mutating func deleteOne(expecting: TokenSet) -> Bool {
    guard next.kind != .end, expecting.has(ahead(1).kind) else { return false }
    report(unwanted: expecting)
    consume()
    isRecovering = false
    return true
  }

  // MARK: mistakes

  private func mismatch(_ expected: TokenSet) -> Mistake {
    Mistake(
      offset: next.range.lowerBound,
      message: "mismatched input \(next.display) expecting \(expected.display)")
  }

  func noViable(_ distance: Int) -> Mistake {
    let bad = ahead(distance)
    let end = bad.kind == .end ? ahead(max(distance - 1, 0)).range.upperBound : bad.range.upperBound
    let text =
      next.kind == .end
      ? "<EOF>" : source.text(next.range.lowerBound..<max(end, next.range.lowerBound))
    let shown = Token(kind: .string, range: next.range, text: text).display
    return Mistake(
      offset: bad.range.lowerBound, message: "no viable alternative at input \(shown)")
  }

  private mutating func report(unwanted expected: TokenSet) {
    guard !isRecovering else { return }
    isRecovering = true
    syntaxError(
      next.range.lowerBound, "extraneous input \(next.display) expecting \(expected.display)")
  }

  mutating func syntaxError(_ offset: Int, _ message: String) {
    issues.append(Issue(offset, "Syntax error: " + message))
  }

  mutating func issue(_ offset: Int, _ message: String) { issues.append(Issue(offset, message)) }

  private var recoverySet: TokenSet {
    stack.reduce(TokenSet()) { $0.union($1.follow) }
  }

  private func mayFollow(_ local: TokenSet, _ mayEnd: Bool) -> TokenSet {
    var set = local
    guard mayEnd else { return set }
    for invocation in stack.reversed() {
      set.formUnion(invocation.follow)
      if !invocation.mayEnd { break }
    }
    return set
  }

  private mutating func skip(to set: TokenSet) {
    while next.kind != .end, !set.has(next.kind) { consume() }
  }

  /// Runs a rule; a mistake in it is reported, and what cannot follow the rule is skipped.
  mutating func rule<Result>(
    _ follow: TokenSet, mayEnd: Bool,
    _ body: (inout Parser) throws(Mistake) -> Result
  ) -> Result? {
    stack.append(Invocation(follow: follow, mayEnd: mayEnd))
    defer { stack.removeLast() }
    do throws(Mistake) {
      return try body(&self)
    } catch {
      if !isRecovering {
        isRecovering = true
        syntaxError(error.offset, error.message)
      }
      if lastErrorIndex == index { consume() }
      lastErrorIndex = index
      skip(to: recoverySet)
      return nil
    }
  }

  // MARK: nodes

  mutating func node(_ offset: Int, _ form: Expression.Form) -> Expression {
    nextID += 1
    return Expression(id: nextID, offset: offset, form)
  }

  mutating func call(
    _ offset: Int, _ function: String, _ arguments: [Expression]
  ) -> Expression {
    node(offset, .call(function, target: nil, arguments))
  }
}
