/// Numbers as C's printf writes them.
enum DecimalText {
  /// `%.Nf`.
  static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let places = min(max(places, 0), 60)
    let (digits, exponent) = exact(value.magnitude)
    // value = 0.DIGITS × 10^exponent, exactly
    let (rounded, carry) = round(digits, to: exponent + places)
    let whole = exponent + carry
    var text = ""
    for index in 0..<max(whole, 0) { text += index < rounded.count ? "\(rounded[index])" : "0" }
    if whole <= 0 { text = "0" }
    if places > 0 {
      text += "."
      for index in whole..<whole + places {
        text += index >= 0 && index < rounded.count ? "\(rounded[index])" : "0"
      }
    }
    return (value.sign == .minus ? "-" : "") + text
  }

  /// `%.Ne`.
  static func scientific(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return fixed(value, 0) }
    let places = min(max(places, 0), 60)
    let (digits, exponent) = exact(value.magnitude)
    let (rounded, carry) = round(digits, to: places + 1)
    var text = "\(rounded.first ?? 0)"
    if places > 0 {
      text += "."
      for index in 1...places { text += index < rounded.count ? "\(rounded[index])" : "0" }
    }
    let power = value == 0 ? 0 : exponent + carry - 1
    let shown = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
    return (value.sign == .minus ? "-" : "") + text + "e" + (power < 0 ? "-" : "+") + shown
  }

  /// `%.Ng`.
  static func general(_ value: Double, _ places: Int, keepsZeros: Bool = false) -> String {
    guard value.isFinite else { return fixed(value, 0) }
    let places = max(1, min(places, 60))
    let (digits, exponent) = exact(value.magnitude)
    let (_, carry) = round(digits, to: places)
    let power = value == 0 ? 0 : exponent + carry - 1
    if power < -4 || power >= places {
      let text = scientific(value, places - 1)
      guard !keepsZeros, let mark = text.firstIndex(of: "e") else { return text }
      return trimmed(String(text[..<mark])) + text[mark...]
    }
    let text = fixed(value, places - 1 - power)
    return keepsZeros ? text : trimmed(text)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// All decimal digits of a finite number, as 0.DIGITS × 10^exponent.
  private static func exact(_ value: Double) -> ([UInt8], Int) {
    guard value != 0 else { return ([], 0) }
    // significand × 2^shift, with an integer significand
    let shift = Int(value.exponent) - 52
    var significand = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
    var power = value.isNormal ? shift : -1074
    while significand & 1 == 0, power < 0 {
      significand >>= 1
      power += 1
    }
    // Little-endian decimal limbs of nine digits.
    var limbs: [UInt64] = []
    while significand > 0 {
      limbs.append(significand % 1_000_000_000)
      significand /= 1_000_000_000
    }
    func multiply(by factor: UInt64) {
      var carry: UInt64 = 0
      for index in limbs.indices {
        let product = limbs[index] * factor + carry
        limbs[index] = product % 1_000_000_000
        carry = product / 1_000_000_000
      }
      if carry > 0 { limbs.append(carry) }
    }
    var left = power.magnitude
    // 2^-n = 5^n / 10^n
    let base: UInt64 = power < 0 ? 5 : 2
    let large: UInt64 = power < 0 ? 1_953_125 : 1 << 29
    let step: UInt = power < 0 ? 9 : 29
    while left >= step {
      multiply(by: large)
      left -= step
    }
    for _ in 0..<left { multiply(by: base) }
    var digits: [UInt8] = []
    for limb in limbs {
      var rest = limb
      for _ in 0..<9 {
        digits.append(UInt8(rest % 10))
        rest /= 10
      }
    }
    while digits.last == 0 { digits.removeLast() }
    digits.reverse()
    return (digits, digits.count - (power < 0 ? Int(power.magnitude) : 0))
  }

  /// Rounds half to even to a count of digits; the carry is 1 when a digit was added in front.
  private static func round(_ digits: [UInt8], to count: Int) -> ([UInt8], Int) {
    guard count < digits.count else { return (digits, 0) }
    guard count >= 0 else { return ([], 0) }
    var kept = Array(digits[..<count])
    let next = digits[count]
    let isHalf = next == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
    guard next > 5 || (next == 5 && (!isHalf || (kept.last ?? 0) % 2 == 1)) else {
      return (kept, 0)
    }
    var index = count - 1
    while index >= 0 {
      if kept[index] < 9 {
        kept[index] += 1
        return (kept, 0)
      }
      kept[index] = 0
      index -= 1
    }
    kept.insert(1, at: 0)
    return (kept, 1)
  }
}
