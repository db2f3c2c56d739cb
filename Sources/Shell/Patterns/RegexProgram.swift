/// A pattern as instructions for the machines that run it.
struct RegexProgram {
  enum Instruction {
    case scalar(UInt32)
    case any
    case set(Int)
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assertion(RegexAssertion)
    case backReference(Int)
    case match
  }

  static let sizeLimit = 100_000

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [RegexSet] = []
  let groupCount: Int
  let hasBackReferences: Bool
  let ignoresCase: Bool
  /// Bytes with which every match begins.
  private(set) var prefix: [UInt8] = []
  private(set) var isAnchored = false

  init(
    _ node: RegexNode, groupCount: Int, ignoresCase: Bool, hasBackReferences: Bool
  ) throws(RegularExpression.Problem) {
    self.groupCount = groupCount
    self.ignoresCase = ignoresCase
    self.hasBackReferences = hasBackReferences
    try emit(.save(0))
    try compile(node)
    try emit(.save(1))
    try emit(.match)
    findPrefix()
  }

  private mutating func emit(_ instruction: Instruction) throws(RegularExpression.Problem) {
    guard instructions.count < RegexProgram.sizeLimit else {
      throw RegularExpression.Problem(text: "Regular expression too big")
    }
    instructions.append(instruction)
  }

  private mutating func compile(_ node: RegexNode) throws(RegularExpression.Problem) {
    switch node {
    case .empty: break
    case .scalar(let scalar):
      if ignoresCase, scalar.properties.isCased {
        try compile(set: GlobSet(ranges: [scalar...scalar]))
      } else {
        try emit(.scalar(scalar.value))
      }
    case .any: try emit(.any)
    case .set(let set): try compile(set: set)
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .choice(let nodes): try compile(choice: nodes)
    case .group(let number, let inner):
      try emit(.save(number * 2))
      try compile(inner)
      try emit(.save(number * 2 + 1))
    case .repeated(let inner, let least, let most):
      try compile(inner, atLeast: least, atMost: most)
    case .assertion(let assertion): try emit(.assertion(assertion))
    case .backReference(let number): try emit(.backReference(number))
    }
  }

  private mutating func compile(set: GlobSet) throws(RegularExpression.Problem) {
    sets.append(RegexSet(set, ignoresCase: ignoresCase))
    try emit(.set(sets.count - 1))
  }

  private mutating func compile(choice nodes: [RegexNode]) throws(RegularExpression.Problem) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index + 1 < nodes.count else {
        try compile(node)
        break
      }
      let split = instructions.count
      try emit(.match)
      try compile(node)
      jumps.append(instructions.count)
      try emit(.match)
      instructions[split] = .split(split + 1, instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func compile(_ inner: RegexNode, atLeast least: Int, atMost most: Int?)
    throws(RegularExpression.Problem)
  {
    for _ in 0..<least { try compile(inner) }
    guard let most else {
      let split = instructions.count
      try emit(.match)
      try compile(inner)
      try emit(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(instructions.count)
      try emit(.match)
      try compile(inner)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  private mutating func findPrefix() {
    for instruction in instructions {
      switch instruction {
      case .save: continue
      case .scalar(let value):
        if let scalar = UnicodeScalar(value) { prefix += Array(String(scalar).utf8) }
        continue
      case .assertion(.start):
        if prefix.isEmpty { isAnchored = true }
      default: break
      }
      break
    }
    // A choice may jump to the very end of what looked like a prefix only after a split, which
    // ends the scan above.
  }
}

/// A bracket expression with a table for ASCII.
struct RegexSet {
  private let low: UInt64
  private let high: UInt64
  private let set: GlobSet
  private let ignoresCase: Bool

  init(_ set: GlobSet, ignoresCase: Bool) {
    self.set = set
    self.ignoresCase = ignoresCase
    var (low, high): (UInt64, UInt64) = (0, 0)
    for value in UInt8(0)..<128 where set.contains(UnicodeScalar(value), ignoresCase) {
      if value < 64 { low |= 1 << value } else { high |= 1 << (value - 64) }
    }
    self.low = low
    self.high = high
  }

  @inline(__always) func contains(_ value: UInt32) -> Bool {
    if value < 64 { return low >> value & 1 == 1 }
    if value < 128 { return high >> (value - 64) & 1 == 1 }
    return UnicodeScalar(value).map { set.contains($0, ignoresCase) } ?? false
  }
}
