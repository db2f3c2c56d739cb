/// A table in columns that share the width; long cells are broken over several lines.
struct TableLayout {
  /// The header first.
  var rows: [[StyledText]]
  var alignments: [StyledText.Alignment]
  var styling: Styling

  private static let gap = 3

  func lines(width: Int) -> [StyledText] {
    let widths = columnWidths(width)
    var lines: [StyledText] = []
    for (index, row) in rows.enumerated() {
      lines += self.lines(of: row, widths)
      if index == 0 { lines.append(line(under: widths)) }
    }
    return lines
  }

  private func lines(of row: [StyledText], _ widths: [Int]) -> [StyledText] {
    let cells = zip(row, widths).map { $0.wrapped(to: $1) }
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { index in
      var line = StyledText()
      for (column, cell) in cells.enumerated() {
        if column > 0 { line.append(styling == .plain ? "   " : " │ ", Style(colour: .grey)) }
        let part = index < cell.count ? cell[index] : StyledText()
        line.append(part.padded(to: widths[column], alignments[column]))
      }
      return line
    }
  }

  private func line(under widths: [Int]) -> StyledText {
    let drawn =
      styling == .plain
      ? widths.map { String(repeating: "-", count: $0) }.joined(separator: "   ")
      : widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
    return StyledText(drawn, Style(colour: .grey))
  }

  /// As wide as the widest cell where there is room; otherwise the widest columns give way first.
  private func columnWidths(_ available: Int) -> [Int] {
    var widths = alignments.indices.map { column in
      rows.compactMap { column < $0.count ? $0[column].width : nil }.max() ?? 0
    }.map { max(1, $0) }
    let room = max(widths.count, available - Self.gap * max(0, widths.count - 1))
    var surplus = widths.reduce(0, +) - room
    while surplus > 0, let widest = widths.max(), widest > 1 {
      let next = widths.filter { $0 < widest }.max() ?? 1
      let sharers = widths.indices.filter { widths[$0] == widest }
      let cut = max(1, min(widest - next, (surplus + sharers.count - 1) / sharers.count))
      for column in sharers where surplus > 0 {
        let own = min(cut, surplus, widths[column] - 1)
        widths[column] -= own
        surplus -= own
      }
    }
    return widths
  }
}
