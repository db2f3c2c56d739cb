import Shell

/// Reads an awk program.
struct AwkParser {
  var lexer: AwkLexer
  var token = AwkToken.newline
  var program = AwkProgram()
  var locals: [String: Int] = [:]
  var functionNumbers: [String: Int] = [:]
  var undefined: [String] = []
  var depth = 0
  /// Inside the parts of a for or print where `in` and `>` mean something else.
  var forbidsIn = false
  var forbidsGreater = false

  static let builtins: Set<String> = [
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2",
    "exp", "log", "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush",
    "gensub", "systime", "strftime", "and", "or", "xor", "lshift", "rshift", "asort", "asorti",
  ]

  /// The variables that awk itself reads and sets, in slots 0, 1, ….
  static let special = [
    "NR", "NF", "FNR", "FS", "OFS", "ORS", "RS", "FILENAME", "SUBSEP", "RSTART", "RLENGTH",
    "CONVFMT", "OFMT", "ENVIRON", "ARGC", "ARGV",
  ]

  init(_ text: [UInt8]) {
    lexer = AwkLexer(text)
    for name in Self.special { _ = slot(name) }
  }

  mutating func slot(_ name: String) -> Int {
    if let known = program.slots[name] { return known }
    program.slots[name] = program.globals
    program.globals += 1
    return program.globals - 1
  }

  mutating func variable(_ name: String) -> AwkVariable {
    if let local = locals[name] { return .local(local) }
    return .global(slot(name))
  }

  func problem(_ text: String = "syntax error") -> UsageError {
    UsageError(
      "line \(lexer.line): \(text) at or near \(Self.shown(token))", hint: false, status: 2,
      busyBox: "cmd. line:\(lexer.line): Unexpected token")
  }

  static func shown(_ token: AwkToken) -> String {
    switch token {
    case .end: "end of file"
    case .newline: "end of line"
    case .name(let text), .function(let text), .keyword(let text), .symbol(let text): text
    case .number(let value):
      String(decoding: AwkNumber.text(value, Array("%.6g".utf8)), as: UTF8.self)
    case .string(let bytes): "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    case .pattern(let bytes): "/" + String(decoding: bytes, as: UTF8.self) + "/"
    }
  }

  mutating func advance() throws {
    let allowsPattern: Bool
    switch token {
    case .number, .string, .pattern, .name, .symbol(")"), .symbol("]"), .symbol("$"),
      .symbol("++"), .symbol("--"):
      allowsPattern = false
    default: allowsPattern = true
    }
    token = try lexer.next(allowsPattern: allowsPattern)
  }

  func at(_ symbol: String) -> Bool { token == .symbol(symbol) }

  mutating func take(_ symbol: String) throws -> Bool {
    guard at(symbol) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: String) throws {
    guard try take(symbol) else { throw problem() }
  }

  mutating func skipNewlines() throws { while token == .newline { try advance() } }
  mutating func skipEnds() throws {
    while token == .newline || at(";") { try advance() }
  }

  mutating func parse() throws -> AwkProgram {
    try advance()
    try skipEnds()
    while token != .end {
      try item()
      try skipEnds()
    }
    if let name = undefined.first(where: {
      functionNumbers[$0].map { program.functions[$0].name.isEmpty } ?? true
    }) {
      throw UsageError(
        "function \(name) never defined", hint: false, status: 2,
        busyBox: "cmd. line:\(lexer.line): Call to undefined function")
    }
    return program
  }

  mutating func item() throws {
    switch token {
    case .keyword("BEGIN"):
      try advance()
      program.begin += try block()
    case .keyword("END"):
      try advance()
      program.hasEnd = true
      program.end += try block()
    case .keyword("function"), .keyword("func"): try function()
    default:
      var rule = AwkRule()
      if !at("{") {
        rule.first = try expression()
        if try take(",") {
          try skipNewlines()
          rule.second = try expression()
        }
      }
      if at("{") { rule.body = try block() }
      program.rules.append(rule)
    }
  }

  mutating func number(ofFunction name: String) -> Int {
    if let known = functionNumbers[name] { return known }
    functionNumbers[name] = program.functions.count
    program.functions.append(AwkFunction(name: "", parameters: 0, body: []))
    return program.functions.count - 1
  }

  mutating func function() throws {
    try advance()
    let name: String
    switch token {
    case .name(let text), .function(let text): name = text
    default: throw problem()
    }
    try advance()
    try expect("(")
    locals = [:]
    while case .name(let parameter) = token {
      locals[parameter] = locals.count
      try advance()
      if try !take(",") { break }
      try skipNewlines()
    }
    try expect(")")
    try skipNewlines()
    let number = number(ofFunction: name)
    let parameters = locals.count
    program.functions[number].name = name
    program.functions[number].parameters = parameters
    let body = try block()
    program.functions[number].body = body
    locals = [:]
  }

