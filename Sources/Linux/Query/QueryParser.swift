/// Reads jq filters.
struct QueryParser {
  let tokens: [QueryToken]
  var position = 0
  var depth = 0

  init(_ text: [UInt8]) throws { tokens = try QueryLexer.tokens(text) }

  var token: QueryToken { position < tokens.count ? tokens[position] : .end }
  func at(_ symbol: String) -> Bool { token == .symbol(symbol) }
  func atWord(_ word: String) -> Bool { token == .name(word) }

  mutating func take(_ symbol: String) -> Bool {
    guard at(symbol) else { return false }
    position += 1
    return true
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard atWord(word) else { return false }
    position += 1
    return true
  }

  var shown: String {
    switch token {
    case .end: "end of file"
    case .symbol(let text): "'\(text)'"
    case .name(let text): text
    case .field: "FIELD"
    case .number: "LITERAL"
    case .string: "QQSTRING_START"
    case .variable: "'$'"
    case .format: "FORMAT"
    }
  }

  func problem() -> QueryProblem {
    QueryProblem("syntax error, unexpected \(shown) (Unix shell quoting issues?)")
  }

  mutating func expect(_ symbol: String) throws {
    guard take(symbol) else { throw problem() }
  }

  mutating func expectWord(_ word: String) throws {
    guard takeWord(word) else { throw problem() }
  }

  static func parse(_ text: [UInt8]) throws -> Query {
    var parser = try QueryParser(text)
    if parser.token == .end { return .identity }
    let query = try parser.pipe()
    guard parser.token == .end else { throw parser.problem() }
    return query
  }

  /// Definitions only, for the library.
  static func definitions(_ text: String) throws -> [QueryFunction] {
    var parser = try QueryParser(Array(text.utf8))
    var found: [QueryFunction] = []
    while parser.atWord("def") { found.append(try parser.definition()) }
    return found
  }

  mutating func definition() throws -> QueryFunction {
    try expectWord("def")
    guard case .name(let name) = token else { throw problem() }
    position += 1
    var parameters: [String] = []
    if take("(") {
      repeat {
        switch token {
        case .name(let parameter): parameters.append(parameter)
        case .variable(let parameter): parameters.append("$" + parameter)
        default: throw problem()
        }
        position += 1
      } while take(";")
      try expect(")")
    }
    try expect(":")
    let body = try pipe()
    try expect(";")
    return QueryFunction(name: name, parameters: parameters, body: body)
  }

  mutating func pipe() throws -> Query {
    depth += 1
    defer { depth -= 1 }
    guard depth < 150 else { throw QueryProblem("filter nested too deeply") }
    if atWord("def") {
      let function = try definition()
      return .define(function, try pipe())
    }
    if takeWord("label") {
      guard case .variable(let name) = token else { throw problem() }
      position += 1
      try expect("|")
      return .label(name, try pipe())
    }
    let left = try comma()
    if takeWord("as") {
      let pattern = try pattern()
      try expect("|")
      return .bind(left, pattern, try pipe())
    }
    guard take("|") else { return left }
    return .pipe(left, try pipe())
  }

  mutating func comma() throws -> Query {
    var left = try binary(0)
    while take(",") { left = .comma(left, try binary(0)) }
    return left
  }

  static let levels: [[String]] = [
    ["//"], ["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="], ["or"], ["and"],
    ["==", "!=", "<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"],
  ]

  func operation(_ level: Int) -> String? {
    switch token {
    case .symbol(let text) where Self.levels[level].contains(text): text
    case .name(let text) where Self.levels[level].contains(text): text
    default: nil
    }
  }

  mutating func binary(_ level: Int) throws -> Query {
    guard level < Self.levels.count else { return try postfix() }
    let left = try binary(level + 1)
    switch level {
    case 0:  // right-associative
      guard operation(0) != nil else { return left }
      position += 1
      return .alternative(left, try binary(0))
    case 1, 4:  // not associative
      guard let text = operation(level) else { return left }
      position += 1
      let right = try level == 1 ? binary(0) : binary(level + 1)
      return level == 1 ? .assign(text, left, right) : .binary(text, left, right)
    default:
      var result = left
      while let text = operation(level) {
        position += 1
        let right = try binary(level + 1)
        switch text {
        case "or": result = .or(result, right)
        case "and": result = .and(result, right)
        default: result = .binary(text, result, right)
        }
      }
      return result
    }
  }

