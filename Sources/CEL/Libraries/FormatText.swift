import Documents

/// What format() makes of a pattern and its arguments.
enum FormatText {
  static func format(_ pattern: String, _ arguments: [Datum]) -> Datum {
    var out = ""
    var index = 0
    let scalars = Array(pattern.unicodeScalars)
    var used = 0
    while index < scalars.count {
      guard scalars[index] == "%" else {
        out.unicodeScalars.append(scalars[index])
        index += 1
        continue
      }
      index += 1
      guard index < scalars.count else { return .failure("unexpected end of string") }
      if scalars[index] == "%" {
        out += "%"
        index += 1
        continue
      }
      var precision: Int?
      if scalars[index] == "." {
        let digits = scalars[(index + 1)...].prefix { ("0"..."9").contains($0) }
        precision = Int(TextSearch.text(digits)) ?? 0
        index += 1 + digits.count
        guard index < scalars.count, (precision ?? 0) <= 1_000 else {
          return .failure("unexpected end of string")
        }
      }
      guard used < arguments.count else { return .failure("index \(used) out of range") }
      let verb = scalars[index]
      guard let text = clause(verb, arguments[used], precision ?? 6) else {
        return .failure(problem(verb, arguments[used]))
      }
      out += text
      used += 1
      index += 1
    }
    return .string(out)
  }

  private static func problem(_ verb: Unicode.Scalar, _ value: Datum) -> String {
    let type = value.typeName
    return switch verb {
    case "s":
      "error during formatting: string clause can only be used on strings, bools, bytes, "
        + "ints, doubles, maps, lists, types, durations, and timestamps, was given \(type)"
    case "d":
      "error during formatting: decimal clause can only be used on integers, was given \(type)"
    case "f":
      "error during formatting: fixed-point clause can only be used on doubles, was given "
        + type
    case "e":
      "error during formatting: scientific clause can only be used on doubles, was given "
        + type
    case "b":
      "error during formatting: only integers and bools can be formatted as binary, was "
        + "given \(type)"
    case "x", "X":
      "error during formatting: only integers, byte buffers, and strings can be "
        + "formatted as hex, was given \(type)"
    case "o":
      "error during formatting: octal clause can only be used on integers, was given \(type)"
    default: "could not parse formatting clause: unrecognized formatting clause \"\(verb)\""
    }
  }

  private static func clause(_ verb: Unicode.Scalar, _ value: Datum, _ precision: Int) -> String? {
    switch (verb, value) {
    case ("s", _): string(value)
    case ("d", .int(let number)): String(number)
    case ("d", .uint(let number)): String(number)
    case ("d", .double(let number)) where number.isNaN || number.isInfinite: string(value)
    case ("f", .double(let number)):
      special(number) ?? grouped(fixed(number, precision))
    case ("e", .double(let number)): special(number) ?? scientific(number, precision)
    case ("b", .int(let number)): String(number, radix: 2)
    case ("b", .uint(let number)): String(number, radix: 2)
    case ("b", .bool(let flag)): flag ? "1" : "0"
    case ("o", .int(let number)): String(number, radix: 8)
    case ("o", .uint(let number)): String(number, radix: 8)
    case ("x", _): hex(value, isUpper: false)
    case ("X", _): hex(value, isUpper: true)
    default: nil
    }
  }

  private static func hex(_ value: Datum, isUpper: Bool) -> String? {
    func bytes(_ bytes: some Sequence<UInt8>) -> String {
      bytes.map { byte in
        let digits = String(byte, radix: 16, uppercase: isUpper)
        return digits.count < 2 ? "0" + digits : digits
      }.joined()
    }
    switch value {
    case .int(let number): return String(number, radix: 16, uppercase: isUpper)
    case .uint(let number): return String(number, radix: 16, uppercase: isUpper)
    case .string(let text): return bytes(text.utf8)
    case .bytes(let data): return bytes(data)
    default: return nil
    }
  }

  private static func special(_ number: Double) -> String? {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return nil
  }

