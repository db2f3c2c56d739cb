import Shell

/// Parts of an awk program's text.
enum AwkToken: Equatable {
  case number(Double)
  case string([UInt8])
  case pattern([UInt8])
  case name(String)
  /// A name directly before an opening parenthesis.
  case function(String)
  case keyword(String)
  case symbol(String)
  case newline
  case end
}

/// Cuts an awk program's text into tokens.
struct AwkLexer {
  private let text: [UInt8]
  private(set) var position = 0
  private(set) var line = 1

  static let keywords: Set<String> = [
    "BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue",
    "next", "nextfile", "exit", "return", "delete", "in", "getline", "print", "printf",
  ]
  private static let symbols = [
    "**=", "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", ">>",
    "**", "!~", "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">",
    "|", "?", ":", "~", "$", "=",
  ].map { (Array($0.utf8), $0) }

  init(_ text: [UInt8]) { self.text = text }

  /// The next token; a slash begins a pattern when one may stand here.
  mutating func next(allowsPattern: Bool) throws -> AwkToken {
    skip()
    guard position < text.count else { return .end }
    let byte = text[position]
    if byte == .newline {
      position += 1
      line += 1
      return .newline
    }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) { return number() }
    if byte == UInt8(ascii: "\"") { return try string() }
    if byte == UInt8(ascii: "/"), allowsPattern { return try pattern() }
    if byte.isLetter || byte == UInt8(ascii: "_") { return word() }
    for (bytes, symbol) in Self.symbols where text[position...].starts(with: bytes) {
      position += bytes.count
      return .symbol(symbol == "**" ? "^" : symbol == "**=" ? "^=" : symbol)
    }
    let shown = String(decoding: [byte], as: UTF8.self)
    throw UsageError("line \(line): syntax error at or near \(shown)", hint: false, status: 2)
  }

  private func peek(_ offset: Int) -> UInt8? {
    position + offset < text.count ? text[position + offset] : nil
  }

  private mutating func skip() {
    while position < text.count {
      let byte = text[position]
      if byte.isBlank || byte == 13 {
        position += 1
      } else if byte == UInt8(ascii: "\\"), peek(1) == .newline {
        position += 2
        line += 1
      } else if byte == UInt8(ascii: "#") {
        while position < text.count, text[position] != .newline { position += 1 }
      } else {
        return
      }
    }
  }

  private mutating func number() -> AwkToken {
    let start = position
    if text[position] == 48, let x = peek(1), x | 32 == UInt8(ascii: "x") {
      position += 2
      var value = 0.0
      while let byte = peek(0), let digit = BackslashEscapes.hex(byte) {
        value = value * 16 + Double(digit)
        position += 1
      }
      return .number(value)
    }
    while let byte = peek(0), byte.isDigit || byte == UInt8(ascii: ".") { position += 1 }
    if let e = peek(0), e | 32 == UInt8(ascii: "e") {
      var ahead = 1
      if peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+") { ahead = 2 }
      if peek(ahead)?.isDigit == true {
        position += ahead
        while peek(0)?.isDigit == true { position += 1 }
      }
    }
    return .number(AwkNumber.parse(text[start..<position]))
  }

  private mutating func string() throws -> AwkToken {
    position += 1
    var raw: [UInt8] = []
    while let byte = peek(0), byte != UInt8(ascii: "\"") {
      if byte == .newline { break }
      position += 1
      if byte == UInt8(ascii: "\\"), let letter = peek(0) {
        position += 1
        if letter == UInt8(ascii: "\"") || letter == UInt8(ascii: "/") {
          raw.append(letter)
        } else if letter == .newline {
          line += 1
        } else if letter == UInt8(ascii: "\\") {
          raw.append(letter)
        } else if (48...55).contains(letter) {
          var value = Int(letter - 48)
          var digits = 1
          while digits < 3, let next = peek(0), (48...55).contains(next) {
            value = value * 8 + Int(next - 48)
            digits += 1
            position += 1
          }
          raw.append(UInt8(truncatingIfNeeded: value))
        } else if let plain = BackslashEscapes.simple[letter], letter != UInt8(ascii: "e") {
          raw.append(plain)
        } else {
          // An unknown escape keeps its backslash, so that "\." works in a pattern.
          raw += [byte, letter]
        }
      } else {
        raw.append(byte)
      }
    }
    guard peek(0) == UInt8(ascii: "\"") else {
      throw UsageError("line \(line): runaway string constant", hint: false, status: 2)
    }
    position += 1
    return .string(raw)
  }

  private mutating func pattern() throws -> AwkToken {
    position += 1
    var raw: [UInt8] = []
    var isInBracket = false
    while let byte = peek(0), byte != UInt8(ascii: "/") || isInBracket {
      if byte == .newline { break }
      position += 1
      if byte == UInt8(ascii: "\\"), let letter = peek(0) {
        position += 1
        raw += letter == UInt8(ascii: "/") ? [letter] : [byte, letter]
        continue
      }
      if byte == UInt8(ascii: "["), !isInBracket {
        isInBracket = true
        raw.append(byte)
        if peek(0) == UInt8(ascii: "^") {
          raw.append(UInt8(ascii: "^"))
          position += 1
        }
        if peek(0) == UInt8(ascii: "]") {
          raw.append(UInt8(ascii: "]"))
          position += 1
        }
        continue
      }
      if byte == UInt8(ascii: "]") { isInBracket = false }
      raw.append(byte)
    }
    guard peek(0) == UInt8(ascii: "/") else {
      throw UsageError("line \(line): unterminated regexp", hint: false, status: 2)
    }
    position += 1
    return .pattern(raw)
  }

  private mutating func word() -> AwkToken {
    let start = position
    while let byte = peek(0), byte.isWord { position += 1 }
    let name = String(decoding: text[start..<position], as: UTF8.self)
    if Self.keywords.contains(name) { return .keyword(name) }
    return peek(0) == UInt8(ascii: "(") ? .function(name) : .name(name)
  }
}

