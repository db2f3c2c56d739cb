/// Reads a pattern's text into elements.
struct GlobParser {
  let text: [Unicode.Scalar]
  let extended: Bool
  private var position = 0
  private var depth = 0
  private(set) var foundGroup = false

  init(text: [Unicode.Scalar], extended: Bool) {
    self.text = text
    self.extended = extended
  }

  mutating func parse(until ends: Set<Unicode.Scalar>) -> [GlobPattern.Element] {
    var elements: [GlobPattern.Element] = []
    while position < text.count, !ends.contains(text[position]) {
      let scalar = text[position]
      if extended, depth < 20, position + 1 < text.count, text[position + 1] == "(",
        scalar == "?" || scalar == "*" || scalar == "+" || scalar == "@" || scalar == "!",
        let group = parseGroup(UInt8(truncatingIfNeeded: scalar.value))
      {
        elements.append(group)
        continue
      }
      position += 1
      switch scalar {
      case "*":
        if case .star? = elements.last { continue }
        elements.append(.star)
      case "?": elements.append(.any)
      case "[":
        if let set = parseSet() {
          elements.append(.set(set))
        } else {
          elements.append(.scalar("["))
        }
      case "\\" where position < text.count:
        elements.append(.scalar(text[position]))
        position += 1
      default: elements.append(.scalar(scalar))
      }
    }
    return elements
  }

  private mutating func parseGroup(_ kind: UInt8) -> GlobPattern.Element? {
    let start = position
    let found = foundGroup
    position += 2
    depth += 1
    defer { depth -= 1 }
    var choices: [[GlobPattern.Element]] = []
    while true {
      choices.append(parse(until: ["|", ")"]))
      guard position < text.count else {
        position = start
        foundGroup = found
        return nil
      }
      position += 1
      if text[position - 1] == ")" { break }
    }
    foundGroup = true
    return .group(kind, choices)
  }

  /// After the opening bracket; nil (nothing taken) when it never closes.
  private mutating func parseSet() -> GlobSet? {
    let start = position
    var set = GlobSet()
    if position < text.count, text[position] == "!" || text[position] == "^" {
      set.isNegated = true
      position += 1
    }
    var isFirst = true
    while position < text.count {
      var scalar = text[position]
      if scalar == "]", !isFirst {
        position += 1
        return set
      }
      isFirst = false
      if scalar == "[", let name = className() {
        set.classes.append(name)
        continue
      }
      if scalar == "\\", position + 1 < text.count {
        position += 1
        scalar = text[position]
      }
      position += 1
      guard position + 1 < text.count, text[position] == "-", text[position + 1] != "]" else {
        set.ranges.append(scalar...scalar)
        continue
      }
      position += 1
      if text[position] == "\\", position + 1 < text.count { position += 1 }
      let upper = text[position]
      position += 1
      if scalar <= upper { set.ranges.append(scalar...upper) }
    }
    position = start
    return nil
  }

  private mutating func className() -> CharacterClass? {
    guard position + 1 < text.count, text[position + 1] == ":" else { return nil }
    var end = position + 2
    while end < text.count, text[end] != ":" { end += 1 }
    guard end + 1 < text.count, text[end + 1] == "]" else { return nil }
    var name = ""
    name.unicodeScalars.append(contentsOf: text[(position + 2)..<end])
    guard let found = CharacterClass(rawValue: name) else { return nil }
    position = end + 2
    return found
  }
}

/// Matches patterns with groups by sets of end positions, so that no input takes exponential time.
struct GlobBacktracker {
  let text: ArraySlice<Unicode.Scalar>
  let ignoresCase: Bool

  static let stepLimit = 200_000

  func ends(_ elements: ArraySlice<GlobPattern.Element>, from start: Int, _ steps: inout Int)
    -> Set<Int>
  {
    var places: Set<Int> = [start]
    for element in elements {
      var next: Set<Int> = []
      for place in places {
        steps += 1
        if steps > GlobBacktracker.stepLimit { return [] }
        switch element {
        case .star: next.formUnion(place...text.endIndex)
        case .group(let kind, let choices):
          next.formUnion(ends(kind, choices, from: place, &steps))
        default:
          if place < text.endIndex, element.accepts(text[place], ignoresCase) {
            next.insert(place + 1)
          }
        }
      }
      places = next
      if places.isEmpty { break }
    }
    return places
  }

  private func ends(
    _ kind: UInt8, _ choices: [[GlobPattern.Element]], from start: Int, _ steps: inout Int
  ) -> Set<Int> {
    func once(_ place: Int, _ steps: inout Int) -> Set<Int> {
      var found: Set<Int> = []
      for choice in choices { found.formUnion(ends(choice[...], from: place, &steps)) }
      return found
    }
    switch kind {
    case UInt8(ascii: "@"): return once(start, &steps)
    case UInt8(ascii: "?"): return once(start, &steps).union([start])
    case UInt8(ascii: "!"):
      return Set(start...text.endIndex).subtracting(once(start, &steps))
    default:
      var reached: Set<Int> = kind == UInt8(ascii: "*") ? [start] : []
      var open = [start]
      var seen: Set<Int> = [start]
      while let place = open.popLast(), steps <= GlobBacktracker.stepLimit {
        for end in once(place, &steps) {
          reached.insert(end)
          if seen.insert(end).inserted { open.append(end) }
        }
      }
      return reached
    }
  }
}
