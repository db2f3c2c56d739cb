import Shell

/// An expression of yq's language (mikefarah's, version 4).
indirect enum YAMLExpression {
  case identity
  case field(YAMLExpression, String)
  case optionalIndex(YAMLExpression, YAMLExpression)
  case slice(YAMLExpression, YAMLExpression?, YAMLExpression?)
  case each(YAMLExpression)
  case descend(YAMLExpression, keys: Bool)
  case literal(text: String, isString: Bool)
  case sequence(YAMLExpression?)
  case mapping([(key: YAMLExpression, value: YAMLExpression)])
  case pipe(YAMLExpression, YAMLExpression)
  case binary(String, YAMLExpression, YAMLExpression)
  case call(String, [YAMLExpression])
  case bind(YAMLExpression, String, YAMLExpression)
  case reduce(YAMLExpression, String, YAMLExpression, YAMLExpression)
  case variable(String)
  case negation(YAMLExpression)
}

/// What yq says of an expression or of what it does, behind `Error: `.
struct YAMLQueryError: Error {
  let text: String
}

/// Reads expressions.
struct YAMLExpressionParser {
  enum Token: Equatable {
    case symbol(String)
    case name(String)
    case field(String)
    case string(String)
    case number(String)
    case variable(String)
  }

  private var tokens: [Token] = []
  private var index = 0
  private var depth = 0

  static func parse(_ text: String) throws -> YAMLExpression {
    var parser = YAMLExpressionParser()
    parser.tokens = try lex(Array(text.unicodeScalars))
    if parser.tokens.isEmpty { return .identity }
    let expression = try parser.pipe()
    if let extra = parser.peek {
      switch extra {
      case .symbol("]"): throw YAMLQueryError(text: "bad expression, could not find matching `[`")
      case .symbol(")"):
        throw YAMLQueryError(text: "bad expression - probably missing open bracket on )")
      default: throw YAMLQueryError(text: "bad expression, please check expression syntax")
      }
    }
    return expression
  }

  // MARK: words

  private static let symbols = [
    "...", "..", "|=", "+=", "-=", "*=", "//=", "//", "==", "!=", "<=", ">=", "=", "|", ",", "+",
    "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", "{", "}", ":", ";", "?",
  ]

