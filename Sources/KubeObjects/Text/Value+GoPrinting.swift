package import Documents

extension String {
  /// The string between double quotes as Go's %q writes it.
  package var goQuoted: String { GoText.quote(self) }

  /// The string as Go's encoding/json writes it, with HTML's characters escaped.
  package var goJSON: String {
    if utf8.allSatisfy({
      $0 >= 0x20 && $0 < 0x7f && ![0x22, 0x5c, 0x3c, 0x3e, 0x26].contains($0)
    }) {
      return "\"" + self + "\""
    }
    var out = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{08}": out += "\\b"
      case "\u{0c}": out += "\\f"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        out += "\\u" + hexadecimal(scalar.value, digits: 4)
      case _ where scalar.value < 0x20: out += "\\u" + hexadecimal(scalar.value, digits: 4)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension Value {
  /// The value as upstream's field errors print it: scalars by %v, strings by %q, all else as JSON.
  package var goPrinted: String {
    switch self {
    case .string(let text): text.goQuoted
    case .double(let number): number.goPrinted
    default: goJSON
    }
  }

  /// The value as Go's encoding/json writes a map: no blanks, names in order.
  package var goJSON: String {
    var out = ""
    writeGoJSON(to: &out)
    return out
  }

  private func writeGoJSON(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let flag): out += flag ? "true" : "false"
    case .int(let number): out += String(number)
    case .double(let number): out += number.goPrinted
    case .string(let text): out += text.goJSON
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += "," }
        element.writeGoJSON(to: &out)
      }
      out += "]"
    case .object(let mapping):
      out += "{"
      for (index, member) in mapping.enumerated() {
        if index > 0 { out += "," }
        out += member.key.goJSON + ":"
        member.value.writeGoJSON(to: &out)
      }
      out += "}"
    }
  }
}

extension Double {
  /// The shortest form that reads back, as Go's %v: exponents below -4 and from 6 up.
  package var goPrinted: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
    if self == 0 { return sign == .minus ? "-0" : "0" }
    let (digits, exponent) = magnitude.shortestDigits
    let sign = self < 0 ? "-" : ""
    if exponent < -4 || exponent >= 6 {
      let rest = digits.dropFirst()
      let power = String(exponent.magnitude)
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e"
        + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" + power : power)
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

  /// The significant digits without zeros at either end, and the power of ten of the first.
  private var shortestDigits: (digits: String, exponent: Int) {
    var mantissa = description
    var exponent = 0
    if let e = mantissa.firstIndex(of: "e") {
      exponent = Int(mantissa[mantissa.index(after: e)...]) ?? 0
      mantissa = String(mantissa[..<e])
    }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts.first.map(String.init) ?? ""
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    var digits = Substring(whole + fraction)
    var first = whole.count - 1 + exponent
    while digits.first == "0" && digits.count > 1 {
      digits.removeFirst()
      first -= 1
    }
    while digits.last == "0" && digits.count > 1 { digits.removeLast() }
    return (String(digits), first)
  }
}
