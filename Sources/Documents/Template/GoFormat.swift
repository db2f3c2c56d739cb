/// Values as Go's fmt prints them.
package enum GoFormat {
  /// As `%v`.
  package static func text(_ value: Value?) -> String {
    guard let value else { return "<nil>" }
    return GoText.print(value)
  }

  /// As `fmt.Sprint`: blanks between operands of which neither is a string.
  package static func joined(_ values: [Value?]) -> String {
    var out = ""
    var wasString = true
    for (number, value) in values.enumerated() {
      let isString = value?.string != nil
      if number > 0, !wasString, !isString { out += " " }
      out += text(value)
      wasString = isString
    }
    return out
  }

  package static func type(_ value: Value?) -> String { GoText.typeName(value ?? .null) }

  /// A directive of a format: `%-8s`.
  private struct Directive {
    var isLeft = false
    var showsSign = false
    var isAlternate = false
    var pads: Character = " "
    var width: Int?
    var precision: Int?
  }

  static let maximumWidth = 10_000

  /// As `fmt.Sprintf`.
  package static func format(_ format: String, _ values: [Value?]) -> String {
    var out = ""
    var rest = Array(format)[...]
    var next = 0
    while let character = rest.popFirst() {
      guard character == "%" else {
        out.append(character)
        continue
      }
      var directive = Directive()
      readFlags(&rest, &directive)
      directive.width = number(&rest)
      if rest.first == "." {
        rest.removeFirst()
        directive.precision = number(&rest) ?? 0
      }
      guard let verb = rest.popFirst() else {
        out += "%!(NOVERB)"
        break
      }
      if verb == "%" {
        out += "%"
      } else if next < values.count {
        out += padded(shown(values[next], verb, directive), directive)
        next += 1
      } else {
        out += "%!\(verb)(MISSING)"
      }
    }
    if next < values.count {
      let extra = values[next...].map { $0 == nil ? "<nil>" : "\(type($0))=\(text($0))" }
      out += "%!(EXTRA \(extra.joined(separator: ", ")))"
    }
    return out
  }

  private static func readFlags(_ rest: inout ArraySlice<Character>, _ into: inout Directive) {
    while let flag = rest.first {
      switch flag {
      case "-": into.isLeft = true
      case "+": into.showsSign = true
      case "#": into.isAlternate = true
      case "0": into.pads = "0"
      case " ": break
      default: return
      }
      rest.removeFirst()
    }
  }

  private static func number(_ rest: inout ArraySlice<Character>) -> Int? {
    var value: Int?
    while let digit = rest.first?.wholeNumberValue, rest.first?.isASCII == true {
      value = min((value ?? 0) * 10 + digit, maximumWidth)
      rest.removeFirst()
    }
    return value
  }

  private static func padded(_ text: String, _ directive: Directive) -> String {
    guard let width = directive.width, text.count < width else { return text }
    let missing = width - text.count
    if directive.isLeft { return text + String(repeating: " ", count: missing) }
    let fill = String(repeating: directive.pads, count: missing)
    if directive.pads == "0", text.hasPrefix("-") { return "-" + fill + text.dropFirst() }
    return fill + text
  }

  private static func shown(_ value: Value?, _ verb: Character, _ directive: Directive) -> String {
    let bad = "%!\(verb)(" + (value == nil ? "<nil>" : "\(type(value))=\(text(value))") + ")"
    guard let value, !value.isNull else { return verb == "v" ? "<nil>" : "%!\(verb)(<nil>)" }
    if verb == "T" { return type(value) }
    if verb == "v" {
      return directive.isAlternate ? GoText.syntax(value) : text(value)
    }
    switch value {
    case .array(let elements):
      return "[" + elements.map { shown($0, verb, directive) }.joined(separator: " ") + "]"
    case .object(let members):
      let parts = members.map {
        // A nil inside a value is told plainly whatever the verb.
        shown(.string($0.key), verb, directive) + ":"
          + ($0.value.isNull ? "<nil>" : shown($0.value, verb, directive))
      }
      return "map[" + parts.joined(separator: " ") + "]"
    case .string(let text): return string(text, verb, directive) ?? bad
    case .bool(let flag): return verb == "t" ? "\(flag)" : bad
    case .int(let number): return whole(number, verb, directive) ?? bad
    case .double(let number): return fraction(number, verb, directive) ?? bad
    case .null: return bad
    }
  }

  private static func string(
    _ text: String, _ verb: Character, _ directive: Directive
  ) -> String? {
    let cut = directive.precision.map { String(text.prefix($0)) } ?? text
    switch verb {
    case "s": return cut
    case "q": return GoText.quote(cut)
    case "x", "X":
      return cut.utf8.map { byte in
        let digits = String(byte, radix: 16, uppercase: verb == "X")
        return byte < 16 ? "0" + digits : digits
      }.joined()
    default: return nil
    }
  }

  private static func whole(
    _ number: Int64, _ verb: Character, _ directive: Directive
  ) -> String? {
    let sign = directive.showsSign && number >= 0 ? "+" : ""
    switch verb {
    case "d": return sign + String(number)
    case "b": return String(number, radix: 2)
    case "o": return String(number, radix: 8)
    case "x": return (directive.isAlternate ? "0x" : "") + String(number, radix: 16)
    case "X": return String(number, radix: 16, uppercase: true)
    case "c":
      return UInt32(exactly: number).flatMap(Unicode.Scalar.init).map { String($0) } ?? "\u{FFFD}"
    case "q":
      return UInt32(exactly: number).flatMap(Unicode.Scalar.init).map { "'\($0)'" } ?? "'\u{FFFD}'"
    case "U":
      let digits = String(number, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    default: return nil
    }
  }

  private static func fraction(
    _ number: Double, _ verb: Character, _ directive: Directive
  ) -> String? {
    let sign = directive.showsSign && number >= 0 ? "+" : ""
    switch verb {
    case "f", "F": return sign + fixed(number, min(directive.precision ?? 6, 15))
    case "g", "G": return sign + GoText.general(number)
    default: return nil
    }
  }

  /// Rounded to so many digits after the point.
  private static func fixed(_ number: Double, _ digits: Int) -> String {
    guard number.isFinite, number.magnitude < 1e15 else { return GoText.general(number) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (number.magnitude * scale).rounded(.toNearestOrEven)
    guard scaled < 9e18 else { return GoText.general(number) }
    let text = String(UInt64(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = number < 0 ? "-" : ""
    if digits == 0 { return sign + padded }
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
