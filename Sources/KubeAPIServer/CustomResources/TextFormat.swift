import Documents
import KubeObjects
import Simulation

/// The formats of strings that are checked.
enum TextFormat {
  private static let known: Set<String> = [
    "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3",
    "uuid4", "uuid5", "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor",
    "byte", "password", "date", "duration", "datetime", "k8sshortname", "k8slongname",
  ]

  /// Whether values of a type are checked for a format (formats.go of apiextensions).
  static func isKnown(_ format: String, type: String) -> Bool {
    switch type {
    case "", "string": known.contains(format.filter { $0 != "-" })
    case "integer": ["int32", "int64"].contains(format)
    case "number": ["float", "double"].contains(format)
    default: false
    }
  }

  private static let patterns: [String: String] = {
    let part = "(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])"
    let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    func uuid(_ third: String, _ fourth: String) -> String {
      "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?\(third)[0-9a-fA-F]{3}-?\(fourth)[0-9a-fA-F]{3}-?"
        + "[0-9a-fA-F]{12}$"
    }
    let digit = "[0-9a-fA-F]"
    return [
      "bsonobjectid": "^[0-9a-fA-F]{24}$",
      "hostname": "^([a-zA-Z0-9](-?[a-zA-Z0-9]{0,62})?|(\(label)\\.)+[a-zA-Z]{2,63})$",
      "ssn": "^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$",
      "hexcolor": "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$",
      "rgbcolor": "^rgb\\(\\s*\(part)\\s*,\\s*\(part)\\s*,\\s*\(part)\\s*\\)$",
      "uuid": uuid(digit, digit), "uuid3": uuid("3", digit), "uuid4": uuid("4", "[89abAB]"),
      "uuid5": uuid("5", "[89abAB]"),
    ]
  }()

  static func accepts(_ text: String, _ format: String) -> Bool {
    if let pattern = patterns[format] { return CustomSchema.matches(text, pattern) }
    switch format {
    // strfmt does not tell capitals from small letters here.
    case "date-time", "datetime": return Moment(rfc3339: text.uppercased()) != nil
    case "date": return Moment(rfc3339: text + "T00:00:00Z") != nil && text.utf8.count == 10
    case "byte": return !text.isEmpty && Base64.decode(text) != nil
    case "ipv4": return isIPv4(text) || text.contains(".") && IPAddress(text) != nil
    case "ipv6": return text.contains(":") && IPAddress(text) != nil
    case "cidr":
      let halves = text.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count == 2, let bits = Int(halves[1]) else { return false }
      return isIPv4(String(halves[0])) ? bits <= 32 : halves[0].contains(":") && bits <= 128
    case "mac": return isMAC(text)
    case "duration": return Span(goText: text) != nil || isScalaDuration(text)
    case "email": return isMailbox(text)
    case "uri": return isRequestAddress(text)
    case "isbn10": return isISBN10(digits(text))
    case "isbn13": return isISBN13(digits(text))
    case "isbn": return isISBN10(digits(text)) || isISBN13(digits(text))
    case "creditcard": return isCard(digits(text))
    case "k8s-short-name": return NameRule.dns1123Label.allows(text)
    case "k8s-long-name": return NameRule.dns1123Subdomain.allows(text)
    default: return true
    }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber } && UInt8(part) != nil
      }
  }

  /// net.ParseMAC: 6, 8 or 20 bytes in pairs, or in fours between points.
  private static func isMAC(_ text: String) -> Bool {
    let mark = text.first { ":-.".contains($0) } ?? ":"
    let parts = text.split(separator: mark, omittingEmptySubsequences: false)
    let width = mark == "." ? 4 : 2
    return [6, 8, 20].contains(parts.count * width / 2)
      && parts.allSatisfy { $0.count == width && $0.allSatisfy(\.isHexDigit) }
  }

  /// A number and a unit anywhere: 1 day, 2 weeks.
  private static func isScalaDuration(_ text: String) -> Bool {
    let short: Set<String> = [
      "ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk",
    ]
    let long = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"]
    var rest = Substring(text)
    while let start = rest.firstIndex(where: { $0.isASCII && $0.isNumber }) {
      rest = rest[start...].drop { $0.isASCII && $0.isNumber }.drop(while: \.isWhitespace)
      let unit = rest.prefix { $0.isLetter }.lowercased()
      if short.contains(unit) || long.contains(where: unit.hasPrefix) { return true }
    }
    return false
  }

  /// net/mail's ParseAddress: an address, or a name and an address in angle brackets.
  private static func isMailbox(_ text: String) -> Bool {
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return isAddress(text) }
    return isAddress(String(text[text.index(after: open)...].dropLast()))
  }

  private static func isAddress(_ text: String) -> Bool {
    if text.hasPrefix("\""), let end = text.dropFirst().firstRange(of: "\"@") {
      return isAddress("quoted@" + text[end.upperBound...])
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return false }
    let marks = Set("!#$%&'*+-/=?^_`{|}~.")
    return parts.allSatisfy { part in
      !part.hasPrefix(".") && !part.hasSuffix(".") && !part.contains("..")
        && part.allSatisfy { !$0.isASCII || $0.isLetter || $0.isNumber || marks.contains($0) }
    }
  }

  /// url.ParseRequestURI: an absolute address or an absolute path.
  private static func isRequestAddress(_ text: String) -> Bool {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 33 || $0.value == 127 })
    else { return false }
    if text.hasPrefix("/") { return true }
    guard let colon = text.firstIndex(of: ":"), let first = text.first, first.isASCII,
      first.isLetter
    else { return false }
    return text[..<colon].allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
    }
  }

  // MARK: numbers with a check digit

  private static func digits(_ text: String) -> [UInt8] {
    text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
  }

  private static func number(_ byte: UInt8) -> Int? {
    (48...57).contains(byte) ? Int(byte) - 48 : nil
  }

  private static func isISBN10(_ text: [UInt8]) -> Bool {
    guard text.count == 10, let last = text.last else { return false }
    let numbers = text.dropLast().compactMap(number)
    guard numbers.count == 9, let check = last == UInt8(ascii: "X") ? 10 : number(last) else {
      return false
    }
    let sum = numbers.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
    return (sum + 10 * check) % 11 == 0
  }

  private static func isISBN13(_ text: [UInt8]) -> Bool {
    let numbers = text.compactMap(number)
    guard text.count == 13, numbers.count == 13 else { return false }
    return numbers.enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) } % 10
      == 0
  }

  /// Luhn's sum.
  private static func isCard(_ text: [UInt8]) -> Bool {
    let numbers = text.compactMap(number)
    guard (13...19).contains(text.count), numbers.count == text.count else { return false }
    return numbers.reversed().enumerated().reduce(0) {
      let doubled = $1.element * 2
      return $0 + ($1.offset % 2 == 0 ? $1.element : doubled > 9 ? doubled - 9 : doubled)
    } % 10 == 0
  }
}
