/// Texts as Go's fmt writes them.
enum Go {
  /// As `%q` writes a string.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\u{07}": out += "\\a"
      case "\u{08}": out += "\\b"
      case "\u{0C}": out += "\\f"
      case "\u{0B}": out += "\\v"
      case "\u{00}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// As `%v` writes a list of strings.
  static func list(_ items: [String]) -> String { "[" + items.joined(separator: " ") + "]" }
}