  /// For people: texts bare, but quoted within lists and maps.
  private static func string(_ value: Datum, isInside: Bool = false) -> String? {
    switch value {
    case .null: return "null"
    case .string(let text): return isInside ? GoText.quote(text) : text
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .type(let name): return name
    case .double(let number):
      if let text = special(number) { return text }
      let (digits, exponent) = GoNumber.decimal(number)
      return (number.sign == .minus ? "-" : "") + GoNumber.plain(digits, exponent)
    case .timestamp(let moment):
      let text = CivilMoment(moment).text
      return isInside ? "timestamp(\"\(text)\")" : text
    case .duration(let span):
      let text = GoNumber.seconds(span)
      return isInside ? "duration(\"\(text)\")" : text
    case .list(let list):
      var parts: [String] = []
      for element in list.elements {
        guard let text = string(element, isInside: true) else { return nil }
        parts.append(text)
      }
      return "[" + parts.joined(separator: ", ") + "]"
    case .map(let map):
      var parts: [String] = []
      for key in map.keys {
        guard let name = string(key, isInside: true), let value = map[key],
          let text = string(value, isInside: true)
        else { return nil }
        parts.append("\(name): \(text)")
      }
      return "{" + parts.sorted { ByteOrder.precedes($0, $1) }.joined(separator: ", ") + "}"
    default: return StandardFunctions.string(value)?.string
    }
  }

  /// A value as messages of failures print it.
  static func plain(_ value: Datum) -> String { string(value) ?? value.typeName }

  /// Rounded half to even on the exact digits that the shortest form shows.
  static func fixed(_ number: Double, _ precision: Int) -> String {
    let (digits, exponent) = GoNumber.decimal(number.magnitude)
    let rounded = round(digits, exponent, keeping: exponent + 1 + precision)
    var plain = rounded.digits == "0" ? "0" : GoNumber.plain(rounded.digits, rounded.exponent)
    if precision > 0 {
      let dot = plain.firstIndex(of: ".")
      let present = dot.map { plain.distance(from: $0, to: plain.endIndex) - 1 } ?? 0
      if dot == nil { plain += "." }
      plain += String(repeating: "0", count: max(0, precision - present))
    }
    return (number.sign == .minus ? "-" : "") + plain
  }

  private static func round(
    _ digits: String, _ exponent: Int, keeping count: Int
  ) -> (digits: String, exponent: Int) {
    guard count >= 0 else { return ("0", 0) }
    guard digits.utf8.count > count else { return (digits, exponent) }
    var kept = Array(digits.utf8.prefix(count))
    let rest = Array(digits.utf8.dropFirst(count))
    let isHalf = rest.first == 53 && rest.dropFirst().allSatisfy { $0 == 48 }
    let isUp = isHalf ? (kept.last ?? 48) % 2 == 1 : (rest.first ?? 48) >= 53
    guard isUp else {
      return kept.isEmpty ? ("0", 0) : (String(decoding: kept, as: UTF8.self), exponent)
    }
    var index = kept.count - 1
    while index >= 0 {
      if kept[index] < 57 {
        kept[index] += 1
        return (String(decoding: kept, as: UTF8.self), exponent)
      }
      kept[index] = 48
      index -= 1
    }
    return ("1" + String(decoding: kept, as: UTF8.self), exponent + 1)
  }

  private static func grouped(_ text: String) -> String {
    let isNegative = text.first == "-"
    let halves = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
    var whole = ""
    for (index, digit) in halves[0].enumerated() {
      if index > 0, (halves[0].count - index) % 3 == 0 { whole += "," }
      whole.append(digit)
    }
    return (isNegative ? "-" : "") + whole + (halves.count > 1 ? "." + halves[1] : "")
  }

  private static func scientific(_ number: Double, _ precision: Int) -> String {
    let decimal = GoNumber.decimal(number.magnitude)
    let (digits, exponent) = round(decimal.digits, decimal.exponent, keeping: precision + 1)
    var fraction = String(digits.dropFirst().prefix(precision))
    fraction += String(repeating: "0", count: max(0, precision - fraction.count))
    let size = String(abs(exponent))
    let raised = (size.count < 2 ? "0" + size : size).compactMap { $0.wholeNumberValue }
      .map { ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"][$0 % 10] }.joined()
    return (number.sign == .minus ? "-" : "") + digits.prefix(1)
      + (precision > 0 ? "." + fraction : "") + "×10" + (exponent < 0 ? "⁻" : "") + raised
  }
}
