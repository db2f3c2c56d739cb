/// Which forms of YAML can hold a text, by libyaml's analysis as go-yaml v2 has it.
struct YAMLScalarForm {
  enum Style {
    case plain
    case singleQuoted
    case doubleQuoted
    case literal
  }

  private(set) var isMultiline = false
  private var allowsPlain = true
  private var allowsSingleQuoted = true
  private var allowsLiteral = true

  /// The style of a string: quoted where it would be read as something else.
  static func style(of text: String, asSimpleName: Bool) -> Style {
    let form = YAMLScalarForm(text)
    let wanted: Style
    if text.utf8.contains(UInt8(ascii: "\n")) {
      wanted = .literal
    } else if isPlainString(text) {
      wanted = .plain
    } else {
      wanted = .doubleQuoted
    }
    switch wanted {
    case .literal: return form.allowsLiteral && !asSimpleName ? .literal : .doubleQuoted
    case .plain where form.allowsPlain && !(asSimpleName && form.isMultiline): return .plain
    case .plain:
      return form.allowsSingleQuoted && !(asSimpleName && form.isMultiline)
        ? .singleQuoted : .doubleQuoted
    default: return wanted
    }
  }

  /// Whether go-yaml reads the text back as a string when nothing quotes it.
  private static func isPlainString(_ text: String) -> Bool {
    var text = text
    let isString = text.withUTF8 { !YAMLScalar.mayBeSpecial($0) }
    if isString {
      return !["null", "Null", "NULL", "<<"].contains(text)
    }
    guard case .string = YAMLScalar.resolve(text) else { return false }
    return !YAMLScalar.isTimestamp(text) && !isBase60(text)
  }

  /// Numbers such as 1:30, which YAML 1.1 counts in sixties.
  private static func isBase60(_ text: String) -> Bool {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, var first = parts.first?.utf8 else { return false }
    if first.first == UInt8(ascii: "-") || first.first == UInt8(ascii: "+") {
      first = first.dropFirst()
    }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard first.first.map(isDigit) == true,
      first.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
    else { return false }
    parts.removeFirst()
    if let last = parts.last, let point = last.firstIndex(of: ".") {
      guard last[point...].dropFirst().utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
      else { return false }
      parts[parts.count - 1] = last[..<point]
    }
    return parts.allSatisfy { part in
      (1...2).contains(part.utf8.count) && part.utf8.allSatisfy(isDigit)
        && (part.utf8.count == 1 || (part.utf8.first ?? 0) < 0x36)
    }
  }

  private init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    if scalars.isEmpty {
      allowsLiteral = false
      return
    }
    if text.hasPrefix("---") || text.hasPrefix("...") { allowsPlain = false }
    var hasSpecial = false
    var previousIsSpace = false
    var previousIsBreak = false
    var previousIsBlank = true
    for (index, scalar) in scalars.enumerated() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      let nextIsBlank = next.map { $0 == " " || $0 == "\t" } ?? true
      if Self.isIndicator(scalar, isFirst: index == 0, previousIsBlank, nextIsBlank) {
        allowsPlain = false
      }
      if !Self.isPrintable(scalar) { hasSpecial = true }
      let isSpace = scalar == " "
      let isBreak = Self.isBreak(scalar)
      if isSpace || isBreak, index == 0 || next == nil { allowsPlain = false }
      if isSpace {
        if next == nil { allowsLiteral = false }
        if previousIsBreak {
          allowsPlain = false
          allowsSingleQuoted = false
        }
      } else if isBreak {
        isMultiline = true
        if previousIsSpace { hasSpecial = true }
      }
      previousIsSpace = isSpace
      previousIsBreak = isBreak
      previousIsBlank = isSpace || isBreak || scalar == "\t"
    }
    if hasSpecial {
      allowsPlain = false
      allowsSingleQuoted = false
      allowsLiteral = false
    }
    if isMultiline { allowsPlain = false }
  }

  private static func isIndicator(
    _ scalar: Unicode.Scalar, isFirst: Bool, _ previousIsBlank: Bool, _ nextIsBlank: Bool
  ) -> Bool {
    switch scalar {
    case ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": isFirst
    case "?", "-": isFirst && nextIsBlank
    case ":": nextIsBlank
    case "#": previousIsBlank
    default: false
    }
  }

  /// libyaml's printable characters: none beyond the first plane, no tab.
  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD: scalar.value != 0xFEFF
    default: false
    }
  }

  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