  private static func lex(_ text: [Unicode.Scalar]) throws -> [Token] {
    var tokens: [Token] = []
    var index = 0
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
    func word(_ start: Int, _ extra: String) -> Int {
      var end = start
      while end < text.count, isWord(text[end]) || extra.unicodeScalars.contains(text[end]) {
        end += 1
      }
      return end
    }
    func make(_ start: Int, _ end: Int) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text[start..<end])
      return String(view)
    }
    func quoted(_ start: Int) throws -> (String, Int) {
      var made = String.UnicodeScalarView()
      var place = start + 1
      while place < text.count, text[place] != text[start] {
        if text[place] == "\\", place + 1 < text.count {
          place += 1
          switch text[place] {
          case "n": made.append("\n")
          case "t": made.append("\t")
          case "r": made.append("\r")
          case "\"", "\\", "'": made.append(text[place])
          default:
            made.append("\\")
            made.append(text[place])
          }
        } else {
          made.append(text[place])
        }
        place += 1
      }
      guard place < text.count else {
        let rest = GoQuote.text(make(start, text.count))
        throw YAMLQueryError(text: "1:\(start + 1): lexer: invalid input text \(rest)")
      }
      return (String(made), place + 1)
    }
    while index < text.count {
      let scalar = text[index]
      if scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" {
        index += 1
      } else if scalar == "#" {
        while index < text.count, text[index] != "\n" { index += 1 }
      } else if scalar == "\"" {
        let (string, end) = try quoted(index)
        tokens.append(.string(string))
        index = end
      } else if scalar == "$" {
        let end = word(index + 1, "")
        tokens.append(.variable(make(index + 1, end)))
        index = end
      } else if scalar == ".", index + 1 < text.count, text[index + 1] == "\"" {
        let (string, end) = try quoted(index + 1)
        tokens.append(.field(string))
        index = end
      } else if scalar == ".", index + 1 < text.count,
        isWord(text[index + 1]) || text[index + 1] == "-" || text[index + 1] == "*"
      {
        let end = word(index + 1, "-*")
        tokens.append(.field(make(index + 1, end)))
        index = end
      } else if ("0"..."9").contains(scalar) {
        var end = index
        while end < text.count, ("0"..."9").contains(text[end]) || text[end] == "." { end += 1 }
        tokens.append(.number(make(index, end)))
        index = end
      } else if scalar == "@" || isWord(scalar) {
        let end = word(index + 1, "")
        tokens.append(.name(make(index, end)))
        index = end
      } else if let symbol = symbols.first(where: { symbol in
        make(index, min(text.count, index + symbol.count)) == symbol
      }) {
        tokens.append(.symbol(symbol))
        index += symbol.count
      } else if scalar == "." {
        tokens.append(.symbol("."))
        index += 1
      } else {
        throw YAMLQueryError(
          text: "1:\(index + 1): lexer: invalid input text \(GoQuote.text(make(index, text.count)))"
        )
      }
    }
    return tokens
  }

  // MARK: grammar

  private var peek: Token? { index < tokens.count ? tokens[index] : nil }

  private mutating func take(_ symbol: String) -> Bool {
    guard peek == .symbol(symbol) else { return false }
    index += 1
    return true
  }

  private mutating func pipe() throws -> YAMLExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw YAMLQueryError(text: "expression nested too deeply") }
    let left = try union()
    guard take("|") else { return left }
    guard peek != nil else { throw YAMLQueryError(text: "'|' expects 2 args but there is 1") }
    return .pipe(left, try pipe())
  }

  private mutating func union() throws -> YAMLExpression {
    var left = try binary(0)
    while take(",") { left = .binary(",", left, try binary(0)) }
    return left
  }

  private static let levels: [[String]] = [
    ["=", "|=", "+=", "-=", "*=", "//="], ["//"], ["or"], ["and"],
    ["==", "!=", "<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"],
  ]

  private mutating func binary(_ level: Int) throws -> YAMLExpression {
    guard level < Self.levels.count else { return try postfix() }
    var left = try binary(level + 1)
    while let op = operatorHere(Self.levels[level]) {
      index += 1
      // Flags of merging, of which `d` and its kin are told from names by what they are made of.
      if op == "*", case .name(let flags)? = peek, flags.allSatisfy("dnc".contains) { index += 1 }
      guard peek != nil else { throw YAMLQueryError(text: "'\(op)' expects 2 args but there is 1") }
      left = .binary(op, left, try binary(level == 0 ? 1 : level + 1))
    }
    return left
  }

  private func operatorHere(_ level: [String]) -> String? {
    switch peek {
    case .symbol(let text)? where level.contains(text): text
    case .name(let text)? where level.contains(text): text
    default: nil
    }
  }

  private mutating func postfix() throws -> YAMLExpression {
    var left = try primary()
    while true {
      switch peek {
      case .field(let name)?:
        index += 1
        left = .field(left, name)
      case .symbol("[")?:
        index += 1
        left = try brackets(left)
      case .symbol(".")? where index + 1 < tokens.count && tokens[index + 1] == .symbol("["):
        index += 2
        left = try brackets(left)
      case .symbol("?")?: index += 1
      case .name(let name)? where YAMLQueryRuntime.attributes.contains(name):
        index += 1
        left = .pipe(left, .call(name, []))
      case .name("as")? where index + 2 < tokens.count:
        guard case .variable(let name) = tokens[index + 1] else { return left }
        switch tokens[index + 2] {
        case .symbol("|"):
          index += 3
          return .bind(left, name, try pipe())
        case .name("ireduce"), .name("reduce"):
          index += 3
          guard take("(") else {
            throw YAMLQueryError(text: "bad expression, please check expression syntax")
          }
          let start = try pipe()
          guard take(";") else {
            throw YAMLQueryError(text: "reduce must be given a block, got instead")
          }
          let body = try pipe()
          try close(")")
          left = .reduce(left, name, start, body)
        default: return left
        }
      default: return left
      }
    }
  }

  private mutating func brackets(_ left: YAMLExpression) throws -> YAMLExpression {
    if take("]") { return .each(left) }
    if take(":") {
      let end = try pipe()
      try close("]")
      return .slice(left, nil, end)
    }
    let first = try pipe()
    if take(":") {
      if take("]") { return .slice(left, first, nil) }
      let end = try pipe()
      try close("]")
      return .slice(left, first, end)
    }
    try close("]")
    return .optionalIndex(left, first)
  }

  private mutating func close(_ symbol: String) throws {
    guard take(symbol) else {
      throw YAMLQueryError(
        text: symbol == ")"
          ? "bad expression - probably missing close bracket on ("
          : "bad expression, could not find matching `\(symbol)`")
    }
  }

  private mutating func primary() throws -> YAMLExpression {
    guard let token = peek else {
      throw YAMLQueryError(text: "bad expression, please check expression syntax")
    }
    index += 1
    switch token {
    case .symbol("."): return .identity
    case .symbol(".."): return .descend(.identity, keys: false)
    case .symbol("..."): return .descend(.identity, keys: true)
    case .symbol("("):
      let inner = try pipe()
      try close(")")
      return inner
    case .symbol("["):
      if take("]") { return .sequence(nil) }
      let inner = try pipe()
      try close("]")
      return .sequence(inner)
    case .symbol("{"): return try mapping()
    case .symbol("-"): return .negation(try postfix())
    case .field(let name): return .field(.identity, name)
    case .string(let text): return .literal(text: text, isString: true)
    case .number(let text): return .literal(text: text, isString: false)
    case .variable(let name): return .variable(name)
    case .name(let name): return try call(name)
    case .symbol(let text):
      throw YAMLQueryError(
        text: text == "|" || text == "="
          ? "'\(text)' expects 2 args but there is 1"
          : "bad expression, please check expression syntax")
    }
  }

  private mutating func mapping() throws -> YAMLExpression {
    var members: [(key: YAMLExpression, value: YAMLExpression)] = []
    while !take("}") {
      let key: YAMLExpression
      if case .name(let text)? = peek {
        index += 1
        key = .literal(text: text, isString: true)
      } else {
        key = try binary(1)
      }
      guard take(":") else {
        throw YAMLQueryError(text: "bad expression, could not find matching `}`")
      }
      members.append((key, try binary(1)))
      if !take(",") {
        try close("}")
        break
      }
    }
    return .mapping(members)
  }

  private mutating func call(_ name: String) throws -> YAMLExpression {
    if ["true", "false", "null"].contains(name) { return .literal(text: name, isString: false) }
    guard let known = YAMLQueryRuntime.functions[name] else {
      throw YAMLQueryError(text: "1:1: lexer: invalid input text \(GoQuote.text(name))")
    }
    var arguments: [YAMLExpression] = []
    if known > 0, take("(") {
      if name == "env" || name == "strenv" || name == "envsubst" {
        // Names of variables stand bare.
        if case .name(let variable)? = peek {
          index += 1
          arguments.append(.literal(text: variable, isString: true))
        }
      } else {
        repeat { arguments.append(try pipe()) } while take(";")
      }
      try close(")")
    }
    if name == "sub", case .binary(",", let pattern, let replacement)? = arguments.first {
      arguments = [pattern, replacement]
    }
    return .call(name, arguments)
  }
}

/// Go's %q.
enum GoQuote {
  static func text(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
      + "\""
  }
}
