/// A text in GitHub's Markdown as a tree of blocks; any text is one, so reading never fails.
package struct Markdown: Hashable, Sendable {
  package indirect enum Block: Hashable, Sendable {
    case heading(level: Int, StyledText)
    case paragraph(StyledText)
    /// `start` is nil for bullets.
    case list(start: Int?, isTight: Bool, items: [[Block]])
    case code(language: String, lines: [String])
    case quote([Block])
    case table(Table)
    case rule
  }

  package struct Table: Hashable, Sendable {
    var alignments: [StyledText.Alignment]
    /// The header first.
    var rows: [[StyledText]]
  }

  package let blocks: [Block]
}
