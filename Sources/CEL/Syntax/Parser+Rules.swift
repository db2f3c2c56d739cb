// The grammar's rules, one function each.
extension Parser {
  private static let comparisons: [Token.Kind: String] = [
    .less: "_<_", .lessEquals: "_<=_", .greater: "_>_", .greaterEquals: "_>=_",
    .equals: "_==_", .notEquals: "_!=_", .in: "@in",
  ]
  private static let products: [Token.Kind: String] = [
    .star: "_*_", .slash: "_/_", .percent: "_%_",
  ]
  private static let sums: [Token.Kind: String] = [.plus: "_+_", .minus: "_-_"]
  private static let comparisonSet = TokenSet(
    .less, .lessEquals, .greater, .greaterEquals, .equals, .notEquals, .in)
  private static let arithmeticSet = TokenSet(.star, .slash, .percent, .plus, .minus)

  mutating func expression(_ follow: TokenSet, mayEnd: Bool) -> Expression? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      if depth == Self.depthLimit + 1 {
        issue(0, "expression recursion limit exceeded: \(Self.depthLimit)")
      }
      return nil
    }
    let found = rule(follow, mayEnd: mayEnd) { (parser) throws(Mistake) -> Expression? in
      let condition = parser.disjunction(TokenSet(.question), mayEnd: true)
      guard parser.next.kind == .question else { return condition }
      let offset = parser.take().range.lowerBound
      let first = parser.disjunction(TokenSet(.colon), mayEnd: false)
      try parser.match(.colon, then: .expression, mayEnd: false)
      let second = parser.expression(TokenSet(), mayEnd: true)
      guard let condition, let first, let second else { return nil }
      return parser.call(offset, "_?_:_", [condition, first, second])
    }
    return found ?? nil
  }

  private mutating func disjunction(_ follow: TokenSet, mayEnd: Bool) -> Expression? {
    chain(follow, mayEnd, .or, "_||_") { $0.conjunction() }
  }

  private mutating func conjunction() -> Expression? {
    chain(TokenSet(.or), true, .and, "_&&_") { $0.relation() }
  }

  private mutating func chain(
    _ follow: TokenSet, _ mayEnd: Bool, _ kind: Token.Kind, _ function: String,
    _ part: (inout Parser) -> Expression?
  ) -> Expression? {
    let found = rule(follow, mayEnd: mayEnd) { (parser) throws(Mistake) -> Expression? in
      var left = part(&parser)
      while parser.next.kind == kind {
        let offset = parser.take().range.lowerBound
        let right = part(&parser)
        if let first = left, let right { left = parser.call(offset, function, [first, right]) }
      }
      return left
    }
    return found ?? nil
  }

  private mutating func relation() -> Expression? {
    let found = rule(TokenSet(.and), mayEnd: true) { (parser) throws(Mistake) -> Expression? in
      var left = parser.sum()
      while let function = Self.comparisons[parser.next.kind] {
        let offset = parser.take().range.lowerBound
        let right = parser.rule(Self.comparisonSet, mayEnd: true) {
          (parser) throws(Mistake) -> Expression? in parser.sum()
        }
        if let first = left, let right, let second = right {
          left = parser.call(offset, function, [first, second])
        }
      }
      return left
    }
    return found ?? nil
  }

  private mutating func sum() -> Expression? {
    let found = rule(Self.comparisonSet, mayEnd: true) {
      (parser) throws(Mistake) -> Expression? in
      var left = parser.product()
      while let function = Self.sums[parser.next.kind] {
        let offset = parser.take().range.lowerBound
        let right = parser.rule(Self.arithmeticSet, mayEnd: true) {
          (parser) throws(Mistake) -> Expression? in parser.product()
        }
        if let first = left, let right, let second = right {
          left = parser.call(offset, function, [first, second])
        }
      }
      return left
    }
    return found ?? nil
  }

  private mutating func product() -> Expression? {
    var left = unary()
    while let function = Self.products[next.kind] {
      let offset = take().range.lowerBound
      let right = rule(Self.arithmeticSet, mayEnd: true) {
        (parser) throws(Mistake) -> Expression? in parser.unary()
      }
      if let first = left, let right, let second = right {
        left = call(offset, function, [first, second])
      }
    }
    return left
  }

  private mutating func unary() -> Expression? {
    let found = rule(Self.arithmeticSet, mayEnd: true) {
      (parser) throws(Mistake) -> Expression? in
      try parser.sync(.expression)
      switch parser.next.kind {
      case .exclamation: return parser.repeated(.exclamation, "!_")
      case .minus:
        let after = parser.ahead(1).kind
        if after == .int || after == .float { return parser.member() }
        guard TokenSet.primary.has(after) else { throw parser.noViable(1) }
        return parser.repeated(.minus, "-_")
      default: return parser.member()
      }
    }
    return found ?? nil
  }

  private mutating func repeated(_ kind: Token.Kind, _ function: String) -> Expression? {
    let offset = next.range.lowerBound
    var count = 0
    repeat {
      take()
      count += 1
      syncLoop(TokenSet.primary.union(TokenSet(kind)))
    } while next.kind == kind && !(kind == .minus && [.int, .float].contains(ahead(1).kind))
    guard let operand = member() else { return nil }
    // An even number of signs is none.
    return count % 2 == 0 ? operand : call(offset, function, [operand])
  }

  private mutating func member() -> Expression? {
    let found = rule(TokenSet(), mayEnd: true) { (parser) throws(Mistake) -> Expression? in
      var left = parser.primary()
      while parser.next.kind == .dot || parser.next.kind == .leftBracket {
        left = try parser.suffix(left)
      }
      return left
    }
    return found ?? nil
  }

  private mutating func suffix(_ operand: Expression?) throws(Mistake) -> Expression? {
    if next.kind == .leftBracket { return try indexed(operand) }
    let after = ahead(1).kind
    if after == .question {
      let offset = take().range.lowerBound
      take()
      try sync(TokenSet(.identifier, .escapedIdentifier))
      guard next.kind == .identifier || next.kind == .escapedIdentifier else { throw noViable(0) }
      let field = take()
      guard let operand else { return nil }
      let name = node(field.range.lowerBound, .literal(.string(Self.fieldName(field))))
      return call(offset, "_?._", [operand, name])
    }
    guard after == .identifier || after == .escapedIdentifier else { throw noViable(1) }
    let dot = take().range.lowerBound
    let name = take()
    guard name.kind == .identifier, next.kind == .leftParenthesis else {
      return operand.map { node(dot, .select($0, field: Self.fieldName(name), isTest: false)) }
    }
    let open = next.range.lowerBound
    let arguments = try arguments()
    guard let operand, let arguments else { return nil }
    return expand(open, name.text, target: operand, arguments)
  }

  private static func fieldName(_ token: Token) -> String {
    token.kind == .escapedIdentifier ? String(token.text.dropFirst().dropLast()) : token.text
  }

  private mutating func indexed(_ operand: Expression?) throws(Mistake) -> Expression? {
    let offset = take().range.lowerBound
    try sync(.optionalExpression)
    var function = "_[_]"
    if next.kind == .question {
      take()
      function = "_[?_]"
    }
    let place = expression(TokenSet(.rightBracket), mayEnd: false)
    try match(.rightBracket, then: TokenSet(.dot, .leftBracket), mayEnd: true)
    guard let operand, let place else { return nil }
    return call(offset, function, [operand, place])
  }

  /// The arguments of a call, with their parentheses; nil after a mistake in one.
  mutating func arguments() throws(Mistake) -> [Expression]? {
    take()
    var found: [Expression]? = []
    try sync(TokenSet.expression.union(TokenSet(.rightParenthesis)))
    if next.kind != .rightParenthesis {
      let list = rule(TokenSet(.rightParenthesis), mayEnd: false) {
        (parser) throws(Mistake) -> [Expression]? in
        var list: [Expression]? = []
        while true {
          if let one = parser.expression(TokenSet(.comma), mayEnd: true) {
            list?.append(one)
          } else {
            list = nil
          }
          guard parser.next.kind == .comma else { return list }
          parser.take()
        }
      }
      found = list ?? nil
    }
    try match(.rightParenthesis, then: TokenSet(.dot, .leftBracket), mayEnd: true)
    return found
  }
}
