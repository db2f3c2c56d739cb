import Shell

extension AwkParser {
  mutating func expression() throws -> AwkExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw problem("program nested too deeply") }
    let left = try conditional()
    guard case .symbol(let symbol) = token, isAssignable(left) else { return left }
    if symbol == "=" {
      try advance()
      try skipNewlines()
      return .assign(left, try expression())
    }
    let operators: [String: AwkOperator] = [
      "+=": .add, "-=": .subtract, "*=": .multiply, "/=": .divide, "%=": .modulo, "^=": .power,
    ]
    guard let operation = operators[symbol] else { return left }
    try advance()
    try skipNewlines()
    return .modify(operation, left, try expression())
  }

  func isAssignable(_ expression: AwkExpression) -> Bool {
    switch expression {
    case .variable, .element, .field: true
    default: false
    }
  }

  mutating func conditional() throws -> AwkExpression {
    let condition = try or()
    guard try take("?") else { return condition }
    try skipNewlines()
    let then = try expression()
    try skipNewlines()
    try expect(":")
    try skipNewlines()
    return .conditional(condition, then, try expression())
  }

  mutating func or() throws -> AwkExpression {
    var left = try and()
    while try take("||") {
      try skipNewlines()
      left = .or(left, try and())
    }
    return left
  }

  mutating func and() throws -> AwkExpression {
    var left = try membership()
    while try take("&&") {
      try skipNewlines()
      left = .and(left, try membership())
    }
    return left
  }

  mutating func membership() throws -> AwkExpression {
    var left = try matching()
    while token == .keyword("in"), !forbidsIn {
      try advance()
      guard case .name(let name) = token else { throw problem() }
      try advance()
      var keys = [left]
      if case .grouping(let inner) = left { keys = inner }
      left = .contains(keys, variable(name))
    }
    return left
  }

  mutating func matching() throws -> AwkExpression {
    var left = try comparison()
    while at("~") || at("!~") {
      let isNegated = at("!~")
      try advance()
      left = .match(left, try comparison(), isNegated: isNegated)
    }
    return left
  }

  mutating func comparison() throws -> AwkExpression {
    let left = try concatenation()
    let operators: [String: AwkOperator] = [
      "<": .less, "<=": .lessEqual, "==": .equal, "!=": .notEqual, ">": .greater,
      ">=": .greaterEqual,
    ]
    guard case .symbol(let symbol) = token, let operation = operators[symbol],
      !(symbol == ">" && forbidsGreater)
    else {
      return try pipedGetline(left)
    }
    try advance()
    return .binary(operation, left, try concatenation())
  }

  mutating func pipedGetline(_ left: AwkExpression) throws -> AwkExpression {
    var left = left
    while at("|") {
      let saved = (lexer, token)
      try advance()
      guard token == .keyword("getline") else {
        (lexer, token) = saved
        return left
      }
      try advance()
      left = .getline(try getlineTarget(), file: nil, command: left)
    }
    return left
  }

  mutating func getlineTarget() throws -> AwkExpression? {
    switch token {
    case .name, .symbol("$"): return try primary()
    default: return nil
    }
  }

  var beginsOperand: Bool {
    switch token {
    case .number, .string, .name, .function, .pattern: true
    case .symbol(let symbol): ["$", "!", "(", "-", "+", "++", "--"].contains(symbol)
    default: false
    }
  }

  mutating func concatenation() throws -> AwkExpression {
    var left = try additive()
    while beginsOperand, !at("+"), !at("-") {
      if token == .keyword("in") { break }
      left = .concatenate(left, try additive())
    }
    return left
  }

  mutating func additive() throws -> AwkExpression {
    var left = try multiplicative()
    while at("+") || at("-") {
      let operation: AwkOperator = at("+") ? .add : .subtract
      try advance()
      left = .binary(operation, left, try multiplicative())
    }
    return left
  }

  mutating func multiplicative() throws -> AwkExpression {
    var left = try unary()
    while at("*") || at("/") || at("%") {
      let operation: AwkOperator = at("*") ? .multiply : at("/") ? .divide : .modulo
      try advance()
      left = .binary(operation, left, try unary())
    }
    return left
  }

  mutating func unary() throws -> AwkExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw problem("program nested too deeply") }
    if try take("!") { return .not(try unary()) }
    if try take("-") { return .negate(try unary()) }
    if try take("+") { return .plus(try unary()) }
    return try power()
  }

  mutating func power() throws -> AwkExpression {
    let base = try postfix()
    guard try take("^") else { return base }
    // Right-associative, and binds closer than a minus on its left but not on its right.
    if try take("-") { return .binary(.power, base, .negate(try power())) }
    return .binary(.power, base, try power())
  }

  mutating func postfix() throws -> AwkExpression {
    let operand = try primary()
    guard isAssignable(operand) else { return operand }
    if try take("++") { return .step(operand, 1, isPostfix: true) }
    if try take("--") { return .step(operand, -1, isPostfix: true) }
    return operand
  }

  mutating func primary() throws -> AwkExpression {
    let current = token
    switch current {
    case .number(let value):
      try advance()
      return .number(value)
    case .string(let bytes):
      try advance()
      return .string(bytes)
    case .pattern(let bytes):
      try advance()
      return .pattern(try expression(bytes))
    case .symbol("("):
      try advance()
      let inner = try list(until: ")")
      guard !inner.isEmpty else { throw problem() }
      return .grouping(inner)
    case .symbol("$"):
      try advance()
      if try take("++") { return .field(.step(try primary(), 1, isPostfix: false)) }
      if try take("-") { return .field(.negate(try primary())) }
      return .field(try primary())
    case .symbol("++"), .symbol("--"):
      try advance()
      return .step(try primary(), current == .symbol("++") ? 1 : -1, isPostfix: false)
    case .symbol("-"), .symbol("+"), .symbol("!"): return try unary()
    case .keyword("getline"):
      try advance()
      let target = try getlineTarget()
      let file = try take("<") ? try primary() : nil
      return .getline(target, file: file, command: nil)
    case .name(let name):
      try advance()
      if name == "length" { return .builtin("length", []) }
      if try take("[") {
        let array = variable(name)
        return .element(array, try list(until: "]"))
      }
      return .variable(variable(name))
    case .function(let name):
      try advance()
      try expect("(")
      let arguments = try list(until: ")")
      if Self.builtins.contains(name) { return .builtin(name, arguments) }
      undefined.append(name)
      return .call(number(ofFunction: name), arguments)
    default: throw problem()
    }
  }

  func expression(_ pattern: [UInt8]) throws -> RegularExpression {
    do { return try RegularExpression(pattern, .awk) } catch {
      throw UsageError(
        "\(error.text): /\(String(decoding: pattern, as: UTF8.self))/", hint: false, status: 2)
    }
  }
}
