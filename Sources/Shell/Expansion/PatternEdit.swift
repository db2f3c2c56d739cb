/// What `${x#…}`, `${x%…}`, `${x/…/…}` and `${x^…}` do to a value.
struct PatternEdit {
  let pattern: GlobPattern

  init(_ pattern: GlobPattern) { self.pattern = pattern }

  func removingPrefix(of value: String, longest: Bool) -> String {
    if let literal = pattern.literal {
      return value.hasPrefix(literal) ? String(value.dropFirst(literal.count)) : value
    }
    let scalars = Array(value.unicodeScalars)
    let ends = pattern.prefixEnds(of: scalars[...])
    guard let end = longest ? ends.last : ends.first else { return value }
    return PatternEdit.string(scalars[end...])
  }

  func removingSuffix(of value: String, longest: Bool) -> String {
    if let literal = pattern.literal {
      return value.hasSuffix(literal) ? String(value.dropLast(literal.count)) : value
    }
    let scalars = Array(value.unicodeScalars)
    let starts = pattern.suffixStarts(of: scalars[...])
    guard let start = longest ? starts.last : starts.first else { return value }
    return PatternEdit.string(scalars[..<start])
  }

  /// nil in `pieces` stands for the matched text. Throws when the result takes more than `limit`
  /// bytes.
  func replacing(
    _ kind: ParameterExpansion.Replacement, in value: String, with pieces: [String?], limit: Int
  ) throws -> String {
    let scalars = Array(value.unicodeScalars)
    func filled(_ matched: ArraySlice<Unicode.Scalar>) -> String {
      pieces.map { $0 ?? PatternEdit.string(matched) }.joined()
    }
    switch kind {
    case .prefix:
      guard let end = pattern.prefixEnds(of: scalars[...]).last else { return value }
      return filled(scalars[..<end]) + PatternEdit.string(scalars[end...])
    case .suffix:
      guard let start = pattern.suffixStarts(of: scalars[...]).last else { return value }
      return PatternEdit.string(scalars[..<start]) + filled(scalars[start...])
    case .first, .all: break
    }
    var result = ""
    var place = 0
    let first = pattern.elements.first
    while place < scalars.count {
      if let first, case .scalar = first, !first.accepts(scalars[place], pattern.ignoresCase) {
        result.unicodeScalars.append(scalars[place])
        place += 1
        continue
      }
      guard let end = pattern.prefixEnds(of: scalars[place...]).last, end > place else {
        result.unicodeScalars.append(scalars[place])
        place += 1
        continue
      }
      result += filled(scalars[place..<end])
      guard result.utf8.count <= limit else {
        throw HostError.budget("drydock: the result of a replacement exceeds \(limit) bytes")
      }
      place = end
      if kind == .first { return result + PatternEdit.string(scalars[place...]) }
    }
    return result
  }

  static func changingCase(of value: String, _ kind: Character, where pattern: GlobPattern?)
    -> String
  {
    var result = ""
    var isFirst = true
    for scalar in value.unicodeScalars {
      let isWanted = pattern.map { $0.matches([scalar][...]) } ?? true
      if isWanted, isFirst || kind == "U" || kind == "L" {
        let upper = kind == "U" || kind == "u"
        result += upper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
      } else {
        result.unicodeScalars.append(scalar)
      }
      isFirst = false
    }
    return result
  }

  static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
