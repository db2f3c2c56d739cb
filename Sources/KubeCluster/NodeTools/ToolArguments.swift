/// The command line of a tool whose options follow Go's rules: `--name=value`, `--name value`,
/// `-n value`; options may stand anywhere.
struct ToolArguments {
  private(set) var operands: [String] = []
  private(set) var options: [(name: String, value: String)] = []
  /// What follows `--`, or what comes after the operand that ends the options.
  private(set) var rest: [String] = []
  /// The first option that is not known.
  private(set) var unknown: String?

  /// `values` and `flags` are lists of words, each all names of an option parted by commas; `stop`
  /// tells after how many operands the options end.
  init(_ arguments: [String], values: String, flags: String, stop: Int = .max) {
    let valued = Self.table(values)
    let plain = Self.table(flags)
    var words = arguments[...]
    while let word = words.popFirst() {
      if word == "--" {
        rest = Array(words)
        break
      }
      guard word.hasPrefix("-"), word.count > 1, Int(word) == nil else {
        operands.append(word)
        if operands.count >= stop {
          rest = Array(words)
          break
        }
        continue
      }
      let body = word.drop { $0 == "-" }
      let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      if let known = valued[name] {
        options.append((known, parts.count > 1 ? String(parts[1]) : words.popFirst() ?? ""))
      } else if let known = plain[name] {
        options.append((known, parts.count > 1 ? String(parts[1]) : "true"))
      } else if !word.hasPrefix("--"), name.count > 1 {
        cluster(name, valued, plain, &words)
      } else {
        unknown = unknown ?? word
      }
    }
  }

  /// Several letters behind one dash.
  private mutating func cluster(
    _ letters: String, _ valued: [String: String], _ plain: [String: String],
    _ words: inout ArraySlice<String>
  ) {
    var left = letters[...]
    while let letter = left.popFirst() {
      if let known = valued[String(letter)] {
        options.append((known, left.isEmpty ? words.popFirst() ?? "" : String(left)))
        return
      }
      guard let known = plain[String(letter)] else {
        unknown = unknown ?? "-" + letters
        return
      }
      options.append((known, "true"))
    }
  }

  private static func table(_ text: String) -> [String: String] {
    var table: [String: String] = [:]
    for word in text.split(separator: " ") {
      let names = word.split(separator: ",").map(String.init)
      for name in names { table[name] = names[0] }
    }
    return table
  }

  subscript(_ name: String) -> String? { options.last { $0.name == name }?.value }
  func has(_ name: String) -> Bool { self[name].map { $0 != "false" } ?? false }
  func all(_ name: String) -> [String] { options.filter { $0.name == name }.map(\.value) }
}

/// Columns as tools print them.
enum ToolTable {
  /// Left-aligned columns with at least three blanks between.
  static func plain(_ rows: [[String]], gap: Int = 3) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + gap)
      }.joined() + "\n"
    }.joined()
  }

  /// A table with lines, as etcdctl draws it.
  static func boxed(_ header: [String], _ rows: [[String]]) -> String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    let line = "+" + widths.map { String(repeating: "-", count: $0 + 2) + "+" }.joined() + "\n"
    func centred(_ text: String, _ width: Int) -> String {
      let free = width - text.count
      let left = free / 2
      return String(repeating: " ", count: left) + text + String(repeating: " ", count: free - left)
    }
    let head = "|" + header.enumerated().map { " \(centred($1, widths[$0])) |" }.joined() + "\n"
    let body = rows.map { row in
      "|"
        + widths.indices.map { index in
          let cell = row.indices.contains(index) ? row[index] : ""
          let pad = String(repeating: " ", count: widths[index] - cell.count)
          return Int(cell) != nil ? " \(pad)\(cell) |" : " \(cell)\(pad) |"
        }.joined() + "\n"
    }.joined()
    return line + head + line + body + line
  }
}
