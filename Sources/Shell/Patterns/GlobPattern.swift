/// A shell pattern: `*`, `?`, `[…]` and, where allowed, `@( )` and its kin.
package struct GlobPattern {
  indirect enum Element {
    case scalar(Unicode.Scalar)
    case any
    case star
    case set(GlobSet)
    case group(UInt8, [[Element]])
  }

  let elements: [Element]
  /// The text, when no element means anything but itself.
  let literal: String?
  let hasGroups: Bool
  let ignoresCase: Bool

  /// A backslash takes the next character's meaning away.
  package init(_ text: String, extended: Bool = false, ignoringCase: Bool = false) {
    var parser = GlobParser(text: Array(text.unicodeScalars), extended: extended)
    elements = parser.parse(until: [])
    hasGroups = parser.foundGroup
    ignoresCase = ignoringCase
    var plain: String? = ignoringCase ? nil : ""
    for element in elements {
      guard case .scalar(let scalar) = element else {
        plain = nil
        break
      }
      plain?.unicodeScalars.append(scalar)
    }
    literal = plain
  }

  /// Puts a backslash before every character that a pattern would read.
  package static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: isSpecial) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.isASCII, isSpecial(UInt8(truncatingIfNeeded: scalar.value)) {
        result.unicodeScalars.append("\\")
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"),
      UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "|"),
      UInt8(ascii: "-"), UInt8(ascii: "!"), UInt8(ascii: "^"):
      true
    default: false
    }
  }

  package func matches(_ text: String) -> Bool {
    if let literal { return literal == text }
    return matches(Array(text.unicodeScalars)[...])
  }

  func matches(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    if hasGroups {
      var steps = 0
      return GlobBacktracker(text: text, ignoresCase: ignoresCase)
        .ends(elements[...], from: text.startIndex, &steps).contains(text.endIndex)
    }
    return matchesPlainly(text)
  }

  // One star at a time can be retried: linear in pattern times text.
  private func matchesPlainly(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    var place = text.startIndex
    var index = 0
    var retry: (index: Int, place: Int)?
    while true {
      if index < elements.count {
        if case .star = elements[index] {
          retry = (index, place)
          index += 1
          continue
        }
        if place < text.endIndex, elements[index].accepts(text[place], ignoresCase) {
          index += 1
          place += 1
          continue
        }
      } else if place == text.endIndex {
        return true
      }
      guard let last = retry, last.place < text.endIndex else { return false }
      retry = (last.index, last.place + 1)
      index = last.index + 1
      place = last.place + 1
    }
  }

  /// Where a match that begins at the start of `text` may end, by rising index.
  func prefixEnds(of text: ArraySlice<Unicode.Scalar>) -> [Int] {
    if hasGroups {
      var steps = 0
      return GlobBacktracker(text: text, ignoresCase: ignoresCase)
        .ends(elements[...], from: text.startIndex, &steps).sorted()
    }
    return GlobPattern.ends(elements, text, ignoresCase)
  }

  /// Where a match that ends at the end of `text` may begin, by falling index.
  func suffixStarts(of text: ArraySlice<Unicode.Scalar>) -> [Int] {
    if hasGroups {
      return (text.startIndex...text.endIndex).reversed().filter { matches(text[$0...]) }
    }
    let reversed = Array(text.reversed())
    return GlobPattern.ends(elements.reversed(), reversed[...], ignoresCase)
      .map { text.endIndex - $0 }
  }

  private static func ends(
    _ elements: [Element], _ text: ArraySlice<Unicode.Scalar>, _ ignoresCase: Bool
  ) -> [Int] {
    var found: [Int] = []
    var states = [Bool](repeating: false, count: elements.count + 1)
    func close(_ states: inout [Bool]) {
      for index in elements.indices where states[index] {
        if case .star = elements[index] { states[index + 1] = true }
      }
    }
    states[0] = true
    close(&states)
    var place = text.startIndex
    while true {
      if states[elements.count] { found.append(place) }
      guard place < text.endIndex, states.contains(true) else { return found }
      var next = [Bool](repeating: false, count: elements.count + 1)
      for index in elements.indices where states[index] {
        if case .star = elements[index] {
          next[index] = true
        } else if elements[index].accepts(text[place], ignoresCase) {
          next[index + 1] = true
        }
      }
      close(&next)
      states = next
      place += 1
    }
  }
}

extension GlobPattern.Element {
  func accepts(_ scalar: Unicode.Scalar, _ ignoresCase: Bool) -> Bool {
    switch self {
    case .scalar(let own):
      own == scalar
        || ignoresCase
          && own.properties.lowercaseMapping
            == scalar.properties.lowercaseMapping
    case .any, .star: true
    case .set(let set): set.contains(scalar, ignoresCase)
    case .group: false
    }
  }
}

/// `[…]`: ranges and classes, maybe negated.
struct GlobSet {
  var isNegated = false
  var ranges: [ClosedRange<Unicode.Scalar>] = []
  var classes: [CharacterClass] = []

  func contains(_ scalar: Unicode.Scalar, _ ignoresCase: Bool) -> Bool {
    var found = holds(scalar)
    if !found, ignoresCase {
      found =
        holds(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
        || holds(scalar.properties.uppercaseMapping.unicodeScalars.first ?? scalar)
    }
    return found != isNegated
  }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar) } || classes.contains { $0.contains(scalar) }
  }
}

/// A POSIX character class.
enum CharacterClass: String {
  case alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper, xdigit, word

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    guard scalar.isASCII else {
      switch self {
      case .alpha, .alnum, .word: return scalar.properties.isAlphabetic
      case .lower: return scalar.properties.isLowercase
      case .upper: return scalar.properties.isUppercase
      case .graph, .print: return value > 0x9f
      default: return false
      }
    }
    let isLetter = value >= 0x61 && value <= 0x7a || value >= 0x41 && value <= 0x5a
    let isDigit = value >= 0x30 && value <= 0x39
    switch self {
    case .alnum: return isLetter || isDigit
    case .alpha: return isLetter
    case .blank: return value == 0x20 || value == 0x09
    case .cntrl: return value < 0x20 || value == 0x7f
    case .digit: return isDigit
    case .graph: return value > 0x20 && value < 0x7f
    case .lower: return value >= 0x61 && value <= 0x7a
    case .print: return value >= 0x20 && value < 0x7f
    case .punct: return value > 0x20 && value < 0x7f && !isLetter && !isDigit
    case .space: return value == 0x20 || value >= 9 && value <= 13
    case .upper: return value >= 0x41 && value <= 0x5a
    case .xdigit: return isDigit || value >= 0x61 && value <= 0x66 || value >= 0x41 && value <= 0x46
    case .word: return isLetter || isDigit || value == 0x5f
    }
  }
}
