package import Documents

/// A whole number or a text, usually a percentage, as maxUnavailable has it.
package enum IntOrString: Hashable, Sendable, CustomStringConvertible {
  case int(Int64)
  case string(String)

  package init?(_ value: Value?) {
    switch value {
    case .int(let number): self = .int(number)
    case .string(let text): self = .string(text)
    default: return nil
    }
  }

  package var description: String {
    switch self {
    case .int(let number): String(number)
    case .string(let text): text
    }
  }

  package var value: Value {
    switch self {
    case .int(let number): .int(number)
    case .string(let text): .string(text)
    }
  }

  /// Whether the text is digits and a percent sign.
  package var isPercent: Bool { percent != nil }

  /// The number before the percent sign.
  package var percent: Int64? {
    guard case .string(let text) = self, text.hasSuffix("%"),
      text.dropLast().utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { return nil }
    return Int64(text.dropLast())
  }

  /// The number, or that percentage of `total`; nil for other texts.
  package func scaled(of total: Int64, roundingUp: Bool) -> Int64? {
    if case .int(let number) = self { return number }
    guard let percent else { return nil }
    let (product, overflow) = total.multipliedReportingOverflow(by: percent)
    if overflow { return .max }
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: 100)
    return roundingUp && remainder > 0 ? quotient + 1 : quotient
  }
}
