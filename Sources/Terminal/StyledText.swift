/// Text in runs of one style each.
package struct StyledText: Hashable, Sendable {
  package struct Run: Hashable, Sendable {
    package var text: String
    package var style: Style
  }

  package private(set) var runs: [Run] = []

  package init() {}
  package init(_ text: String, _ style: Style = Style()) { append(text, style) }

  package var isEmpty: Bool { runs.isEmpty }
  package var text: String { runs.map(\.text).joined() }
  package var width: Int { runs.reduce(0) { $0 + DisplayWidth.of($1.text) } }

  package mutating func append(_ text: String, _ style: Style = Style()) {
    guard !text.isEmpty else { return }
    if let last = runs.last, last.style == style {
      runs[runs.count - 1].text += text
    } else {
      runs.append(Run(text: text, style: style))
    }
  }

  package mutating func append(_ other: StyledText) {
    for run in other.runs { append(run.text, run.style) }
  }

  /// The text with the terminal's codes; every style is ended before the end.
  package func drawn(_ styling: Styling) -> String { marked(styling, before: "", after: "") }

  /// The text as a prompt for libedit, which wants what has no width between marks, neighbouring
  /// marks merged, and something visible last.
  package func prompt(_ styling: Styling) -> String {
    marked(styling, before: "\u{1}", after: "\u{1}") + " "
  }

  private func marked(_ styling: Styling, before: String, after: String) -> String {
    var out = ""
    var isStyled = false
    for run in runs {
      let parameters = run.style.parameters(styling)
      if isStyled || !parameters.isEmpty {
        let codes = ((isStyled ? [0] : []) + parameters).map(String.init)
        out += "\(before)\u{1B}[\(codes.joined(separator: ";"))m\(after)"
      }
      out += run.text
      isStyled = !parameters.isEmpty
    }
    return isStyled ? out + "\(before)\u{1B}[0m\(after)" : out
  }
}
