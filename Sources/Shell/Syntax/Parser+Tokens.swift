extension Parser {
  func byte(_ offset: Int = 0) -> UInt8? {
    let index = position + offset
    return index < bytes.count ? bytes[index] : nil
  }

  func readToken() throws(SyntaxProblem) -> Token {
    skipBlanks()
    tokenStart = position
    guard let first = byte() else {
      if !pendingDocuments.isEmpty { try readDocuments() }
      return .end
    }
    if first == UInt8(ascii: "\n") {
      position += 1
      line += 1
      if !pendingDocuments.isEmpty { try readDocuments() }
      return .newline
    }
    if let found = readOperator(first) { return .op(found) }
    if let descriptor = readDescriptor() { return .descriptor(descriptor) }
    return .word(try readWord())
  }

  private func skipBlanks() {
    while let next = byte() {
      switch next {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "\r") where byte(1) == UInt8(ascii: "\n"): position += 1
      case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "\n"):
        position += 2
        line += 1
        if position == bytes.count { endsOpen = true }
      case UInt8(ascii: "#"):
        while let next = byte(), next != UInt8(ascii: "\n") { position += 1 }
      default: return
      }
    }
  }

  private func readOperator(_ first: UInt8) -> Operator? {
    let found: Operator?
    switch first {
    case UInt8(ascii: "&"): found = operatorAfterAmpersand()
    case UInt8(ascii: "|"):
      found =
        byte(1) == UInt8(ascii: "|")
        ? .orIf : byte(1) == UInt8(ascii: "&") && dialect.isBash ? .pipeBoth : .pipe
    case UInt8(ascii: ";"): found = operatorAfterSemicolon()
    case UInt8(ascii: "("): found = .openParen
    case UInt8(ascii: ")"): found = .closeParen
    case UInt8(ascii: "<"): found = operatorAfterLess()
    case UInt8(ascii: ">"): found = operatorAfterGreat()
    default: found = nil
    }
    if let found { position += found.rawValue.utf8.count }
    return found
  }

  private func operatorAfterAmpersand() -> Operator {
    if byte(1) == UInt8(ascii: "&") { return .andIf }
    guard byte(1) == UInt8(ascii: ">"), dialect.hasBashisms else { return .ampersand }
    return byte(2) == UInt8(ascii: ">") ? .ampersandDoubleGreat : .ampersandGreat
  }

  private func operatorAfterSemicolon() -> Operator {
    if byte(1) == UInt8(ascii: "&"), dialect.isBash { return .semicolonAmpersand }
    guard byte(1) == UInt8(ascii: ";") else { return .semicolon }
    return byte(2) == UInt8(ascii: "&") && dialect.isBash
      ? .doubleSemicolonAmpersand : .doubleSemicolon
  }

  private func operatorAfterLess() -> Operator? {
    switch byte(1) {
    case UInt8(ascii: "<"):
      if byte(2) == UInt8(ascii: "-") { return .doubleLessDash }
      return byte(2) == UInt8(ascii: "<") && dialect.isBash ? .tripleLess : .doubleLess
    case UInt8(ascii: "&"): return .lessAmpersand
    case UInt8(ascii: ">"): return .lessGreat
    case UInt8(ascii: "(") where dialect.hasBashisms: return nil
    default: return .less
    }
  }

  private func operatorAfterGreat() -> Operator? {
    switch byte(1) {
    case UInt8(ascii: ">"): return .doubleGreat
    case UInt8(ascii: "&"): return .greatAmpersand
    case UInt8(ascii: "|"): return .clobber
    case UInt8(ascii: "(") where dialect.hasBashisms: return nil
    default: return .great
    }
  }

  private func readDescriptor() -> Redirection.Descriptor? {
    var end = position
    if let first = byte(), first.isDigit {
      while end < bytes.count, bytes[end].isDigit { end += 1 }
      guard isRedirection(at: end), let number = Int(slice(from: position, to: end)),
        number < 1024
      else { return nil }
      position = end
      return .number(number)
    }
    guard dialect.isBash, byte() == UInt8(ascii: "{"), byte(1)?.isNameStart == true else {
      return nil
    }
    end += 1
    while end < bytes.count, bytes[end].isNameByte { end += 1 }
    if end < bytes.count, bytes[end] == UInt8(ascii: "["),
      let close = bytes[end...].firstIndex(where: { $0 == UInt8(ascii: "]") || $0.isMeta }),
      bytes[close] == UInt8(ascii: "]")
    {
      end = close + 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "}"), isRedirection(at: end + 1) else {
      return nil
    }
    let name = slice(from: position + 1, to: end)
    position = end + 1
    return .variable(name)
  }

  private func isRedirection(at index: Int) -> Bool {
    guard index < bytes.count else { return false }
    guard bytes[index] == UInt8(ascii: "<") || bytes[index] == UInt8(ascii: ">") else {
      return false
    }
    return !(index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "(") && dialect.isBash)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isNameStart: Bool {
    self >= 0x61 && self <= 0x7a || self >= 0x41 && self <= 0x5a || self == 0x5f
  }
  var isNameByte: Bool { isNameStart || isDigit }
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  /// Ends an unquoted word.
  var isMeta: Bool {
    switch self {
    case 0x20, 0x09, 0x0a, UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"):
      true
    default: false
    }
  }
}

extension String {
  /// Whether it may name a variable.
  package var isShellName: Bool {
    guard let first = utf8.first, first.isNameStart else { return false }
    return utf8.allSatisfy(\.isNameByte)
  }
}
