/// Reads C's integer expressions as the shell writes them.
struct ArithmeticParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  /// Where the last token began, for complaints.
  private var tokenStart = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws(ArithmeticFailure) -> ArithmeticNode {
    skipBlanks()
    if position == bytes.count { return .number(0) }
    let node = try parseComma()
    skipBlanks()
    guard position == bytes.count else {
      let next = bytes[position]
      let startsOperand = next.isNameByte || next == CompiledArithmetic.mark || next == 0x28
      throw failure(startsOperand || next == 0x29 ? .inExpression : .badOperator, at: position)
    }
    return node
  }

  private func failure(_ reason: ArithmeticFailure.Reason, at start: Int) -> ArithmeticFailure {
    ArithmeticFailure(
      reason: reason, token: String(decoding: bytes[min(start, bytes.count)...], as: UTF8.self))
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position].isBlank || bytes[position] == 0x0a {
      position += 1
    }
  }

  private func byte(_ offset: Int = 0) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  private mutating func parseComma() throws(ArithmeticFailure) -> ArithmeticNode {
    var left = try parseAssignment()
    while true {
      skipBlanks()
      guard byte() == UInt8(ascii: ",") else { return left }
      position += 1
      left = .binary(.comma, left, try parseAssignment(), position: position)
    }
  }

  private mutating func parseAssignment() throws(ArithmeticFailure) -> ArithmeticNode {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw failure(.tooDeep, at: position) }
    skipBlanks()
    let left = try parseChoice()
    skipBlanks()
    guard let (op, length) = assignmentOperator() else { return left }
    guard case .variable(let name, let index) = left else {
      throw failure(.assignmentToNonVariable, at: position)
    }
    tokenStart = position
    position += length
    return .assign(op, name: name, index: index, try parseAssignment())
  }

  private func assignmentOperator() -> (ArithmeticOperator?, Int)? {
    guard let first = byte() else { return nil }
    if first == UInt8(ascii: "=") { return byte(1) == UInt8(ascii: "=") ? nil : (nil, 1) }
    if first == UInt8(ascii: "<") || first == UInt8(ascii: ">") {
      guard byte(1) == first, byte(2) == UInt8(ascii: "=") else { return nil }
      return (first == UInt8(ascii: "<") ? .shiftLeft : .shiftRight, 3)
    }
    guard byte(1) == UInt8(ascii: "=") else { return nil }
    switch first {
    case UInt8(ascii: "+"): return (.add, 2)
    case UInt8(ascii: "-"): return (.subtract, 2)
    case UInt8(ascii: "*"): return (.multiply, 2)
    case UInt8(ascii: "/"): return (.divide, 2)
    case UInt8(ascii: "%"): return (.remainder, 2)
    case UInt8(ascii: "&"): return (.bitAnd, 2)
    case UInt8(ascii: "|"): return (.bitOr, 2)
    case UInt8(ascii: "^"): return (.bitXor, 2)
    default: return nil
    }
  }

  private mutating func parseChoice() throws(ArithmeticFailure) -> ArithmeticNode {
    let condition = try parseBinary(atLeast: 3)
    skipBlanks()
    guard byte() == UInt8(ascii: "?") else { return condition }
    position += 1
    let first = try parseComma()
    skipBlanks()
    guard byte() == UInt8(ascii: ":") else { throw failure(.colonExpected, at: position) }
    position += 1
    return .choice(condition, first, try parseAssignment())
  }

  private mutating func parseBinary(atLeast minimum: Int) throws(ArithmeticFailure)
    -> ArithmeticNode
  {
    var left = try parseUnary()
    while true {
      skipBlanks()
      guard let (op, length) = binaryOperator(), op.precedence >= minimum else { return left }
      tokenStart = position
      position += length
      skipBlanks()
      let start = position
      let right = try parseBinary(atLeast: op == .power ? op.precedence : op.precedence + 1)
      left = .binary(op, left, right, position: start)
    }
  }

  private func binaryOperator() -> (ArithmeticOperator, Int)? {
    guard let first = byte() else { return nil }
    let second = byte(1)
    let assigns = second == UInt8(ascii: "=")
    switch first {
    case UInt8(ascii: "|"):
      return second == first ? (.or, 2) : assigns ? nil : (.bitOr, 1)
    case UInt8(ascii: "&"):
      return second == first ? (.and, 2) : assigns ? nil : (.bitAnd, 1)
    case UInt8(ascii: "^"): return assigns ? nil : (.bitXor, 1)
    case UInt8(ascii: "="): return assigns ? (.equal, 2) : nil
    case UInt8(ascii: "!"): return assigns ? (.notEqual, 2) : nil
    case UInt8(ascii: "<"):
      if second == first { return byte(2) == UInt8(ascii: "=") ? nil : (.shiftLeft, 2) }
      return assigns ? (.lessOrEqual, 2) : (.less, 1)
    case UInt8(ascii: ">"):
      if second == first { return byte(2) == UInt8(ascii: "=") ? nil : (.shiftRight, 2) }
      return assigns ? (.greaterOrEqual, 2) : (.greater, 1)
    case UInt8(ascii: "+"): return assigns ? nil : (.add, 1)
    case UInt8(ascii: "-"): return assigns ? nil : (.subtract, 1)
    case UInt8(ascii: "*"):
      return second == first ? (.power, 2) : assigns ? nil : (.multiply, 1)
    case UInt8(ascii: "/"): return assigns ? nil : (.divide, 1)
    case UInt8(ascii: "%"): return assigns ? nil : (.remainder, 1)
    default: return nil
    }
  }

  private mutating func parseUnary() throws(ArithmeticFailure) -> ArithmeticNode {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw failure(.tooDeep, at: position) }
    skipBlanks()
    guard let first = byte() else { throw failure(.operandExpected, at: tokenStart) }
    switch first {
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      if byte(1) == first {
        var ahead = position + 2
        while ahead < bytes.count, bytes[ahead].isBlank { ahead += 1 }
        if ahead < bytes.count, bytes[ahead].isNameStart {
          position = ahead
          let (name, index) = try parseName()
          return .step(
            by: first == UInt8(ascii: "+") ? 1 : -1, isPrefix: true, name: name, index: index)
        }
      }
      tokenStart = position
      position += 1
      return .unary(first, try parseUnary())
    case UInt8(ascii: "!"), UInt8(ascii: "~"):
      tokenStart = position
      position += 1
      return .unary(first, try parseUnary())
    default: return try parsePrimary(first)
    }
  }

  private mutating func parsePrimary(_ first: UInt8) throws(ArithmeticFailure) -> ArithmeticNode {
    if first == UInt8(ascii: "(") {
      tokenStart = position
      position += 1
      let inner = try parseComma()
      skipBlanks()
      guard byte() == UInt8(ascii: ")") else {
        throw failure(.missingParenthesis, at: position == bytes.count ? tokenStart : position)
      }
      position += 1
      return inner
    }
    if first.isDigit { return .number(try parseNumber()) }
    if first == CompiledArithmetic.mark {
      guard let end = bytes[position...].firstIndex(of: CompiledArithmetic.endMark) else {
        throw failure(.operandExpected, at: position)
      }
      let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
      position = end + 1
      // Text that runs on after it would have been glued to its value.
      if let next = byte(), next.isNameByte || next == CompiledArithmetic.mark || next == 0x23 {
        throw failure(.operandExpected, at: position)
      }
      return .substituted(name)
    }
    guard first.isNameStart else {
      throw failure(.operandExpected, at: position)
    }
    let (name, index) = try parseName()
    skipBlanks()
    if let next = byte(), next == UInt8(ascii: "+") || next == UInt8(ascii: "-"), byte(1) == next {
      position += 2
      return .step(
        by: next == UInt8(ascii: "+") ? 1 : -1, isPrefix: false, name: name, index: index)
    }
    return .variable(name: name, index: index)
  }

  private mutating func parseName() throws(ArithmeticFailure) -> (String, ArithmeticIndex?) {
    let start = position
    tokenStart = start
    while let next = byte(), next.isNameByte { position += 1 }
    if byte() == CompiledArithmetic.mark { throw failure(.operandExpected, at: position) }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    guard byte() == UInt8(ascii: "[") else { return (name, nil) }
    var open = 0
    var end = position
    while end < bytes.count {
      if bytes[end] == UInt8(ascii: "[") { open += 1 }
      if bytes[end] == UInt8(ascii: "]") {
        open -= 1
        if open == 0 { break }
      }
      end += 1
    }
    guard end < bytes.count else { throw failure(.badSubscript, at: start) }
    let inner = Array(bytes[(position + 1)..<end])
    position = end + 1
    // The tree is only for numbers; whether it must parse is known once the array is.
    guard !inner.contains(CompiledArithmetic.mark) else {
      throw failure(.operandExpected, at: start)
    }
    var parser = ArithmeticParser(inner)
    parser.depth = depth
    return (
      name, ArithmeticIndex(text: String(decoding: inner, as: UTF8.self), node: try? parser.parse())
    )
  }

  private mutating func parseNumber() throws(ArithmeticFailure) -> Int64 {
    let start = position
    tokenStart = start
    while let next = byte(), next.isNameByte || next == UInt8(ascii: "#") || next == 0x40 {
      position += 1
    }
    if byte() == CompiledArithmetic.mark { throw failure(.operandExpected, at: position) }
    guard let value = ArithmeticNumber.parse(bytes[start..<position]) else {
      let text = bytes[start..<position]
      let reason: ArithmeticFailure.Reason
      if let hash = text.firstIndex(of: UInt8(ascii: "#")) {
        let base = Int(String(decoding: text[..<hash], as: UTF8.self)) ?? 0
        reason =
          base < 2 || base > 64
          ? .invalidBase : hash + 1 == text.endIndex ? .invalidConstant : .tooGreatForBase
      } else {
        reason = .tooGreatForBase
      }
      throw ArithmeticFailure(
        reason: reason, token: String(decoding: bytes[start...], as: UTF8.self))
    }
    return value
  }
}

