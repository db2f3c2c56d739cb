import Simulation

/// Durations as Go writes them: `1h30m`, `500ms`.
enum GoDuration {
  private static let units: [(String, Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  static func parse(_ text: String) -> Span? {
    var rest = text[...]
    var sign = 1.0
    if let first = rest.first, first == "-" || first == "+" {
      if first == "-" { sign = -1 }
      rest = rest.dropFirst()
    }
    if rest == "0" { return .zero }
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let value = Double(number.first == "." ? "0" + number : String(number)) else {
        return nil
      }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !($0.isNumber || $0 == ".") }
      guard let scale = units.first(where: { $0.0 == unit })?.1 else { return nil }
      total += value * scale
      rest = rest.dropFirst(unit.count)
    }
    guard total < 9.2e18 else { return nil }
    return Span(nanoseconds: Int64(sign * total))
  }

  static func complaint(_ text: String) -> String {
    let body = text.drop { $0 == "-" || $0 == "+" }
    let number = body.prefix { $0.isNumber || $0 == "." }
    if number.isEmpty || !number.contains(where: \.isNumber) {
      return "time: invalid duration \(Go.quoted(text))"
    }
    let unit = body.dropFirst(number.count).prefix { !($0.isNumber || $0 == ".") }
    if units.contains(where: { $0.0 == unit }) {
      return "time: invalid duration \(Go.quoted(text))"
    }
    return unit.isEmpty
      ? "time: missing unit in duration \(Go.quoted(text))"
      : "time: unknown unit \(Go.quoted(String(unit))) in duration \(Go.quoted(text))"
  }

  /// As Go's Duration.String.
  static func text(_ span: Span) -> String {
    let nanoseconds = span.nanoseconds
    if nanoseconds == 0 { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let size = nanoseconds.magnitude
    if size < 1_000_000_000 {
      for (unit, scale) in [("ms", 1_000_000), ("µs", 1000), ("ns", 1)] as [(String, UInt64)]
      where size >= scale {
        return sign + decimal(size, scale) + unit
      }
    }
    let seconds = size / 1_000_000_000
    let fraction = size % 1_000_000_000
    var text = decimal(seconds % 60 * 1_000_000_000 + fraction, 1_000_000_000) + "s"
    if seconds >= 60 { text = "\(seconds / 60 % 60)m" + text }
    if seconds >= 3600 { text = "\(seconds / 3600)h" + text }
    return sign + text
  }

  private static func decimal(_ value: UInt64, _ scale: UInt64) -> String {
    guard value % scale != 0 else { return String(value / scale) }
    var fraction = String(value % scale)
    fraction = String(repeating: "0", count: String(scale).count - 1 - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(value / scale).\(fraction)"
  }
}