  /// A term, which may be bound without parentheses: `. as $x | …`.
  mutating func postfix() throws -> Query {
    let term = try postfixOnly()
    guard takeWord("as") else { return term }
    let pattern = try pattern()
    try expect("|")
    return .bind(term, pattern, try pipe())
  }

  mutating func bracket(_ term: Query) throws -> Query {
    if take("]") { return .iterate(term) }
    if take(":") {
      let end = try pipe()
      try expect("]")
      return .slice(term, nil, end)
    }
    let first = try pipe()
    if take(":") {
      if take("]") { return .slice(term, first, nil) }
      let end = try pipe()
      try expect("]")
      return .slice(term, first, end)
    }
    try expect("]")
    return .index(term, first)
  }

  mutating func primary() throws -> Query {
    depth += 1
    defer { depth -= 1 }
    guard depth < 150 else { throw QueryProblem("filter nested too deeply") }
    let current = token
    position += 1
    switch current {
    case .number(let value): return .literal(.number(value))
    case .string(let raw): return try string(raw, "text")
    case .format(let name):
      if case .string(let raw) = token {
        position += 1
        return try string(raw, name)
      }
      return .format(name)
    case .field(let name): return .index(.identity, .literal(.string(name)))
    case .variable(let name): return .variable(name)
    case .symbol("."):
      if case .string(let raw) = token {
        position += 1
        return .index(.identity, try string(raw, "text"))
      }
      return .identity
    case .symbol(".."): return .recurse
    case .symbol("-"): return .negate(try postfix())
    case .symbol("("):
      let inner = try pipe()
      try expect(")")
      return inner
    case .symbol("["):
      if take("]") { return .array(nil) }
      let inner = try pipe()
      try expect("]")
      return .array(inner)
    case .symbol("{"): return try object()
    case .name(let name): return try word(name)
    default:
      position -= 1
      throw problem()
    }
  }

  mutating func word(_ name: String) throws -> Query {
    switch name {
    case "null": return .literal(.null)
    case "true": return .literal(.bool(true))
    case "false": return .literal(.bool(false))
    case "if":
      let condition = try pipe()
      try expectWord("then")
      return try rest(of: condition)
    case "try":
      let body = try postfixOnly()
      return .attempt(body, takeWord("catch") ? try postfixOnly() : .call("empty", []))
    case "reduce", "foreach":
      let source = try postfixOnly()
      try expectWord("as")
      let pattern = try pattern()
      try expect("(")
      let start = try pipe()
      try expect(";")
      let update = try pipe()
      var extract: Query?
      if name == "foreach", take(";") { extract = try pipe() }
      try expect(")")
      return name == "reduce"
        ? .reduce(source, pattern, start, update)
        : .foreach(source, pattern, start, update, extract)
    case "break":
      guard case .variable(let label) = token else { throw problem() }
      position += 1
      return .leave(label)
    case "def":
      position -= 1
      return try pipe()
    default:
      var arguments: [Query] = []
      if take("(") {
        repeat { arguments.append(try pipe()) } while take(";")
        try expect(")")
      }
      return .call(name, arguments)
    }
  }

  /// A term with its suffixes, but an `as` behind it is not its own.
  mutating func postfixOnly() throws -> Query {
    var term = try primary()
    // What stands in parentheses is tried as a whole.
    var hasSteps = false
    while true {
      switch token {
      case .field(let name):
        position += 1
        term = .index(term, .literal(.string(name)))
      case .symbol("."):
        position += 1
        if case .string(let raw) = token {
          position += 1
          term = .index(term, try string(raw, "text"))
        } else if at("[") {
          continue
        } else {
          throw problem()
        }
      case .symbol("["):
        position += 1
        term = try bracket(term)
      case .symbol("?"):
        position += 1
        term = hasSteps ? term.quiet : .attempt(term, nil)
      default: return term
      }
      hasSteps = true
    }
  }

  mutating func rest(of condition: Query) throws -> Query {
    let then = try pipe()
    if takeWord("elif") {
      let next = try pipe()
      try expectWord("then")
      return .conditional(condition, then, try rest(of: next))
    }
    var otherwise: Query?
    if takeWord("else") { otherwise = try pipe() }
    try expectWord("end")
    return .conditional(condition, then, otherwise)
  }
}
