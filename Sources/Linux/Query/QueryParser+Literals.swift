extension QueryParser {
  mutating func object() throws -> Query {
    var members: [(key: Query, value: Query)] = []
    while !take("}") {
      let current = token
      position += 1
      var key: Query
      var value: Query?
      switch current {
      case .variable(let name):
        key = .literal(.string(name))
        value = .variable(name)
      case .name(let name):
        key = .literal(.string(name))
        value = .index(.identity, key)
      case .number(let number): key = .literal(.string(QueryText.number(number)))
      case .string(let raw):
        key = try string(raw, "text")
        value = .index(.identity, key)
      case .format(let name):
        if case .string(let raw) = token {
          position += 1
          key = try string(raw, name)
        } else {
          key = .format(name)
        }
        value = .index(.identity, key)
      case .symbol("("):
        key = try pipe()
        try expect(")")
      default:
        position -= 1
        throw problem()
      }
      if take(":") { value = try objectValue() }
      guard let value else { throw problem() }
      members.append((key, value))
      if !take(","), !at("}") { throw problem() }
    }
    return .object(members)
  }

  /// Values of objects: no comma, but pipes and all operators above.
  mutating func objectValue() throws -> Query {
    let left = try binary(0)
    guard take("|") else { return left }
    return .pipe(left, try objectValue())
  }

  mutating func pattern() throws -> QueryPattern {
    depth += 1
    defer { depth -= 1 }
    guard depth < 150 else { throw QueryProblem("filter nested too deeply") }
    let current = token
    position += 1
    switch current {
    case .variable(let name): return .variable(name)
    case .symbol("["):
      var parts: [QueryPattern] = []
      repeat { parts.append(try pattern()) } while take(",")
      try expect("]")
      return .array(parts)
    case .symbol("{"):
      var members: [(key: Query, variable: String?, value: QueryPattern?)] = []
      repeat {
        let inner = token
        position += 1
        switch inner {
        case .variable(let name):
          members.append((.literal(.string(name)), name, take(":") ? try pattern() : nil))
        case .name(let name):
          try expect(":")
          members.append((.literal(.string(name)), nil, try pattern()))
        case .string(let raw):
          let key = try string(raw, "text")
          try expect(":")
          members.append((key, nil, try pattern()))
        case .symbol("("):
          let key = try pipe()
          try expect(")")
          try expect(":")
          members.append((key, nil, try pattern()))
        default: throw problem()
        }
      } while take(",")
      try expect("}")
      return .object(members)
    default:
      position -= 1
      throw problem()
    }
  }

  /// A string literal's parts.
  func string(_ raw: [UInt8], _ format: String) throws -> Query {
    var parts: [QueryPart] = []
    var plain: [UInt8] = []
    func decoded() throws -> String {
      var reader = QueryReader([UInt8(ascii: "\"")] + plain + [UInt8(ascii: "\"")])
      guard let value = try? reader.next(), case .string(let text) = value else {
        throw QueryProblem("syntax error, invalid escape in string")
      }
      return text
    }
    var index = 0
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.count else {
        plain.append(raw[index])
        index += 1
        continue
      }
      guard raw[index + 1] == UInt8(ascii: "(") else {
        plain += raw[index...(index + 1)]
        index += 2
        continue
      }
      if !plain.isEmpty { parts.append(.text(try decoded())) }
      plain = []
      var open = 1
      var end = index + 2
      var isInString = false
      while end < raw.count, open > 0 {
        let byte = raw[end]
        if isInString {
          if byte == UInt8(ascii: "\\") {
            end += 1
          } else if byte == UInt8(ascii: "\"") {
            isInString = false
          }
        } else if byte == UInt8(ascii: "\"") {
          isInString = true
        } else if byte == UInt8(ascii: "(") {
          open += 1
        } else if byte == UInt8(ascii: ")") {
          open -= 1
        }
        end += 1
      }
      parts.append(.query(try Self.parse(Array(raw[(index + 2)..<max(index + 2, end - 1)]))))
      index = end
    }
    if !plain.isEmpty || parts.isEmpty { parts.append(.text(try decoded())) }
    if parts.count == 1, case .text(let text) = parts[0] { return .literal(.string(text)) }
    return .string(parts, format)
  }
}
