extension ExpressionParser {
  mutating func escape(isFirst: Bool) throws(ExpressionError) -> ExpressionNode {
    position += 1
    guard let byte = peek() else {
      throw ExpressionError(
        syntax == .perl ? "end pattern at escape" : "Trailing backslash")
    }
    position += 1
    if syntax == .basic {
      switch byte {
      case UInt8(ascii: "("): return try group()
      case UInt8(ascii: "{"):
        if isFirst { throw ExpressionError("Invalid preceding regular expression") }
      default: break
      }
    }
    if byte.isDigit, byte != 48, syntax != .awk {
      return try noteBackreference(Int(byte - 48))
    }
    if let node = classEscape(byte) { return node }
    switch byte {
    case UInt8(ascii: "b"): return syntax == .awk ? literal([8]) : .assertion(.boundary)
    case UInt8(ascii: "y") where syntax == .awk: return .assertion(.boundary)
    case UInt8(ascii: "B"): return .assertion(.noBoundary)
    case UInt8(ascii: "<"): return .assertion(.wordStart)
    case UInt8(ascii: ">"): return .assertion(.wordEnd)
    case UInt8(ascii: "`"): return .assertion(.textStart)
    case UInt8(ascii: "'"): return .assertion(.textEnd)
    case UInt8(ascii: "A") where syntax == .perl: return .assertion(.textStart)
    case UInt8(ascii: "z") where syntax == .perl: return .assertion(.textEnd)
    case UInt8(ascii: "Z") where syntax == .perl: return .assertion(.lastLineEnd)
    default: return .literal(try escapedBytes(byte))
    }
  }

  private func classEscape(_ byte: UInt8) -> ExpressionNode? {
    let name: String
    switch byte | 32 {
    case UInt8(ascii: "w"): name = "word"
    case UInt8(ascii: "s"): name = "space"
    case UInt8(ascii: "d") where syntax == .perl: name = "digit"
    case UInt8(ascii: "h") where syntax == .perl: name = "xdigit"
    default: return nil
    }
    guard let set = ScalarSet.named(name) else { return nil }
    return (byte.isUpper ? set.inverted : set).node
  }

  /// What an escape stands for when it stands for bytes.
  private mutating func escapedBytes(_ byte: UInt8) throws(ExpressionError) -> [UInt8] {
    let knowsEscapes = syntax == .perl || syntax == .awk
    switch byte {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r") where knowsEscapes: return [13]
    case UInt8(ascii: "f") where knowsEscapes: return [12]
    case UInt8(ascii: "v") where knowsEscapes: return [11]
    case UInt8(ascii: "a") where knowsEscapes: return [7]
    case UInt8(ascii: "e") where syntax == .perl: return [27]
    case UInt8(ascii: "x") where knowsEscapes: return ScalarSet.encode(hexadecimal(2))
    case UInt8(ascii: "u") where syntax == .perl: return ScalarSet.encode(hexadecimal(4))
    case 48...55 where syntax == .awk:
      var value = Int(byte - 48)
      while value < 32, let next = peek(), (48...55).contains(next) {
        value = value * 8 + Int(next - 48)
        position += 1
      }
      return [UInt8(truncatingIfNeeded: value)]
    default: return [byte]
    }
  }

  private mutating func hexadecimal(_ digits: Int) -> UInt32 {
    let isBraced = peek() == UInt8(ascii: "{")
    if isBraced { position += 1 }
    var value: UInt32 = 0
    var count = 0
    while count < (isBraced ? 6 : digits), let byte = peek(), let digit = BackslashEscapes.hex(byte)
    {
      value = value * 16 + UInt32(digit)
      position += 1
      count += 1
    }
    if isBraced, peek() == UInt8(ascii: "}") { position += 1 }
    return min(value, 0x10FFFF)
  }

  /// A bracket expression, after its opening bracket.
  mutating func bracket() throws(ExpressionError) -> ExpressionNode {
    let unmatched = ExpressionError(
      syntax == .perl ? "premature end of char-class" : "Unmatched [, [^, [:, [., or [=")
    var set = ScalarSet()
    var isNegated = false
    if peek() == UInt8(ascii: "^") {
      isNegated = true
      position += 1
    }
    var isFirst = true
    while true {
      guard let byte = peek() else { throw unmatched }
      if byte == UInt8(ascii: "]"), !isFirst {
        position += 1
        break
      }
      isFirst = false
      if byte == UInt8(ascii: "["), let kind = peek(1), [58, 46, 61].contains(kind) {
        set.insert(try named(kind, unmatched))
        continue
      }
      if byte == UInt8(ascii: "\\"), syntax == .perl || syntax == .awk,
        let letter = peek(1), let members = classMembers(letter)
      {
        set.insert(members)
        position += 2
        continue
      }
      let low = try bracketScalar()
      if peek() == UInt8(ascii: "-"), let next = peek(1), next != UInt8(ascii: "]") {
        position += 1
        let high = try bracketScalar()
        guard low <= high else { throw ExpressionError("Invalid range end") }
        set.insert(low...high)
      } else {
        set.insert(low)
      }
    }
    if ignoresCase { set.foldCase() }
    return (isNegated ? set.inverted : set).node
  }

  private func classMembers(_ letter: UInt8) -> ScalarSet? {
    let name: String
    switch letter | 32 {
    case UInt8(ascii: "w"): name = "word"
    case UInt8(ascii: "s"): name = "space"
    case UInt8(ascii: "d") where syntax == .perl: name = "digit"
    case UInt8(ascii: "h") where syntax == .perl: name = "xdigit"
    default: return nil
    }
    return letter.isUpper ? ScalarSet.named(name)?.inverted : ScalarSet.named(name)
  }

  private mutating func named(
    _ kind: UInt8, _ unmatched: ExpressionError
  ) throws(ExpressionError) -> ScalarSet {
    position += 2
    var name: [UInt8] = []
    while let byte = peek(), !(byte == kind && peek(1) == UInt8(ascii: "]")) {
      name.append(byte)
      position += 1
    }
    guard peek() != nil else { throw unmatched }
    position += 2
    let text = String(decoding: name, as: UTF8.self)
    if kind == UInt8(ascii: ":") {
      guard let set = ScalarSet.named(text) else {
        throw ExpressionError("Invalid character class name")
      }
      return set
    }
    guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
      throw ExpressionError("Invalid collation character")
    }
    var set = ScalarSet()
    set.insert(scalar.value)
    return set
  }

  private mutating func bracketScalar() throws(ExpressionError) -> UInt32 {
    guard let first = peek() else {
      throw ExpressionError("Unmatched [, [^, [:, [., or [=")
    }
    position += 1
    if first == UInt8(ascii: "\\"), let letter = peek() {
      // In sed and the POSIX dialects a backslash is itself, but for sed's \n and \t.
      let isPlain = syntax == .basic || syntax == .extended
      if !isPlain || letter == UInt8(ascii: "n") || letter == UInt8(ascii: "t") {
        position += 1
        if letter == UInt8(ascii: "b") { return 8 }
        return UInt32(try escapedBytes(letter).first ?? letter)
      }
      return UInt32(first)
    }
    guard first >= 0xC0 else { return UInt32(first) }
    var bytes = [first]
    while bytes.count < 4, let next = peek(), next & 0xC0 == 0x80 {
      bytes.append(next)
      position += 1
    }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.first?.value ?? 0xFFFD
  }
}
