/// Numbers and truth as Go's strconv reads them.
package enum GoNumber {
  package enum Failure: Error {
    case syntax, range
    package var text: String { self == .syntax ? "invalid syntax" : "value out of range" }
  }

  package static func bool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }

  /// With base prefixes and underscores, as base 0 allows.
  package static func int(_ text: String, bits: Int, signed: Bool = true) -> Result<Int64, Failure>
  {
    var digits = text[...]
    var negative = false
    if signed, let sign = digits.first, sign == "-" || sign == "+" {
      negative = sign == "-"
      digits = digits.dropFirst()
    }
    var radix: Int64 = 10
    let lower = digits.lowercased()
    for (prefix, base) in [("0x", 16), ("0b", 2), ("0o", 8)] where lower.hasPrefix(prefix) {
      radix = Int64(base)
      digits = digits.dropFirst(2)
    }
    if radix == 10, digits.count > 1, digits.first == "0" {
      radix = 8
      digits = digits.dropFirst()
    }
    guard !digits.isEmpty else { return .failure(.syntax) }
    var value: Int64 = 0
    var overflowed = false
    for character in digits where character != "_" {
      guard let digit = character.hexDigitValue.map(Int64.init), digit < radix else {
        return .failure(.syntax)
      }
      let (product, o1) = value.multipliedReportingOverflow(by: radix)
      let (sum, o2) = product.addingReportingOverflow(digit)
      if o1 || o2 { overflowed = true } else { value = sum }
    }
    if digits.first == "_" || digits.last == "_" { return .failure(.syntax) }
    let limit = bits == 64 ? Int64.max : (Int64(1) << (signed ? bits - 1 : bits)) - 1
    if overflowed || value > limit + (negative && bits < 64 ? 1 : 0) { return .failure(.range) }
    return .success(negative ? -value : value)
  }
}
