/// Writes floating-point numbers as C's `%f`, `%e` and `%g` do, exactly rounded.
package enum RealFormat {
  /// `value` is not negative.
  package static func text(
    _ value: Double, _ letter: UInt8, precision: Int?, keepsZeros: Bool = false
  ) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return "inf" }
    let precision = min(precision ?? 6, 1000)
    switch letter | 0x20 {
    case UInt8(ascii: "f"): return fixed(value, precision)
    case UInt8(ascii: "e"): return exponential(value, precision)
    default: return general(value, max(1, precision), keepsZeros: keepsZeros)
    }
  }

  private static func fixed(_ value: Double, _ precision: Int) -> String {
    let (digits, point) = decimal(value)
    let rounded = round(digits, point, keeping: point + precision)
    let whole = String(decoding: rounded.digits.prefix(max(0, rounded.point)), as: UTF8.self)
    var fraction = rounded.point < 0 ? String(repeating: "0", count: -rounded.point) : ""
    fraction += String(decoding: rounded.digits.dropFirst(max(0, rounded.point)), as: UTF8.self)
    fraction = String(fraction.prefix(precision))
    fraction += String(repeating: "0", count: precision - fraction.utf8.count)
    return (whole.isEmpty ? "0" : whole) + (precision > 0 ? "." + fraction : "")
  }

  private static func exponential(_ value: Double, _ precision: Int) -> String {
    if value == 0 {
      return "0" + (precision > 0 ? "." + String(repeating: "0", count: precision) : "") + "e+00"
    }
    let (digits, point) = decimal(value)
    let rounded = round(digits, point, keeping: precision + 1)
    var text = String(decoding: rounded.digits, as: UTF8.self)
    text += String(repeating: "0", count: max(0, precision + 1 - text.utf8.count))
    let exponent = rounded.point - 1
    let size = abs(exponent)
    return text.prefix(1) + (precision > 0 ? "." + text.dropFirst() : "") + "e"
      + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + String(size)
  }

  private static func general(_ value: Double, _ precision: Int, keepsZeros: Bool) -> String {
    var exponent = 0
    if value != 0 {
      let (digits, point) = decimal(value)
      exponent = round(digits, point, keeping: precision).point - 1
    }
    if exponent < -4 || exponent >= precision {
      let text = exponential(value, precision - 1)
      guard !keepsZeros, let mark = text.firstIndex(of: "e") else { return text }
      return trimmed(String(text[..<mark])) + text[mark...]
    }
    let text = fixed(value, precision - 1 - exponent)
    return keepsZeros ? text : trimmed(text)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// All decimal digits of the value, exactly, and where the point stands among them.
  private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int) {
    if value == 0 { return ([], 0) }
    // value = significand * 2^shift, both integers; long arithmetic in base 10^9 gives every digit.
    let shift = Int(value.exponent) - 52
    let bits = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
    let power = value.isNormal ? shift : -1074
    var limbs = [UInt64(bits % 1_000_000_000), UInt64(bits / 1_000_000_000)]
    multiply(&limbs, by: power >= 0 ? 2 : 5, times: abs(power))
    var digits: [UInt8] = []
    for (index, limb) in limbs.reversed().enumerated() {
      let text = String(limb)
      if index > 0 { digits += [UInt8](repeating: 0x30, count: 9 - text.utf8.count) }
      digits += Array(text.utf8)
    }
    let leading = digits.prefix { $0 == 0x30 }.count
    let point = digits.count - leading + min(0, power)
    digits.removeFirst(leading)
    return (digits, point)
  }

  private static func multiply(_ limbs: inout [UInt64], by factor: UInt64, times: Int) {
    var left = times
    while left > 0 {
      var step: UInt64 = factor
      left -= 1
      while left > 0, step < 100_000_000 {
        step *= factor
        left -= 1
      }
      var carry: UInt64 = 0
      for index in limbs.indices {
        let product = limbs[index] * step + carry
        limbs[index] = product % 1_000_000_000
        carry = product / 1_000_000_000
      }
      while carry > 0 {
        limbs.append(carry % 1_000_000_000)
        carry /= 1_000_000_000
      }
    }
  }

  private static func round(_ digits: [UInt8], _ point: Int, keeping count: Int) -> (
    digits: [UInt8], point: Int
  ) {
    guard count < digits.count else { return (digits, point) }
    guard count >= 0 else { return ([], point) }
    var kept = Array(digits[..<count])
    let next = digits[count]
    let restIsZero = digits[(count + 1)...].allSatisfy { $0 == 0x30 }
    let lastIsOdd = (kept.last ?? 0x30) & 1 == 1
    guard next > 0x35 || next == 0x35 && (!restIsZero || lastIsOdd) else { return (kept, point) }
    var index = count - 1
    while index >= 0 {
      if kept[index] < 0x39 {
        kept[index] += 1
        return (kept, point)
      }
      kept[index] = 0x30
      index -= 1
    }
    return ([0x31] + kept, point + 1)
  }
}
