/// A Markdown text cut at its headings of the second level, fences respected.
struct Sections {
  struct Section {
    /// Empty for what stands before the first heading.
    var title: String
    var lines: [Substring]
    /// The line of the first of `lines`, counted from 1.
    var line: Int
  }

  private(set) var sections: [Section]

  init(_ lines: [Substring], firstLine: Int) {
    sections = [Section(title: "", lines: [], line: firstLine)]
    var fence: Substring?
    for (index, line) in lines.enumerated() {
      if let open = fence {
        if line.trimmed.hasPrefix(open), line.trimmed.allSatisfy({ $0 == open.first }) {
          fence = nil
        }
      } else if let mark = Fence.mark(of: line) {
        fence = mark
      } else if line.hasPrefix("## ") {
        sections.append(
          Section(
            title: String(line.dropFirst(3).trimmed), lines: [], line: firstLine + index + 1))
        continue
      }
      sections[sections.count - 1].lines.append(line)
    }
  }
}

/// A fenced block of a Markdown text.
struct Fence {
  var language: String
  var lines: [Substring]
  /// The line of the first of `lines`.
  var line: Int

  var text: String { lines.map { $0 + "\n" }.joined() }

  /// The backticks that begin a block, if the line does.
  static func mark(of line: Substring) -> Substring? {
    let ticks = line.prefix { $0 == "`" }
    return ticks.count >= 3 && !line.dropFirst(ticks.count).contains("`") ? ticks : nil
  }

  /// Takes the blocks of the given languages out of a text; returns them and the rest.
  static func extract(
    _ languages: Set<String>, from section: Sections.Section
  ) -> (rest: String, fences: [Fence]) {
    var rest: [Substring] = []
    var fences: [Fence] = []
    var open: (mark: Substring, fence: Fence?)?
    for (index, line) in section.lines.enumerated() {
      if let (mark, fence) = open {
        let closes = line.trimmed.hasPrefix(mark) && line.trimmed.allSatisfy { $0 == "`" }
        if closes { open = nil }
        if var fence {
          if closes {
            fences.append(fence)
          } else {
            fence.lines.append(line)
            open = (mark, fence)
          }
          continue
        }
      } else if let mark = Fence.mark(of: line) {
        let language = String(line.dropFirst(mark.count).trimmed)
        if languages.contains(language) {
          open = (mark, Fence(language: language, lines: [], line: section.line + index + 1))
          continue
        }
        open = (mark, nil)
      }
      rest.append(line)
    }
    if let (_, fence) = open, let fence { fences.append(fence) }
    let text = rest.joined(separator: "\n")
    return (String(Substring(text).trimmed) + "\n", fences)
  }
}
