/// How a run of text looks.
package struct Style: Hashable, Sendable {
  package enum Colour: Int, Sendable {
    case red = 31
    case green, yellow, blue, magenta, cyan
    case grey = 90
  }

  package var isBold = false
  package var isItalic = false
  package var isUnderlined = false
  package var isStruck = false
  /// A piece of code in a sentence: how it shows depends on the screen.
  package var isCode = false
  package var colour: Colour?

  package init(bold: Bool = false, italic: Bool = false, colour: Colour? = nil) {
    isBold = bold
    isItalic = italic
    self.colour = colour
  }

  /// The parameters of SGR for this style after a reset; empty when there is nothing to say.
  func parameters(_ styling: Styling) -> [Int] {
    guard styling != .plain else { return [] }
    var parameters: [Int] = []
    if isBold { parameters.append(1) }
    if isItalic { parameters.append(3) }
    if isUnderlined { parameters.append(4) }
    if isStruck { parameters.append(9) }
    if styling == .colour, let colour { parameters.append(colour.rawValue) }
    return parameters
  }
}

/// What a screen can or may show.
package enum Styling: Sendable {
  /// Colours and weights.
  case colour
  /// Weights only: NO_COLOR.
  case monochrome
  /// Nothing but text, no drawn lines either: pipes, files, screen readers.
  case plain
}
