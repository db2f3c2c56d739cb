// Sets of characters in brackets.
extension PatternParser {
  mutating func characterClass() throws(ParseError) -> ScalarSet {
    let start = index
    index += 1
    var set = ScalarSet(ignoresCase: flags.ignoresCase)
    let isNegated = take("^")
    var isFirst = true
    while let next = peek(), next != "]" || isFirst {
      isFirst = false
      if next == "[", peek(1) == ":", let named = try named() {
        set.excluded.append(named)
        continue
      }
      if next == "\\", let found = try perlClass() {
        set.excluded.append(found)
        continue
      }
      let place = index
      let low = next == "\\" ? try escapedScalar() : plain(next)
      var high = low
      if peek() == "-", let after = peek(1), after != "]" {
        index += 1
        high = after == "\\" ? try escapedScalar() : plain(after)
      }
      guard low.value <= high.value else {
        throw ParseError("invalid character class range", text(place..<index))
      }
      set.ranges.append(low.value...high.value)
    }
    guard take("]") else { throw ParseError("missing closing ]", text(start..<scalars.count)) }
    set.isNegated = isNegated
    return set
  }

  private mutating func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    index += 1
    return scalar
  }

  /// [:alpha:]
  private mutating func named() throws(ParseError) -> ScalarSet? {
    let start = index
    var end = index + 2
    while end < scalars.count, scalars[end] != ":" { end += 1 }
    guard end + 1 < scalars.count, scalars[end + 1] == "]" else { return nil }
    var name = text((index + 2)..<end)
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    index = end + 2
    guard var set = CharacterProperties.named[name] else {
      throw ParseError("invalid character class range", text(start..<index))
    }
    set.isNegated = isNegated
    return set
  }
}
