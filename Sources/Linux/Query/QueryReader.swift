/// Reads JSON values one after another.
struct QueryReader {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  private mutating func skip() {
    while position < text.count, text[position].isSpace { position += 1 }
  }

  private func problem(_ what: String) -> QueryError {
    let before = text[..<min(position, text.count)]
    let line = before.reduce(1) { $0 + ($1 == .newline ? 1 : 0) }
    let column = before.reversed().prefix { $0 != .newline }.count
    return QueryError("\(what) at line \(line), column \(column)")
  }

  /// The next value, or nil at the end.
  mutating func next() throws(QueryError) -> QueryValue? {
    skip()
    return position < text.count ? try value(0) : nil
  }

  private mutating func value(_ depth: Int) throws(QueryError) -> QueryValue {
    guard depth < 500 else { throw QueryError("Exceeds depth limit for parsing") }
    skip()
    guard position < text.count else { throw problem("Unfinished JSON term") }
    switch text[position] {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["):
      position += 1
      var items: [QueryValue] = []
      skip()
      if take(UInt8(ascii: "]")) { return .array([]) }
      while true {
        items.append(try value(depth + 1))
        skip()
        if take(UInt8(ascii: "]")) { return .array(items) }
        guard take(UInt8(ascii: ",")) else {
          throw problem(
            position < text.count ? "Expected separator between values" : "Unfinished JSON term")
        }
      }
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func object(_ depth: Int) throws(QueryError) -> QueryValue {
    position += 1
    var object = QueryObject()
    skip()
    if take(UInt8(ascii: "}")) { return .object(object) }
    while true {
      skip()
      guard position < text.count, text[position] == UInt8(ascii: "\"") else {
        throw problem(
          position < text.count ? "Object keys must be strings" : "Unfinished JSON term")
      }
      let key = try string()
      skip()
      guard take(UInt8(ascii: ":")) else {
        throw problem("Objects must consist of key:value pairs")
      }
      object[key] = try value(depth + 1)
      skip()
      if take(UInt8(ascii: "}")) { return .object(object) }
      guard take(UInt8(ascii: ",")) else {
        throw problem(
          position < text.count ? "Expected separator between values" : "Unfinished JSON term")
      }
    }
  }

  private mutating func string() throws(QueryError) -> String {
    position += 1
    let start = position
    var bytes: [UInt8]?
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\"") {
        let found = bytes ?? Array(text[start..<position])
        position += 1
        return String(decoding: found, as: UTF8.self)
      }
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        bytes?.append(byte)
        continue
      }
      if bytes == nil { bytes = Array(text[start..<(position - 1)]) }
      guard position < text.count else { break }
      let letter = text[position]
      position += 1
      switch letter {
      case UInt8(ascii: "u"): bytes? += ScalarSet.encode(try escapedScalar())
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes?.append(letter)
      case UInt8(ascii: "b"): bytes?.append(8)
      case UInt8(ascii: "f"): bytes?.append(12)
      case UInt8(ascii: "n"): bytes?.append(10)
      case UInt8(ascii: "r"): bytes?.append(13)
      case UInt8(ascii: "t"): bytes?.append(9)
      default: throw problem("Invalid escape")
      }
    }
    throw problem("Unfinished string")
  }

  private mutating func unit() throws(QueryError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < text.count, let digit = BackslashEscapes.hex(text[position]) else {
        throw problem("Invalid escape")
      }
      value = value * 16 + UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func escapedScalar() throws(QueryError) -> UInt32 {
    let first = try unit()
    guard (0xD800..<0xE000).contains(first) else { return first }
    if first < 0xDC00, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
      text[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let second = try unit()
      if (0xDC00..<0xE000).contains(second) {
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      }
    }
    return 0xFFFD
  }

  private mutating func word() throws(QueryError) -> QueryValue {
    let start = position
    while position < text.count, text[position].isWord || [43, 45, 46].contains(text[position]) {
      position += 1
    }
    let word = text[start..<position]
    switch String(decoding: word, as: UTF8.self) {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "nan", "NaN": return .number(.nan)
    default:
      let (value, isWhole) = AwkNumber.scan(word)
      guard isWhole, !word.isEmpty else {
        position += word.isEmpty ? 1 : 0
        throw problem("Invalid literal")
      }
      return .number(value)
    }
  }
}
