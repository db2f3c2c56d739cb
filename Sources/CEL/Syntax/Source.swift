/// The text of an expression, which knows its lines.
package struct Source: Sendable {
  package let scalars: [Unicode.Scalar]

  package init(_ text: String) { scalars = Array(text.unicodeScalars) }

  package func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
    return String(view)
  }

  /// Line from 1, column from 0.
  func position(_ offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var start = 0
    for (index, scalar) in scalars.prefix(max(offset, 0)).enumerated() where scalar == "\n" {
      line += 1
      start = index + 1
    }
    return (line, max(offset, 0) - start)
  }

  func line(_ number: Int) -> [Unicode.Scalar] {
    let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(number - 1) ? Array(lines[number - 1]) : []
  }
}

/// One thing wrong with an expression.
package struct Issue: Hashable, Sendable {
  package var offset: Int
  package var message: String

  package init(_ offset: Int, _ message: String) {
    self.offset = offset
    self.message = message
  }
}

/// Why an expression does not compile: all issues, printed with the lines they are in.
package struct CompilationError: Error, CustomStringConvertible, Sendable {
  package let issues: [Issue]
  package let description: String

  package init(_ issues: [Issue], in source: Source) {
    var seen: Set<Issue> = []
    // The sort is stable: issues of one place stay in the order in which they were found.
    self.issues = issues.filter { seen.insert($0).inserted }.sorted { $0.offset < $1.offset }
    description = self.issues.prefix(100).map { Self.text($0, source) }.joined(separator: "\n")
  }

  private static func text(_ issue: Issue, _ source: Source) -> String {
    let (line, column) = source.position(issue.offset)
    var shown = String.UnicodeScalarView()
    let scalars = source.line(line).map { $0 == "\t" ? " " : $0 }
    shown.append(contentsOf: scalars)
    var text = "ERROR: <input>:\(line):\(column + 1): \(issue.message)\n | \(String(shown))\n | "
    // Wide characters get a wide dot, so that the caret stands below its place.
    for index in 0..<column {
      text += index < scalars.count && UTF8.width(scalars[index]) > 1 ? "．" : "."
    }
    text += column < scalars.count && UTF8.width(scalars[column]) > 1 ? "＾" : "^"
    return text
  }
}
