import CMarkdown

extension Markdown {
  /// Deeper parts of a hostile text are left out.
  private static let depthLimit = 24

  package init(_ text: String) {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_UNSAFE) else {
      blocks = []
      return
    }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough"] {
      if let known = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, known)
      }
    }
    Array(text.printable.utf8).withUnsafeBytes { bytes in
      if let start = bytes.bindMemory(to: CChar.self).baseAddress {
        cmark_parser_feed(parser, start, bytes.count)
      }
    }
    guard let document = cmark_parser_finish(parser) else {
      blocks = []
      return
    }
    defer { cmark_node_free(document) }
    blocks = Node(pointer: document).blocks(depth: 0, limit: Self.depthLimit)
  }
}

/// One node of cmark's tree, valid while its document is.
private struct Node {
  let pointer: OpaquePointer

  var kind: String { cmark_node_get_type_string(pointer).map { String(cString: $0) } ?? "" }
  var literal: String { cmark_node_get_literal(pointer).map { String(cString: $0) } ?? "" }

  var children: [Node] {
    var found: [Node] = []
    var next = cmark_node_first_child(pointer)
    while let child = next {
      found.append(Node(pointer: child))
      next = cmark_node_next(child)
    }
    return found
  }

  func blocks(depth: Int, limit: Int) -> [Markdown.Block] {
    guard depth < limit else { return [] }
    return children.compactMap { $0.block(depth: depth + 1, limit: limit) }
  }

  private func block(depth: Int, limit: Int) -> Markdown.Block? {
    switch kind {
    case "heading":
      var style = Style(bold: true)
      style.colour = .cyan
      return .heading(
        level: Int(cmark_node_get_heading_level(pointer)), text(style, depth: depth, limit))
    case "paragraph": return .paragraph(text(Style(), depth: depth, limit))
    case "list":
      let isOrdered = cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST
      return .list(
        start: isOrdered ? Int(cmark_node_get_list_start(pointer)) : nil,
        isTight: cmark_node_get_list_tight(pointer) != 0,
        items: children.map { $0.blocks(depth: depth, limit: limit) })
    case "code_block":
      var lines = literal.split(separator: "\n", omittingEmptySubsequences: false)
      if lines.last?.isEmpty == true { lines.removeLast() }
      let language = cmark_node_get_fence_info(pointer).map { String(cString: $0) } ?? ""
      return .code(language: language, lines: lines.map(String.init))
    case "block_quote": return .quote(blocks(depth: depth, limit: limit))
    case "thematic_break": return .rule
    case "table": return .table(table(depth: depth, limit: limit))
    case "html_block": return nil  // comments to authors
    default: return .paragraph(StyledText(literal))
    }
  }

  private func table(depth: Int, limit: Int) -> Markdown.Table {
    let columns = Int(cmark_gfm_extensions_get_table_columns(pointer))
    var alignments = [StyledText.Alignment](repeating: .left, count: columns)
    if let marks = cmark_gfm_extensions_get_table_alignments(pointer) {
      for column in 0..<columns {
        switch marks[column] {
        case UInt8(ascii: "c"): alignments[column] = .centre
        case UInt8(ascii: "r"): alignments[column] = .right
        default: break
        }
      }
    }
    let rows = children.map { row in
      let style = row.kind == "table_header" ? Style(bold: true) : Style()
      return row.children.map { $0.text(style, depth: depth, limit) }
    }
    return Markdown.Table(alignments: alignments, rows: rows)
  }

  /// The inline content in its styles.
  private func text(_ style: Style, depth: Int, _ limit: Int) -> StyledText {
    var text = StyledText()
    guard depth < limit else { return text }
    for child in children {
      var inner = style
      switch child.kind {
      case "text": text.append(child.literal, style)
      case "softbreak": text.append(" ", style)
      case "linebreak": text.append("\n", style)
      case "code":
        inner.isCode = true
        text.append(child.literal, inner)
      case "strong":
        inner.isBold = true
        text.append(child.text(inner, depth: depth + 1, limit))
      case "emph":
        inner.isItalic = true
        text.append(child.text(inner, depth: depth + 1, limit))
      case "strikethrough":
        inner.isStruck = true
        text.append(child.text(inner, depth: depth + 1, limit))
      case "link", "image":
        inner.isUnderlined = true
        text.append(child.text(inner, depth: depth + 1, limit))
      case "html_inline": break
      default: text.append(child.text(style, depth: depth + 1, limit))
      }
    }
    return text
  }
}