/// Numbers as awk reads and writes them.
enum AwkNumber {
  /// The number at the beginning of a text, 0 when there is none.
  static func parse(_ text: ArraySlice<UInt8>) -> Double { scan(text).0 }

  /// The number and whether the whole text (but blanks) looks like one.
  static func scan(_ text: ArraySlice<UInt8>) -> (Double, isWhole: Bool) {
    var index = text.startIndex
    let end = text.endIndex
    while index < end, text[index].isSpace { index += 1 }
    let start = index
    if index < end, text[index] == 43 || text[index] == 45 { index += 1 }
    var digits = 0
    var small = 0
    while index < end, text[index].isDigit {
      small = digits < 18 ? small * 10 + Int(text[index] - 48) : small
      digits += 1
      index += 1
    }
    var isInteger = true
    if index < end, text[index] == UInt8(ascii: ".") {
      let point = index
      index += 1
      while index < end, text[index].isDigit {
        digits += 1
        index += 1
      }
      isInteger = index == point + 1
    }
    guard digits > 0 else { return (0, false) }
    if index < end, text[index] | 32 == UInt8(ascii: "e") {
      var ahead = index + 1
      if ahead < end, text[ahead] == 43 || text[ahead] == 45 { ahead += 1 }
      if ahead < end, text[ahead].isDigit {
        isInteger = false
        index = ahead
        while index < end, text[index].isDigit { index += 1 }
      }
    }
    let value: Double
    if isInteger, digits <= 18 {
      value = text[start] == 45 ? -Double(small) : Double(small)
    } else {
      value = Double(String(decoding: text[start..<index], as: UTF8.self)) ?? 0
    }
    while index < end, text[index].isSpace { index += 1 }
    return (value, index == end)
  }

  /// As print shows it: integers whole, others by the format.
  static func text(_ value: Double, _ format: [UInt8]) -> [UInt8] {
    if value == value.rounded(), value.magnitude < 1e16 { return Array("\(Int(value))".utf8) }
    if format == Array("%.6g".utf8) { return Array(DecimalText.general(value, 6).utf8) }
    var arguments = FormatArguments(["\(value)"])
    return PrintfFormat.render(format, &arguments, isAwk: true).bytes
  }
}
