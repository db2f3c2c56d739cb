/// One walk of a template over a value.
struct JSONPathSearch {
  typealias Node = JSONPath.Node
  typealias Failure = JSONPath.Failure

  let nodes: [Node]
  let allowsMissing: Bool

  private var beginsRange = false
  private var endsRange = false
  private var rangeDepth = 0
  private var lastEnd = -1
  /// Values that may still be found: nested ranges multiply.
  private var budget = 1_000_000

  init(nodes: [Node], allowsMissing: Bool) {
    self.nodes = nodes
    self.allowsMissing = allowsMissing
  }

  mutating func find(in value: Value, from start: Int) throws(Failure) -> [[Value]] {
    var found: [[Value]] = []
    var index = start
    while index < nodes.count {
      let results = try walk([value], nodes[index])
      try spend(results.count + 1)
      if endsRange {
        endsRange = false
        lastEnd = index
        break
      }
      if beginsRange {
        beginsRange = false
        rangeDepth += 1
        lastEnd = -1
        // A range over nothing is walked once, in order to find its end.
        if results.isEmpty { _ = try find(in: .null, from: index + 1) }
        for result in results { found += try find(in: result, from: index + 1) }
        rangeDepth -= 1
        // Without an end kubectl goes on behind the word range itself.
        if lastEnd > index { index = lastEnd }
      } else {
        found.append(results)
      }
      index += 1
    }
    return found
  }

  private mutating func spend(_ count: Int) throws(Failure) {
    budget -= count
    if budget < 0 { throw Failure("drydock: not simulated: more than 1000000 results") }
  }

  private mutating func walk(_ input: [Value], _ node: Node) throws(Failure) -> [Value] {
    switch node {
    case .list(let list): return try walk(input, list)
    case .text(let text): return [.string(text)]
    case .field(let name): return try field(input, name)
    case .slice(let slice): return try elements(input, slice)
    case .filter(let left, let test, let right): return try filter(input, left, test, right)
    case .number(let value): return input.map { _ in value }
    case .wildcard: return input.flatMap(children)
    case .recursive: return try descend(input)
    case .union(let lists):
      var results: [Value] = []
      for list in lists { results += try walk(input, list) }
      return results
    case .identifier("range"):
      beginsRange = true
      return input
    case .identifier("end"):
      guard rangeDepth > 0 else { throw Failure("not in range, nothing to end") }
      endsRange = true
      return []
    case .identifier(let name): throw Failure("unrecognized identifier \(name)")
    }
  }

  private mutating func walk(_ input: [Value], _ list: [Node]) throws(Failure) -> [Value] {
    var values = input
    for node in list { values = try walk(values, node) }
    return values
  }

  private func field(_ input: [Value], _ name: String) throws(Failure) -> [Value] {
    let results = input.compactMap { $0[name] }
    if results.isEmpty, !input.isEmpty, !allowsMissing { throw Failure("\(name) is not found") }
    return results
  }

  private func elements(_ input: [Value], _ slice: JSONPath.Slice) throws(Failure) -> [Value] {
    var results: [Value] = []
    for value in input where !value.isNull {
      guard case .array(let elements) = value else {
        throw Failure("\(GoText.typeName(value, null: "nil")) is not array or slice")
      }
      var start = slice.start ?? 0
      if start < 0 { start += elements.count }
      var end = slice.end ?? elements.count
      if end < 0 || (end == 0 && slice.endIsDerived) { end += elements.count }
      if start == end { return results }
      guard elements.indices.contains(start) else {
        throw Failure("array index out of bounds: index \(start), length \(elements.count)")
      }
      guard (0...elements.count).contains(end) else {
        throw Failure("array index out of bounds: index \(end - 1), length \(elements.count)")
      }
      guard start < end else {
        throw Failure("starting index \(start) is greater than ending index \(end)")
      }
      let step = slice.step ?? 1
      guard step > 0 else { throw Failure("step must be > 0") }
      results += stride(from: start, to: end, by: step).map { elements[$0] }
    }
    return results
  }

  /// What is directly in a value: members in their names' order, elements, a string's bytes.
  private func children(_ value: Value) -> [Value] {
    switch value {
    case .object(let mapping): mapping.values
    case .array(let elements): elements
    case .string(let text): text.utf8.map { .int(Int64($0)) }
    default: []
    }
  }

  private mutating func descend(_ input: [Value]) throws(Failure) -> [Value] {
    var results: [Value] = []
    for value in input {
      switch value {
      case .string(let text):
        if !text.isEmpty { results.append(value) }
      default:
        let inner = children(value)
        if inner.isEmpty { continue }
        results.append(value)
        results += try descend(inner)
      }
    }
    try spend(results.count)
    return results
  }

  private mutating func filter(
    _ input: [Value], _ left: [Node], _ test: String, _ right: [Node]
  ) throws(Failure) -> [Value] {
    var results: [Value] = []
    for value in input {
      guard case .array(let elements) = value else {
        let shown = GoText.print(value)
        throw Failure("\(shown) is not array or slice and cannot be filtered")
      }
      try spend(elements.count)
      for element in elements {
        if test == "exists" {
          if let found = try? walk([element], left), !found.isEmpty { results.append(element) }
          continue
        }
        let lefts = try walk([element], left)
        if lefts.isEmpty { continue }
        guard lefts.count == 1 else { throw Failure("can only compare one element at a time") }
        let rights = try walk([element], right)
        if rights.isEmpty { continue }
        guard rights.count == 1 else { throw Failure("can only compare one element at a time") }
        if try passes(lefts[0], test, rights[0]) { results.append(element) }
      }
    }
    return results
  }

  /// Go's template comparisons: like with like only.
  private func passes(_ left: Value, _ test: String, _ right: Value) throws(Failure) -> Bool {
    let order: Int
    switch (left, right) {
    case (.int(let a), .int(let b)): order = a < b ? -1 : a == b ? 0 : 1
    case (.double(let a), .double(let b)): order = a < b ? -1 : a == b ? 0 : 1
    case (.string(let a), .string(let b)): order = ByteOrder.compare(a, b)
    case (.bool(let a), .bool(let b)):
      guard test == "==" || test == "!=" else { throw Failure("invalid type for comparison") }
      order = a == b ? 0 : 1
    case (.null, _), (_, .null), (.array, _), (_, .array), (.object, _), (_, .object):
      throw Failure("invalid type for comparison")
    default: throw Failure("incompatible types for comparison")
    }
    switch test {
    case "<": return order < 0
    case ">": return order > 0
    case "==": return order == 0
    case "!=": return order != 0
    case "<=": return order <= 0
    case ">=": return order >= 0
    default: throw Failure("unrecognized filter operator \(test)")
    }
  }
}
