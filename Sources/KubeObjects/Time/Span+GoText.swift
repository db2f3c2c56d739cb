package import Simulation

extension Span {
  /// As Go prints durations: `1h30m0s`, `1.5s`, `250ms`.
  package var goText: String {
    guard nanoseconds != 0 else { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = nanoseconds.magnitude
    if magnitude < 1000 { return "\(sign)\(magnitude)ns" }
    if magnitude < 1_000_000 { return sign + Self.decimal(magnitude, 1000) + "µs" }
    if magnitude < 1_000_000_000 { return sign + Self.decimal(magnitude, 1_000_000) + "ms" }
    let seconds = magnitude / 1_000_000_000
    let rest = Self.decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
    if seconds < 60 { return sign + rest }
    if seconds < 3600 { return "\(sign)\(seconds / 60)m\(rest)" }
    return "\(sign)\(seconds / 3600)h\(seconds / 60 % 60)m\(rest)"
  }

  private static func decimal(_ amount: UInt64, _ unit: UInt64) -> String {
    let (whole, fraction) = amount.quotientAndRemainder(dividingBy: unit)
    guard fraction != 0 else { return String(whole) }
    var digits = String(unit + fraction).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }

  /// Reads `1h30m`, `-1.5s`, `250ms`, `0`; nil when it is no duration or too long.
  package init?(goText text: String) {
    var rest = text[...]
    let negative = rest.first == "-"
    if negative || rest.first == "+" { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    if rest == "0" {
      self = .zero
      return
    }
    var total: Double = 0
    var exact: Int64 = 0
    while !rest.isEmpty {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
      rest = rest.dropFirst(unit.count)
      guard let scale = Self.units[String(unit)], number != ".", !number.isEmpty,
        let amount = Self.nanos(String(number), scale)
      else { return nil }
      total += Double(amount)
      guard total < 9.2e18 else { return nil }
      exact += amount
    }
    self.init(nanoseconds: negative ? -exact : exact)
  }

  private static let units: [String: Int64] = [
    "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]

  private static func nanos(_ text: String, _ scale: Int64) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    var whole: Int64 = 0
    if let first = parts.first, !first.isEmpty {
      guard let number = Int64(first) else { return nil }
      whole = number
    }
    let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
    guard !overflow else { return nil }
    let fraction = parts.count == 2 ? Double("0." + parts[1]) ?? 0 : 0
    let (sum, over) = product.addingReportingOverflow(Int64(fraction * Double(scale)))
    return over ? nil : sum
  }

  /// As kubectl shows ages: `5s`, `3m20s`, `2d4h`.
  package var humanText: String {
    let seconds = self.seconds
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    if seconds < 120 { return "\(seconds)s" }
    let minutes = seconds / 60
    if minutes < 10 { return Self.pair(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return Self.pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if hours < 192 { return Self.pair(hours / 24, "d", hours % 24, "h") }
    if hours < 24 * 365 * 2 { return "\(hours / 24)d" }
    if hours < 24 * 365 * 8 { return Self.pair(hours / 24 / 365, "y", hours / 24 % 365, "d") }
    return "\(hours / 24 / 365)y"
  }

  private static func pair(_ a: Int64, _ unitA: String, _ b: Int64, _ unitB: String) -> String {
    b == 0 ? "\(a)\(unitA)" : "\(a)\(unitA)\(b)\(unitB)"
  }
}
