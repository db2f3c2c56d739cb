/// Writes values as JSON.
struct QueryText {
  var indent: String? = "  "
  var sortsKeys = false
  var isASCII = false
  var colors = false

  static func compact(_ value: QueryValue) -> String {
    QueryText(indent: nil).text(value)
  }

  func text(_ value: QueryValue) -> String {
    var out: [UInt8] = []
    write(value, 0, &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// A small value that holds another twice, which holds another twice, has no end.
  var limit = 64 << 20

  func write(_ value: QueryValue, _ depth: Int, _ out: inout [UInt8]) {
    guard out.count <= limit else { return }
    switch value {
    case .null: out += Array("null".utf8)
    case .bool(let flag): out += Array((flag ? "true" : "false").utf8)
    case .number(let number): out += Array(Self.number(number).utf8)
    case .string(let text): Self.quote(text, &out, isASCII: isASCII)
    case .array(let items):
      guard !items.isEmpty else {
        out += Array("[]".utf8)
        return
      }
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        line(depth + 1, &out)
        write(item, depth + 1, &out)
      }
      line(depth, &out)
      out.append(UInt8(ascii: "]"))
    case .object(let object):
      guard object.count > 0 else {
        out += Array("{}".utf8)
        return
      }
      out.append(UInt8(ascii: "{"))
      for (index, key) in (sortsKeys ? object.sortedKeys : object.keys).enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        line(depth + 1, &out)
        Self.quote(key, &out, isASCII: isASCII)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(.blank) }
        write(object[key] ?? .null, depth + 1, &out)
      }
      line(depth, &out)
      out.append(UInt8(ascii: "}"))
    }
  }

  private func line(_ depth: Int, _ out: inout [UInt8]) {
    guard let indent else { return }
    out.append(.newline)
    for _ in 0..<depth { out += indent.utf8 }
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "null" }
    if value.isInfinite {
      return value < 0 ? "-1.7976931348623157e+308" : "1.7976931348623157e+308"
    }
    if value == value.rounded(), value.magnitude < 1e17 { return "\(Int(value))" }
    let text = "\(value)"
    // Swift's shortest form, in jq's spelling.
    guard let mark = text.firstIndex(of: "e") else { return text }
    var mantissa = String(text[..<mark])
    if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
    let power = text[text.index(after: mark)...]
    let sign = power.hasPrefix("-") ? "-" : "+"
    let digits = power.drop { $0 == "-" || $0 == "+" }
    return mantissa + "e" + sign + (digits.count < 2 ? "0" : "") + digits
  }

  static func quote(_ text: String, _ out: inout [UInt8], isASCII: Bool = false) {
    out.append(UInt8(ascii: "\""))
    if isASCII {
      for unit in text.utf16 where unit >= 128 || unit < 128 {
        if unit < 128 { escape(UInt8(unit), &out) } else { hex(unit, &out) }
      }
    } else {
      for byte in text.utf8 { escape(byte, &out) }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func hex(_ unit: UInt16, _ out: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    out += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
  }

  private static func escape(_ byte: UInt8, _ out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): out += Array("\\\"".utf8)
    case UInt8(ascii: "\\"): out += Array("\\\\".utf8)
    case 8: out += Array("\\b".utf8)
    case 9: out += Array("\\t".utf8)
    case 10: out += Array("\\n".utf8)
    case 12: out += Array("\\f".utf8)
    case 13: out += Array("\\r".utf8)
    case 0..<32, 127: hex(UInt16(byte), &out)
    default: out.append(byte)
    }
  }
}
