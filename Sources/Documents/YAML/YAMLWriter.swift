/// Writes values as `sigs.k8s.io/yaml` does: block style, lists not indented under their names,
/// lines folded behind column 80.
package struct YAMLWriter {
  private var bytes: [UInt8] = []
  private var column = 0
  private let width = 80
  private let step = 2

  private init() {}

  /// The text of one document, ending with a line break.
  package static func text(_ value: Value) -> String {
    var writer = YAMLWriter()
    switch value {
    case .object(let mapping) where !mapping.isEmpty: writer.write(mapping, at: 0)
    case .array(let elements) where !elements.isEmpty: writer.write(elements, at: 0)
    default: writer.writeLeaf(value, indent: step(from: nil))
    }
    if writer.column > 0 { writer.breakLine() }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func step(from indent: Int?) -> Int { (indent ?? 0) + 2 }

  /// The members at a column, the first where the writer stands.
  private mutating func write(_ mapping: Mapping, at indent: Int) {
    let members = mapping.sorted { YAMLNameOrder.precedes($0.key, $1.key) }
    for (position, member) in members.enumerated() {
      if position > 0 { startLine(indent) }
      // libyaml takes no more than 128 bytes on one line for a name.
      let isSimple =
        member.key.utf8.count <= 128
        && !member.key.unicodeScalars.contains(where: YAMLScalarForm.isBreak)
      if isSimple {
        writeString(member.key, indent: indent + step, asSimpleName: true)
        put(":")
      } else {
        put("? ")
        writeString(member.key, indent: indent + step, asSimpleName: false)
        startLine(indent)
        put(":")
      }
      writeMember(member.value, at: indent, isBehindName: isSimple)
    }
  }

  private mutating func writeMember(_ value: Value, at indent: Int, isBehindName: Bool) {
    switch value {
    case .object(let inner) where !inner.isEmpty:
      if isBehindName { startLine(indent + step) } else { put(" ") }
      write(inner, at: indent + step)
    case .array(let elements) where !elements.isEmpty:
      let inner = isBehindName ? indent : indent + step
      if isBehindName { startLine(inner) } else { put(" ") }
      write(elements, at: inner)
    default:
      put(" ")
      writeLeaf(value, indent: indent + step)
    }
  }

  /// The elements at a column, the first where the writer stands.
  private mutating func write(_ elements: [Value], at indent: Int) {
    for (position, element) in elements.enumerated() {
      if position > 0 { startLine(indent) }
      put("- ")
      switch element {
      case .object(let inner) where !inner.isEmpty: write(inner, at: indent + step)
      case .array(let inner) where !inner.isEmpty: write(inner, at: indent + step)
      default: writeLeaf(element, indent: indent + step)
      }
    }
  }

  private mutating func writeLeaf(_ value: Value, indent: Int) {
    switch value {
    case .null: put("null")
    case .bool(let flag): put(flag ? "true" : "false")
    case .int(let number): put(String(number))
    case .double(let number): put(Self.number(number))
    case .string(let text): writeString(text, indent: indent, asSimpleName: false)
    case .array: put("[]")
    case .object: put("{}")
    }
  }

  /// The number goes through JSON first, so a whole one loses its point and may turn integer.
  private static func number(_ number: Double) -> String {
    let text = GoText.number(number)
    if YAMLScalar.integer(text) != nil { return text }
    return GoText.general(number)
  }
}

extension YAMLWriter {
  private mutating func put(_ text: String) {
    bytes += text.utf8
    column += text.unicodeScalars.count
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    bytes += UTF8.encode(scalar).map(Array.init) ?? []
    column += 1
  }

  private mutating func breakLine() {
    bytes.append(UInt8(ascii: "\n"))
    column = 0
  }

  private mutating func startLine(_ indent: Int) {
    breakLine()
    for _ in 0..<indent { bytes.append(UInt8(ascii: " ")) }
    column = indent
  }

  private mutating func writeString(_ text: String, indent: Int, asSimpleName: Bool) {
    let style = YAMLScalarForm.style(of: text, asSimpleName: asSimpleName)
    switch style {
    case .literal: writeLiteral(text, indent: indent)
    case .doubleQuoted: writeDoubleQuoted(text, indent: indent, folds: !asSimpleName)
    case .plain where column + text.utf8.count <= width: put(text)
    case .plain: writeFolded(text, indent: indent, folds: !asSimpleName, isQuoted: false)
    case .singleQuoted:
      put("'")
      writeFolded(text, indent: indent, folds: !asSimpleName, isQuoted: true)
      put("'")
    }
  }

  private mutating func writeFolded(_ text: String, indent: Int, folds: Bool, isQuoted: Bool) {
    let scalars = Array(text.unicodeScalars)
    var afterSpace = false
    for (index, scalar) in scalars.enumerated() {
      if scalar == " " {
        let next = index + 1 < scalars.count ? scalars[index + 1] : nil
        let isInside = !isQuoted || (index > 0 && next != nil)
        if folds, !afterSpace, column > width, isInside, next != " " {
          startLine(indent)
        } else {
          put(" ")
        }
        afterSpace = true
      } else {
        if isQuoted, scalar == "'" { put("'") }
        put(scalar)
        afterSpace = false
      }
    }
  }

  private mutating func writeDoubleQuoted(_ text: String, indent: Int, folds: Bool) {
    put("\"")
    let scalars = Array(text.unicodeScalars)
    var afterSpace = false
    for (index, scalar) in scalars.enumerated() {
      if scalar == " " {
        if folds, !afterSpace, column > width, index > 0, index < scalars.count - 1 {
          startLine(indent)
          if scalars[index + 1] == " " { put("\\") }
        } else {
          put(" ")
        }
        afterSpace = true
        continue
      }
      if scalar == "\"" || scalar == "\\" || YAMLScalarForm.isBreak(scalar)
        || !YAMLScalarForm.isPrintable(scalar)
      {
        put(Self.escape(scalar))
      } else {
        put(scalar)
      }
      afterSpace = false
    }
    put("\"")
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x00: return "\\0"
    case 0x07: return "\\a"
    case 0x08: return "\\b"
    case 0x09: return "\\t"
    case 0x0A: return "\\n"
    case 0x0B: return "\\v"
    case 0x0C: return "\\f"
    case 0x0D: return "\\r"
    case 0x1B: return "\\e"
    case 0x22: return "\\\""
    case 0x5C: return "\\\\"
    case 0x85: return "\\N"
    case 0x2028: return "\\L"
    case 0x2029: return "\\P"
    case ...0xFF: return "\\x" + GoText.hexadecimal(scalar.value, width: 2).uppercased()
    case ...0xFFFF: return "\\u" + GoText.hexadecimal(scalar.value, width: 4).uppercased()
    default: return "\\U" + GoText.hexadecimal(scalar.value, width: 8).uppercased()
    }
  }

  private mutating func writeLiteral(_ text: String, indent: Int) {
    put("|")
    let lines = text.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if let first = text.utf8.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\n") {
      put(String(step))
    }
    // The text's own last break is the line's; a second one at the end must be kept.
    var count = lines.count
    if lines.last?.isEmpty == true {
      count -= 1
      if count < 2 ? text == "\n" : lines[count - 1].isEmpty { put("+") }
    } else {
      put("-")
    }
    for line in lines.prefix(count) {
      breakLine()
      if line.isEmpty { continue }
      for _ in 0..<indent { bytes.append(UInt8(ascii: " ")) }
      bytes += line
      column = 1
    }
    // After "+" the break of the last, empty line must still come.
    if lines.last?.isEmpty == true { column = 1 }
  }
}

extension YAML {
  /// The text of a value as `kubectl -o yaml` prints it.
  package static func text(_ value: Value) -> String { YAMLWriter.text(value) }
}