  mutating func block() throws -> [AwkStatement] {
    try skipNewlines()
    try expect("{")
    var body: [AwkStatement] = []
    try skipEnds()
    while !at("}") {
      if token == .end { throw problem() }
      body += try statement()
      try skipEnds()
    }
    try advance()
    return body
  }

  mutating func endStatement() throws {
    if token == .newline || at(";") {
      try advance()
    } else if !at("}"), token != .end {
      throw problem()
    }
  }

  /// The one statement, or none, behind if, else, while, for and do.
  mutating func body() throws -> [AwkStatement] {
    try skipNewlines()
    if try take(";") { return [] }
    return try statement()
  }

  mutating func statement() throws -> [AwkStatement] {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw problem("program nested too deeply") }
    if at("{") { return try block() }
    guard case .keyword(let word) = token else {
      let found = try simple()
      try endStatement()
      return [found]
    }
    switch word {
    case "if": return [try ifStatement()]
    case "while":
      try advance()
      try expect("(")
      let condition = try expression()
      try expect(")")
      return [.while(condition, try body())]
    case "do":
      try advance()
      let repeated = try body()
      try skipEnds()
      guard token == .keyword("while") else { throw problem() }
      try advance()
      try expect("(")
      let condition = try expression()
      try expect(")")
      try endStatement()
      return [.doWhile(repeated, condition)]
    case "for": return [try forStatement()]
    default:
      let found = try simple()
      try endStatement()
      return [found]
    }
  }

  mutating func ifStatement() throws -> AwkStatement {
    try advance()
    try expect("(")
    let condition = try expression()
    try expect(")")
    let then = try body()
    // An else may stand behind newlines and one semicolon.
    let saved = (lexer, token)
    try skipEnds()
    if token == .keyword("else") {
      try advance()
      return .if(condition, then, try body())
    }
    (lexer, token) = saved
    return .if(condition, then, [])
  }

  mutating func forStatement() throws -> AwkStatement {
    try advance()
    try expect("(")
    let saved = (lexer, token)
    if case .name(let name) = token {
      try advance()
      if token == .keyword("in") {
        try advance()
        if case .name(let array) = token {
          try advance()
          if try take(")") {
            let key = variable(name)
            let values = variable(array)
            return .forIn(key, values, try body())
          }
        }
      }
      (lexer, token) = saved
    }
    let start: [AwkStatement] = at(";") ? [] : [try simple()]
    try expect(";")
    try skipNewlines()
    let condition = at(";") ? nil : try expression()
    try expect(";")
    try skipNewlines()
    let step: [AwkStatement] = at(")") ? [] : [try simple()]
    try expect(")")
    return .for(start, condition, step, try body())
  }

  mutating func simple() throws -> AwkStatement {
    guard case .keyword(let word) = token else { return .expression(try expression()) }
    switch word {
    case "print", "printf":
      try advance()
      return try print(isFormatted: word == "printf")
    case "next", "nextfile":
      try advance()
      return .next
    case "break":
      try advance()
      return .break
    case "continue":
      try advance()
      return .continue
    case "exit", "return":
      try advance()
      let isBare = token == .newline || token == .end || at(";") || at("}")
      let value = isBare ? nil : try expression()
      return word == "exit" ? .exit(value) : .return(value)
    case "delete":
      try advance()
      guard case .name(let name) = token else { throw problem() }
      try advance()
      let array = variable(name)
      guard try take("[") else { return .delete(array, nil) }
      let keys = try list(until: "]")
      return .delete(array, keys)
    default: return .expression(try expression())
    }
  }

  mutating func print(isFormatted: Bool) throws -> AwkStatement {
    forbidsGreater = true
    defer { forbidsGreater = false }
    var values: [AwkExpression] = []
    let isBare =
      token == .newline || token == .end || at(";") || at("}") || at(">") || at("|")
      || at(">>")
    if !isBare {
      values.append(try expression())
      while try take(",") {
        try skipNewlines()
        values.append(try expression())
      }
    }
    if values.count == 1, case .grouping(let inner) = values[0] { values = inner }
    var redirection: AwkRedirection?
    for (symbol, kind) in [(">", AwkRedirection.Kind.write), (">>", .append), ("|", .pipe)]
    where at(symbol) {
      try advance()
      redirection = AwkRedirection(kind: kind, target: try concatenation())
      break
    }
    return isFormatted ? .printf(values, redirection) : .print(values, redirection)
  }

  mutating func list(until close: String) throws -> [AwkExpression] {
    let saved = (forbidsIn, forbidsGreater)
    (forbidsIn, forbidsGreater) = (false, false)
    defer { (forbidsIn, forbidsGreater) = saved }
    var found: [AwkExpression] = []
    try skipNewlines()
    while !at(close) {
      found.append(try expression())
      try skipNewlines()
      if try !take(",") { break }
      try skipNewlines()
    }
    try expect(close)
    return found
  }
}