/// The forms of an integer constant: decimal, `0x…`, `0…`, `base#…`.
enum ArithmeticNumber {
  static func parse(_ text: ArraySlice<UInt8>) -> Int64? {
    guard let first = text.first else { return nil }
    if let hash = text.firstIndex(of: UInt8(ascii: "#")) {
      guard hash - text.startIndex <= 2,
        let base = value(of: text[..<hash], base: 10), base >= 2, base <= 64,
        hash + 1 < text.endIndex
      else { return nil }
      return value(of: text[(hash + 1)...], base: base)
    }
    guard first == UInt8(ascii: "0"), text.count > 1 else { return value(of: text, base: 10) }
    let second = text[text.startIndex + 1]
    if second == UInt8(ascii: "x") || second == UInt8(ascii: "X") {
      return value(of: text.dropFirst(2), base: 16)
    }
    return value(of: text.dropFirst(), base: 8)
  }

  private static func value(of digits: ArraySlice<UInt8>, base: Int64) -> Int64? {
    var result: Int64 = 0
    for byte in digits {
      let digit: Int64
      switch byte {
      case 0x30...0x39: digit = Int64(byte - 0x30)
      case 0x61...0x7a: digit = Int64(byte - 0x61) + 10
      case 0x41...0x5a: digit = Int64(byte - 0x41) + (base <= 36 ? 10 : 36)
      case 0x40: digit = 62
      case 0x5f: digit = 63
      default: return nil
      }
      guard digit < base else { return nil }
      result = result &* base &+ digit
    }
    return result
  }

  /// A variable's plain decimal value, the common case; nil for all else.
  static func plain(_ text: String) -> Int64? {
    var utf8 = text.utf8.makeIterator()
    guard var byte = utf8.next() else { return nil }
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative {
      guard let next = utf8.next() else { return nil }
      byte = next
    }
    guard byte.isDigit else { return nil }
    if byte == 0x30 { return utf8.next() == nil ? 0 : nil }
    var result = Int64(byte - 0x30)
    var count = 1
    while let next = utf8.next() {
      guard next.isDigit, count < 18 else { return nil }
      result = result * 10 + Int64(next - 0x30)
      count += 1
    }
    return isNegative ? -result : result
  }
}
