/// Sets of characters that patterns know by name.
enum CharacterProperties {
  static let named: [String: ScalarSet] = [
    "alnum": ScalarSet(ranges: [48...57, 65...90, 97...122]),
    "alpha": ScalarSet(ranges: [65...90, 97...122]),
    "ascii": ScalarSet(ranges: [0...127]),
    "blank": ScalarSet(ranges: [9...9, 32...32]),
    "cntrl": ScalarSet(ranges: [0...31, 127...127]),
    "digit": .digit,
    "graph": ScalarSet(ranges: [33...126]),
    "lower": ScalarSet(ranges: [97...122]),
    "print": ScalarSet(ranges: [32...126]),
    "punct": ScalarSet(ranges: [33...47, 58...64, 91...96, 123...126]),
    "space": ScalarSet(ranges: [9...13, 32...32]),
    "upper": ScalarSet(ranges: [65...90]),
    "word": .word,
    "xdigit": ScalarSet(ranges: [48...57, 65...70, 97...102]),
  ]

  private static let categories: [String: [Unicode.GeneralCategory]] = [
    "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter],
    "Lm": [.modifierLetter], "Lo": [.otherLetter],
    "Mn": [.nonspacingMark], "Mc": [.spacingMark], "Me": [.enclosingMark],
    "Nd": [.decimalNumber], "Nl": [.letterNumber], "No": [.otherNumber],
    "Pc": [.connectorPunctuation], "Pd": [.dashPunctuation], "Ps": [.openPunctuation],
    "Pe": [.closePunctuation], "Pi": [.initialPunctuation], "Pf": [.finalPunctuation],
    "Po": [.otherPunctuation], "Sm": [.mathSymbol], "Sc": [.currencySymbol],
    "Sk": [.modifierSymbol], "So": [.otherSymbol], "Zs": [.spaceSeparator],
    "Zl": [.lineSeparator], "Zp": [.paragraphSeparator], "Cc": [.control], "Cf": [.format],
    "Co": [.privateUse],
  ]

  private static let scripts: [String: [ClosedRange<UInt32>]] = [
    "Latin": [
      0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2B8,
      0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA722...0xA787, 0xFF21...0xFF3A, 0xFF41...0xFF5A,
    ],
    "Greek": [
      0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x384...0x3E1, 0x3F0...0x3FF,
      0x1F00...0x1FFE,
    ],
    "Cyrillic": [0x400...0x52F, 0x1C80...0x1C88, 0x2DE0...0x2DFF, 0xA640...0xA69F],
    "Hebrew": [0x591...0x5F4], "Arabic": [0x600...0x6FF, 0x750...0x77F],
    "Hiragana": [0x3041...0x309F], "Katakana": [0x30A1...0x30FF],
    "Hangul": [0x1100...0x11FF, 0xAC00...0xD7A3],
    "Han": [
      0x2E80...0x2FD5, 0x3005...0x3007, 0x3021...0x3029, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xF900...0xFAD9, 0x20000...0x3134A,
    ],
  ]

  /// nil: not known.
  static func set(_ name: String) -> ScalarSet? {
    if name == "Any" { return ScalarSet(ranges: [0...0x10FFFF]) }
    if let ranges = scripts[name] { return ScalarSet(ranges: ranges) }
    if let found = categories[name] { return ScalarSet(categories: found) }
    guard name.utf8.count == 1 else { return nil }
    let members = categories.filter { $0.key.hasPrefix(name) }.flatMap(\.value)
    return members.isEmpty ? nil : ScalarSet(categories: members)
  }
}
