extension JSONReader {
  mutating func readScalar() throws(Failure) -> Value {
    let byte = try current()
    switch byte {
    case UInt8(ascii: "\""): return .string(try readString(asName: false))
    case UInt8(ascii: "t"): return try readLiteral("true", .bool(true))
    case UInt8(ascii: "f"): return try readLiteral("false", .bool(false))
    case UInt8(ascii: "n"): return try readLiteral("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
    default: throw unexpected("looking for beginning of value")
    }
  }

  private mutating func readLiteral(
    _ literal: StaticString, _ value: Value
  ) throws(Failure) -> Value {
    for index in 0..<literal.utf8CodeUnitCount {
      let expected = literal.utf8Start[index]
      guard try current() == expected else {
        let letter = Character(Unicode.Scalar(expected))
        throw unexpected("in literal \(literal) (expecting '\(letter)')")
      }
      skip()
    }
    return value
  }

  private mutating func readNumber() throws(Failure) -> Value {
    let start = offset
    let negative = bytes[offset] == UInt8(ascii: "-")
    if negative { skip() }
    var magnitude: UInt64 = 0
    var isWhole = true
    if try current() == UInt8(ascii: "0") {
      skip()
    } else {
      guard digit != nil else { throw unexpected("in numeric literal") }
      while let next = digit {
        let (shifted, first) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, second) = shifted.addingReportingOverflow(UInt64(next))
        if first || second { isWhole = false }
        magnitude = sum
        skip()
      }
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      isWhole = false
      skip()
      try skipDigits("after decimal point in numeric literal")
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      skip()
      let sign = try current()
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { skip() }
      try skipDigits("in exponent of numeric literal")
    }
    if isWhole {
      if !negative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
      if negative, magnitude <= UInt64(Int64.max) + 1 {
        return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
      }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      throw Failure(
        message: "json: cannot unmarshal number \(text) into Go value of type float64",
        offset: start)
    }
    return .double(number)
  }

  private var digit: UInt8? {
    guard offset < bytes.count else { return nil }
    let value = bytes[offset] &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }

  private mutating func skipDigits(_ context: String) throws(Failure) {
    _ = try current()
    guard digit != nil else { throw unexpected(context) }
    while digit != nil { skip() }
  }

  mutating func readString(asName: Bool) throws(Failure) -> String {
    skip()
    let start = offset
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        skip(index + 1 - start)
        let slice = bytes[start..<index]
        return asName ? name(slice) : GoText.decode(UnsafeBufferPointer(rebasing: slice))
      }
      if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      index += 1
    }
    skip(index - start)
    return try readEscapedString(Array(bytes[start..<index]))
  }

  /// The rest of a string from its first escape on.
  private mutating func readEscapedString(_ begun: [UInt8]) throws(Failure) -> String {
    var text = begun
    while true {
      let byte = try current()
      switch byte {
      case UInt8(ascii: "\""):
        skip()
        return text.withUnsafeBufferPointer(GoText.decode)
      case UInt8(ascii: "\\"):
        skip()
        try readEscape(into: &text)
      case 0..<0x20:
        throw unexpected("in string literal")
      default:
        text.append(byte)
        skip()
      }
    }
  }

  private mutating func readEscape(into text: inout [UInt8]) throws(Failure) {
    switch try current() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[offset])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      skip()
      text += String(try readEscapedScalar()).utf8
      return
    default: throw unexpected("in string escape code")
    }
    skip()
  }

  /// A surrogate without its other half becomes U+FFFD.
  private mutating func readEscapedScalar() throws(Failure) -> Unicode.Scalar {
    let first = try readHexadecimal()
    guard (0xD800..<0xDC00).contains(first), offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    let mark = offset
    skip(2)
    let second = try readHexadecimal()
    guard (0xDC00..<0xE000).contains(second) else {
      skip(mark - offset)
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func readHexadecimal() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = try current()
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected("in \\u hexadecimal character escape")
      }
      value = value << 4 | UInt32(digit)
      skip()
    }
    return value
  }
}
