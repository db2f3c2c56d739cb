extension Markdown {
  /// Longer lines are hard to read, however wide the screen.
  package static let widestText = 92

  /// The text as lines for a screen of `width` columns, each with its newline.
  package func drawn(width: Int, _ styling: Styling) -> String {
    let drawing = Drawing(styling: styling)
    return drawing.lines(of: blocks, width: min(max(20, width), Self.widestText), isTight: false)
      .map { drawing.trimmed($0).drawn(styling) + "\n" }.joined()
  }
}

/// Lays blocks out as lines; how deep it goes was bounded when they were read.
private struct Drawing {
  let styling: Styling

  func lines(of blocks: [Markdown.Block], width: Int, isTight: Bool) -> [StyledText] {
    var lines: [StyledText] = []
    for block in blocks {
      if !isTight, !lines.isEmpty { lines.append(StyledText()) }
      lines += self.lines(of: block, width: width)
    }
    return lines
  }

  private func lines(of block: Markdown.Block, width: Int) -> [StyledText] {
    switch block {
    case .heading(let level, let text): return heading(level, text, width)
    case .paragraph(let text): return shown(text).wrapped(to: width)
    case .list(let start, let isTight, let items):
      return list(start: start, isTight: isTight, items, width)
    case .code(_, let lines):
      // Never wrapped: what a learner copies must stay whole.
      return lines.map { line in
        StyledText("    " + line, Style(colour: .green))
      }
    case .quote(let blocks):
      let mark = StyledText(styling == .plain ? "> " : "│ ", Style(colour: .grey))
      return lines(of: blocks, width: width - 2, isTight: false).map { joined(mark, $0) }
    case .table(let table):
      return TableLayout(
        rows: table.rows.map { $0.map(shown) }, alignments: table.alignments, styling: styling
      ).lines(width: width)
    case .rule:
      let line = styling == .plain ? "---" : String(repeating: "─", count: width)
      return [StyledText(line, Style(colour: .grey))]
    }
  }

  private func heading(_ level: Int, _ text: StyledText, _ width: Int) -> [StyledText] {
    if styling == .plain {
      let mark = StyledText(String(repeating: "#", count: max(1, level)) + " ")
      return joined(mark, text).wrapped(to: width)
    }
    var lines = text.wrapped(to: width)
    if level == 1, let longest = lines.map(\.width).max() {
      lines.append(StyledText(String(repeating: "━", count: longest), Style(colour: .cyan)))
    }
    return lines
  }

  private func list(
    start: Int?, isTight: Bool, _ items: [[Markdown.Block]], _ width: Int
  ) -> [StyledText] {
    let last = (start ?? 0).addingReportingOverflow(items.count).partialValue
    var lines: [StyledText] = []
    for (index, item) in items.enumerated() {
      if !isTight, !lines.isEmpty { lines.append(StyledText()) }
      let bullet = styling == .plain ? "- " : "• "
      let number = start.map { "\($0.addingReportingOverflow(index).partialValue). " }
      let indent = start == nil ? 2 : "\(last). ".count
      let mark = StyledText(number ?? bullet, Style(colour: .yellow)).padded(to: indent)
      let blank = StyledText(String(repeating: " ", count: indent))
      let content = self.lines(of: item, width: max(10, width - indent), isTight: isTight)
      for (row, line) in (content.isEmpty ? [StyledText()] : content).enumerated() {
        lines.append(joined(row == 0 ? mark : blank, line))
      }
    }
    return lines
  }

  /// Code in a sentence: coloured where there are colours, else between its own marks.
  private func shown(_ text: StyledText) -> StyledText {
    var shown = StyledText()
    for run in text.runs {
      guard run.style.isCode else {
        shown.append(run.text, run.style)
        continue
      }
      var style = run.style
      style.isCode = false
      if styling == .colour {
        style.colour = style.colour ?? .green
        shown.append(run.text, style)
      } else {
        shown.append("`\(run.text)`", style)
      }
    }
    return shown
  }

  private func joined(_ first: StyledText, _ second: StyledText) -> StyledText {
    var both = first
    both.append(second)
    return both
  }

  /// Without blanks at its end, which only make copying worse.
  func trimmed(_ line: StyledText) -> StyledText {
    guard line.text.last == " " else { return line }
    var keep = line.text.count
    for character in line.text.reversed() {
      guard character == " " else { break }
      keep -= 1
    }
    var trimmed = StyledText()
    for run in line.runs where keep > 0 {
      let part = run.text.prefix(keep)
      keep -= part.count
      trimmed.append(String(part), run.style)
    }
    return trimmed
  }
}
