/// A table drawn with lines, as scanners print them: heads in the middle of their columns, equal
/// cells below each other drawn as one.
struct TextBox {
  let head: [String]
  /// A cell may have several lines.
  let rows: [[String]]
  /// Columns whose cells stand in the middle.
  var centred: Set<Int> = []
  var mergesEqual = true

  var text: String {
    let cells = rows.map { $0.map { $0.split(separator: "\n", omittingEmptySubsequences: false) } }
    let widths = head.indices.map { column in
      ([head[column].count] + cells.flatMap { row in row[column].map(\.count) }).max() ?? 0
    }
    func padded(_ text: Substring, _ column: Int, middle: Bool) -> String {
      let space = widths[column] - text.count
      let before = middle ? space / 2 : 0
      return " " + String(repeating: " ", count: before) + text
        + String(repeating: " ", count: space - before) + " "
    }
    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
        + "\n"
    }
    var text = rule("┌", "┬", "┐")
    text +=
      "│" + head.indices.map { padded(head[$0][...], $0, middle: true) }.joined(separator: "│")
      + "│\n" + rule("├", "┼", "┤")
    for index in rows.indices {
      let merged = head.indices.map { column in
        mergesEqual && index > 0 && !rows[index][column].isEmpty
          && rows[index][column] == rows[index - 1][column]
      }
      if index > 0 { text += border(merged, widths) }
      let height = cells[index].map(\.count).max() ?? 1
      for line in 0..<height {
        text +=
          "│"
          + head.indices.map { column in
            let lines = cells[index][column]
            let shown = merged[column] || line >= lines.count ? "" : lines[line]
            return padded(shown, column, middle: centred.contains(column))
          }.joined(separator: "│") + "│\n"
      }
    }
    return text + rule("└", "┴", "┘")
  }

  /// The line above a row, left out over cells that continue.
  private func border(_ merged: [Bool], _ widths: [Int]) -> String {
    var text = merged.first == true ? "│" : "├"
    for (column, width) in widths.enumerated() {
      text += String(repeating: merged[column] ? " " : "─", count: width + 2)
      let isLast = column == widths.count - 1
      let next = isLast ? true : merged[column + 1]
      text += merged[column] ? (next ? "│" : "├") : (next ? "┤" : "┼")
    }
    return text + "\n"
  }
}
