/// Cuts a template into texts and the words of its actions.
enum TemplateLexer {
  struct Token {
    enum Kind: Equatable {
      case text, open, close, blank, word, field, variable, string, raw, character, number
      case symbol, end, error
    }
    let kind: Kind
    let position: Int
    let line: Int
    let text: String
    var bytes: ArraySlice<UInt8> = []
  }

  static func tokens(_ source: [UInt8]) -> [Token] {
    var scan = Scan(source: source)
    while scan.readText() {
      while scan.readWord() {}
      if scan.isBroken { break }
    }
    if !scan.isBroken { scan.add(.end, scan.index, "EOF") }
    return scan.tokens
  }

  private struct Scan {
    let source: [UInt8]
    var index = 0
    var line = 1
    var depth = 0
    var tokens: [Token] = []
    var isBroken = false

    init(source: [UInt8]) { self.source = source }

    mutating func add(_ kind: Token.Kind, _ start: Int, _ text: String) {
      tokens.append(Token(kind: kind, position: start, line: line, text: text))
    }

    mutating func fail(_ message: String) {
      add(.error, index, message)
      isBroken = true
    }

    func starts(_ text: StaticString, at place: Int) -> Bool {
      let count = text.utf8CodeUnitCount
      guard place + count <= source.count else { return false }
      return text.withUTF8Buffer { $0.elementsEqual(source[place..<(place + count)]) }
    }

    static func isBlank(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Text up to the next action; false at the end.
    mutating func readText() -> Bool {
      let start = index
      var end = index
      while end < source.count, !starts("{{", at: end) { end += 1 }
      let opens = end < source.count
      let trims =
        opens && end + 3 < source.count && source[end + 2] == UInt8(ascii: "-")
        && Self.isBlank(source[end + 3])
      var stop = end
      if trims { while stop > start, Self.isBlank(source[stop - 1]) { stop -= 1 } }
      if stop > start {
        tokens.append(
          Token(kind: .text, position: start, line: line, text: "", bytes: source[start..<stop]))
      }
      line += source[start..<end].count { $0 == 0x0A }
      index = end
      guard opens else { return false }
      index += trims ? 4 : 2
      if starts("/*", at: index) { return skipComment() }
      add(.open, end, "{{")
      depth = 0
      return true
    }

    private mutating func skipComment() -> Bool {
      var end = index + 2
      while end < source.count, !starts("*/", at: end) { end += 1 }
      guard end < source.count else {
        fail("unclosed comment")
        return true
      }
      line += source[index..<end].count { $0 == 0x0A }
      index = end + 2
      guard closes() else {
        fail("comment ends before closing delimiter")
        return true
      }
      return readText()
    }

    /// Takes `}}` or ` -}}`, the blanks after the latter too.
    private mutating func closes() -> Bool {
      if starts("}}", at: index) {
        index += 2
        return true
      }
      guard index < source.count, Self.isBlank(source[index]), starts("-}}", at: index + 1) else {
        return false
      }
      index += 4
      while index < source.count, Self.isBlank(source[index]) {
        if source[index] == 0x0A { line += 1 }
        index += 1
      }
      return true
    }

    /// One word of an action; false after its end.
    mutating func readWord() -> Bool {
      let start = index
      if closes() {
        guard depth == 0 else {
          fail("unclosed left paren")
          return false
        }
        add(.close, start, "}}")
        return false
      }
      guard index < source.count else {
        fail("unclosed action")
        return false
      }
      let byte = source[index]
      if Self.isBlank(byte) {
        readBlanks()
        return true
      }
      switch byte {
      case UInt8(ascii: "\""): return readQuoted(byte, .string, "unterminated quoted string")
      case UInt8(ascii: "'"): return readQuoted(byte, .character, "unterminated character constant")
      case UInt8(ascii: "`"): return readRaw()
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "|"), UInt8(ascii: ","),
        UInt8(ascii: "="):
        return readSymbol(byte)
      case UInt8(ascii: ":"):
        guard starts(":=", at: index) else {
          fail("expected :=")
          return false
        }
        index += 2
        add(.symbol, start, ":=")
        return true
      default: return readName(byte)
      }
    }

    private mutating func readBlanks() {
      let start = index
      while index < source.count, Self.isBlank(source[index]) {
        if starts("-}}", at: index + 1) { break }
        if source[index] == 0x0A { line += 1 }
        index += 1
      }
      if index > start { add(.blank, start, " ") }
    }

    private mutating func readSymbol(_ byte: UInt8) -> Bool {
      let text = String(Unicode.Scalar(byte))
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      guard depth >= 0 else {
        fail("unexpected right paren")
        return false
      }
      add(.symbol, index, text)
      index += 1
      return true
    }

    private mutating func readQuoted(_ quote: UInt8, _ kind: Token.Kind, _ problem: String) -> Bool
    {
      let start = index
      index += 1
      while index < source.count, source[index] != quote, source[index] != 0x0A {
        index += source[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard index < source.count, source[index] == quote else {
        fail(problem)
        return false
      }
      index += 1
      add(kind, start, String(decoding: source[start..<index], as: UTF8.self))
      return true
    }

    private mutating func readRaw() -> Bool {
      let start = index
      index += 1
      while index < source.count, source[index] != UInt8(ascii: "`") { index += 1 }
      guard index < source.count else {
        fail("unterminated raw quoted string")
        return false
      }
      index += 1
      add(.raw, start, String(decoding: source[start..<index], as: UTF8.self))
      line += source[start..<index].count { $0 == 0x0A }
      return true
    }

    private static func isName(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
        true
      default: false
      }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private mutating func readName(_ byte: UInt8) -> Bool {
      let start = index
      index += 1
      let next = index < source.count ? source[index] : 0
      let isSigned = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      if Self.isDigit(byte) || (isSigned || byte == UInt8(ascii: ".")) && Self.isDigit(next) {
        while index < source.count, Self.isName(source[index]) || source[index] == 0x2E {
          index += 1
        }
        add(.number, start, String(decoding: source[start..<index], as: UTF8.self))
        return true
      }
      guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$") || Self.isName(byte) else {
        let text = String(Unicode.Scalar(byte))
        index = start
        fail("unexpected \(GoText.quote(text)) in action")
        return false
      }
      while index < source.count, Self.isName(source[index]) { index += 1 }
      let text = String(decoding: source[start..<index], as: UTF8.self)
      switch byte {
      case UInt8(ascii: "."): add(text == "." ? .symbol : .field, start, text)
      case UInt8(ascii: "$"): add(.variable, start, text)
      default: add(.word, start, text)
      }
      if index < source.count, !isEnding {
        fail("bad character \(Self.rune(source[index]))")
        return false
      }
      return true
    }

    private var isEnding: Bool {
      let byte = source[index]
      return Self.isBlank(byte) || starts("}}", at: index)
        || [0x2E, 0x2C, 0x7C, 0x3A, 0x28, 0x29, 0x3D].contains(byte)
    }

    private static func rune(_ byte: UInt8) -> String {
      let digits = String(byte, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: 4 - digits.count) + digits
        + " '\(Character(Unicode.Scalar(byte)))'"
    }
  }
}
