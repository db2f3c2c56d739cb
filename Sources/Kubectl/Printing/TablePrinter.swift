import Documents
import KubeObjects

/// Prints Tables of the server as kubectl's human-readable output.
struct TablePrinter {
  var isWide = false
  var showsHeaders = true
  var showsLabels = false
  var showsNamespace = false
  var labelColumns: [String] = []
  /// Put before names when several kinds are printed.
  var kindPrefix = ""

  /// The rows of a table, each line with tabs between its cells, header first.
  func lines(_ table: Value, withHeader: Bool = true) -> [String] {
    let columns = table["columnDefinitions"]?.array ?? []
    let shown = columns.indices.filter { isWide || (columns[$0]["priority"]?.int ?? 0) == 0 }
    let nameColumn = shown.first { columns[$0]["name"]?.string?.lowercased() == "name" }
    var lines: [String] = []
    if showsHeaders, withHeader {
      var cells = shown.map { (columns[$0]["name"]?.string ?? "").uppercased() }
      if showsNamespace { cells.insert("NAMESPACE", at: 0) }
      cells += labelColumns.map(Self.header)
      if showsLabels { cells.append("LABELS") }
      lines.append(cells.joined(separator: "\t"))
    }
    for row in table["rows"]?.array ?? [] {
      lines.append(line(row, shown: shown, nameColumn: nameColumn))
    }
    return lines
  }

  func line(_ row: Value, shown: [Int], nameColumn: Int?) -> String {
    let values = row["cells"]?.array ?? []
    var cells = shown.map { column -> String in
      let text = values.indices.contains(column) ? Self.cell(values[column]) : ""
      return column == nameColumn && !kindPrefix.isEmpty ? "\(kindPrefix)/\(text)" : text
    }
    let metadata = row[path: "object", "metadata"]
    if showsNamespace { cells.insert(metadata?["namespace"]?.string ?? "", at: 0) }
    let labels = metadata?["labels"]?.strings ?? [:]
    cells += labelColumns.map { labels[$0] ?? "" }
    if showsLabels { cells.append(Self.labels(metadata?["labels"])) }
    return cells.joined(separator: "\t")
  }

  /// The last part of a label's key, in capitals.
  static func header(_ label: String) -> String {
    (label.split(separator: "/").last.map(String.init) ?? label).uppercased()
  }

  static func labels(_ value: Value?) -> String {
    guard let members = value?.object, !members.isEmpty else { return "<none>" }
    return members.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
  }

  /// One cell; a text ends at its first line end.
  static func cell(_ value: Value) -> String {
    switch value {
    case .null: return ""
    case .string(let text):
      guard let cut = text.firstIndex(where: { $0.isNewline || $0 == "\u{C}" }) else {
        return escaped(text)
      }
      return escaped(String(text[..<cut])) + "..."
    default: return JSONText.compact(value)
    }
  }

  /// Escape sequences must not reach the learner's terminal.
  static func escaped(_ text: String) -> String {
    text.contains("\u{1B}") ? text.replacing("\u{1B}", with: "^[") : text
  }
}
