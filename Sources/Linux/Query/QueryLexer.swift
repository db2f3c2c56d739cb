enum QueryToken: Equatable {
  case number(Double)
  /// A string's raw inside, not yet decoded.
  case string([UInt8])
  case name(String)
  case field(String)
  case variable(String)
  case format(String)
  case symbol(String)
  case end
}

/// Cuts a jq filter into tokens.
struct QueryLexer {
  private let text: [UInt8]
  private var position = 0

  private static let symbols = [
    "?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..",
    "and", "|", ",", ".", "[", "]", "(", ")", "{", "}", ":", ";", "=", "<", ">", "+", "-", "*", "/",
    "%", "?", "$",
  ].filter { $0 != "and" }.map { (Array($0.utf8), $0) }

  init(_ text: [UInt8]) { self.text = text }

  static func tokens(_ text: [UInt8]) throws -> [QueryToken] {
    var lexer = QueryLexer(text)
    var found: [QueryToken] = []
    while true {
      let token = try lexer.next()
      found.append(token)
      if token == .end { return found }
    }
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < text.count ? text[position + offset] : nil
  }

  private mutating func name() -> String {
    let start = position
    while let byte = peek(), byte.isWord { position += 1 }
    // Names of modules: a::b
    while peek() == 58, peek(1) == 58, peek(2)?.isLetter == true {
      position += 2
      while let byte = peek(), byte.isWord { position += 1 }
    }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func next() throws -> QueryToken {
    while let byte = peek() {
      if byte.isSpace {
        position += 1
      } else if byte == UInt8(ascii: "#") {
        while let inner = peek(), inner != .newline { position += inner == 0 ? 1 : 1 }
      } else {
        break
      }
    }
    guard let byte = peek() else { return .end }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
      let start = position
      while let inner = peek(), inner.isDigit || inner == UInt8(ascii: ".") { position += 1 }
      if let e = peek(), e | 32 == UInt8(ascii: "e") {
        let ahead = peek(1) == 43 || peek(1) == 45 ? 2 : 1
        if peek(ahead)?.isDigit == true {
          position += ahead
          while peek()?.isDigit == true { position += 1 }
        }
      }
      return .number(AwkNumber.parse(text[start..<position]))
    }
    if byte.isLetter || byte == UInt8(ascii: "_") { return .name(name()) }
    if byte == UInt8(ascii: "\"") { return .string(try string()) }
    if byte == UInt8(ascii: "."), let next = peek(1), next.isLetter || next == 95 {
      position += 1
      return .field(name())
    }
    if byte == UInt8(ascii: "$"), let next = peek(1), next.isLetter || next == 95 {
      position += 1
      return .variable(name())
    }
    if byte == UInt8(ascii: "@"), peek(1)?.isLetter == true {
      position += 1
      return .format(name())
    }
    for (bytes, symbol) in Self.symbols where text[position...].starts(with: bytes) {
      position += bytes.count
      return .symbol(symbol)
    }
    throw QueryProblem("syntax error, unexpected INVALID_CHARACTER")
  }

  /// A string's inside; interpolations are passed over with their own strings.
  private mutating func string() throws -> [UInt8] {
    position += 1
    let start = position
    var depth = 0
    while let byte = peek() {
      if depth == 0, byte == UInt8(ascii: "\"") {
        position += 1
        return Array(text[start..<(position - 1)])
      }
      if byte == UInt8(ascii: "\\"), depth == 0 {
        if peek(1) == UInt8(ascii: "(") { depth = 1 }
        position += 2
        continue
      }
      if depth > 0 {
        if byte == UInt8(ascii: "\"") {
          _ = try string()
          continue
        }
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
      }
      position += 1
    }
    throw QueryProblem("syntax error, unexpected end of file")
  }
}

/// A filter that cannot be compiled.
struct QueryProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}
