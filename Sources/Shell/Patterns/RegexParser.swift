/// Reads the two syntaxes of POSIX patterns, with GNU's additions.
struct RegexParser {
  typealias Problem = RegularExpression.Problem
  private let text: [Unicode.Scalar]
  private let isExtended: Bool
  private var position = 0
  private var depth = 0
  private(set) var groupCount = 0
  private(set) var foundBackReference = false

  init(_ pattern: String, syntax: RegularExpression.Syntax) {
    text = Array(pattern.unicodeScalars)
    isExtended = syntax == .extended
  }

  mutating func parse() throws(Problem) -> RegexNode {
    let node = try parseChoice()
    guard position == text.count else { throw Problem(text: "Unmatched ) or \\)") }
    return node
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < text.count ? text[position + offset] : nil
  }

  /// Whether an operator stands here: bare in one syntax, after a backslash in the other.
  private func isAt(_ op: Unicode.Scalar) -> Bool {
    isExtended ? peek() == op : peek() == "\\" && peek(1) == op
  }

  private mutating func skipOperator() { position += isExtended ? 1 : 2 }

  private mutating func parseChoice() throws(Problem) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    if depth > 200 { throw Problem(text: "Regular expression too big") }
    var choices = [try parseSequence()]
    while isAt("|") {
      skipOperator()
      choices.append(try parseSequence())
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func parseSequence() throws(Problem) -> RegexNode {
    var nodes: [RegexNode] = []
    while position < text.count {
      if isAt("|") { break }
      if isAt(")"), depth > 1 || !isExtended { break }
      let isFirst = nodes.isEmpty
      if isExtended, isAt(")") {
        // A lone closing parenthesis is text.
        position += 1
        nodes.append(.scalar(")"))
        continue
      }
      let node = try parseAtom(isFirst: isFirst)
      if case .assertion(.start) = node, !isExtended {
        // After the anchor a star is text.
        nodes.append(node)
        if peek() == "*" {
          position += 1
          nodes.append(try parseRepeats(of: .scalar("*")))
        }
        continue
      }
      nodes.append(try parseRepeats(of: node))
    }
    return nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func parseAtom(isFirst: Bool) throws(Problem) -> RegexNode {
    guard let scalar = peek() else { return .empty }
    if isAt("(") {
      skipOperator()
      groupCount += 1
      let number = groupCount
      let inner = try parseChoice()
      guard isAt(")") else { throw Problem(text: "Unmatched ( or \\(") }
      skipOperator()
      return .group(number, inner)
    }
    position += 1
    switch scalar {
    case ".": return .any
    case "[": return .set(try parseSet())
    case "^" where isExtended || isFirst: return .assertion(.start)
    case "$" where isExtended || position == text.count || isEndOfBasicSequence:
      return .assertion(.end)
    case "*" where isFirst: return .scalar("*")
    case "+" where isExtended && isFirst, "?" where isExtended && isFirst:
      throw Problem(text: "Invalid preceding regular expression")
    case "\\":
      guard let escaped = peek() else { throw Problem(text: "Trailing backslash") }
      position += 1
      return escape(escaped)
    default: return .scalar(scalar)
    }
  }

  private var isEndOfBasicSequence: Bool {
    peek() == "\\" && (peek(1) == ")" || peek(1) == "|")
  }

  private mutating func escape(_ scalar: Unicode.Scalar) -> RegexNode {
    switch scalar {
    case "w": return .set(GlobSet(classes: [.word]))
    case "W": return .set(GlobSet(isNegated: true, classes: [.word]))
    case "s": return .set(GlobSet(classes: [.space]))
    case "S": return .set(GlobSet(isNegated: true, classes: [.space]))
    case "b": return .assertion(.wordBoundary)
    case "B": return .assertion(.noWordBoundary)
    case "<": return .assertion(.wordStart)
    case ">": return .assertion(.wordEnd)
    case "`": return .assertion(.start)
    case "'": return .assertion(.end)
    case "1"..."9":
      let number = Int(scalar.value - 0x30)
      guard number <= groupCount else { return .scalar(scalar) }
      foundBackReference = true
      return .backReference(number)
    default: return .scalar(scalar)
    }
  }

  private mutating func parseRepeats(of node: RegexNode) throws(Problem) -> RegexNode {
    var node = node
    while let scalar = peek() {
      if scalar == "*" {
        position += 1
        if case .repeated(_, 0, nil) = node { continue }
        node = .repeated(node, atLeast: 0, atMost: nil)
      } else if isAt("+") {
        skipOperator()
        node = .repeated(node, atLeast: 1, atMost: nil)
      } else if isAt("?") {
        skipOperator()
        node = .repeated(node, atLeast: 0, atMost: 1)
      } else if isAt("{"), let bounds = try parseBounds() {
        node = .repeated(node, atLeast: bounds.0, atMost: bounds.1)
      } else {
        break
      }
    }
    return node
  }

  private mutating func parseBounds() throws(Problem) -> (Int, Int?)? {
    let start = position
    skipOperator()
    let low = parseNumber()
    var high = low
    if peek() == "," {
      position += 1
      high = parseNumber()
      if low == nil, high == nil, !isAt("}") {
        position = start
        return nil
      }
    } else if low == nil {
      guard isExtended else { throw Problem(text: "Invalid content of \\{\\}") }
      position = start
      return nil
    }
    guard isAt("}") else {
      guard isExtended else { throw Problem(text: "Unmatched { or \\{") }
      position = start
      return nil
    }
    skipOperator()
    let limit = 32767
    guard (low ?? 0) <= limit, (high ?? 0) <= limit else {
      throw Problem(text: "Regular expression too big")
    }
    if let low, let high, high < low { throw Problem(text: "Invalid content of \\{\\}") }
    return (low ?? 0, high)
  }

  private mutating func parseNumber() -> Int? {
    var value: Int?
    while let scalar = peek(), scalar >= "0", scalar <= "9" {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 100_000)
      position += 1
    }
    return value
  }

  private mutating func parseSet() throws(Problem) -> GlobSet {
    let unmatched = Problem(text: "Unmatched [, [^, [:, [., or [=")
    var set = GlobSet()
    if peek() == "^" {
      set.isNegated = true
      position += 1
    }
    var isFirst = true
    while let scalar = peek() {
      if scalar == "]", !isFirst {
        position += 1
        return set
      }
      isFirst = false
      if scalar == "[", peek(1) == ":" {
        set.classes.append(try parseClass())
        continue
      }
      let low = try parseEndpoint(unmatched)
      guard peek() == "-", let next = peek(1), next != "]" else {
        set.ranges.append(low...low)
        continue
      }
      position += 1
      let high = try parseEndpoint(unmatched)
      guard low <= high else { throw Problem(text: "Invalid range end") }
      set.ranges.append(low...high)
    }
    throw unmatched
  }

  private mutating func parseEndpoint(_ unmatched: Problem) throws(Problem) -> Unicode.Scalar {
    guard let scalar = peek() else { throw unmatched }
    if scalar == "[", peek(1) == "." || peek(1) == "=", let mark = peek(1) {
      guard let found = peek(2), peek(3) == mark, peek(4) == "]" else { throw unmatched }
      position += 5
      return found
    }
    position += 1
    return scalar
  }

  private mutating func parseClass() throws(Problem) -> CharacterClass {
    var end = position + 2
    var name = ""
    while end < text.count, text[end] != ":" {
      name.unicodeScalars.append(text[end])
      end += 1
    }
    guard end + 1 < text.count, text[end + 1] == "]" else {
      throw Problem(text: "Unmatched [, [^, [:, [., or [=")
    }
    guard let found = CharacterClass(rawValue: name), found != .word else {
      throw Problem(text: "Invalid character class name")
    }
    position = end + 2
    return found
  }
}
