/// What a scalar of YAML means to go-yaml: YAML 1.1's words, numbers of Go's notation, no dates.
enum YAMLScalar {
  struct Mismatch: Error {
    var message: String
  }

  /// Whether a plain scalar could be anything but a string.
  static func mayBeSpecial(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      return true
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"),
      UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"),
      UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "~"):
      return bytes.count <= 5
    default: return false
    }
  }

  /// The value of a plain scalar without a tag.
  static func resolve(
    _ bytes: UnsafeBufferPointer<UInt8>, _ truth: YAML.Truth = .words
  ) -> Value {
    let text = String(decoding: bytes, as: UTF8.self)
    let value = mayBeSpecial(bytes) ? resolve(text) : .string(text)
    if case .bool(let flag) = value, truth == .trueAndFalse, text.lowercased() != "\(flag)" {
      return .string(text)
    }
    return value
  }

  static func resolve(_ text: String) -> Value {
    // No word begins with a digit.
    if let first = text.utf8.first, isDigit(first) { return numeral(text) }
    switch text {
    case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return true
    case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return false
    case "", "~", "null", "Null", "NULL": return .null
    case ".nan", ".NaN", ".NAN": return .double(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
    default: break
    }
    switch text.utf8.first ?? 0 {
    case UInt8(ascii: "."): return fraction(text).map { .double($0) } ?? .string(text)
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return numeral(text)
    default: return .string(text)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func numeral(_ text: String) -> Value {
    // The loss of underscores is go-yaml's; a date stays a string for want of a type in JSON.
    let plain = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
    return number(plain) ?? .string(text)
  }

  private static func number(_ text: String) -> Value? {
    if let whole = integer(text) { return .int(whole) }
    if let large = unsigned(text[...]) { return .double(Double(large)) }
    if let number = fraction(text) { return .double(number) }
    return nil
  }

  /// Go's `ParseInt` with base 0: `0x`, `0o`, `0b` and a leading 0 tell the base.
  static func integer(_ text: String) -> Int64? {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let isSigned = isNegative || text.utf8.first == UInt8(ascii: "+")
    guard let magnitude = unsigned(isSigned ? text.dropFirst() : text[...]) else { return nil }
    if !isNegative { return Int64(exactly: magnitude) }
    return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  private static func unsigned(_ text: Substring) -> UInt64? {
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    guard first == UInt8(ascii: "0"), text.utf8.count > 1 else { return UInt64(text) }
    let digits = text.dropFirst(2)
    guard let sign = digits.utf8.first ?? text.utf8.last, sign != UInt8(ascii: "+"),
      sign != UInt8(ascii: "-")
    else { return nil }
    switch text.dropFirst().utf8.first {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): return UInt64(digits, radix: 16)
    case UInt8(ascii: "o"), UInt8(ascii: "O"): return UInt64(digits, radix: 8)
    case UInt8(ascii: "b"), UInt8(ascii: "B"): return UInt64(digits, radix: 2)
    default: return UInt64(text.dropFirst(), radix: 8)
    }
  }

  /// A decimal fraction: digits with at most one point, and an exponent.
  private static func fraction(_ text: String) -> Double? {
    var hasDigits = false
    var hasPoint = false
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    scan: while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigits = true
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      default: break scan
      }
      rest.removeFirst()
    }
    guard hasDigits else { return nil }
    if !rest.isEmpty {
      guard rest.removeFirst() | 0x20 == UInt8(ascii: "e") else { return nil }
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      let isDigits = rest.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard !rest.isEmpty, isDigits else { return nil }
    }
    // Swift wants a digit before the point, go-yaml does not; a point may end the number.
    var digits = text
    if digits.hasSuffix(".") { digits.removeLast() }
    guard let value = Double(digits) ?? Double("0" + digits), value.isFinite else { return nil }
    return value
  }
}

extension YAMLScalar {
  /// The value of a scalar that has a tag.
  static func value(_ text: String, tag: String) throws(Mismatch) -> Value {
    let prefix = "tag:yaml.org,2002:"
    let short = tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    let value = resolve(text)
    switch (short, value) {
    case ("!!str", _): return .string(text)
    case ("!!binary", _):
      guard let bytes = Base64.decode(text) else {
        throw Mismatch(message: "!!binary value contains invalid base64 data")
      }
      return .string(bytes.withUnsafeBufferPointer(GoText.decode))
    case ("!!bool", .bool), ("!!int", .int), ("!!float", .double), ("!!null", .null): return value
    case ("!!float", .int(let whole)): return .double(Double(whole))
    case ("!!timestamp", _) where isTimestamp(text): return .string(text)
    case ("!!bool", _), ("!!int", _), ("!!float", _), ("!!null", _), ("!!timestamp", _):
      throw Mismatch(message: "cannot decode \(kind(value)) `\(text)` as a \(short)")
    default: return .string(text)
    }
  }

  private static func kind(_ value: Value) -> String {
    switch value {
    case .null: "!!null"
    case .bool: "!!bool"
    case .int: "!!int"
    case .double: "!!float"
    default: "!!str"
    }
  }

  /// The member name that a value makes; lists and maps make none.
  static func name(of value: Value) -> Result<String, Mismatch> {
    switch value {
    case .string(let text): return .success(text)
    case .int(let number): return .success(String(number))
    case .bool(let flag): return .success(flag ? "true" : "false")
    case .double(let number): return .success(GoText.general(Float(number)))
    case .null:
      return .failure(
        Mismatch(message: "unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>"))
    case .array, .object:
      return .failure(
        Mismatch(
          message: "invalid map key: " + GoText.syntax(value, map: "map[interface {}]interface {}"))
      )
    }
  }

  /// Whether go-yaml holds a plain scalar for a date or a time: `2026-01-02`, RFC 3339.
  static func isTimestamp(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits(_ count: ClosedRange<Int>, _ limit: ClosedRange<Int>) -> Int? {
      let run = rest.prefix { (0x30...0x39).contains($0) }
      guard count.contains(run.count), let number = Int(Substring(run)) else { return nil }
      rest = rest[run.endIndex...]
      return limit.contains(number) ? number : nil
    }
    func take(_ accepted: String) -> UInt8? {
      guard let byte = rest.first, accepted.utf8.contains(byte) else { return nil }
      rest.removeFirst()
      return byte
    }
    guard let year = digits(4...4, 0...9999), take("-") != nil, let month = digits(1...2, 1...12),
      take("-") != nil, let day = digits(1...2, 1...31)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if day > length[month - 1] { return false }
    if rest.isEmpty { return true }
    guard let separator = take("Tt "), digits(1...2, 0...23) != nil, take(":") != nil,
      digits(1...2, 0...59) != nil, take(":") != nil, digits(1...2, 0...59) != nil
    else { return false }
    if take(".,") != nil {
      let run = rest.prefix { (0x30...0x39).contains($0) }
      if run.isEmpty { return false }
      rest = rest[run.endIndex...]
    }
    if separator == UInt8(ascii: " ") { return rest.isEmpty }
    if take("Z") != nil { return rest.isEmpty }
    return take("+-") != nil && digits(2...2, 0...24) != nil && take(":") != nil
      && digits(2...2, 0...60) != nil && rest.isEmpty
  }
}
