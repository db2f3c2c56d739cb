import CYAML

/// Reads YAML with its comments: libyaml tells where everything stands, the text between is looked
/// through for what begins with `#`.
package struct YAMLNodeReader {
  package struct Failure: Error {
    package let message: String
  }

  private let lines: [[UInt8]]
  private let bytes: [UInt8]
  private var documents: [YAMLNode] = []
  /// Open collections and where they began.
  private var open: [(node: YAMLNode, column: Int, isRootOfItem: Bool)] = []
  private var anchors: [String: YAMLNode] = [:]
  /// The last node that began an entry at a column, for comments that stand below.
  private var latest: [(column: Int, node: YAMLNode)] = []
  /// The first line that has not been looked at for comments.
  private var nextLine = 0
  private var root: YAMLNode?
  private var awaitsValue: [Bool] = []
  /// How many nodes aliases may still stand for, so that a few lines do not grow into millions.
  private var copiesLeft = 100_000

  package static func read(_ bytes: [UInt8]) throws -> [YAMLNode] {
    var reader = YAMLNodeReader(bytes)
    return try reader.run()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
  }

  private mutating func run() throws -> [YAMLNode] {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    defer {
      yaml_parser_delete(parser)
      parser.deallocate()
      event.deallocate()
    }
    yaml_parser_initialize(parser)
    return try bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      while true {
        guard yaml_parser_parse(parser, event) != 0 else {
          let problem = parser.pointee.problem.map { String(cString: $0) } ?? "syntax error"
          let line = Int(parser.pointee.problem_mark.line) + 1
          throw Failure(message: "yaml: line \(line): \(problem)")
        }
        defer { yaml_event_delete(event) }
        if event.pointee.type == YAML_STREAM_END_EVENT || event.pointee.type == YAML_NO_EVENT {
          return documents
        }
        try take(event.pointee)
      }
    }
  }

  private mutating func take(_ event: yaml_event_t) throws {
    let (line, column) = (Int(event.start_mark.line), Int(event.start_mark.column))
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      root = nil
      latest = []
      if event.data.document_start.implicit == 0 { nextLine = max(nextLine, line + 1) }
    case YAML_DOCUMENT_END_EVENT:
      let end = event.data.document_end.implicit == 0 ? line : Int(event.start_mark.line)
      finish(below: min(end, lines.count))
      documents.append(root ?? .null)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let node = YAMLNode(.scalar, text: text, style: Self.style(scalar.style))
      if let tag = scalar.tag { node.ownTag = Self.short(String(cString: tag)) }
      node.anchor = scalar.anchor.map { String(cString: $0) }
      begin(node, line, column)
      let isBlock = node.style == .literal || node.style == .folded
      // A block scalar ends where the next line begins.
      end(node, Int(event.end_mark.line), Int(event.end_mark.column), isBlock: isBlock)
      deliver(node)
    case YAML_ALIAS_EVENT:
      let name = String(cString: event.data.alias.anchor)
      guard let target = anchors[name] else {
        throw Failure(message: "yaml: unknown anchor '\(name)' referenced")
      }
      copiesLeft -= target.size(atMost: copiesLeft + 1)
      guard copiesLeft >= 0 else {
        throw Failure(message: "yaml: document contains excessive aliasing")
      }
      let node = target.copy()
      node.alias = name
      node.anchor = nil
      begin(node, line, column)
      end(node, Int(event.end_mark.line), Int(event.end_mark.column), isBlock: false)
      deliver(node)
    case YAML_MAPPING_START_EVENT, YAML_SEQUENCE_START_EVENT:
      let isMapping = event.type == YAML_MAPPING_START_EVENT
      let node = YAMLNode(isMapping ? .mapping : .sequence)
      let anchor =
        isMapping ? event.data.mapping_start.anchor : event.data.sequence_start.anchor
      node.anchor = anchor.map { String(cString: $0) }
      node.isFlow =
        isMapping
        ? event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        : event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
      guard open.count < 200 else { throw Failure(message: "yaml: exceeded max depth") }
      // What stands above a mapping's first key is told of the mapping where it is an item.
      if open.last?.node.kind == .sequence || node.isFlow { begin(node, line, column) }
      open.append((node, column, false))
      awaitsValue.append(false)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      guard let closed = open.popLast() else { return }
      awaitsValue.removeLast()
      if closed.node.isFlow {
        end(closed.node, Int(event.end_mark.line), Int(event.end_mark.column), isBlock: false)
      }
      deliver(closed.node)
    default: break
    }
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .single
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .double
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  private static func short(_ tag: String) -> String {
    let long = "tag:yaml.org,2002:"
    return tag.hasPrefix(long) ? "!!" + tag.dropFirst(long.count) : tag
  }

  private mutating func deliver(_ node: YAMLNode) {
    if let anchor = node.anchor { anchors[anchor] = node }
    guard let last = open.last else {
      root = node
      return
    }
    last.node.content.append(node)
    if last.node.kind == .mapping { awaitsValue[awaitsValue.count - 1].toggle() }
  }

  /// Whether the next node begins an entry: a key, an item or the document.
  private var beginsEntry: Bool {
    guard let last = open.last else { return true }
    if last.node.isFlow { return false }
    return last.node.kind == .sequence || !(awaitsValue.last ?? false)
  }

  // MARK: comments

  private func comment(at line: Int) -> (text: String, column: Int)? {
    guard line < lines.count else { return nil }
    let column = lines[line].prefix { $0 == 32 || $0 == 9 }.count
    guard column < lines[line].count, lines[line][column] == UInt8(ascii: "#") else { return nil }
    return (String(decoding: lines[line][column...], as: UTF8.self), column)
  }

  /// Groups of comment lines between what was read and a line; the gaps between them.
  private mutating func groups(
    before line: Int
  ) -> [(text: [String], column: Int, isFollowedByBlank: Bool)] {
    var found: [(text: [String], column: Int, isFollowedByBlank: Bool)] = []
    var isOpen = false
    while nextLine < min(line, lines.count) {
      if let comment = comment(at: nextLine) {
        if isOpen, let last = found.last, last.column == comment.column {
          found[found.count - 1].text.append(comment.text)
        } else {
          found.append(([comment.text], comment.column, false))
        }
        isOpen = true
      } else {
        if isOpen { found[found.count - 1].isFollowedByBlank = true }
        isOpen = false
      }
      nextLine += 1
    }
    return found
  }

  private mutating func begin(_ node: YAMLNode, _ line: Int, _ column: Int) {
    guard beginsEntry else { return }
    let isFirst = latest.isEmpty
    var heads: [String] = []
    let found = groups(before: line)
    for (index, group) in found.enumerated() {
      let isLast = index == found.count - 1
      let text = group.text.joined(separator: "\n")
      if isFirst {
        heads.append(text + (group.isFollowedByBlank ? "\n" : ""))
      } else if isLast, !group.isFollowedByBlank,
        group.column >= column
          || open.last?.node.kind == .sequence
      {
        heads.append(text)
      } else {
        below(text, group.column)
      }
    }
    // What stands above everything is told of the whole.
    (isFirst && open.count == 1 ? open[0].node : node).head = heads.joined(separator: "\n")
    // Columns only grow from one to the next, so that what is left of them is soon found.
    while let last = latest.last, last.column >= column { latest.removeLast() }
    latest.append((column, node))
    nextLine = max(nextLine, line)
  }

  /// A comment that stands below what came before.
  private func below(_ text: String, _ column: Int) {
    guard let target = column == 0 ? latest.last { $0.column == 0 } : latest.last else { return }
    target.node.foot += (target.node.foot.isEmpty ? "" : "\n") + text
  }

  private mutating func finish(below line: Int) {
    for group in groups(before: line) { below(group.text.joined(separator: "\n"), group.column) }
  }

  /// Takes the comment behind a node.
  private mutating func end(_ node: YAMLNode, _ line: Int, _ column: Int, isBlock: Bool) {
    nextLine = max(nextLine, isBlock && column == 0 ? line : line + 1)
    guard !isBlock, line < lines.count, column <= lines[line].count else { return }
    var rest = lines[line][column...]
    if rest.first == UInt8(ascii: ":") { rest = rest.dropFirst() }
    let trimmed = rest.drop { $0 == 32 || $0 == 9 }
    guard trimmed.first == UInt8(ascii: "#"), trimmed.count < rest.count else { return }
    node.line = String(decoding: trimmed, as: UTF8.self)
  }
}
