import Documents
import Shell

/// Functions.
extension YAMLQueryRuntime {
  mutating func call(
    _ name: String, _ arguments: [YAMLExpression], _ node: YAMLNode, _ creates: Bool
  ) throws -> [YAMLNode] {
    func text(_ value: String) -> [YAMLNode] { [YAMLNode(string: value)] }
    func argument(_ index: Int = 0) throws -> YAMLNode {
      guard arguments.indices.contains(index), let found = try run(arguments[index], on: node).first
      else { throw YAMLQueryError(text: "bad expression, please check expression syntax") }
      return found
    }
    func list(_ items: [YAMLNode]) -> [YAMLNode] {
      let made = YAMLNode(.sequence)
      made.isFlow = node.isFlow
      made.line = node.line
      made.content = items.map { $0.copy() }
      return [made]
    }
    let first = arguments.first ?? .identity
    func keyed() throws -> [(node: YAMLNode, keys: [YAMLNode])] {
      guard node.kind == .sequence else {
        let what = name.split(separator: "_").joined(separator: " ")
        throw YAMLQueryError(
          text: name == "group_by" || name.hasPrefix("unique")
            ? "only arrays are supported for \(what)"
            : "node at path [] is not an array (it's a \(node.tag))")
      }
      return try node.content.map { ($0, try run(first, on: $0)) }
    }
    func precedes(_ a: [YAMLNode], _ b: [YAMLNode]) -> Bool {
      for (x, y) in zip(a, b) where !Self.isSame(x, y) { return Self.isBefore(x, y) }
      return a.count < b.count
    }
    switch name {
    case "select": return try run(first, on: node).contains(where: Self.isTrue) ? [node] : []
    case "has":
      let key = try argument()
      if node.kind == .sequence {
        return [Self.truth(node.content.indices.contains(Int(key.text) ?? -1))]
      }
      return [Self.truth(node.value(of: key.text) != nil)]
    case "keys":
      if node.kind == .sequence {
        return list(node.content.indices.map { YAMLNode(.scalar, text: "\($0)") })
      }
      guard node.kind == .mapping else {
        throw YAMLQueryError(
          text: "Cannot get keys of \(node.tag), keys only works for maps and arrays")
      }
      let made = YAMLNode(.sequence)
      made.content = stride(from: 0, to: node.content.count - 1, by: 2).map {
        let key = node.content[$0].copy()
        (key.line, key.foot) = ("", "")
        return key
      }
      made.head = node.head
      return [made]
    case "length":
      let count =
        node.kind == .scalar
        ? node.isNull ? 0 : node.text.unicodeScalars.count
        : node.kind == .mapping ? node.content.count / 2 : node.content.count
      return [YAMLNode(.scalar, text: "\(count)")]
    case "del":
      for target in try run(first, on: node) { Self.remove(target, from: node, 0) }
      return [node]
    case "env", "strenv":
      let variable = try argument().text
      guard let value = process.environment[variable] else {
        throw YAMLQueryError(text: "value for env variable '\(variable)' not provided in env()")
      }
      if name == "strenv" { return text(value) }
      return [(try? YAMLNodeReader.read(Array(value.utf8)).first) ?? YAMLNode(string: value)]
    case "envsubst":
      var out = ""
      var rest = node.text[...]
      while let dollar = rest.firstIndex(of: "$") {
        out += rest[..<dollar]
        rest = rest[dollar...].dropFirst()
        let isBraced = rest.first == "{"
        if isBraced { rest = rest.dropFirst() }
        let variable = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(variable.count)
        if isBraced, rest.first == "}" { rest = rest.dropFirst() }
        out += process.environment[String(variable)] ?? ""
      }
      return text(out + rest)
    case "sort", "sort_by":
      let sorted = try keyed().enumerated().sorted { a, b in
        if precedes(a.element.keys, b.element.keys) { return true }
        return !precedes(b.element.keys, a.element.keys) && a.offset < b.offset
      }
      return list(sorted.map(\.element.node))
    case "sort_keys":
      for target in try run(first, on: node) where target.kind == .mapping {
        let pairs = stride(from: 0, to: target.content.count - 1, by: 2).map {
          (target.content[$0], target.content[$0 + 1])
        }
        target.content = pairs.sorted { $0.0.text < $1.0.text }.flatMap { [$0.0, $0.1] }
      }
      return [node]
    case "unique", "unique_by":
      var seen: Set<String> = []
      return list(
        try keyed().filter { seen.insert($0.keys.map { $0.json(indent: 0) }.joined()).inserted }
          .map(\.node))
    case "group_by":
      var order: [String] = []
      var groups: [String: [YAMLNode]] = [:]
      for (item, keys) in try keyed() {
        let key = keys.map { $0.json(indent: 0) }.joined()
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(item)
      }
      let made = YAMLNode(.sequence)
      made.content = order.map { key in
        let group = YAMLNode(.sequence)
        group.content = (groups[key] ?? []).map { $0.copy() }
        return group
      }
      return [made]
    case "map":
      let made = list(try Self.values(node).flatMap { try run(first, on: $0) })
      made.first?.line = ""
      return made
    case "map_values":
      for value in Self.values(node) {
        if let made = try run(first, on: value).first { value.become(made) }
      }
      return [node]
    case "to_entries": return [entries(of: node)]
    case "from_entries": return [try Self.mapping(fromEntries: node)]
    case "with_entries":
      let made = YAMLNode(.sequence)
      made.content = try entries(of: node).content.flatMap { try run(first, on: $0) }
      let result = try Self.mapping(fromEntries: made)
      result.head = node.head
      return [result]
    case "join":
      let separator = try argument().text
      return text(node.content.map { $0.isNull ? "" : $0.text }.joined(separator: separator))
    case "split":
      let made = YAMLNode(.sequence)
      made.content = Self.split(node.text, try argument().text).map(YAMLNode.init(string:))
      return [made]
    case "test":
      return [Self.truth(try expression(argument().text).contains(Array(node.text.utf8)[...]))]
    case "sub":
      return text(try substitute(node.text, argument(0).text, argument(1).text))
    case "contains":
      return [Self.truth(Self.contains(node, try argument(), 0))]
    default: return try callMore(name, arguments, node)
    }
  }

