// What an expression is made of: names, literals, lists, maps, structures.
extension Parser {
  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "package", "namespace", "return", "var", "void", "while",
  ]

  mutating func primary() -> Expression? {
    let found = rule(TokenSet(.dot, .leftBracket), mayEnd: true) {
      (parser) throws(Mistake) -> Expression? in
      try parser.sync(.primary)
      switch parser.next.kind {
      case .leftParenthesis:
        parser.take()
        let inner = parser.expression(TokenSet(.rightParenthesis), mayEnd: false)
        try parser.match(.rightParenthesis, then: TokenSet(.dot, .leftBracket), mayEnd: true)
        return inner
      case .leftBracket: return try parser.list()
      case .leftBrace: return try parser.map()
      case .dot, .identifier: return try parser.named()
      default: return try parser.literal()
      }
    }
    return found ?? nil
  }

  private mutating func named() throws(Mistake) -> Expression? {
    let hasDot = next.kind == .dot
    guard !hasDot || ahead(1).kind == .identifier else { throw noViable(1) }
    if let end = structureEnd(hasDot ? 1 : 0) { return try structure(end) }
    if hasDot { take() }
    let token = take()
    let offset = token.range.lowerBound
    if Self.reserved.contains(token.text) { issue(offset, "reserved identifier: \(token.text)") }
    guard next.kind == .leftParenthesis else {
      return node(offset, .identifier(token.text))
    }
    let open = next.range.lowerBound
    guard let arguments = try arguments() else { return nil }
    return expand(open, token.text, target: nil, arguments)
  }

  /// How many tokens are the name of a structure whose fields follow.
  private func structureEnd(_ start: Int) -> Int? {
    var distance = start
    while ahead(distance).kind == .identifier {
      let after = ahead(distance + 1).kind
      if after == .leftBrace { return distance + 1 }
      guard after == .dot else { return nil }
      distance += 2
    }
    return nil
  }

  private mutating func structure(_ length: Int) throws(Mistake) -> Expression? {
    var name = ""
    for _ in 0..<length { name += take().text }
    let offset = take().range.lowerBound
    var fields: [Expression.FieldEntry] = []
    var isWhole = true
    try sync(TokenSet(.question, .identifier, .escapedIdentifier, .comma, .rightBrace))
    while next.kind != .comma, next.kind != .rightBrace {
      let isOptional = next.kind == .question
      if isOptional { take() }
      try sync(TokenSet(.identifier, .escapedIdentifier))
      guard next.kind == .identifier || next.kind == .escapedIdentifier else { throw noViable(0) }
      let field = take()
      let colon = next.range.lowerBound
      try match(.colon, then: .expression, mayEnd: false)
      if let value = expression(TokenSet(.comma, .rightBrace), mayEnd: false) {
        let text =
          field.kind == .identifier ? field.text : String(field.text.dropFirst().dropLast())
        fields.append(
          Expression.FieldEntry(name: text, value: value, isOptional: isOptional, offset: colon))
      } else {
        isWhole = false
      }
      guard next.kind == .comma, ahead(1).kind != .rightBrace else { break }
      take()
    }
    try closeAfterComma(.rightBrace)
    return isWhole ? node(offset, .structure(name, fields)) : nil
  }

  private mutating func closeAfterComma(_ close: Token.Kind) throws(Mistake) {
    try sync(TokenSet(.comma, close))
    if next.kind == .comma { take() }
    try match(close, then: TokenSet(.dot, .leftBracket), mayEnd: true)
  }

  private mutating func list() throws(Mistake) -> Expression? {
    let offset = take().range.lowerBound
    var elements: [Expression] = []
    var optional: Set<Int> = []
    var isWhole = true
    try sync(TokenSet.optionalExpression.union(TokenSet(.comma, .rightBracket)))
    if next.kind != .comma, next.kind != .rightBracket {
      while true {
        if next.kind == .question {
          take()
          optional.insert(elements.count)
        }
        if let one = expression(TokenSet(.comma, .rightBracket), mayEnd: false) {
          elements.append(one)
        } else {
          isWhole = false
        }
        guard next.kind == .comma, TokenSet.optionalExpression.has(ahead(1).kind) else { break }
        take()
      }
    }
    try closeAfterComma(.rightBracket)
    return isWhole ? node(offset, .list(elements, optional: optional)) : nil
  }

  private mutating func map() throws(Mistake) -> Expression? {
    let offset = take().range.lowerBound
    var entries: [Expression.MapEntry] = []
    var isWhole = true
    try sync(TokenSet.optionalExpression.union(TokenSet(.comma, .rightBrace)))
    if next.kind != .comma, next.kind != .rightBrace {
      while true {
        let isOptional = next.kind == .question
        if isOptional { take() }
        let key = expression(TokenSet(.colon), mayEnd: false)
        try match(.colon, then: .expression, mayEnd: false)
        let value = expression(TokenSet(.comma, .rightBrace), mayEnd: false)
        if let key, let value {
          entries.append(Expression.MapEntry(key: key, value: value, isOptional: isOptional))
        } else {
          isWhole = false
        }
        guard next.kind == .comma, TokenSet.optionalExpression.has(ahead(1).kind) else { break }
        take()
      }
    }
    try closeAfterComma(.rightBrace)
    return isWhole ? node(offset, .map(entries)) : nil
  }

  private mutating func literal() throws(Mistake) -> Expression? {
    let offset = next.range.lowerBound
    var sign = ""
    if next.kind == .minus {
      guard ahead(1).kind == .int || ahead(1).kind == .float else { throw noViable(1) }
      take()
      sign = "-"
    }
    let token = take()
    let value: Datum?
    var kind = ""
    switch token.kind {
    case .true: value = .bool(true)
    case .false: value = .bool(false)
    case .null: value = .null
    case .int: (value, kind) = (Self.integer(sign, token.text).map { .int($0) }, "int")
    case .uint:
      let digits = String(token.text.dropLast())
      value = Self.unsigned(digits).map { .uint($0) }
      kind = "uint"
    case .float: (value, kind) = (Double(sign + token.text).map { .double($0) }, "double")
    case .bytes: (value, kind) = (StringLiteral.bytes(token.text).map { .bytes($0) }, "bytes")
    default: (value, kind) = (StringLiteral.text(token.text).map { .string($0) }, "string")
    }
    guard let value else {
      issue(offset, "invalid \(kind) literal")
      return nil
    }
    return node(offset, .literal(value))
  }

  private static func integer(_ sign: String, _ text: String) -> Int64? {
    text.hasPrefix("0x")
      ? Int64(sign + text.dropFirst(2), radix: 16) : Int64(sign + text)
  }

  private static func unsigned(_ text: String) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }
}
