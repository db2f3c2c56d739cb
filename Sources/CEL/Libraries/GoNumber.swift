/// Numbers read and written as Go's strconv and time do.
enum GoNumber {
  static func integer(_ text: String) -> Int64? {
    let digits = text.utf8.first == 0x2B || text.utf8.first == 0x2D ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return Int64(text)
  }

  /// The shortest digits that read back as the value, and the exponent of the first.
  static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
    if value == 0 { return ("0", 0) }
    let text = "\(abs(value))"
    let halves = text.split(separator: "e", maxSplits: 1)
    let mantissa = halves[0].split(separator: ".", maxSplits: 1)
    var exponent = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
    let whole = String(mantissa[0])
    let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
    exponent += whole.count - 1
    var digits = whole + fraction
    while digits.count > 1, digits.first == "0" {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    return (digits, exponent)
  }

  /// Without an exponent.
  static func plain(_ digits: String, _ exponent: Int) -> String {
    if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
    if digits.count <= exponent + 1 {
      return digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  /// 5400s, 0.25s.
  static func seconds(_ nanoseconds: Int64) -> String {
    let size = nanoseconds.magnitude
    var text = String(size / 1_000_000_000)
    var fraction = String(size % 1_000_000_000)
    if fraction != "0" {
      fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
      while fraction.last == "0" { fraction.removeLast() }
      text += "." + fraction
    }
    return (nanoseconds < 0 ? "-" : "") + text + "s"
  }

  private static let units: [(String, UInt64)] = [
    ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000),
    ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
  ]

  /// As time.ParseDuration reads it.
  static func duration(_ text: String) -> Int64? {
    var rest = Substring(text)
    var isNegative = false
    if let first = rest.first, first == "-" || first == "+" {
      isNegative = first == "-"
      rest = rest.dropFirst()
    }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { return nil }
    var total: UInt64 = 0
    while !rest.isEmpty {
      guard let part = durationPart(&rest) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow, sum <= 1 << 63 else { return nil }
      total = sum
    }
    if isNegative { return total == 1 << 63 ? .min : -Int64(total) }
    return Int64(exactly: total)
  }

  private static func durationPart(_ rest: inout Substring) -> UInt64? {
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(whole.count)
    var fraction: Substring = ""
    if rest.first == "." {
      rest = rest.dropFirst()
      fraction = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(fraction.count)
    }
    guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
    let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
    guard let unit = units.first(where: { $0.0.utf8.elementsEqual(name.utf8) })?.1 else {
      return nil
    }
    rest = rest.dropFirst(name.count)
    guard let number = whole.isEmpty ? 0 : UInt64(whole) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    let extra = fraction.isEmpty ? 0 : (Double("0." + fraction) ?? 0) * Double(unit)
    return product.addingReportingOverflow(UInt64(extra)).partialValue
  }
}
