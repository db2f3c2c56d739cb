/// What stands before the line being typed, in libedit's form.
package struct Prompt: Hashable, Sendable {
  /// What has no width stands between \u{1} marks.
  let marked: String
  let width: Int

  package init(_ text: StyledText, _ styling: Styling) {
    marked = text.prompt(styling)
    width = text.width + 1
  }

  /// Takes a shell's prompt, whose codes stand between \u{1} marks; without colours they go.
  package init(marked source: String, _ styling: Styling) {
    var visible = ""
    var kept = ""
    var isCode = false
    for scalar in source.unicodeScalars {
      if scalar == "\u{1}" {
        isCode.toggle()
        // Neighbouring marks are merged: libedit shows nothing after two of them.
        if isCode, kept.last == "\u{1}" { kept.removeLast() } else { kept.append("\u{1}") }
      } else {
        kept.unicodeScalars.append(scalar)
        if !isCode { visible.unicodeScalars.append(scalar) }
      }
    }
    if isCode { kept.append("\u{1}") }
    // Something visible must come last.
    if styling == .colour, kept.hasSuffix("\u{1}") {
      kept.append(" ")
      visible.append(" ")
    }
    marked = styling == .colour ? kept : visible
    // Only the last line counts for the width.
    let last = visible.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    width = DisplayWidth.of(last)
  }
}
