extension Interpreter {
  /// `${x@Q}` and its kin.
  func transform(
    _ value: String, _ letter: Character, of parameter: ParameterExpansion, isSet: Bool
  ) throws -> String {
    let variable = variables[referenced(parameter.name)]
    if letter == "a" { return variable.map(Interpreter.flags) ?? "" }
    guard isSet else { return "" }
    switch letter {
    case "Q": return ShellQuoting.reusable(value)
    case "U": return PatternEdit.changingCase(of: value, "U", where: nil)
    case "u": return PatternEdit.changingCase(of: value, "u", where: nil)
    case "L": return PatternEdit.changingCase(of: value, "L", where: nil)
    case "E":
      let bytes = EscapeDecoder(style: .dollarQuotes).decode(Array(value.utf8)[...]).bytes
      return String(decoding: bytes, as: UTF8.self)
    case "P": return expandedPrompt(value)
    case "K", "k": return ShellQuoting.reusable(value)
    case "A":
      let flags = variable.map(Interpreter.flags) ?? ""
      let assignment = "\(parameter.name)=\(ShellQuoting.reusable(value))"
      return flags.isEmpty ? assignment : "declare -\(flags) \(assignment)"
    default:
      throw Interruption.failed("${\(parameter.shownName)@\(letter)}: bad substitution")
    }
  }

  /// The letters of `declare` that a variable has.
  static func flags(of variable: Variable) -> String {
    var letters = ""
    if variable.isIndexed { letters += "a" }
    if variable.isAssociative { letters += "A" }
    let named: [(Variable.Attributes, String)] = [
      (.integer, "i"), (.reference, "n"), (.readonly, "r"), (.exported, "x"), (.lowercase, "l"),
      (.uppercase, "u"),
    ]
    for (attribute, letter) in named where variable.attributes.contains(attribute) {
      letters += letter
    }
    return letters
  }
}

/// How a value is written so that a shell reads it back.
package enum ShellQuoting {
  /// In single quotes, or in `$'…'` when something in it could not be seen.
  package static func reusable(_ text: String) -> String {
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return escaped(text) }
    return single(text)
  }

  package static func single(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
    }
    return result + "'"
  }

  /// In quotes only when it needs them, as `set` and `set -x` show it.
  package static func whenNeeded(_ text: String) -> String {
    if text.isEmpty { return "''" }
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return escaped(text) }
    return text.utf8.contains(where: needsQuotes) || text.utf8.first == UInt8(ascii: "~")
      || text.utf8.first == UInt8(ascii: "#")
      ? single(text) : text
  }

  /// In double quotes, as `declare -p` shows it.
  package static func double(_ text: String) -> String {
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return escaped(text) }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "$" || scalar == "`" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  /// With backslashes, as `printf %q` shows it.
  package static func backslashed(_ text: String) -> String {
    if text.isEmpty { return "''" }
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return escaped(text) }
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      let byte = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0x61
      if needsQuotes(byte) || byte == UInt8(ascii: ",")
        || index == 0 && (byte == 0x7e || byte == 0x23)
      {
        result += "\\"
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  private static func escaped(_ text: String) -> String {
    var result = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{7}": result += "\\a"
      case "\u{8}": result += "\\b"
      case "\u{b}": result += "\\v"
      case "\u{c}": result += "\\f"
      case "\u{1b}": result += "\\E"
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7f {
          let octal = String(scalar.value, radix: 8)
          result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "'"
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"),
      UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "*"), UInt8(ascii: "["),
      UInt8(ascii: "?"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "$"),
      UInt8(ascii: "`"):
      true
    default: false
    }
  }
}
