import Documents
import Shell

/// Operators and assignments.
extension YAMLQueryRuntime {
  mutating func binary(
    _ op: String, _ left: YAMLExpression, _ right: YAMLExpression, _ node: YAMLNode
  ) throws -> [YAMLNode] {
    switch op {
    case ",": return try run(left, on: node) + run(right, on: node)
    case "=", "|=", "+=", "-=", "*=", "//=": return try assign(op, left, right, node)
    case "//":
      let found = try run(left, on: node).filter { !$0.isNull && $0.text != "false" }
      return found.isEmpty ? try run(right, on: node) : found
    case "and", "or":
      let first = try run(left, on: node).first.map(Self.isTrue) ?? false
      if op == "and", !first { return [Self.truth(false)] }
      if op == "or", first { return [Self.truth(true)] }
      return [Self.truth(try run(right, on: node).first.map(Self.isTrue) ?? false)]
    default: break
    }
    var found: [YAMLNode] = []
    for b in try run(right, on: node) {
      for a in try run(left, on: node) { found.append(try compute(op, a, b)) }
    }
    return found
  }

  static func isTrue(_ node: YAMLNode) -> Bool {
    !(node.isNull || node.tag == "!!bool" && node.text.lowercased() == "false")
  }

  static func truth(_ value: Bool) -> YAMLNode { YAMLNode(.scalar, text: "\(value)") }

