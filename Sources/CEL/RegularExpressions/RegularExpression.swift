/// A pattern as RE2 and Go read it, searched in time linear in the text.
package struct RegularExpression: Sendable {
  /// What is wrong with a pattern, in Go's words.
  package struct ParseError: Error, CustomStringConvertible, Sendable {
    package let description: String

    init(_ problem: String, _ part: String) {
      description = "error parsing regexp: \(problem): `\(part)`"
    }
  }

  private let program: [Instruction]
  package let groupCount: Int

  package init(_ pattern: String) throws(ParseError) {
    var parser = PatternParser(pattern)
    let tree = try parser.parse()
    var compiler = PatternCompiler()
    program = try compiler.compile(tree, pattern)
    groupCount = parser.groupCount
  }

  package func matches(_ text: String) -> Bool { find(Array(text.unicodeScalars), from: 0) != nil }

  /// The first match, as Go's FindString returns it.
  package func firstMatch(in text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    return find(scalars, from: 0).map { TextSearch.text(scalars[$0]) }
  }

  /// Matches that do not overlap; at most `limit` when that is not negative.
  package func allMatches(in text: String, limit: Int) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var found: [String] = []
    var start = 0
    var previousEnd = -1
    while start <= scalars.count, limit < 0 || found.count < limit {
      guard let range = find(scalars, from: start) else { break }
      if range.isEmpty, range.lowerBound == previousEnd {
        start = range.upperBound + 1
        continue
      }
      found.append(TextSearch.text(scalars[range]))
      previousEnd = range.upperBound
      start = range.isEmpty ? range.upperBound + 1 : range.upperBound
    }
    return found
  }

  // MARK: running

  private struct Thread {
    let place: Int
    let start: Int
  }

  /// All alternatives advance together, the preferred first.
  private func find(_ text: [Unicode.Scalar], from first: Int) -> Range<Int>? {
    var current: [Thread] = []
    var marks = [Int](repeating: -1, count: program.count)
    var found: Range<Int>?
    var generation = 0
    var index = first
    while index <= text.count {
      if found == nil {
        add(0, start: index, index, text, &current, &marks, generation)
      }
      if current.isEmpty, found != nil { break }
      var next: [Thread] = []
      generation += 1
      for thread in current {
        switch program[thread.place] {
        case .match:
          found = thread.start..<index
        case .one(let set):
          guard index < text.count, set.has(text[index]) else { continue }
          add(thread.place + 1, start: thread.start, index + 1, text, &next, &marks, generation)
          continue
        default: continue
        }
        break  // the rest are less preferred than the match
      }
      current = next
      index += 1
    }
    return found
  }

  private func add(
    _ place: Int, start: Int, _ index: Int, _ text: [Unicode.Scalar], _ threads: inout [Thread],
    _ marks: inout [Int], _ generation: Int
  ) {
    var open = [place]
    while let place = open.popLast() {
      guard marks[place] != generation else { continue }
      marks[place] = generation
      switch program[place] {
      case .jump(let target): open.append(target)
      case .split(let preferred, let other):
        open.append(other)
        open.append(preferred)
      case .assert(let assertion):
        if assertion.holds(text, index) { open.append(place + 1) }
      case .one, .match: threads.append(Thread(place: place, start: start))
      }
    }
  }
}

/// A step of a compiled pattern.
enum Instruction: Sendable {
  case one(ScalarSet)
  case split(Int, Int)
  case jump(Int)
  case assert(Assertion)
  case match
}

/// A place in a text that a pattern demands.
enum Assertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

  func holds(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
    switch self {
    case .textStart: index == 0
    case .textEnd: index == text.count
    case .lineStart: index == 0 || text[index - 1] == "\n"
    case .lineEnd: index == text.count || text[index] == "\n"
    case .wordBoundary: Self.isBoundary(text, index)
    case .noWordBoundary: !Self.isBoundary(text, index)
    }
  }

  private static func isBoundary(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
    let before = index > 0 && ScalarSet.word.has(text[index - 1])
    let after = index < text.count && ScalarSet.word.has(text[index])
    return before != after
  }
}

/// A set of characters.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  var categories: [Unicode.GeneralCategory] = []
  var excluded: [ScalarSet] = []
  var isNegated = false
  var ignoresCase = false

  static let digit = ScalarSet(ranges: [48...57])
  static let space = ScalarSet(ranges: [9...10, 12...13, 32...32])
  static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])

  func has(_ scalar: Unicode.Scalar) -> Bool {
    var isIn = hasExactly(scalar)
    if !isIn, ignoresCase {
      isIn = Self.otherCases(scalar).contains(where: hasExactly)
    }
    return isIn != isNegated
  }

  private func hasExactly(_ scalar: Unicode.Scalar) -> Bool {
    if ranges.contains(where: { $0.contains(scalar.value) }) { return true }
    if !categories.isEmpty, categories.contains(scalar.properties.generalCategory) { return true }
    return excluded.contains { $0.has(scalar) }
  }

  private static func otherCases(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let texts = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
    return texts.compactMap { text in
      let scalars = text.unicodeScalars
      return scalars.count == 1 ? scalars.first : nil
    }
  }

  var negated: ScalarSet {
    var set = self
    set.isNegated.toggle()
    return set
  }
}
