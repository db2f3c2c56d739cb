extension String {
  /// Without what would be a command to the terminal: texts of courses, packs and learners may hold
  /// anything. Line ends and tabs stay; other control characters, and those that turn the direction
  /// of what follows, are shown as one that stands for them.
  package var printable: String {
    guard unicodeScalars.contains(where: \.isCommand) else { return self }
    var scalars = UnicodeScalarView()
    for scalar in unicodeScalars { scalars.append(scalar.isCommand ? "\u{FFFD}" : scalar) }
    return String(scalars)
  }
}

extension Unicode.Scalar {
  fileprivate var isCommand: Bool {
    switch value {
    case 0x09, 0x0A: false
    case 0x00..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
