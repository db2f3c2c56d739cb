import Documents
import Shell

/// Evaluates expressions over nodes, which assignments change where they stand.
struct YAMLQueryRuntime {
  struct Input {
    var fileName = "-"
    var fileIndex = 0
    var documentIndex = 0
  }

  /// Every function with the most arguments it takes.
  static let functions: [String: Int] = [
    "select": 1, "has": 1, "keys": 0, "length": 0, "del": 1, "env": 1, "strenv": 1, "envsubst": 1,
    "sort": 0, "sort_by": 1, "sort_keys": 1, "unique": 0, "unique_by": 1, "group_by": 1, "map": 1,
    "map_values": 1, "to_entries": 0, "from_entries": 0, "with_entries": 1, "join": 1, "split": 1,
    "test": 1, "sub": 2, "contains": 1, "any": 0, "all": 0, "any_c": 1, "all_c": 1, "flatten": 1,
    "reverse": 0, "min": 0, "max": 0, "upcase": 0, "downcase": 0, "trim": 0, "tag": 0, "type": 0,
    "kind": 0, "path": 0, "document_index": 0, "documentIndex": 0, "di": 0, "file_index": 0,
    "fileIndex": 0, "fi": 0, "filename": 0, "explode": 1, "style": 0, "line_comment": 0,
    "lineComment": 0, "head_comment": 0, "headComment": 0, "foot_comment": 0, "footComment": 0,
    "comments": 0, "with": 2, "to_json": 1, "to_yaml": 1, "@json": 0, "@yaml": 0, "@base64": 0,
    "@base64d": 0, "@sh": 0, "@uri": 0, "@csv": 0, "to_string": 0, "tostring": 0, "to_number": 0,
    "tonumber": 0, "not": 0, "pick": 1, "omit": 1, "first": 1, "add": 0, "parent": 0, "key": 0,
    "line": 0, "anchor": 0, "alias": 0, "eval": 1, "from_yaml": 0, "from_json": 0, "ltrimstr": 1,
    "floor": 0, "ceil": 0, "round": 0, "shuffle": 0, "load": 1, "capture": 1, "match": 1,
  ]

  let process: Process
  var input = Input()
  var variables: [String: [YAMLNode]] = [:]
  var depth = 0

  init(_ process: Process) { self.process = process }

