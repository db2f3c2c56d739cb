import Documents
import Shell

extension YAMLQueryRuntime {
  mutating func callMore(
    _ name: String, _ arguments: [YAMLExpression], _ node: YAMLNode
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
    switch name {
    case "any", "any_c", "all", "all_c":
      guard node.kind == .sequence else {
        throw YAMLQueryError(text: "\(name.prefix(3)) only supports arrays, was \(node.tag)")
      }
      let truths = try Self.values(node).map { value in
        arguments.isEmpty
          ? Self.isTrue(value) : try run(first, on: value).contains(where: Self.isTrue)
      }
      return [Self.truth(name.hasPrefix("any") ? truths.contains(true) : !truths.contains(false))]
    case "flatten":
      func flat(_ items: [YAMLNode], _ depth: Int) -> [YAMLNode] {
        items.flatMap { $0.kind == .sequence && depth > 0 ? flat($0.content, depth - 1) : [$0] }
      }
      let most = arguments.isEmpty ? 100 : min(100, Int(try argument().text) ?? 100)
      return list(flat(node.content, most))
    case "reverse": return list(node.content.reversed())
    case "min": return [node.content.min(by: Self.isBefore) ?? .null]
    case "max": return [node.content.max(by: Self.isBefore) ?? .null]
    case "add":
      return [try Self.values(node).reduce(YAMLNode.null) { try compute("+", $0, $1) }]
    case "first":
      for value in Self.values(node)
      where try arguments.isEmpty || run(first, on: value).contains(where: Self.isTrue) {
        return [value]
      }
      return []
    case "upcase": return text(node.text.uppercased())
    case "downcase": return text(node.text.lowercased())
    case "trim":
      let start = node.text.drop(while: \.isWhitespace)
      return text(String(start.reversed().drop(while: \.isWhitespace).reversed()))
    case "ltrimstr":
      let start = try argument().text
      return text(node.text.hasPrefix(start) ? String(node.text.dropFirst(start.count)) : node.text)
    case "tag", "type": return text(node.tag)
    case "kind":
      return text(node.kind == .mapping ? "map" : node.kind == .sequence ? "seq" : "scalar")
    case "document_index", "documentIndex", "di":
      return [YAMLNode(.scalar, text: "\(input.documentIndex)")]
    case "file_index", "fileIndex", "fi":
      return [YAMLNode(.scalar, text: "\(input.fileIndex)")]
    case "filename": return text(input.fileName)
    case "explode":
      for target in try run(first, on: node).flatMap({ try descend($0, keys: true, 0) }) {
        (target.alias, target.anchor) = (nil, nil)
      }
      return [node]
    case "style":
      let names: [YAMLNode.Style: String] = [
        .double: "double", .single: "single", .literal: "literal", .folded: "folded", .plain: "",
      ]
      return text(node.isFlow ? "flow" : names[node.style] ?? "")
    case "line_comment", "lineComment": return text(Self.bare(node.line))
    case "head_comment", "headComment": return text(Self.bare(node.head))
    case "foot_comment", "footComment": return text(Self.bare(node.foot))
    case "anchor": return text(node.anchor ?? "")
    case "alias": return text(node.alias ?? "")
    case "with":
      guard arguments.count == 2 else {
        throw YAMLQueryError(text: "with must be given a block (;), got UNION instead")
      }
      for target in try run(first, on: node, creates: true) {
        _ = try run(arguments[1], on: target)
      }
      return [node]
    case "to_json", "@json":
      let indent = name == "@json" ? 0 : arguments.isEmpty ? 2 : Int(try argument().text) ?? 2
      return text(node.json(indent: min(8, max(0, indent))) + (indent == 0 ? "" : "\n"))
    case "to_yaml", "@yaml": return text(YAMLNodeWriter.text(node))
    case "from_yaml", "from_json":
      do { return [try YAMLNodeReader.read(Array(node.text.utf8)).first ?? .null] } catch let
        failure as YAMLNodeReader.Failure
      {
        throw YAMLQueryError(text: failure.message)
      }
    case "@base64", "@base64d":
      guard node.tag == "!!str" else {
        throw YAMLQueryError(
          text: name == "@base64"
            ? "cannot encode \(node.tag) as base64, can only operate on strings"
            : "cannot decode \(node.tag) as base64, can only operate on strings")
      }
      if name == "@base64" { return text(Base64.encode(Array(node.text.utf8))) }
      return text(
        String(
          decoding: Base64.decode(Array(node.text.utf8), ignoresGarbage: true).0, as: UTF8.self))
    case "@sh": return text(ShellQuoting.quoted(node.text))
    case "@uri": return text(PercentCoding.encode(node.text))
    case "@csv": return text(node.content.map(\.text).joined(separator: ","))
    case "to_string", "tostring":
      return text(node.kind == .scalar ? node.text : node.json(indent: 0))
    case "to_number", "tonumber": return [YAMLNode(.scalar, text: node.text)]
    case "floor", "ceil", "round":
      let value = Self.number(node) ?? 0
      return [
        Self.result(
          name == "floor"
            ? value.rounded(.down) : name == "ceil" ? value.rounded(.up) : value.rounded(),
          isWhole: true)
      ]
    case "not": return [Self.truth(!Self.isTrue(node))]
    case "pick", "omit":
      let wanted = try argument().content.map(\.text)
      let made = node.copy()
      made.content = []
      for index in stride(from: 0, to: node.content.count - 1, by: 2)
      where wanted.contains(node.content[index].text) == (name == "pick") {
        made.content += [node.content[index].copy(), node.content[index + 1].copy()]
      }
      return [made]
    default: throw YAMLQueryError(text: "drydock: not simulated: \(name)")
    }
  }
}
