/// An amount of a resource, exact to a billionth, with the notation it came in.
package struct Quantity: Hashable, Sendable {
  package enum Format: Hashable, Sendable {
    /// 1k, 1500m.
    case decimalSI
    /// 1Ki, 1Gi.
    case binarySI
    /// 1e3.
    case decimalExponent
  }

  /// The amount in billionths, clamped to what 128 bits hold.
  package var nanos: Int128
  package var format: Format

  package init(nanos: Int128, format: Format) {
    self.nanos = nanos
    self.format = format
  }

  package init(_ value: Int64, format: Format = .decimalSI) {
    self.init(nanos: Int128(value) * Self.one, format: format)
  }

  package init(milli: Int64, format: Format = .decimalSI) {
    self.init(nanos: Int128(milli) * 1_000_000, format: format)
  }

  package static let zero = Quantity(0)
  static let one: Int128 = 1_000_000_000

  package var isZero: Bool { nanos == 0 }
  /// -1, 0 or 1.
  package var sign: Int { Int(nanos.signum()) }

  /// Whole units, rounded away from zero, clamped to 64 bits.
  package var value: Int64 { scaled(by: Self.one) }
  /// Thousandths, rounded away from zero, clamped to 64 bits.
  package var milliValue: Int64 { scaled(by: 1_000_000) }
  package var approximate: Double { Double(nanos) / 1e9 }
  package var isInteger: Bool { nanos % Self.one == 0 }

  private func scaled(by unit: Int128) -> Int64 {
    Int64(clamping: Self.divideAwayFromZero(nanos, unit))
  }

  static func divideAwayFromZero(_ number: Int128, _ unit: Int128) -> Int128 {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: unit)
    return remainder == 0 ? quotient : quotient + remainder.signum()
  }

  /// Rounded away from zero to thousandths, as resource lists of Pods are when they are defaulted.
  package var roundedUpToMilli: Quantity {
    let milli = Self.divideAwayFromZero(nanos, 1_000_000)
    let (product, overflow) = milli.multipliedReportingOverflow(by: 1_000_000)
    return Quantity(nanos: overflow ? nanos : product, format: format)
  }

  package static func + (a: Quantity, b: Quantity) -> Quantity {
    let (sum, overflow) = a.nanos.addingReportingOverflow(b.nanos)
    return Quantity(
      nanos: overflow ? (b.nanos < 0 ? .min : .max) : sum, format: a.isZero ? b.format : a.format)
  }

  package static func - (a: Quantity, b: Quantity) -> Quantity {
    let (difference, overflow) = a.nanos.subtractingReportingOverflow(b.nanos)
    return Quantity(
      nanos: overflow ? (b.nanos < 0 ? .max : .min) : difference,
      format: a.isZero ? b.format : a.format)
  }

  package static func += (a: inout Quantity, b: Quantity) { a = a + b }
  package static func -= (a: inout Quantity, b: Quantity) { a = a - b }

  package static prefix func - (a: Quantity) -> Quantity {
    Quantity(nanos: a.nanos == .min ? .max : -a.nanos, format: a.format)
  }
}

// Equal amounts are equal in whatever notation: 1Gi is 1024Mi.
extension Quantity: Comparable {
  package static func == (a: Quantity, b: Quantity) -> Bool { a.nanos == b.nanos }
  package static func < (a: Quantity, b: Quantity) -> Bool { a.nanos < b.nanos }
  package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}