  static func bare(_ comment: String) -> String {
    comment.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0.hasPrefix("# ") ? $0.dropFirst(2) : $0.hasPrefix("#") ? $0.dropFirst() : $0)
    }.joined(separator: "\n")
  }

  static func remove(_ target: YAMLNode, from node: YAMLNode, _ depth: Int) {
    guard depth < 200 else { return }
    if node.kind == .mapping {
      for index in stride(from: 0, to: node.content.count - 1, by: 2)
      where node.content[index + 1] === target {
        node.content.removeSubrange(index...index + 1)
        return
      }
    } else if let index = node.content.firstIndex(where: { $0 === target }) {
      node.content.remove(at: index)
      return
    }
    for child in node.content { remove(target, from: child, depth + 1) }
  }

  static func contains(_ node: YAMLNode, _ part: YAMLNode, _ depth: Int) -> Bool {
    guard depth < 200 else { return false }
    switch (node.kind, part.kind) {
    case (.scalar, .scalar):
      return node.tag == "!!str" && part.tag == "!!str"
        ? part.text.isEmpty || node.text.contains(part.text) : isSame(node, part)
    case (.sequence, .sequence):
      return part.content.allSatisfy { wanted in
        node.content.contains { contains($0, wanted, depth + 1) }
      }
    case (.mapping, .mapping):
      return stride(from: 0, to: part.content.count - 1, by: 2).allSatisfy { index in
        node.value(of: part.content[index].text).map {
          contains($0, part.content[index + 1], depth + 1)
        } ?? false
      }
    default: return false
    }
  }

  func entries(of node: YAMLNode) -> YAMLNode {
    let made = YAMLNode(.sequence)
    made.head = node.head
    func entry(_ key: YAMLNode, _ value: YAMLNode) -> YAMLNode {
      let entry = YAMLNode(.mapping)
      let own = key.copy()
      (own.head, own.foot) = ("", "")
      entry.content = [YAMLNode(string: "key"), own, YAMLNode(string: "value"), value.copy()]
      return entry
    }
    if node.kind == .mapping {
      for index in stride(from: 0, to: node.content.count - 1, by: 2) {
        made.content.append(entry(node.content[index], node.content[index + 1]))
      }
    } else {
      for (index, item) in node.content.enumerated() {
        made.content.append(entry(YAMLNode(.scalar, text: "\(index)"), item))
      }
    }
    return made
  }

  static func mapping(fromEntries node: YAMLNode) throws -> YAMLNode {
    let made = YAMLNode(.mapping)
    for entry in node.content {
      guard let key = entry.value(of: "key"), let value = entry.value(of: "value") else {
        throw YAMLQueryError(text: "'key' or 'value' is missing in an entry")
      }
      made.content += [key.copy(), value.copy()]
    }
    return made
  }

  func expression(_ pattern: String) throws -> RegularExpression {
    do { return try RegularExpression(Array(pattern.utf8), .extended) } catch {
      throw YAMLQueryError(text: "error parsing regexp: \(error.text)")
    }
  }

  func substitute(_ text: String, _ pattern: String, _ replacement: String) throws -> String {
    let expression = try expression(pattern)
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var place = 0
    while place <= bytes.count, let match = expression.find(in: bytes, from: place) {
      out += bytes[place..<match.range.lowerBound]
      var rest = replacement[...]
      // $1 and ${1} stand for groups.
      while let letter = rest.popFirst() {
        let digits = rest.first == "{" ? rest.dropFirst().prefix(1) : rest.prefix(1)
        guard letter == "$", let group = Int(digits), match.groups.indices.contains(group) else {
          out += Array(String(letter).utf8)
          continue
        }
        rest = rest.dropFirst(rest.first == "{" ? 3 : 1)
        if let range = match.groups[group] { out += bytes[range] }
      }
      if match.range.isEmpty {
        guard place < bytes.count else { return String(decoding: out, as: UTF8.self) }
        out.append(bytes[match.range.lowerBound])
        place = match.range.lowerBound + 1
      } else {
        place = match.range.upperBound
      }
      try process.charge(4)
    }
    return String(decoding: out + bytes[min(place, bytes.count)...], as: UTF8.self)
  }
}
