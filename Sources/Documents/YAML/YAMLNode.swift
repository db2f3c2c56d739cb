/// A part of a YAML text that remembers how it was written: the order of its members, its styles and
/// comments. For tools that change files; everything else reads a `Value`.
package final class YAMLNode {
  package enum Kind: Sendable { case scalar, mapping, sequence }
  package enum Style: Sendable { case plain, single, double, literal, folded }

  package var kind: Kind
  /// A scalar's text.
  package var text: String
  package var style: Style
  /// Whether a collection stands in brackets.
  package var isFlow = false
  /// A sequence's items, or a mapping's keys and values in turn.
  package var content: [YAMLNode] = []
  /// Lines above, behind and below, with their `#`.
  package var head = ""
  package var line = ""
  package var foot = ""
  package var anchor: String?
  package var alias: String?
  /// A tag that stands in the text.
  package var ownTag: String?

  package init(_ kind: Kind, text: String = "", style: Style = .plain) {
    self.kind = kind
    self.text = text
    self.style = style
  }

  package convenience init(string: String) {
    self.init(.scalar, text: string, style: Self.style(of: string))
  }

  package static var null: YAMLNode { YAMLNode(.scalar, text: "null") }

  /// The style in which a string reads as a string again, as go-yaml chooses it.
  private static func style(of string: String) -> Style {
    if string.contains("\n") { return .literal }
    // By the core schema only these mean something else; YAML 1.1's yes and no do not.
    let meaning = Array(string.utf8).withUnsafeBufferPointer {
      YAMLScalar.resolve($0, .trueAndFalse)
    }
    guard case .string = meaning else { return .double }
    if ["y", "n", "yes", "no", "on", "off"].contains(string.lowercased()) { return .plain }
    switch YAMLScalarForm.style(of: string, asSimpleName: false) {
    case .plain: return .plain
    case .singleQuoted: return .single
    default: return .double
    }
  }

  /// How many nodes it is made of, counted up to a limit.
  func size(atMost limit: Int) -> Int {
    var count = 1
    for node in content where count < limit { count += node.size(atMost: limit - count) }
    return count
  }

  package func copy() -> YAMLNode {
    let made = YAMLNode(kind, text: text, style: style)
    made.take(self)
    return made
  }

  /// Becomes what another node is, comments aside.
  package func become(_ other: YAMLNode) {
    let keepsStyle =
      kind == .scalar && other.kind == .scalar && style != .plain
      && !other.text.contains("\n") && style != .literal && style != .folded
    let (own, head, line, foot) = (style, head, line, foot)
    take(other.copy())
    if keepsStyle { style = own }
    (self.head, self.line, self.foot) = (head, line, foot)
  }

  private func take(_ other: YAMLNode) {
    kind = other.kind
    text = other.text
    style = other.style
    isFlow = other.isFlow
    content = other.content.map { $0.copy() }
    (head, line, foot) = (other.head, other.line, other.foot)
    (anchor, alias, ownTag) = (other.anchor, other.alias, other.ownTag)
  }

  package func value(of key: String) -> YAMLNode? {
    guard kind == .mapping else { return nil }
    for index in stride(from: 0, to: content.count - 1, by: 2) where content[index].text == key {
      return content[index + 1]
    }
    return nil
  }

  /// What a plain scalar means by YAML 1.2's core schema; other scalars are strings.
  package var meaning: Value {
    guard kind == .scalar, style == .plain, alias == nil else { return .string(text) }
    if ownTag == "!!str" { return .string(text) }
    return Array(text.utf8).withUnsafeBufferPointer { YAMLScalar.resolve($0, .trueAndFalse) }
  }

  package var tag: String {
    if let ownTag { return ownTag }
    switch kind {
    case .mapping: return "!!map"
    case .sequence: return "!!seq"
    case .scalar:
      switch meaning {
      case .null: return "!!null"
      case .bool: return "!!bool"
      case .int: return "!!int"
      case .double: return "!!float"
      default: return "!!str"
      }
    }
  }

  package var isNull: Bool { tag == "!!null" }

  /// JSON with its members in the order of the text.
  package func json(indent: Int, depth: Int = 0) -> String {
    let isShort = indent == 0
    func pad(_ depth: Int) -> String {
      isShort ? "" : "\n" + String(repeating: " ", count: indent * depth)
    }
    guard depth < 200 else { return "null" }
    switch kind {
    case .sequence:
      if content.isEmpty { return "[]" }
      return "["
        + content.map { pad(depth + 1) + $0.json(indent: indent, depth: depth + 1) }
        .joined(separator: ",") + pad(depth) + "]"
    case .mapping:
      if content.isEmpty { return "{}" }
      let parts = stride(from: 0, to: content.count - 1, by: 2).map { index in
        pad(depth + 1) + JSON.text(.string(content[index].text)) + (isShort ? ":" : ": ")
          + content[index + 1].json(indent: indent, depth: depth + 1)
      }
      return "{" + parts.joined(separator: ",") + pad(depth) + "}"
    case .scalar: return JSON.text(meaning)
    }
  }
}
