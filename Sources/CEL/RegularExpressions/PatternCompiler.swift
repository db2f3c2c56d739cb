/// The tree of a pattern.
indirect enum Pattern {
  case empty
  case set(ScalarSet)
  case assert(Assertion)
  case sequence([Pattern])
  case alternatives([Pattern])
  case repeated(Pattern, least: Int, most: Int?, isLazy: Bool)

  /// Whether no part is repeated more often than that, counts within counts multiplied.
  func repeats(atMost limit: Int) -> Bool {
    switch self {
    case .repeated(let part, let least, let most, _):
      let count = most ?? least
      if most == 0 { return true }
      return count <= limit && part.repeats(atMost: count > 0 ? limit / count : limit)
    case .sequence(let parts), .alternatives(let parts):
      return parts.allSatisfy { $0.repeats(atMost: limit) }
    default: return true
    }
  }
}

/// Turns a pattern's tree into steps.
struct PatternCompiler {
  private var steps: [Instruction] = []
  private static let limit = 20_000

  mutating func compile(
    _ pattern: Pattern, _ text: String
  ) throws(RegularExpression.ParseError) -> [Instruction] {
    guard emit(pattern) else {
      throw RegularExpression.ParseError("expression too large", text)
    }
    steps.append(.match)
    return steps
  }

  private mutating func emit(_ pattern: Pattern) -> Bool {
    guard steps.count < Self.limit else { return false }
    switch pattern {
    case .empty: return true
    case .set(let set): steps.append(.one(set))
    case .assert(let assertion): steps.append(.assert(assertion))
    case .sequence(let parts):
      for part in parts where !emit(part) { return false }
    case .alternatives(let parts): return emit(alternatives: parts)
    case .repeated(let part, let least, let most, let isLazy):
      return emit(part, least, most, isLazy)
    }
    return true
  }

  private mutating func emit(alternatives parts: [Pattern]) -> Bool {
    var ends: [Int] = []
    for (index, part) in parts.enumerated() {
      guard index < parts.count - 1 else {
        if !emit(part) { return false }
        break
      }
      let split = steps.count
      steps.append(.split(split + 1, 0))
      if !emit(part) { return false }
      ends.append(steps.count)
      steps.append(.jump(0))
      steps[split] = .split(split + 1, steps.count)
    }
    for end in ends { steps[end] = .jump(steps.count) }
    return true
  }

  private mutating func emit(
    _ part: Pattern, _ least: Int, _ most: Int?, _ isLazy: Bool
  ) -> Bool {
    for _ in 0..<least where !emit(part) { return false }
    guard let most else {
      let split = steps.count
      steps.append(.jump(0))
      if !emit(part) { return false }
      steps.append(.jump(split))
      steps[split] =
        isLazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count)
      return true
    }
    var splits: [Int] = []
    for _ in least..<max(most, least) {
      splits.append(steps.count)
      steps.append(.jump(0))
      if !emit(part) { return false }
    }
    for split in splits {
      steps[split] =
        isLazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count)
    }
    return true
  }
}
