/// Writes nodes as they were written: go-yaml's block form with items two blanks in.
package struct YAMLNodeWriter {
  private let indent: Int
  private var out = ""

  package static func text(_ node: YAMLNode, indent: Int = 2, unwraps: Bool = true) -> String {
    var writer = YAMLNodeWriter(indent: min(max(1, indent), 16))
    if node.kind == .scalar, unwraps {
      // A lone scalar is shown by its value.
      return node.text + "\n"
    }
    writer.lead(node.head, 0)
    if node.kind == .scalar || node.isFlow || node.content.isEmpty {
      writer.out += writer.flow(node, 0) + (node.line.isEmpty ? "" : " " + node.line) + "\n"
    } else {
      writer.block(node, 0, 0)
    }
    writer.lead(node.foot, 0)
    return writer.out
  }

  private init(indent: Int) { self.indent = indent }

  private mutating func lead(_ comment: String, _ column: Int) {
    guard !comment.isEmpty else { return }
    let pad = String(repeating: " ", count: column)
    for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
      out += line.isEmpty ? "\n" : pad + line + "\n"
    }
  }

  private mutating func block(_ node: YAMLNode, _ column: Int, _ depth: Int) {
    guard depth < 250 else { return }
    let pad = String(repeating: " ", count: column)
    if node.kind == .sequence {
      for item in node.content {
        lead(item.head, column)
        out += pad + "-" + String(repeating: " ", count: indent - 1)
        if item.kind == .scalar || item.isFlow || item.content.isEmpty {
          if indent == 1 { out += " " }
          inline(item, column, depth)
        } else if item.kind == .mapping {
          // The first member stands behind the dash.
          let start = out.endIndex
          let blanks = out[..<start].count
          _ = blanks
          var inner = YAMLNodeWriter(indent: indent)
          inner.block(item, column + indent, depth + 1)
          let own = column + indent
          out += inner.out.dropFirst(own)
        } else {
          var inner = YAMLNodeWriter(indent: indent)
          inner.block(item, column + indent, depth + 1)
          out += inner.out.dropFirst(column + indent)
        }
        lead(item.foot, column)
      }
      return
    }
    for index in stride(from: 0, to: node.content.count - 1, by: 2) {
      let (key, value) = (node.content[index], node.content[index + 1])
      lead(key.head, column)
      out += pad + flow(key, depth) + ":"
      let isShort = value.kind == .scalar || value.isFlow || value.content.isEmpty
      if isShort {
        out += " "
        if value.line.isEmpty { value.line = key.line }
        inline(value, column, depth)
      } else {
        if let anchor = value.anchor { out += " &\(anchor)" }
        out += (key.line.isEmpty ? "" : " " + key.line) + "\n"
        lead(value.head, column + indent)
        block(value, column + indent, depth + 1)
        lead(value.foot, column + indent)
      }
      lead(key.foot, column)
    }
  }

  private mutating func inline(_ node: YAMLNode, _ column: Int, _ depth: Int) {
    if node.kind == .scalar, node.alias == nil,
      node.style == .literal || node.style == .folded, !node.text.isEmpty
    {
      let mark = node.style == .literal ? "|" : ">"
      let chomps = !node.text.hasSuffix("\n") ? "-" : node.text.hasSuffix("\n\n") ? "+" : ""
      let body = node.text.hasSuffix("\n") ? String(node.text.dropLast()) : node.text
      let pad = String(repeating: " ", count: column + indent)
      out += mark + chomps + (node.line.isEmpty ? "" : " " + node.line) + "\n"
      let separator = node.style == .literal ? "\n" : "\n\n"
      for line in body.split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init).joined(separator: separator)
        .split(separator: "\n", omittingEmptySubsequences: false)
      {
        out += line.isEmpty ? "\n" : pad + line + "\n"
      }
      return
    }
    out += flow(node, depth) + (node.line.isEmpty ? "" : " " + node.line) + "\n"
  }

  private func flow(_ node: YAMLNode, _ depth: Int) -> String {
    if let alias = node.alias { return "*\(alias)" }
    guard depth < 250 else { return "" }
    let anchor = node.anchor.map { "&\($0) " } ?? ""
    switch node.kind {
    case .scalar: return anchor + Self.scalar(node)
    case .sequence:
      return anchor + "[" + node.content.map { flow($0, depth + 1) }.joined(separator: ", ") + "]"
    case .mapping:
      let parts = stride(from: 0, to: node.content.count - 1, by: 2).map { index in
        flow(node.content[index], depth + 1) + ": " + flow(node.content[index + 1], depth + 1)
      }
      return anchor + "{" + parts.joined(separator: ", ") + "}"
    }
  }

  private static func scalar(_ node: YAMLNode) -> String {
    let tag =
      node.ownTag.map { $0.hasPrefix("!!") && $0 != "!!str" ? "" : $0 == "!!str" ? "" : $0 + " " }
      ?? ""
    switch node.style {
    case .single:
      return tag + "'"
        + node.text.split(
          separator: "'", omittingEmptySubsequences: false
        ).joined(separator: "''") + "'"
    case .double: return tag + quoted(node.text)
    case .literal, .folded: return tag + quoted(node.text)
    case .plain: return tag + node.text
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
