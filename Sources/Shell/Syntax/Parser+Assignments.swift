extension Parser {
  /// `name=`, `name+=` or `name[index]=` at the position, read as an assignment whose word also
  /// keeps the plain reading; nil when it does not look like one.
  func readAssignment() throws(SyntaxProblem) -> Word? {
    guard let first = byte(), first.isNameStart else { return nil }
    var end = position + 1
    while end < bytes.count, bytes[end].isNameByte { end += 1 }
    let nameEnd = end
    var indexRange: Range<Int>?
    if dialect.isBash, end < bytes.count, bytes[end] == UInt8(ascii: "[") {
      guard let close = closingBracket(from: end) else { return nil }
      indexRange = (end + 1)..<close
      end = close + 1
    }
    var appends = false
    if dialect.hasBashisms, end < bytes.count, bytes[end] == UInt8(ascii: "+") {
      appends = true
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return nil }
    end += 1
    let name = slice(from: position, to: nameEnd)
    var index: ArithmeticExpansion?
    if let indexRange { index = try readIndex(in: indexRange) }
    var builder = WordBuilder()
    builder.append(literal: bytes[position..<end])
    position = end
    if dialect.isBash, indexRange == nil, byte() == UInt8(ascii: "(") {
      let elements = try readArrayElements()
      let assignment = Assignment(
        name: name, index: nil, appends: appends, value: .list(elements))
      builder.flush()
      return Word(builder.parts, assignment: assignment)
    }
    var value = WordBuilder()
    try readWordParts(into: &value)
    builder.flush()
    let assignment = Assignment(
      name: name, index: index, appends: appends, value: .word(Word(value.parts)))
    return Word(
      joined(builder.parts, value.parts), hasBraces: value.hasBraces, assignment: assignment)
  }

  private func joined(_ prefix: [WordPart], _ rest: [WordPart]) -> [WordPart] {
    guard case .literal(let head)? = prefix.last, case .literal(let tail)? = rest.first else {
      return prefix + rest
    }
    return prefix.dropLast() + [.literal(head + tail)] + rest.dropFirst()
  }

  /// The bracket that closes the one at `start`, quotes and substitutions skipped.
  private func closingBracket(from start: Int) -> Int? {
    var open = 0
    var index = start
    var quote: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if let current = quote {
        if byte == UInt8(ascii: "\\"), current == UInt8(ascii: "\"") { index += 1 }
        if byte == current { quote = nil }
      } else {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
        case UInt8(ascii: "\\"): index += 1
        case UInt8(ascii: "["): open += 1
        case UInt8(ascii: "]"):
          open -= 1
          if open == 0 { return index }
        case UInt8(ascii: "\n"): return nil
        case UInt8(ascii: " ") where open <= 1 && !isInsideExpansion(start..<index): return nil
        default: break
        }
      }
      index += 1
    }
    return nil
  }

  private func isInsideExpansion(_ range: Range<Int>) -> Bool {
    // An index with blanks is rare outside of quotes; `[` as a command is not an index at all.
    range.count > 1
  }

  private func readIndex(in range: Range<Int>) throws(SyntaxProblem) -> ArithmeticExpansion {
    let text = slice(from: range.lowerBound, to: range.upperBound)
    try enter()
    defer { leave() }
    let inner = Parser(text, dialect: dialect, line: line, depth: depth, alias: alias)
    return ArithmeticExpansion(try inner.readWholeText(quotes: .normal))
  }

  private func readArrayElements() throws(SyntaxProblem) -> [(
    index: ArithmeticExpansion?, appends: Bool, value: Word
  )] {
    position += 1
    try enter()
    defer { leave() }
    var elements: [(index: ArithmeticExpansion?, appends: Bool, value: Word)] = []
    let outerPeeked = (peeked, tokenStart)
    peeked = nil
    defer { (peeked, tokenStart) = outerPeeked }
    while true {
      if let element = try readIndexedElement() {
        elements.append(element)
        continue
      }
      let token = try readToken()
      switch token {
      case .newline: continue
      case .word(let word):
        elements.append((nil, false, Word(word.parts, hasBraces: word.hasBraces)))
      case .descriptor(let descriptor):
        guard case .number(let number) = descriptor else { throw unexpected() }
        elements.append((nil, false, Word(text: String(number))))
      case .op(.closeParen): return elements
      case .end: throw unclosed(")")
      case .op:
        peeked = token
        throw unexpected()
      }
    }
  }

  /// `[index]=value` inside an array's parentheses.
  private func readIndexedElement() throws(SyntaxProblem) -> (
    index: ArithmeticExpansion?, appends: Bool, value: Word
  )? {
    while let next = byte(), next.isBlank || next == UInt8(ascii: "\n") {
      if next == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    guard byte() == UInt8(ascii: "["), let close = closingBracket(from: position) else {
      return nil
    }
    var end = close + 1
    var appends = false
    if end < bytes.count, bytes[end] == UInt8(ascii: "+") {
      appends = true
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return nil }
    let index = try readIndex(in: (position + 1)..<close)
    position = end + 1
    var value = WordBuilder()
    try readWordParts(into: &value)
    return (index, appends, Word(value.parts))
  }
}
