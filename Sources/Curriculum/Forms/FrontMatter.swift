/// A content file in its two parts: YAML between lines of three dashes, then Markdown.
struct FrontMatter {
  /// nil when the file does not begin with the dashes, or does not end the part.
  let yaml: String?
  /// The line that the YAML begins in.
  static let firstLine = 2
  let body: [Substring]
  /// The line, counted from 1, that the body begins in.
  let bodyLine: Int

  init(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first?.isDashes == true,
      let end = lines.dropFirst().firstIndex(where: { $0.isDashes })
    else {
      yaml = nil
      body = lines
      bodyLine = 1
      return
    }
    yaml = lines[1..<end].joined(separator: "\n") + "\n"
    body = Array(lines[(end + 1)...])
    bodyLine = end + 2
  }
}

extension Substring {
  /// Whether it is the line that begins or ends the YAML; indented dashes belong to a manifest.
  var isDashes: Bool { hasPrefix("---") && trimmed == "---" }

  /// Without blanks around it.
  var trimmed: Substring {
    var part = self
    while let last = part.last, last.isWhitespace { part.removeLast() }
    return part.drop { $0.isWhitespace }
  }
}
