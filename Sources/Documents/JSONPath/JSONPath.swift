/// A template of kubectl's `-o jsonpath`: text with paths in braces.
///
///     try JSONPath("{range .items[*]}{.metadata.name}{'\n'}{end}").text(of: list)
package struct JSONPath: Sendable {
  /// What is wrong with a template or its data, in kubectl's words.
  package struct Failure: Error, Hashable {
    package var message: String

    init(_ message: String) { self.message = message }
  }

  indirect enum Node: Sendable {
    case list([Node])
    case text(String)
    case field(String)
    case slice(Slice)
    case filter(left: [Node], test: String, right: [Node])
    case number(Value)
    case wildcard
    case recursive
    case union([[Node]])
    case identifier(String)
  }

  /// The three numbers of an array's brackets, nil where none is written.
  struct Slice: Sendable {
    var start: Int?
    var end: Int?
    var step: Int?
    /// Whether the end was not written and follows from the start: one element.
    var endIsDerived = false
  }

  let nodes: [Node]
  /// Whether a field that is missing yields nothing instead of a failure.
  package var allowsMissing: Bool

  package init(_ template: String, allowsMissing: Bool = false) throws(Failure) {
    var parser = JSONPathParser(template)
    nodes = try parser.parse()
    self.allowsMissing = allowsMissing
  }

  /// The template for a path as `--sort-by` and `-o custom-columns` take it: `.a.b`, `a.b`, `{.a}`.
  package static func relaxed(_ path: String) throws(Failure) -> String {
    var spec = path[...]
    if spec.isEmpty { return "" }
    if spec.hasPrefix("{"), spec.hasSuffix("}"), spec.count > 1 {
      spec = spec.dropFirst().dropLast()
    }
    if spec.hasPrefix("."), spec.count > 1 { spec = spec.dropFirst() }
    guard !spec.isEmpty, !spec.contains(where: { $0 == "{" || $0 == "}" }) else {
      throw Failure(
        "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' "
          + "or '{.name1.name2}'")
    }
    return "{.\(spec)}"
  }

  /// What each part of the template finds, in the template's order.
  package func find(in value: Value) throws(Failure) -> [[Value]] {
    var search = JSONPathSearch(nodes: nodes, allowsMissing: allowsMissing)
    return try search.find(in: value, from: 0)
  }

  /// What kubectl prints for a value.
  package func text(of value: Value) throws(Failure) -> String {
    var text = ""
    for results in try find(in: value) {
      text += results.map(Self.text).joined(separator: " ")
    }
    return text
  }

  /// What `-o jsonpath-as-json` prints for a value.
  package func jsonText(of value: Value) throws(Failure) -> String {
    var text = ""
    let style = JSONWriter.Style(indent: "    ", escapesHTML: true)
    for results in try find(in: value) { text += JSON.text(.array(results), style) + "\n" }
    return text
  }

  /// One result as Go prints it: lists and objects as JSON, the rest bare.
  package static func text(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): GoText.general(number)
    case .string(let text): text
    case .array, .object: JSON.text(value, .marshal)
    }
  }
}
