package import Simulation

/// What a CPU limit does: the kernel's CFS bandwidth control, a quota for each period of 100 ms.
package struct ProcessorQuota {
  /// Thousandths of a core; nil: no limit.
  package var limit: Int64?
  package private(set) var periods: Int64 = 0
  package private(set) var throttledPeriods: Int64 = 0
  package private(set) var throttled = Span.zero
  private var paidUntil: Moment?

  package static let period = Span.milliseconds(100)

  /// How long `work` of processor time takes that begins now, its waits for new quota included.
  mutating func take(_ work: Span, at now: Moment) -> Span {
    guard let limit, limit > 0 else { return work }
    let (product, overflow) = work.nanoseconds.multipliedReportingOverflow(by: 1000)
    let cost = Span(nanoseconds: (overflow ? .max / 2 : product) / limit)
    let end = max(paidUntil ?? now, now) + cost
    paidUntil = end
    let whole = max(work, end - now)
    let lost = whole + -work
    periods += Self.count(whole)
    guard lost > .zero else { return whole }
    throttledPeriods += Self.count(lost)
    throttled = throttled + lost
    return whole
  }

  private static func count(_ span: Span) -> Int64 {
    (span.nanoseconds + period.nanoseconds - 1) / period.nanoseconds
  }
}
