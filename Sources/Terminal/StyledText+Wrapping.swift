extension StyledText {
  /// Broken at blanks into lines of at most `width` columns; a longer word is broken where it must.
  /// A newline always breaks.
  package func wrapped(to width: Int) -> [StyledText] {
    var wrapping = Wrapping(width: max(1, width))
    for run in runs {
      for scalar in run.text.unicodeScalars { wrapping.take(scalar, run.style) }
    }
    return wrapping.finish()
  }

  /// The text with blanks after it up to `width` columns.
  func padded(to width: Int, _ alignment: Alignment = .left) -> StyledText {
    let missing = max(0, width - self.width)
    let left =
      switch alignment {
      case .left: 0
      case .centre: missing / 2
      case .right: missing
      }
    var padded = StyledText(String(repeating: " ", count: left))
    padded.append(self)
    padded.append(String(repeating: " ", count: missing - left))
    return padded
  }

  package enum Alignment: Sendable { case left, centre, right }
}

/// The state of one greedy breaking of text into lines.
private struct Wrapping {
  let width: Int
  private var lines: [StyledText] = []
  private var line = StyledText()
  private var lineWidth = 0
  private var word = StyledText()
  private var wordWidth = 0
  /// Blanks between the line and the word, dropped where the line breaks.
  private var blanks = StyledText()
  private var blankWidth = 0

  init(width: Int) { self.width = width }

  mutating func take(_ scalar: Unicode.Scalar, _ style: Style) {
    if scalar == "\n" {
      endWord()
      endLine()
    } else if scalar == " " || scalar == "\t" {
      endWord()
      blanks.append(" ", style)
      blankWidth += 1
    } else {
      let own = DisplayWidth.of(scalar)
      if wordWidth + own > width { endWord() }
      word.append(String(scalar), style)
      wordWidth += own
    }
  }

  mutating func finish() -> [StyledText] {
    endWord()
    if !line.isEmpty || lines.isEmpty { endLine() }
    return lines
  }

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    if lineWidth > 0, lineWidth + blankWidth + wordWidth > width { endLine() }
    if lineWidth > 0 || lines.isEmpty {
      line.append(blanks)
      lineWidth += blankWidth
    }
    line.append(word)
    lineWidth += wordWidth
    (word, wordWidth) = (StyledText(), 0)
    (blanks, blankWidth) = (StyledText(), 0)
  }

  private mutating func endLine() {
    lines.append(line)
    (line, lineWidth) = (StyledText(), 0)
    (blanks, blankWidth) = (StyledText(), 0)
  }
}
