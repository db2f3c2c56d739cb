/// The least and the most that something costs, or how large it is; never overflows.
package struct CostEstimate: Hashable, Sendable {
  package var least: UInt64
  package var most: UInt64

  package init(_ least: UInt64, _ most: UInt64) {
    self.least = least
    self.most = most
  }

  package static let unknown = CostEstimate(0, .max)
  package static let zero = CostEstimate(0, 0)
  package static func fixed(_ amount: UInt64) -> CostEstimate { CostEstimate(amount, amount) }

  package static func + (a: CostEstimate, b: CostEstimate) -> CostEstimate {
    CostEstimate(add(a.least, b.least), add(a.most, b.most))
  }

  package static func * (a: CostEstimate, b: CostEstimate) -> CostEstimate {
    CostEstimate(multiply(a.least, b.least), multiply(a.most, b.most))
  }

  package func scaled(_ factor: Double) -> CostEstimate {
    CostEstimate(Self.scale(least, factor), Self.scale(most, factor))
  }

  package func union(_ other: CostEstimate) -> CostEstimate {
    CostEstimate(min(least, other.least), max(most, other.most))
  }

  package static func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  package static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }

  private static func scale(_ amount: UInt64, _ factor: Double) -> UInt64 {
    let product = (Double(amount) * factor).rounded(.up)
    return product >= 18_446_744_073_709_551_616 ? .max : UInt64(product)
  }
}
