/// Words in columns, filled downwards, as a shell lists completions.
enum ColumnLayout {
  static func lines(_ words: [String], width: Int) -> [String] {
    guard !words.isEmpty else { return [] }
    let column = (words.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    let perLine = max(1, width / column)
    let rows = (words.count + perLine - 1) / perLine
    return (0..<rows).map { row in
      var line = StyledText()
      for index in stride(from: row, to: words.count, by: rows) {
        let word = StyledText(words[index])
        line.append(index + rows < words.count ? word.padded(to: column) : word)
      }
      return line.text
    }
  }
}
