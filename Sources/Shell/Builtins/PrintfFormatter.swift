/// What `printf` does with its format and arguments; the program of that name uses it too.
package struct PrintfFormatter {
  private let format: [UInt8]
  private let now: Int64
  private let dialect: Dialect
  package private(set) var complaints: [String] = []
  /// Why it stopped before its end, where it asked for too much.
  package private(set) var excess: String?
  private var output: [UInt8] = []
  private var arguments: [String] = []
  private var used = 0
  private var stopped = false

  static let outputLimit = 16 << 20

  package init(_ format: [UInt8], now: Int64 = 0, dialect: Dialect = .bash) {
    self.format = format
    self.dialect = dialect
    self.now = now
  }

  /// The format is used again until all arguments are.
  package mutating func format(_ arguments: [String]) -> [UInt8] {
    self.arguments = arguments
    repeat {
      let before = used
      pass()
      if stopped || used == before { break }
    } while used < arguments.count && output.count < PrintfFormatter.outputLimit
    return output
  }

  private mutating func next() -> String? {
    guard used < arguments.count else { return nil }
    used += 1
    return arguments[used - 1]
  }

  private mutating func pass() {
    var index = 0
    let decoder = EscapeDecoder(style: .printf)
    while index < format.count, !stopped {
      let byte = format[index]
      index += 1
      if byte == UInt8(ascii: "\\"), index < format.count,
        dialect.family != .dash || format[index] != UInt8(ascii: "x")
      {
        _ = decoder.decodeEscape(format[...], &index, &output)
      } else if byte == UInt8(ascii: "%") {
        directive(&index)
      } else {
        output.append(byte)
      }
    }
  }

  private struct Directive {
    var left = false
    var plus = false
    var space = false
    var alternate = false
    var zero = false
    var width = 0
    var precision: Int?
  }

  private mutating func directive(_ index: inout Int) {
    let start = index
    var directive = Directive()
    flags: while index < format.count {
      switch format[index] {
      case UInt8(ascii: "-"): directive.left = true
      case UInt8(ascii: "+"): directive.plus = true
      case UInt8(ascii: " "): directive.space = true
      case UInt8(ascii: "#"): directive.alternate = true
      case UInt8(ascii: "0"): directive.zero = true
      case UInt8(ascii: "'"): break
      default: break flags
      }
      index += 1
    }
    let width = number(&index) ?? 0
    directive.width = limited(width, "width")
    if width < 0 { directive.left = true }
    if index < format.count, format[index] == UInt8(ascii: ".") {
      index += 1
      let precision = number(&index) ?? 0
      directive.precision = precision < 0 ? nil : limited(precision, "precision")
    }
    guard excess == nil else { return }
    while dialect.family == .bash, index < format.count, "hlLjzt".utf8.contains(format[index]) {
      index += 1
    }
    guard index < format.count else {
      let shown = String(decoding: format[(start - 1)...], as: UTF8.self)
      complaints.append("`\(shown)': missing format character")
      stopped = true
      return
    }
    let letter = format[index]
    index += 1
    if letter == UInt8(ascii: "("), let time = timeFormat(&index) {
      pad(Array(time.utf8), directive)
      return
    }
    if !convert(letter, directive) {
      let shown = String(decoding: format[(index - 1)..<index], as: UTF8.self)
      switch dialect.family {
      case .bash: complaints.append("`\(shown)': invalid format character")
      case .dash: complaints.append("%\(shown): invalid directive")
      case .ash:
        let rest = String(decoding: format[(start - 1)...], as: UTF8.self)
        complaints.append("\(rest): invalid format")
      }
      stopped = true
    }
  }

  private static let widest = 1 << 20

  private mutating func limited(_ value: Int, _ what: String) -> Int {
    guard value.magnitude <= Self.widest else {
      excess = "drydock: a \(what) of \(value) in printf exceeds \(Self.widest)"
      stopped = true
      return 0
    }
    return abs(value)
  }

  private mutating func number(_ index: inout Int) -> Int? {
    guard index < format.count else { return nil }
    if format[index] == UInt8(ascii: "*") {
      index += 1
      return Int(next() ?? "0") ?? 0
    }
    var value: Int?
    while index < format.count, format[index].isDigit {
      value = min((value ?? 0) * 10 + Int(format[index] - 0x30), 1 << 40)
      index += 1
    }
    return value
  }

  private mutating func timeFormat(_ index: inout Int) -> String? {
    guard let close = format[index...].firstIndex(of: UInt8(ascii: ")")), close + 1 < format.count,
      format[close + 1] == UInt8(ascii: "T")
    else { return nil }
    let pattern = String(decoding: format[index..<close], as: UTF8.self)
    index = close + 2
    let given = next().flatMap { Int64($0) } ?? -1
    let moment = given < 0 ? now : given.multipliedReportingOverflow(by: 1_000_000_000).partialValue
    return CalendarTime(nanoseconds: moment).formatted(pattern.isEmpty ? "%X" : pattern)
  }

  private mutating func convert(_ letter: UInt8, _ directive: Directive) -> Bool {
    switch letter {
    case UInt8(ascii: "%"): output.append(letter)
    case UInt8(ascii: "s"):
      var text = Array((next() ?? "").unicodeScalars)
      if let precision = directive.precision { text = Array(text.prefix(precision)) }
      pad(Array(PatternEdit.string(text[...]).utf8), directive, count: text.count)
    case UInt8(ascii: "b"):
      let decoded = EscapeDecoder(style: .argument).decode(Array((next() ?? "").utf8)[...])
      pad(Array(decoded.bytes.prefix(directive.precision ?? .max)), directive)
      stopped = decoded.stops
    case UInt8(ascii: "q") where dialect.isBash:
      pad(Array(ShellQuoting.backslashed(next() ?? "").utf8), directive)
    case UInt8(ascii: "c"):
      let first = (next() ?? "").unicodeScalars.first.map { String($0) } ?? ""
      pad(Array(first.utf8), directive)
    case UInt8(ascii: "d"), UInt8(ascii: "i"): integer(directive, radix: 10, isSigned: true)
    case UInt8(ascii: "u"): integer(directive, radix: 10, isSigned: false)
    case UInt8(ascii: "o"): integer(directive, radix: 8, isSigned: false)
    case UInt8(ascii: "x"): integer(directive, radix: 16, isSigned: false)
    case UInt8(ascii: "X"): integer(directive, radix: 16, isSigned: false, uppercase: true)
    case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "g"), UInt8(ascii: "G"):
      real(letter, directive)
    default: return false
    }
    return true
  }

  private mutating func pad(_ text: [UInt8], _ directive: Directive, count: Int? = nil) {
    let fill = max(0, directive.width - (count ?? text.count))
    if directive.left {
      output += text
      output += [UInt8](repeating: 0x20, count: fill)
    } else {
      output += [UInt8](repeating: 0x20, count: fill)
      output += text
    }
  }

  private mutating func integer(
    _ directive: Directive, radix: Int, isSigned: Bool, uppercase: Bool = false
  ) {
    let value = integerArgument()
    let magnitude = isSigned ? value.magnitude : UInt64(bitPattern: value)
    var digits = String(magnitude, radix: radix, uppercase: uppercase)
    if let precision = directive.precision {
      if precision == 0, magnitude == 0 { digits = "" }
      digits = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits
    }
    var sign = ""
    if isSigned {
      sign = value < 0 ? "-" : directive.plus ? "+" : directive.space ? " " : ""
    } else if directive.alternate, magnitude != 0 {
      sign = radix == 16 ? (uppercase ? "0X" : "0x") : radix == 8 ? "0" : ""
    }
    emit(sign, digits, directive, zeros: directive.zero && directive.precision == nil)
  }

  private mutating func emit(
    _ sign: String, _ digits: String, _ directive: Directive, zeros: Bool
  ) {
    let fill = max(0, directive.width - sign.utf8.count - digits.utf8.count)
    if zeros, !directive.left {
      output += Array((sign + String(repeating: "0", count: fill) + digits).utf8)
    } else {
      pad(Array((sign + digits).utf8), directive)
    }
  }

  private mutating func integerArgument() -> Int64 {
    guard let given = next() else { return 0 }
    let text = given.drop { $0 == " " || $0 == "\t" }
    if let quote = text.utf8.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      return Int64(text.unicodeScalars.dropFirst().first?.value ?? 0)
    }
    var digits = Array(text.utf8)[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits = digits.dropFirst()
    }
    var radix: UInt8 = 10
    if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
      radix = 16
      digits = digits.dropFirst(2)
    } else if digits.first == UInt8(ascii: "0"), digits.count > 1 {
      radix = 8
    }
    var value: UInt64 = 0
    var count = 0
    while let byte = digits.first, let digit = byte.hexadecimalValue, digit < radix {
      value = value &* UInt64(radix) &+ UInt64(digit)
      digits = digits.dropFirst()
      count += 1
    }
    if !digits.isEmpty || count == 0, !given.isEmpty {
      switch dialect.family {
      case .bash:
        complaints.append(
          radix == 8 && digits.first.map(\.isDigit) ?? false
            ? "\(given): invalid octal number" : "\(given): invalid number")
      case .dash:
        complaints.append(
          "\(given): \(count == 0 ? "expected numeric value" : "not completely converted")")
      case .ash: complaints.append("invalid number '\(given)'")
      }
    }
    let signed = Int64(bitPattern: value)
    return isNegative ? 0 &- signed : signed
  }

  private mutating func real(_ letter: UInt8, _ directive: Directive) {
    let given = next() ?? ""
    var value = 0.0
    if !given.isEmpty {
      if let found = Double(given) {
        value = found
      } else {
        var prefix = given
        while !prefix.isEmpty, Double(prefix) == nil { prefix.removeLast() }
        value = Double(prefix) ?? 0
        complaints.append(
          dialect.family == .ash
            ? "invalid number '\(given)'"
            : dialect.isBash ? "\(given): invalid number" : "\(given): expected numeric value")
      }
    }
    var text = RealFormat.text(
      abs(value), letter, precision: directive.precision, keepsZeros: directive.alternate)
    if letter == UInt8(ascii: "E") || letter == UInt8(ascii: "G") { text = text.uppercased() }
    let isNegative = value.sign == .minus
    let sign = isNegative ? "-" : directive.plus ? "+" : directive.space ? " " : ""
    emit(sign, text, directive, zeros: directive.zero && value.isFinite)
  }
}
