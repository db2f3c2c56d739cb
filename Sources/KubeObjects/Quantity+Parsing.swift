package import Documents

extension Quantity {
  /// Why a text is no quantity, in upstream's words.
  package enum ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    case format, suffix

    package var description: String {
      switch self {
      case .format:
        "quantities must match the regular expression "
          + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
      case .suffix: "unable to parse quantity's suffix"
      }
    }
  }

  /// A string, or an integer or a fraction as JSON has them.
  package init(parsing value: Value) throws(ParseError) {
    switch value {
    case .string(let text): try self.init(text)
    case .int(let number): self.init(number)
    case .double(let number): try self.init(number.goPrinted)
    default: throw .format
    }
  }

  /// Reads `1`, `1.5`, `500m`, `2Gi`, `1e3`; the law is resource.ParseQuantity.
  package init(_ text: String) throws(ParseError) {
    var text = text
    let parsed = text.withUTF8 { bytes in Parts(bytes).map { ($0, Unit(bytes[$0.suffix...])) } }
    guard let (parts, known) = parsed else { throw .format }
    guard let unit = known else { throw .suffix }
    guard let digits = parts.digits else {
      // More digits than 128 bits hold: capped, as upstream caps at the largest amount.
      self.init(nanos: parts.negative ? .min : .max, format: unit.format)
      return
    }
    let (nanos, isFraction) = Self.nanos(digits, decimals: parts.decimals, unit)
    var format = unit.format
    var amount = nanos
    if format == .binarySI {
      amount = min(amount, Int128(Int64.max) * Self.one)
      if isFraction && amount < Self.one && amount > 0 { format = .decimalSI }
    }
    self.init(nanos: parts.negative ? -amount : amount, format: format)
  }

  /// `digits` with a point `decimals` from the right, times the unit, in billionths rounded up.
  private static func nanos(
    _ digits: Int128, decimals: Int, _ unit: Unit
  ) -> (Int128, isFraction: Bool) {
    var amount = digits
    if unit.format == .binarySI {
      let (product, overflow) = amount.multipliedReportingOverflow(by: 1 << Int128(unit.exponent))
      amount = overflow ? .max : product
    }
    var power = 9 - decimals + (unit.format == .binarySI ? 0 : unit.exponent)
    while power > 0 && amount != 0 && amount != .max {
      let step = min(power, tens.count - 1)
      let (product, overflow) = amount.multipliedReportingOverflow(by: tens[step])
      amount = overflow ? .max : product
      power -= step
    }
    var inexact = false
    while power < 0 && amount != 0 {
      inexact = inexact || amount % 10 != 0
      amount /= 10
      power += 1
      // Too small to show still means some: upstream rounds up to one billionth.
      if amount == 0 { return (1, true) }
    }
    return (inexact ? amount + 1 : amount, decimals > 0)
  }

  /// The powers of ten that the largest suffix needs.
  private static let tens: [Int128] = (0...27).map { (0..<$0).reduce(1) { all, _ in all * 10 } }

  /// The pieces of a quantity's text.
  private struct Parts {
    var negative = false
    /// The digits without the point, or nil when too many.
    var digits: Int128? = 0
    var decimals = 0
    /// Where the suffix starts.
    var suffix = 0

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard !bytes.isEmpty else { return nil }
      var position = 0
      if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
        negative = bytes[0] == UInt8(ascii: "-")
        position = 1
      }
      position = readDigits(bytes, from: position)
      if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
        let point = position
        position = readDigits(bytes, from: position + 1)
        decimals = position - point - 1
      }
      suffix = position
      while position < bytes.count, isSuffix(bytes[position]) { position += 1 }
      if position < bytes.count,
        bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
      {
        position += 1
      }
      while position < bytes.count, isDigit(bytes[position]) { position += 1 }
      guard position == bytes.count else { return nil }
    }

    private mutating func readDigits(_ bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int {
      var position = from
      while position < bytes.count, isDigit(bytes[position]) {
        if let so = digits {
          let (product, over) = so.multipliedReportingOverflow(by: 10)
          let (sum, more) = product.addingReportingOverflow(Int128(bytes[position] - 0x30))
          digits = over || more ? nil : sum
        }
        position += 1
      }
      return position
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private func isSuffix(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "i"), UInt8(ascii: "n"),
        UInt8(ascii: "u"), UInt8(ascii: "m"), UInt8(ascii: "k"), UInt8(ascii: "K"),
        UInt8(ascii: "M"), UInt8(ascii: "G"), UInt8(ascii: "T"), UInt8(ascii: "P"):
        true
      default: false
      }
    }
  }

  /// What a suffix multiplies by: a power of ten, or of two.
  private struct Unit {
    var format: Format
    var exponent: Int

    init?(_ suffix: Slice<UnsafeBufferPointer<UInt8>>) {
      let first = suffix.first ?? UInt8(ascii: " ")
      if suffix.count < 2, let step = Self.decimal.firstIndex(of: first) {
        (format, exponent) = (.decimalSI, 3 * step - 9)
        return
      }
      if suffix.count == 2, suffix.last == UInt8(ascii: "i"),
        let step = Self.binary.firstIndex(of: first)
      {
        (format, exponent) = (.binarySI, 10 * step + 10)
        return
      }
      // An exponent: e3, E-2.
      guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E"),
        let power = Int(String(decoding: suffix.dropFirst(), as: UTF8.self)),
        power.magnitude <= 1000
      else { return nil }
      (format, exponent) = (.decimalExponent, power)
    }

    /// From a billionth in steps of a thousand; no suffix stands for one.
    private static let decimal = Array("num kMGTPE".utf8)
    /// From 1024 in steps of it.
    private static let binary = Array("KMGTPE".utf8)
  }
}
