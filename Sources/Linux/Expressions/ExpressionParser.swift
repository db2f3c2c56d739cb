/// Reads a regular expression of any of the dialects.
struct ExpressionParser {
  let text: [UInt8]
  let syntax: ExpressionSyntax
  let isMultiline: Bool
  var ignoresCase: Bool
  var dotMatchesNewline = true
  var position = 0
  private(set) var groups = 0
  private(set) var names: [(String, Int)] = []
  private(set) var needsBacktracking = false
  private var depth = 0
  private var open = 0

  init(_ text: [UInt8], _ syntax: ExpressionSyntax, ignoresCase: Bool, isMultiline: Bool) {
    self.text = text
    self.syntax = syntax
    self.ignoresCase = ignoresCase
    self.isMultiline = isMultiline
    if syntax == .perl { dotMatchesNewline = false }
  }

  mutating func parse() throws(ExpressionError) -> ExpressionNode {
    let node = try choice()
    if position < text.count {
      throw ExpressionError(
        syntax == .perl ? "unmatched close parenthesis" : "Unmatched ) or \\)")
    }
    return node
  }

  private var isPlain: Bool { syntax != .basic }

  func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < text.count ? text[position + offset] : nil
  }

  func at(_ string: StaticString) -> Bool {
    string.withUTF8Buffer { wanted in
      position + wanted.count <= text.count
        && wanted.elementsEqual(text[position..<position + wanted.count])
    }
  }

  private var atBar: Bool { isPlain ? peek() == UInt8(ascii: "|") : at("\\|") }
  private var atClose: Bool {
    isPlain ? peek() == UInt8(ascii: ")") && (open > 0 || syntax == .perl) : at("\\)")
  }

  private mutating func choice() throws(ExpressionError) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw ExpressionError("Regular expression too big") }
    let savedCase = ignoresCase
    defer { ignoresCase = savedCase }
    var choices = [try sequence()]
    while atBar {
      position += isPlain ? 1 : 2
      choices.append(try sequence())
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(ExpressionError) -> ExpressionNode {
    var parts: [ExpressionNode] = []
    while position < text.count, !atBar, !atClose {
      let isFirst = parts.isEmpty
      let atom = try self.atom(isFirst: isFirst)
      parts.append(try repeated(atom))
    }
    return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated(_ atom: ExpressionNode) throws(ExpressionError) -> ExpressionNode {
    var node = atom
    while let byte = peek() {
      if case .assertion = node, syntax == .basic { break }
      var range: (Int, Int?)?
      if byte == UInt8(ascii: "*") {
        (range, position) = ((0, nil), position + 1)
      } else if isPlain, byte == UInt8(ascii: "+") {
        (range, position) = ((1, nil), position + 1)
      } else if isPlain, byte == UInt8(ascii: "?") {
        (range, position) = ((0, 1), position + 1)
      } else if !isPlain, at("\\+") {
        (range, position) = ((1, nil), position + 2)
      } else if !isPlain, at("\\?") {
        (range, position) = ((0, 1), position + 2)
      } else if isPlain ? byte == UInt8(ascii: "{") : at("\\{") {
        range = try interval()
      }
      guard let (low, high) = range else { break }
      var isGreedy = true
      if syntax == .perl, peek() == UInt8(ascii: "?") {
        isGreedy = false
        position += 1
      } else if syntax == .perl, peek() == UInt8(ascii: "+") {
        position += 1
      }
      node = .repeat(node, low, high, isGreedy: isGreedy)
    }
    return node
  }

  /// `{m}`, `{m,}`, `{,n}`, `{m,n}`; nil when a plain brace is meant.
  private mutating func interval() throws(ExpressionError) -> (Int, Int?)? {
    let start = position
    position += isPlain ? 1 : 2
    let low = number()
    var high = low
    if peek() == UInt8(ascii: ",") {
      position += 1
      high = number()
      if low == nil, high == nil, isPlain, syntax == .perl {
        position = start
        return nil
      }
      let closes = isPlain ? peek() == UInt8(ascii: "}") : at("\\}")
      if closes {
        position += isPlain ? 1 : 2
        guard (low ?? 0) <= 32767, high ?? 0 <= 32767 else {
          throw ExpressionError("Regular expression too big")
        }
        if let low, let high, low > high {
          throw ExpressionError("Invalid content of \\{\\}")
        }
        return (low ?? 0, high)
      }
    } else if let low {
      let closes = isPlain ? peek() == UInt8(ascii: "}") : at("\\}")
      if closes {
        position += isPlain ? 1 : 2
        guard low <= 32767 else { throw ExpressionError("Regular expression too big") }
        return (low, low)
      }
    }
    if isPlain {
      position = start
      return nil
    }
    throw ExpressionError(
      position < text.count ? "Invalid content of \\{\\}" : "Unmatched { or \\{")
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let byte = peek(), byte.isDigit, (value ?? 0) < 100_000 {
      value = (value ?? 0) * 10 + Int(byte - 48)
      position += 1
    }
    return value
  }

  private mutating func atom(isFirst: Bool) throws(ExpressionError) -> ExpressionNode {
    let byte = text[position]
    switch byte {
    case UInt8(ascii: "\\"): return try escape(isFirst: isFirst)
    case UInt8(ascii: "["):
      position += 1
      return try bracket()
    case UInt8(ascii: "."):
      position += 1
      return .bytesOrScalars(dotMatchesNewline)
    case UInt8(ascii: "^") where isPlain || isFirst:
      position += 1
      return .assertion(isMultiline ? .lineStart : .textStart)
    case UInt8(ascii: "$") where isPlain || isLastInBasic:
      position += 1
      return .assertion(isMultiline ? .lineEnd : syntax == .perl ? .lastLineEnd : .textEnd)
    case UInt8(ascii: "(") where isPlain:
      position += 1
      return try group()
    case UInt8(ascii: "*") where !isFirst || syntax == .perl,
      UInt8(ascii: "+") where isPlain && (!isFirst || syntax == .perl),
      UInt8(ascii: "?") where isPlain && (!isFirst || syntax == .perl):
      if syntax == .perl { throw ExpressionError("target of repeat operator is not specified") }
      position += 1
      return literal([byte])
    default: return scalar()
    }
  }

  private var isLastInBasic: Bool {
    position + 1 == text.count
      || (position + 2 < text.count && text[position + 1] == UInt8(ascii: "\\")
        && (text[position + 2] == UInt8(ascii: ")") || text[position + 2] == UInt8(ascii: "|")))
  }

  /// One character, however many bytes it has.
  private mutating func scalar() -> ExpressionNode {
    let first = text[position]
    var length = 1
    if first >= 0xC0 {
      while length < 4, let next = peek(length), next & 0xC0 == 0x80 { length += 1 }
    }
    let bytes = Array(text[position..<position + length])
    position += length
    return literal(bytes)
  }

  func literal(_ bytes: [UInt8]) -> ExpressionNode {
    guard ignoresCase else { return .literal(bytes) }
    if bytes.count == 1, let byte = bytes.first {
      return byte.isLetter ? .bytes(ByteSet([byte.lowered, byte.raised])) : .literal(bytes)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let lower = Array(text.lowercased().utf8)
    let upper = Array(text.uppercased().utf8)
    return lower == upper ? .literal(bytes) : .choice([.literal(lower), .literal(upper)])
  }

  mutating func group() throws(ExpressionError) -> ExpressionNode {
    open += 1
    defer { open -= 1 }
    var form = GroupForm.capturing(nil)
    if syntax == .perl, peek() == UInt8(ascii: "?") { form = try perlGroup() }
    var index = 0
    if case .capturing(let name) = form {
      groups += 1
      index = groups
      if let name { names.append((name, index)) }
    }
    if case .flags = form { return .empty }
    let body = try choice()
    guard atClose else {
      throw ExpressionError(
        syntax == .perl ? "end pattern with unmatched parenthesis" : "Unmatched ( or \\(")
    }
    position += isPlain ? 1 : 2
    switch form {
    case .capturing: return .group(body, index)
    case .look(let isAhead, let isNegative):
      needsBacktracking = true
      return .look(body, isAhead: isAhead, isNegative: isNegative)
    case .plain, .flags: return body
    }
  }

  private enum GroupForm {
    case capturing(String?)
    case plain, flags
    case look(isAhead: Bool, isNegative: Bool)
  }

  private mutating func perlGroup() throws(ExpressionError) -> GroupForm {
    for (mark, form) in [
      ("?:", GroupForm.plain), ("?=", .look(isAhead: true, isNegative: false)),
      ("?!", .look(isAhead: true, isNegative: true)),
      ("?<=", .look(isAhead: false, isNegative: false)),
      ("?<!", .look(isAhead: false, isNegative: true)), ("?>", .plain),
    ] where text[position...].starts(with: Array(mark.utf8)) {
      position += mark.utf8.count
      return form
    }
    if at("?<") || at("?P<") {
      position += at("?<") ? 2 : 3
      var name: [UInt8] = []
      while let byte = peek(), byte.isWord {
        name.append(byte)
        position += 1
      }
      guard peek() == UInt8(ascii: ">"), !name.isEmpty else {
        throw ExpressionError("group name is empty")
      }
      position += 1
      return .capturing(String(decoding: name, as: UTF8.self))
    }
    position += 1
    var turnsOn = true
    while let byte = peek(), byte != UInt8(ascii: ")"), byte != UInt8(ascii: ":") {
      position += 1
      switch byte {
      case UInt8(ascii: "-"): turnsOn = false
      case UInt8(ascii: "i"): ignoresCase = turnsOn
      case UInt8(ascii: "s"), UInt8(ascii: "m"): dotMatchesNewline = turnsOn
      default: throw ExpressionError("undefined group option")
      }
    }
    guard let end = peek() else {
      throw ExpressionError("end pattern with unmatched parenthesis")
    }
    position += 1
    return end == UInt8(ascii: ")") ? .flags : .plain
  }

  mutating func noteBackreference(_ number: Int) throws(ExpressionError) -> ExpressionNode {
    guard number <= groups else { throw ExpressionError("Invalid back reference") }
    needsBacktracking = true
    return .backreference(number)
  }
}

extension ExpressionNode {
  /// Any one character; a byte that begins none counts as one too.
  static func bytesOrScalars(_ withNewline: Bool) -> ExpressionNode {
    var set = ScalarSet()
    set.insert(10...10)
    let scalars = withNewline ? ScalarSet().inverted.node : set.inverted.node
    return scalars
  }
}
