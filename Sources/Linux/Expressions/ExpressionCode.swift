/// A regular expression as instructions for the matchers.
struct ExpressionCode {
  enum Instruction {
    case byte(UInt8)
    case bytes(ByteSet)
    /// Goes on at both, preferring the first.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assertion(ExpressionNode.Assertion)
    case backreference(Int)
    /// Looks around with the instructions up to `end`, then goes on there.
    case look(isAhead: Bool, isNegative: Bool, end: Int)
    case accept
  }

  private(set) var instructions: [Instruction] = []
  let groups: Int
  /// Whether some assertion needs to see the neighbouring bytes.
  private(set) var looksAround = false

  static let limit = 50_000

  init(_ node: ExpressionNode, groups: Int) throws(ExpressionError) {
    self.groups = groups
    try emit(.group(node, 0))
    instructions.append(.accept)
  }

  private mutating func add(_ instruction: Instruction) throws(ExpressionError) {
    guard instructions.count < Self.limit else {
      throw ExpressionError("Regular expression too big")
    }
    instructions.append(instruction)
  }

  private mutating func emit(_ node: ExpressionNode) throws(ExpressionError) {
    switch node {
    case .empty: break
    case .bytes(let set): try add(.bytes(set))
    case .literal(let bytes): for byte in bytes { try add(.byte(byte)) }
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let nodes): try emit(choice: nodes)
    case .repeat(let node, let low, let high, let isGreedy):
      try emit(node, low, high, isGreedy)
    case .group(let node, let index):
      try add(.save(2 * index))
      try emit(node)
      try add(.save(2 * index + 1))
    case .assertion(let assertion):
      switch assertion {
      case .textStart, .textEnd: break
      default: looksAround = true
      }
      try add(.assertion(assertion))
    case .backreference(let number): try add(.backreference(number))
    case .look(let node, let isAhead, let isNegative):
      let start = instructions.count
      try add(.look(isAhead: isAhead, isNegative: isNegative, end: 0))
      try emit(node)
      try add(.accept)
      instructions[start] = .look(
        isAhead: isAhead, isNegative: isNegative, end: instructions.count)
    }
  }

  private mutating func emit(choice nodes: [ExpressionNode]) throws(ExpressionError) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try emit(node)
        break
      }
      let split = instructions.count
      try add(.split(split + 1, 0))
      try emit(node)
      jumps.append(instructions.count)
      try add(.jump(0))
      instructions[split] = .split(split + 1, instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emit(
    _ node: ExpressionNode, _ low: Int, _ high: Int?, _ isGreedy: Bool
  ) throws(ExpressionError) {
    for _ in 0..<low { try emit(node) }
    guard let high else {
      let split = instructions.count
      try add(.split(0, 0))
      try emit(node)
      try add(.jump(split))
      let end = instructions.count
      instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
      return
    }
    var splits: [Int] = []
    for _ in low..<max(low, high) {
      splits.append(instructions.count)
      try add(.split(0, 0))
      try emit(node)
    }
    let end = instructions.count
    for split in splits {
      instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
    }
  }
}
