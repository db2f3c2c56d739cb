extension GoNumber {
  /// The inside of a quoted Go literal without its escapes, or nil where one is wrong.
  package static func unescaped(_ text: Substring) -> String? {
    var out = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        out.unicodeScalars.append(scalar)
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      switch letter {
      case "a": out += "\u{7}"
      case "b": out += "\u{8}"
      case "f": out += "\u{C}"
      case "n": out += "\n"
      case "r": out += "\r"
      case "t": out += "\t"
      case "v": out += "\u{B}"
      case "\\", "'", "\"": out.unicodeScalars.append(letter)
      case "x", "u", "U":
        let count = letter == "x" ? 2 : letter == "u" ? 4 : 8
        guard let made = Self.scalar(rest.prefix(count), count, radix: 16) else { return nil }
        out.unicodeScalars.append(made)
        rest = rest.dropFirst(count)
      case "0"..."7":
        guard let first = rest.popFirst(), let second = rest.popFirst(),
          let code = UInt32("\(letter)\(first)\(second)", radix: 8), code < 256,
          let made = Unicode.Scalar(code)
        else { return nil }
        out.unicodeScalars.append(made)
      default: return nil
      }
    }
    return out
  }

  private static func scalar(
    _ digits: Substring.UnicodeScalarView, _ count: Int, radix: Int
  ) -> Unicode.Scalar? {
    guard digits.count == count, let code = UInt32(String(digits), radix: radix) else { return nil }
    return Unicode.Scalar(code)
  }
}
