import Shell

/// Where a format takes its values from, one after another.
struct FormatArguments {
  private let texts: [String]
  private(set) var position = 0
  /// Complaints about values that are no numbers.
  private(set) var problems: [String] = []

  init(_ texts: [String]) { self.texts = texts }

  var isAtEnd: Bool { position >= texts.count }

  mutating func next() -> String? {
    guard position < texts.count else { return nil }
    position += 1
    return texts[position - 1]
  }

  /// Why a format cannot be followed: it asks for too much.
  private(set) var excess: String?

  /// A width or a precision, or 0 where it is too large.
  mutating func limited(_ value: Int, to most: Int) -> Int {
    guard value.magnitude > most else { return value }
    excess = "drydock: a width of \(value) in printf exceeds \(most)"
    return 0
  }

  mutating func integer() -> Int {
    guard let text = next(), !text.isEmpty else { return 0 }
    if let quote = text.first, quote == "'" || quote == "\"" {
      return text.dropFirst().unicodeScalars.first.map { Int($0.value) } ?? 0
    }
    let (value, isWhole) = CInteger.parse(text)
    if !isWhole {
      if let number = Double(text), number.magnitude < 9e18 { return Int(number) }
      problems.append(
        value == nil
          ? "'\(text)': expected a numeric value" : "'\(text)': value not completely converted")
    }
    return value ?? 0
  }

  mutating func number() -> Double {
    guard let text = next(), !text.isEmpty else { return 0 }
    if let number = Double(text) { return number }
    if let quote = text.first, quote == "'" || quote == "\"" {
      return text.dropFirst().unicodeScalars.first.map { Double($0.value) } ?? 0
    }
    let (value, isWhole) = CInteger.parse(text)
    if !isWhole { problems.append("'\(text)': expected a numeric value") }
    return Double(value ?? 0)
  }
}

/// Integers as strtol reads them.
enum CInteger {
  /// The value at the beginning, and whether the text ended with it.
  static func parse(_ text: String) -> (Int?, Bool) {
    var rest = text.utf8.drop { $0.isSpace }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var radix = 10
    if rest.first == 48, let second = rest.dropFirst().first {
      if second | 32 == UInt8(ascii: "x") {
        radix = 16
        rest = rest.dropFirst(2)
      } else if second.isDigit {
        radix = 8
        rest = rest.dropFirst()
      }
    }
    var value = 0
    var count = 0
    while let byte = rest.first, let digit = BackslashEscapes.hex(byte), digit < radix {
      let (product, over) = value.multipliedReportingOverflow(by: radix)
      let (sum, more) = product.addingReportingOverflow(digit)
      value = over || more ? .max : sum
      count += 1
      rest = rest.dropFirst()
    }
    if count == 0 { return (nil, false) }
    return (isNegative ? -value : value, rest.isEmpty)
  }
}
