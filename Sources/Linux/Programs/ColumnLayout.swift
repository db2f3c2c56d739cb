import Shell

/// Sizes as `-h` shows them.
enum HumanSize {
  /// As BusyBox shows them (make_human_readable_str): rounded to a tenth, in units up from 1024.
  static func busyBox(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(max(0, bytes))" }
    var (value, unit, tenths) = (bytes, -1, 0)
    let units = Array("KMGTPE")
    while value >= 1024, unit < units.count - 1 {
      // Half a tenth is added before the rest is cut off.
      tenths = (value % 1024 * 10 + 512) / 1024
      value /= 1024
      unit += 1
    }
    if tenths >= 10 {
      value += 1
      tenths = 0
    }
    return "\(value).\(tenths)\(units[unit])"
  }

  static func text(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(max(0, bytes))" }
    var value = Double(bytes)
    var unit = -1
    let units = Array("KMGTPE")
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    // GNU rounds up, with one decimal below ten.
    if value < 10 {
      let tenths = Int((value * 10).rounded(.up))
      if tenths < 100 { return "\(tenths / 10).\(tenths % 10)\(units[unit])" }
      return "10\(units[unit])"
    }
    let whole = Int(value.rounded(.up))
    if whole == 1024, unit < units.count - 1 { return "1.0\(units[unit + 1])" }
    return "\(whole)\(units[unit])"
  }
}

/// Names in columns, filled downwards, as `ls` shows them on a terminal.
enum ColumnLayout {
  static func render(_ names: [String], width: Int) -> String {
    guard !names.isEmpty else { return "" }
    let lengths = names.map(\.count)
    var rows = 1
    while rows < names.count {
      if total(lengths, rows) <= width { break }
      rows += 1
    }
    let columns = stride(from: 0, to: names.count, by: rows).map { start in
      lengths[start..<min(names.count, start + rows)].max() ?? 0
    }
    return (0..<rows).map { row in
      var line = ""
      for column in 0..<columns.count {
        let index = column * rows + row
        guard index < names.count else { break }
        line += names[index]
        if index + rows < names.count {
          line += String(repeating: " ", count: columns[column] - lengths[index] + 2)
        }
      }
      return line + "\n"
    }.joined()
  }

  private static func total(_ lengths: [Int], _ rows: Int) -> Int {
    var width = -2
    for start in stride(from: 0, to: lengths.count, by: rows) {
      width += (lengths[start..<min(lengths.count, start + rows)].max() ?? 0) + 2
    }
    return width
  }
}

extension Process {
  /// Columns of the terminal, or 80.
  var width: Int {
    terminal.map { max(1, $0.size.columns) } ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
  }

  /// The terminal that it prints to, or reads from.
  var terminal: (any ControllingTerminal)? {
    for file in [files[1], files[0], files[2]] where file?.isTerminal ?? false {
      if let terminal = file as? any ControllingTerminal { return terminal }
    }
    return nil
  }
}
