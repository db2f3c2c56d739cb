/// A point on the virtual clock, in nanoseconds since 1970-01-01T00:00:00Z.
package struct Moment: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Whole seconds since the epoch, rounded down.
  package var seconds: Int64 {
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }
  /// Clamped at the ends of the range, so that no outside duration can trap.
  package static func + (a: Moment, b: Span) -> Moment {
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    return Moment(nanoseconds: overflow ? (b.nanoseconds < 0 ? .min : .max) : sum)
  }
  package static func - (a: Moment, b: Moment) -> Span {
    let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
    return Span(nanoseconds: overflow ? (b.nanoseconds < 0 ? .max : .min) : difference)
  }
}

/// A length of virtual time in nanoseconds, as Go's time.Duration.
package struct Span: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func seconds(_ n: Int64) -> Span { scaled(n, 1_000_000_000) }
  package static func milliseconds(_ n: Int64) -> Span { scaled(n, 1_000_000) }
  package static func minutes(_ n: Int64) -> Span { scaled(n, 60_000_000_000) }
  package static func hours(_ n: Int64) -> Span { scaled(n, 3_600_000_000_000) }
  package static let zero = Span(nanoseconds: 0)

  /// Cut to a multiple of `unit` nanoseconds, towards zero.
  package func rounded(to unit: Int64) -> Span {
    unit > 0 ? Span(nanoseconds: nanoseconds - nanoseconds % unit) : self
  }

  /// Whole seconds, towards zero.
  package var seconds: Int64 { nanoseconds / 1_000_000_000 }

  package static func < (a: Span, b: Span) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func + (a: Span, b: Span) -> Span {
    (Moment(nanoseconds: a.nanoseconds) + b) - Moment(nanoseconds: 0)
  }
  package static prefix func - (a: Span) -> Span {
    Span(nanoseconds: a.nanoseconds == .min ? .max : -a.nanoseconds)
  }

  private static func scaled(_ n: Int64, _ unit: Int64) -> Span {
    let (product, overflow) = n.multipliedReportingOverflow(by: unit)
    return Span(nanoseconds: overflow ? (n < 0 ? .min : .max) : product)
  }
}