  static func number(_ node: YAMLNode) -> Double? {
    switch node.meaning {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  static func isSame(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
    if a.kind == .scalar, b.kind == .scalar {
      if let x = number(a), let y = number(b) { return x == y }
      // A string may be a pattern with stars.
      if b.text.contains("*"), b.tag == "!!str", a.tag == "!!str" {
        return Glob(b.text).matches(a.text)
      }
      return a.text == b.text && (a.tag == b.tag || a.isNull == b.isNull)
    }
    return a.kind == b.kind && a.json(indent: 0) == b.json(indent: 0)
  }

  static func isBefore(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
    if let x = number(a), let y = number(b) { return x < y }
    let ranks = ["!!null": 0, "!!bool": 1, "!!int": 2, "!!float": 2, "!!str": 3]
    let (x, y) = (ranks[a.tag] ?? 4, ranks[b.tag] ?? 4)
    return x == y ? a.text.utf8.lexicographicallyPrecedes(b.text.utf8) : x < y
  }

  static func result(_ value: Double, isWhole: Bool) -> YAMLNode {
    if isWhole, value == value.rounded(), abs(value) < 9e15 {
      return YAMLNode(.scalar, text: "\(Int64(value))")
    }
    let text = "\(value)"
    return YAMLNode(.scalar, text: text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  func compute(_ op: String, _ a: YAMLNode, _ b: YAMLNode) throws -> YAMLNode {
    switch op {
    case "==": return Self.truth(Self.isSame(a, b))
    case "!=": return Self.truth(!Self.isSame(a, b))
    case "<": return Self.truth(Self.isBefore(a, b))
    case ">": return Self.truth(Self.isBefore(b, a))
    case "<=": return Self.truth(!Self.isBefore(b, a))
    case ">=": return Self.truth(!Self.isBefore(a, b))
    default: break
    }
    let isWhole = a.tag == "!!int" && b.tag == "!!int"
    if let x = Self.number(a), let y = Self.number(b) {
      switch op {
      case "+": return Self.result(x + y, isWhole: isWhole)
      case "-": return Self.result(x - y, isWhole: isWhole)
      case "*": return Self.result(x * y, isWhole: isWhole)
      case "/":
        guard y != 0 else { throw YAMLQueryError(text: "cannot divide by zero") }
        return Self.result(x / y, isWhole: isWhole)
      default:
        guard y != 0 else { throw YAMLQueryError(text: "cannot modulo by 0") }
        return Self.result(x.truncatingRemainder(dividingBy: y), isWhole: isWhole)
      }
    }
    switch (op, a.kind, b.kind) {
    case ("+", _, _) where a.isNull: return b.copy()
    case ("+", _, _) where b.isNull: return a.copy()
    case ("+", .scalar, .scalar):
      let made = YAMLNode(string: a.text + b.text)
      made.line = a.line
      return made
    case ("+", .sequence, _):
      let made = a.copy()
      made.content += b.kind == .sequence ? b.content.map { $0.copy() } : [b.copy()]
      return made
    case ("+", .mapping, .mapping), ("*", .mapping, .mapping):
      let made = a.copy()
      merge(b, into: made, isDeep: op == "*", 0)
      return made
    case ("-", .sequence, .sequence):
      let made = a.copy()
      made.content.removeAll { item in b.content.contains { Self.isSame(item, $0) } }
      return made
    case ("*", .sequence, .sequence): return b.copy()
    case ("*", .scalar, .mapping) where a.isNull: return b.copy()
    case ("*", .scalar, .scalar) where a.tag == "!!str" && b.tag == "!!int":
      let count = min(10_000, max(0, Int(b.text) ?? 0))
      return YAMLNode(string: String(repeating: a.text, count: count))
    case ("/", .scalar, .scalar) where a.tag == "!!str":
      let made = YAMLNode(.sequence)
      made.content = Self.split(a.text, b.text).map(YAMLNode.init(string:))
      return made
    default:
      let verbs = ["+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"]
      let verb = verbs[op] ?? op
      let link = op == "+" ? "cannot be added to a" : "with"
      throw YAMLQueryError(
        text: op == "+"
          ? "\(b.tag) () \(link) \(a.tag) ()" : "cannot \(verb) \(a.tag) \(link) \(b.tag)")
    }
  }

  private func merge(_ other: YAMLNode, into node: YAMLNode, isDeep: Bool, _ depth: Int) {
    guard depth < 200 else { return }
    for index in stride(from: 0, to: other.content.count - 1, by: 2) {
      let (key, value) = (other.content[index], other.content[index + 1])
      guard let own = node.value(of: key.text) else {
        let added = value.copy()
        if added.kind == .mapping { added.isFlow = false }
        node.content += [key.copy(), added]
        continue
      }
      if isDeep, own.kind == .mapping, value.kind == .mapping {
        merge(value, into: own, isDeep: true, depth + 1)
      } else {
        own.become(value)
      }
    }
  }

  private mutating func assign(
    _ op: String, _ left: YAMLExpression, _ right: YAMLExpression, _ node: YAMLNode
  ) throws -> [YAMLNode] {
    if case .call(let name, let arguments) = Self.last(of: left), Self.attributes.contains(name) {
      return try assign(attribute: name, arguments, left, op, right, node)
    }
    let value = op == "|=" ? nil : try run(right, on: node).first
    for target in try run(left, on: node, creates: true) {
      switch op {
      case "=": if let value { target.become(value) }
      case "|=":
        let inner = try run(right, on: target).first
        if let inner { target.become(inner) }
      case "//=": if let value, !Self.isTrue(target) { target.become(value) }
      default:
        if let value { target.become(try compute(String(op.prefix(1)), target, value)) }
      }
    }
    return [node]
  }

  static let attributes: Set<String> = [
    "style", "tag", "line_comment", "lineComment", "head_comment", "headComment", "foot_comment",
    "footComment", "comments", "anchor", "alias",
  ]

  /// The last part of a way: `.a.b | style` and `.a style` alike.
  private static func last(of expression: YAMLExpression) -> YAMLExpression {
    if case .pipe(_, let right) = expression { return last(of: right) }
    return expression
  }

  private mutating func assign(
    attribute: String, _ arguments: [YAMLExpression], _ left: YAMLExpression, _ op: String,
    _ right: YAMLExpression, _ node: YAMLNode
  ) throws -> [YAMLNode] {
    var way = left
    if case .pipe(let base, .call) = left { way = base }
    if case .call = left { way = arguments.first ?? .identity }
    for target in try run(way, on: node, creates: true) {
      let value = try run(right, on: op == "|=" ? target : node).first?.text ?? ""
      let comment = value.isEmpty ? "" : "# " + value
      switch attribute {
      case "style":
        target.isFlow = value == "flow"
        if target.kind == .scalar {
          target.style =
            ["double": .double, "single": .single, "literal": .literal, "folded": .folded][value]
            ?? .plain
        }
      case "tag": target.ownTag = value
      case "line_comment", "lineComment": target.line = comment
      case "head_comment", "headComment": target.head = comment
      case "foot_comment", "footComment": target.foot = comment
      case "anchor": target.anchor = value.isEmpty ? nil : value
      case "alias": target.alias = value.isEmpty ? nil : value
      default: (target.head, target.line, target.foot) = (comment, comment, comment)
      }
    }
    return [node]
  }

  static func split(_ text: String, _ separator: String) -> [String] {
    guard !separator.isEmpty else { return text.map(String.init) }
    var parts: [String] = []
    var rest = text[...]
    while let found = rest.firstRange(of: separator) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }
}
