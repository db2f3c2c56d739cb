/// Aligns cells that end in tabs as Go's text/tabwriter does.
///
/// A column is a run of consecutive lines that have a cell there; its width is its widest cell's
/// plus padding. What follows a line's last tab is in no column.
struct Tabulator {
  var minimum = 0
  var padding = 2

  /// What kubectl prints tables with.
  static let table = Tabulator(minimum: 6, padding: 3)
  /// What describe prints with.
  static let description = Tabulator(minimum: 0, padding: 2)

  func align(_ text: String) -> String {
    var widths: [Int] = []
    return align(text, remembering: &widths)
  }

  /// Columns are no narrower than `remembered`, which learns from this text in turn.
  func align(_ text: String, remembering remembered: inout [Int]) -> String {
    guard text.contains("\t") else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false)
    }
    let endsLine = text.hasSuffix("\n")
    if endsLine { lines.removeLast() }
    var widths = lines.map { [Int](repeating: 0, count: $0.count - 1) }
    // Only tables printed piece by piece remember; else blocks of one text stand alone.
    let keeps = minimum > 0
    if !keeps { remembered = [] }
    var column = 0
    var active = Array(lines.indices)
    while !active.isEmpty {
      var next: [Int] = []
      var block: [Int] = []
      func close() {
        if block.isEmpty { return }
        while remembered.count <= column { remembered.append(0) }
        var width = max(minimum, remembered[column])
        for line in block { width = max(width, Self.width(lines[line][column]) + padding) }
        for line in block { widths[line][column] = width }
        if keeps { remembered[column] = width }
        block = []
      }
      for line in active {
        guard column < lines[line].count - 1 else { continue }
        if let last = block.last, last + 1 != line { close() }
        block.append(line)
        next.append(line)
      }
      close()
      active = next
      column += 1
    }
    var out = ""
    out.reserveCapacity(text.utf8.count * 2)
    for (index, cells) in lines.enumerated() {
      for (column, cell) in cells.enumerated() {
        out += cell
        if column < cells.count - 1 {
          let blanks = widths[index][column] - Self.width(cell)
          out += String(repeating: " ", count: max(0, blanks))
        }
      }
      if index < lines.count - 1 || endsLine { out += "\n" }
    }
    return out
  }

  /// In runes, as Go counts.
  private static func width(_ cell: Substring) -> Int {
    cell.utf8.count == cell.unicodeScalars.count ? cell.utf8.count : cell.unicodeScalars.count
  }
}
