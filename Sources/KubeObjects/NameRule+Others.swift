extension NameRule {
  static func configKey(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 253 { found.append(tooLong(253)) }
    if text.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || isJoiner($0) }) {
      found.append(
        mismatch(
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
          "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"))
    }
    return found + dots(text)
  }

  /// Names that a directory could not hold.
  private static func dots(_ text: String) -> [String] {
    switch text {
    case ".": ["must not be '.'"]
    case "..": ["must not be '..'"]
    default: text.hasPrefix("..") ? ["must not start with '..'"] : []
    }
  }

  // Any printable ASCII but '=' since relaxed environment variable validation became standard.
  static func environment(_ text: String) -> [String] {
    let equals = UInt8(ascii: "=")
    if text.isEmpty || !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != equals }) {
      return [
        "a valid environment variable name must consist only of printable ASCII characters "
          + "other than '='"
      ]
    }
    return []
  }

  static func header(_ text: String) -> [String] {
    if text.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == dash }) {
      return [
        mismatch(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          "[-A-Za-z0-9]+", "X-Header-Name")
      ]
    }
    return []
  }

  static func search(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 253 { found.append(tooLong(253)) }
    let underscore = UInt8(ascii: "_")
    let isSound = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .allSatisfy { part in
        let rest = part.first == underscore ? part.dropFirst() : part
        guard let first = rest.first, let last = rest.last else { return false }
        func isEnd(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
        return isEnd(first) && isEnd(last)
          && rest.allSatisfy { isEnd($0) || $0 == dash || $0 == underscore }
      }
    if !isSound {
      found.append(
        mismatch(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
            + "'_', '-' or '.', and must start and end with an alphanumeric character",
          #"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*"#,
          "example.com"))
    }
    return found
  }

  static func reason(_ text: String) -> [String] {
    let (first, last) = (text.utf8.first ?? 0, text.utf8.last ?? 0)
    let underscore = UInt8(ascii: "_")
    func isLetter(_ byte: UInt8) -> Bool { isAlphanumeric(byte) && !isDigit(byte) }
    let isSound =
      isLetter(first) && (isAlphanumeric(last) || last == underscore && text.utf8.count > 1)
      && text.utf8.allSatisfy { isAlphanumeric($0) || "_,:".utf8.contains($0) }
    return isSound
      ? []
      : [
        mismatch(
          "a condition reason must start with alphabetic character, optionally followed by a "
            + "string of alphanumeric characters or '_,:', and must end with an alphanumeric "
            + "character or '_'", "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", "my_name", "MY_NAME",
          "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")
      ]
  }

  static func wildcard(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 253 { found.append(tooLong(253)) }
    if !text.hasPrefix("*.") || !isSubdomain(String(text.dropFirst(2))) {
      found.append(
        mismatch(
          "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
            + "which must consist of lower case alphanumeric characters, '-' or '.' and end with "
            + "an alphanumeric character",
          #"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"#,
          "*.example.com"))
    }
    return found
  }

  static func segment(_ text: String) -> [String] {
    if text == "." { return ["may not be '.'"] }
    if text == ".." { return ["may not be '..'"] }
    return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
  }

  static func identifier(_ text: String) -> [String] {
    let underscore = UInt8(ascii: "_")
    guard let first = text.utf8.first, !isDigit(first),
      text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == underscore })
    else {
      return [
        mismatch(
          "a valid C identifier must start with alphabetic character or '_', followed by a "
            + "string of alphanumeric characters or '_'",
          "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName")
      ]
    }
    return []
  }
}

extension NameRule {
  static let dash = UInt8(ascii: "-")

  static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7a }
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLower(byte) || isDigit(byte) || byte >= 0x41 && byte <= 0x5a
  }
  static func isJoiner(_ byte: UInt8) -> Bool {
    byte == dash || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
  }

  /// Lower case, digits and inner dashes.
  static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
    guard let first = bytes.first, let last = bytes.last, first != dash, last != dash else {
      return false
    }
    return bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == dash }
  }

  static func isSubdomain(_ text: String) -> Bool {
    text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .allSatisfy(isLabel)
  }

  /// Letters and digits with dashes, underscores and dots inside.
  static func isWord(_ bytes: Substring.UTF8View) -> Bool {
    guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first),
      isAlphanumeric(last)
    else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || isJoiner($0) }
  }
}

extension NameRule {
  /// Whether one pass over the bytes shows that a name follows the rule, as nearly all do; false
  /// says nothing.
  func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable(isPlain) ?? false
  }

  private func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let end = bytes.count
    switch self {
    case .dns1123Label: return end <= 63 && Self.isSubdomain(bytes, 0..<end, dots: false)
    case .dns1123Subdomain: return end <= 253 && Self.isSubdomain(bytes, 0..<end, dots: true)
    case .dns1035Label:
      return end <= 63 && Self.isSubdomain(bytes, 0..<end, dots: false) && !Self.isDigit(bytes[0])
    case .labelValue: return end == 0 || end <= 63 && Self.isWord(bytes, 0..<end)
    case .qualifiedName:
      guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else {
        return end <= 63 && Self.isWord(bytes, 0..<end)
      }
      return slash <= 253 && Self.isSubdomain(bytes, 0..<slash, dots: true)
        && end - slash - 1 <= 63 && Self.isWord(bytes, (slash + 1)..<end)
    default: return false
    }
  }

  /// Labels of lower case, digits and inner dashes, joined by dots where there may be some.
  private static func isSubdomain(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, dots: Bool
  ) -> Bool {
    var last = UInt8(ascii: ".")
    for index in range {
      let byte = bytes[index]
      if isLower(byte) || isDigit(byte) {
      } else if byte == dash {
        if last == UInt8(ascii: ".") { return false }
      } else if byte != UInt8(ascii: ".") || !dots || last == dash || last == byte {
        return false
      }
      last = byte
    }
    return last != dash && last != UInt8(ascii: ".")
  }

  private static func isWord(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    guard let first = range.first, let last = range.last, isAlphanumeric(bytes[first]),
      isAlphanumeric(bytes[last])
    else { return false }
    return range.allSatisfy { isAlphanumeric(bytes[$0]) || isJoiner(bytes[$0]) }
  }
}
