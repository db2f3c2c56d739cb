import Shell

/// One `%` directive: flags, width and precision.
struct FormatDirective {
  var isLeft = false
  var showsPlus = false
  var showsBlank = false
  var isAlternate = false
  var padsZero = false
  var width = 0
  var precision: Int?

  private static let widest = 1 << 20

  mutating func read(_ format: [UInt8], _ start: Int, _ values: inout FormatArguments) -> Int {
    var index = start
    flags: while index < format.count {
      switch format[index] {
      case UInt8(ascii: "-"): isLeft = true
      case UInt8(ascii: "+"): showsPlus = true
      case UInt8(ascii: " "): showsBlank = true
      case UInt8(ascii: "#"): isAlternate = true
      case UInt8(ascii: "0"): padsZero = true
      case UInt8(ascii: "'"): break
      default: break flags
      }
      index += 1
    }
    (width, index) = number(format, index, &values) ?? (0, index)
    if width < 0 {
      isLeft = true
      width = -width
    }
    if index < format.count, format[index] == UInt8(ascii: ".") {
      let (value, next) = number(format, index + 1, &values) ?? (0, index + 1)
      precision = max(0, value)
      index = next
    }
    while index < format.count, "hlLjzt".utf8.contains(format[index]) { index += 1 }
    return index
  }

  private func number(_ format: [UInt8], _ start: Int, _ values: inout FormatArguments) -> (
    Int, Int
  )? {
    var index = start
    if index < format.count, format[index] == UInt8(ascii: "*") {
      let value = values.integer()
      return (values.limited(value, to: Self.widest), index + 1)
    }
    var value = 0
    while index < format.count, format[index].isDigit {
      value = min(1 << 40, value * 10 + Int(format[index] - 48))
      index += 1
    }
    return index > start ? (values.limited(value, to: Self.widest), index) : nil
  }

  func render(_ conversion: UInt8, _ values: inout FormatArguments) -> ([UInt8], Bool, Bool) {
    switch conversion {
    case UInt8(ascii: "s"):
      let text = Array((values.next() ?? "").utf8)
      return (padded(precision.map { Array(text.prefix($0)) } ?? text), false, true)
    case UInt8(ascii: "b"):
      let (text, stops) = BackslashEscapes.expand(
        Array((values.next() ?? "").utf8), octalNeedsZero: true)
      return (padded(precision.map { Array(text.prefix($0)) } ?? text), stops, true)
    case UInt8(ascii: "q"):
      return (padded(Array(ShellQuoting.quoted(values.next() ?? "").utf8)), false, true)
    case UInt8(ascii: "c"):
      let text = values.next() ?? ""
      return (padded(text.first.map { Array(String($0).utf8) } ?? []), false, true)
    case UInt8(ascii: "d"), UInt8(ascii: "i"):
      return (integer(values.integer()), false, true)
    case UInt8(ascii: "u"): return (unsigned(values.integer(), 10), false, true)
    case UInt8(ascii: "o"): return (unsigned(values.integer(), 8), false, true)
    case UInt8(ascii: "x"): return (unsigned(values.integer(), 16), false, true)
    case UInt8(ascii: "X"): return (unsigned(values.integer(), 16, isUpper: true), false, true)
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return (signed(DecimalText.fixed(values.number(), precision ?? 6)), false, true)
    case UInt8(ascii: "e"):
      return (signed(DecimalText.scientific(values.number(), precision ?? 6)), false, true)
    case UInt8(ascii: "E"):
      let text = DecimalText.scientific(values.number(), precision ?? 6)
      return (signed(text.uppercased()), false, true)
    case UInt8(ascii: "g"), UInt8(ascii: "G"):
      let text = DecimalText.general(values.number(), precision ?? 6, keepsZeros: isAlternate)
      return (signed(conversion == UInt8(ascii: "G") ? text.uppercased() : text), false, true)
    default: return ([], false, false)
    }
  }

  private func padded(_ text: [UInt8], zero: Bool = false) -> [UInt8] {
    // Width counts characters, so that columns of UTF-8 text line up.
    let length = text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    guard length < width else { return text }
    let fill = [UInt8](repeating: zero && !isLeft ? 48 : .blank, count: width - length)
    if isLeft { return text + fill }
    if zero, let sign = text.first, sign == 43 || sign == 45 || sign == 32 {
      return [sign] + fill + text.dropFirst()
    }
    return fill + text
  }

  private func integer(_ value: Int) -> [UInt8] {
    var digits = Array("\(value.magnitude)".utf8)
    if let precision, digits.count < precision {
      digits = [UInt8](repeating: 48, count: min(precision, Self.widest) - digits.count) + digits
    }
    let sign: [UInt8] = value < 0 ? [45] : showsPlus ? [43] : showsBlank ? [32] : []
    return padded(sign + digits, zero: padsZero && precision == nil)
  }

  private func unsigned(_ value: Int, _ radix: Int, isUpper: Bool = false) -> [UInt8] {
    var text = String(UInt(bitPattern: value), radix: radix, uppercase: isUpper)
    if let precision, text.utf8.count < precision {
      text = String(repeating: "0", count: min(precision, Self.widest) - text.utf8.count) + text
    }
    if isAlternate, value != 0 {
      text = (radix == 16 ? (isUpper ? "0X" : "0x") : radix == 8 ? "0" : "") + text
    }
    return padded(Array(text.utf8), zero: padsZero && precision == nil)
  }

  private func signed(_ text: String) -> [UInt8] {
    let sign = text.hasPrefix("-") ? "" : showsPlus ? "+" : showsBlank ? " " : ""
    return padded(Array((sign + text).utf8), zero: padsZero)
  }
}
