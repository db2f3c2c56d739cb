import Shell

/// Draws who started whom: `pstree`.
struct ProcessTree: Program {
  let name = "pstree"

  private final class Node {
    var text: String
    let key: String
    var children: [Node] = []
    init(_ text: String, key: String) {
      self.text = text
      self.key = key
    }
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "p,show-pids a,arguments c,compact-not n,numeric-sort s,show-parents "
        + "u,uid-changes A,ascii U,unicode l,long h T,hide-threads t g")
    let entries = try await process.machine.table.entries(for: process)
    let byID = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
    var top = options.operands.first.flatMap { Int($0) } ?? 1
    if let word = options.operands.first, Int(word) == nil {
      guard let user = process.machine.accounts.user(word) else {
        try await process.writeError("pstree: no such user name: \(word)\n")
        return 1
      }
      top = entries.first { $0.user == user.id }?.id ?? 0
    }
    guard byID[top] != nil else {
      if options.operands.first.flatMap({ Int($0) }) == nil {
        try await process.write("No processes found.\n")
      }
      return 1
    }
    let children = Dictionary(grouping: entries.filter { $0.id != $0.parentID }) { $0.parentID }
    var tree = node(top, byID, children, options, depth: 0)
    if options.has("s") {
      var parent = byID[top]?.parentID ?? 0
      for _ in 0..<64 {
        guard let entry = byID[parent] else { break }
        let above = Node(label(entry, options), key: "")
        above.children = [tree]
        tree = above
        parent = entry.parentID
      }
    }
    var text = ""
    draw(tree, "", options.has("A"), options.has("a"), &text)
    try await process.write(text)
    return 0
  }

  private func label(_ entry: ProcessEntry, _ options: Options) -> String {
    let id = options.has("p") ? options.has("a") ? ",\(entry.id)" : "(\(entry.id))" : ""
    let words = entry.title.drop { $0 != " " }
    return entry.called + id + (options.has("a") ? words : "")
  }

  private func node(
    _ id: Int, _ byID: [Int: ProcessEntry], _ children: [Int: [ProcessEntry]],
    _ options: Options, depth: Int
  ) -> Node {
    guard let entry = byID[id] else { return Node("?", key: "") }
    let made = Node(label(entry, options), key: entry.called)
    guard depth < 100 else { return made }
    var below = (children[id] ?? []).map {
      (entry: $0, node: node($0.id, byID, children, options, depth: depth + 1))
    }
    if !options.has("n") {
      below.sort { ($0.entry.called, $0.entry.id) < ($1.entry.called, $1.entry.id) }
    }
    // Equal children are told once, unless ids or arguments tell them apart.
    let compacts = !options.has("p") && !options.has("c") && !options.has("a")
    var kept: [(node: Node, count: Int)] = []
    for child in below {
      if compacts, let last = kept.last, shape(last.node) == shape(child.node) {
        kept[kept.count - 1].count += 1
      } else {
        kept.append((child.node, 1))
      }
    }
    made.children = kept.map { child, count in
      guard count > 1 else { return child }
      let several = Node("\(count)*[\(inOneLine(child))]", key: child.key)
      return several
    }
    return made
  }

  private func shape(_ node: Node) -> String {
    node.text + "(" + node.children.map(shape).joined(separator: ",") + ")"
  }

  private func inOneLine(_ node: Node) -> String {
    node.text + (node.children.first.map { "\u{2500}\u{2500}\u{2500}" + inOneLine($0) } ?? "")
  }

  private func draw(
    _ node: Node, _ indent: String, _ isASCII: Bool, _ isTall: Bool, _ text: inout String
  ) {
    let (bar, tee, corner, fork, dash) =
      isASCII
      ? ("|", "|-", "`-", "-+-", "---")
      : (
        "\u{2502}", "\u{251C}\u{2500}", "\u{2514}\u{2500}", "\u{2500}\u{252C}\u{2500}",
        "\u{2500}\u{2500}\u{2500}"
      )
    text += node.text
    // With arguments every child has a line of its own.
    if isTall { text += "\n" }
    let inner = isTall ? indent + "  " : indent + String(repeating: " ", count: node.text.count + 1)
    for (index, child) in node.children.enumerated() {
      let isLast = index == node.children.count - 1
      if !isTall, index == 0 {
        text += isLast ? dash : fork
      } else {
        text += inner + (isLast ? corner : tee)
      }
      draw(child, inner + (isLast ? " " : bar) + " ", isASCII, isTall, &text)
    }
    if node.children.isEmpty, !isTall { text += "\n" }
  }
}