  /// The results of an expression for one node. `creates`: members that are not there are made.
  mutating func run(
    _ expression: YAMLExpression, on node: YAMLNode, creates: Bool = false
  ) throws -> [YAMLNode] {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw YAMLQueryError(text: "expression nested too deeply") }
    try process.charge(4)
    switch expression {
    case .identity: return [node]
    case .literal(let text, let isString):
      return [isString ? YAMLNode(string: text) : YAMLNode(.scalar, text: text)]
    case .variable(let name):
      guard let values = variables[name] else {
        throw YAMLQueryError(text: "variable '\(name)' not defined")
      }
      return values
    case .field(let base, let name):
      return try run(base, on: node, creates: creates).flatMap {
        try member(name, of: $0, creates: creates)
      }
    case .optionalIndex(let base, let place):
      var found: [YAMLNode] = []
      for target in try run(base, on: node, creates: creates) {
        for index in try run(place, on: node) {
          if index.tag == "!!int", target.kind != .mapping {
            found += try element(Int(index.text) ?? 0, of: target, creates: creates)
          } else {
            found += try member(index.text, of: target, creates: creates)
          }
        }
      }
      return found
    case .slice(let base, let first, let last):
      return try run(base, on: node).map { target in
        let count = target.content.count
        func bound(_ expression: YAMLExpression?, _ other: Int) throws -> Int {
          guard let expression, let value = try run(expression, on: node).first else {
            return other
          }
          let number = Int(value.text) ?? 0
          return min(count, max(0, number < 0 ? count + number : number))
        }
        let (start, end) = (try bound(first, 0), try bound(last, count))
        let made = YAMLNode(.sequence)
        made.content = start < end ? Array(target.content[start..<end]) : []
        return made
      }
    case .each(let base):
      return try run(base, on: node, creates: creates).flatMap(Self.values)
    case .descend(let base, let keys):
      return try run(base, on: node).flatMap { try descend($0, keys: keys, 0) }
    case .sequence(let inner):
      let made = YAMLNode(.sequence)
      if let inner { made.content = try run(inner, on: node).map { $0.copy() } }
      return [made]
    case .mapping(let members): return [try mapping(members, node)]
    case .pipe(let left, let right):
      return try run(left, on: node, creates: creates).flatMap {
        try run(right, on: $0, creates: creates)
      }
    case .bind(let value, let name, let body):
      var found: [YAMLNode] = []
      for bound in try run(value, on: node) {
        let outer = variables[name]
        variables[name] = [bound]
        found += try run(body, on: node)
        variables[name] = outer
      }
      return found
    case .reduce(let source, let name, let start, let body):
      return [try reduce(try run(source, on: node), name, start, body, node)]
    case .negation(let inner):
      return try run(inner, on: node).map { YAMLNode(.scalar, text: "-" + $0.text) }
    case .binary(let op, let left, let right): return try binary(op, left, right, node)
    case .call(let name, let arguments): return try call(name, arguments, node, creates)
    }
  }

  mutating func reduce(
    _ items: [YAMLNode], _ name: String, _ start: YAMLExpression, _ body: YAMLExpression,
    _ node: YAMLNode
  ) throws -> YAMLNode {
    var result = try run(start, on: node).first?.copy() ?? .null
    let outer = variables[name]
    for item in items {
      variables[name] = [item]
      result = try run(body, on: result).first ?? .null
    }
    variables[name] = outer
    return result
  }

  /// The same over all documents of all files at once: `eval-all`.
  mutating func runAll(
    _ expression: YAMLExpression, over all: [(node: YAMLNode, input: Input)]
  ) throws -> [YAMLNode] {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw YAMLQueryError(text: "expression nested too deeply") }
    switch expression {
    case .binary(let op, let left, let right) where Self.computes(op):
      let others = try runAll(right, over: all)
      let owns = try runAll(left, over: all)
      return try others.flatMap { b in try owns.map { try compute(op, $0, b) } }
    case .binary(",", let left, let right):
      return try runAll(left, over: all) + runAll(right, over: all)
    case .pipe(let left, let right):
      let found = try runAll(left, over: all)
      return try runAll(right, over: found.map { ($0, input) })
    case .sequence(let inner?):
      let made = YAMLNode(.sequence)
      made.content = try runAll(inner, over: all).map { $0.copy() }
      return [made]
    case .reduce(let source, let name, let start, let body):
      let items = try runAll(source, over: all)
      return [try reduce(items, name, start, body, all.first?.node ?? .null)]
    default:
      var found: [YAMLNode] = []
      for (node, own) in all {
        input = own
        found += try run(expression, on: node)
      }
      return found
    }
  }

  private static func computes(_ op: String) -> Bool {
    ["+", "-", "*", "/", "%", "==", "!="].contains(op)
  }

  func descend(_ node: YAMLNode, keys: Bool, _ depth: Int) throws -> [YAMLNode] {
    guard depth < 200 else { throw YAMLQueryError(text: "document nested too deeply") }
    try process.charge(1)
    var found = [node]
    if node.kind == .mapping {
      for index in stride(from: 0, to: node.content.count - 1, by: 2) {
        if keys { found.append(node.content[index]) }
        found += try descend(node.content[index + 1], keys: keys, depth + 1)
      }
    } else {
      for item in node.content { found += try descend(item, keys: keys, depth + 1) }
    }
    return found
  }

  private mutating func mapping(
    _ members: [(key: YAMLExpression, value: YAMLExpression)], _ node: YAMLNode
  ) throws -> YAMLNode {
    let made = YAMLNode(.mapping)
    for (key, value) in members {
      guard let name = try run(key, on: node).first else { continue }
      let found = try run(value, on: node).first?.copy() ?? .null
      (found.head, found.foot) = ("", "")
      made.content += [YAMLNode(string: name.text), found]
    }
    return made
  }

  // MARK: ways

  static func values(_ node: YAMLNode) -> [YAMLNode] {
    switch node.kind {
    case .sequence: node.content
    case .mapping: stride(from: 1, to: node.content.count, by: 2).map { node.content[$0] }
    case .scalar: []
    }
  }

  private func member(_ name: String, of node: YAMLNode, creates: Bool) throws -> [YAMLNode] {
    if creates, node.kind == .scalar, node.isNull { node.become(YAMLNode(.mapping)) }
    guard node.kind == .mapping else {
      if node.kind == .sequence, let index = Int(name) {
        return try element(index, of: node, creates: creates)
      }
      if node.kind == .sequence {
        throw YAMLQueryError(
          text: "cannot index array with '\(name)' (strconv.ParseInt: parsing \"\(name)\": "
            + "invalid syntax)")
      }
      return node.isNull ? [.null] : []
    }
    if name.contains("*") {
      let glob = Glob(name)
      return stride(from: 0, to: node.content.count - 1, by: 2)
        .filter { glob.matches(node.content[$0].text) }.map { node.content[$0 + 1] }
    }
    if let found = node.value(of: name) { return [found] }
    guard creates else { return [.null] }
    let made = YAMLNode.null
    node.content += [YAMLNode(string: name), made]
    if node.isFlow, node.content.count == 2 { node.isFlow = false }
    return [made]
  }

  private func element(_ index: Int, of node: YAMLNode, creates: Bool) throws -> [YAMLNode] {
    if creates, node.kind == .scalar, node.isNull { node.become(YAMLNode(.sequence)) }
    guard node.kind == .sequence else { return node.isNull ? [.null] : [] }
    let place = index < 0 ? node.content.count + index : index
    guard place >= 0 else {
      throw YAMLQueryError(
        text: "index [\(index)] out of range, array size is \(node.content.count)")
    }
    if node.content.indices.contains(place) { return [node.content[place]] }
    guard creates else { return [.null] }
    guard place < 100_000 else { throw YAMLQueryError(text: "index [\(index)] out of range") }
    while node.content.count <= place { node.content.append(.null) }
    return [node.content[place]]
  }
}
