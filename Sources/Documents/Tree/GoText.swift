/// Bytes, characters and numbers as Go turns them into text.
package enum GoText {
  /// Each byte that is no part of UTF-8 becomes one U+FFFD (Swift's own decoding joins some).
  package static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    // Nearly all is ASCII, and `String(validating:)` takes its bytes one by one.
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var repaired: [UInt8] = []
    repaired.reserveCapacity(bytes.count + 16)
    var index = 0
    while index < bytes.count {
      let length = scalarLength(bytes, at: index)
      if length == 0 {
        repaired += [0xEF, 0xBF, 0xBD]
        index += 1
      } else {
        repaired += bytes[index..<(index + length)]
        index += length
      }
    }
    return String(decoding: repaired, as: UTF8.self)
  }

  /// The number of bytes of the well-formed character at `index`, or 0.
  static func scalarLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
    for offset in (index + 1)..<(index + length) where bytes[offset] & 0xC0 != 0x80 { return 0 }
    return length
  }

  /// A byte in single quotes, as Go's JSON scanner names it.
  static func quote(byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "'"): return #"'\''"#
    case UInt8(ascii: "\""): return "'\"'"
    default:
      let quoted = quote(String(Unicode.Scalar(byte)))
      return "'\(quoted.dropFirst().dropLast())'"
    }
  }

  /// A text in double quotes, as `%q` and `strconv.Quote` print it.
  package static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{7}": quoted += "\\a"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{B}": quoted += "\\v"
      default:
        if isPrintable(scalar) {
          quoted.unicodeScalars.append(scalar)
        } else if scalar.value < 0x80 {
          quoted += "\\x" + hexadecimal(scalar.value, width: 2)
        } else if scalar.value <= 0xFFFF {
          quoted += "\\u" + hexadecimal(scalar.value, width: 4)
        } else {
          quoted += "\\U" + hexadecimal(scalar.value, width: 8)
        }
      }
    }
    return quoted + "\""
  }

  static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return (0x20..<0x7F).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  /// A fraction as `encoding/json` prints it: shortest digits, an exponent only where very small or
  /// large.
  package static func number(_ value: Double) -> String {
    // encoding/json shortens e-09 to e-9, and only there.
    fraction(value, exponents: -6..<21, shortensNegative: true)
  }

  /// A fraction as Go's `%v` and `strconv.FormatFloat(…, 'g', -1, …)` print it.
  package static func general(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String
  {
    fraction(value, exponents: -4..<6, shortensNegative: false)
  }

  /// Shortest digits, with an exponent where it is not among `exponents`.
  private static func fraction(
    _ value: some BinaryFloatingPoint & CustomStringConvertible, exponents: Range<Int>,
    shortensNegative: Bool
  ) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + "0" }
    let (digits, exponent) = decimal(value.magnitude.description)
    if !exponents.contains(exponent) {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let size = exponent.magnitude
      let isShort = exponent < 0 && shortensNegative
      let power = size < 10 && !isShort ? "0\(size)" : "\(size)"
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    let whole = exponent + 1
    if digits.count <= whole {
      return sign + digits + String(repeating: "0", count: whole - digits.count)
    }
    return sign + digits.prefix(whole) + "." + digits.dropFirst(whole)
  }

  /// The shortest digits of a positive number, and the power of ten of the first.
  private static func decimal(_ text: String) -> (digits: String, exponent: Int) {
    // Swift prints the shortest digits that read back, as Go does, in one of a few shapes.
    let parts = text.split(separator: "e", maxSplits: 1)
    let mantissa = parts.first ?? "0"
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let pieces = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = pieces.first ?? ""
    let fraction = pieces.count > 1 ? pieces[1] : ""
    var digits = Substring(whole + fraction)
    exponent += whole.count - 1
    while digits.count > 1, digits.first == "0" {
      digits = digits.dropFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == "0" { digits = digits.dropLast() }
    return (String(digits), exponent)
  }
}
