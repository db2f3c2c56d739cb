/// A deterministic automaton made as the text needs it: one table look-up per byte.
final class LazyAutomaton {
  private let code: ExpressionCode
  private let isAnchored: Bool
  private var states: [[Int32]] = []
  private var numbers: [[Int32]: Int32] = [:]
  /// 256 successors per state; -1 is not yet known.
  private var table: [Int32] = []
  /// Bit 0: accepts here; bit 1: accepts at the end of the text; bit 2: no way on.
  private var marks: [UInt8] = []
  private var starts: (Int32, Int32) = (-1, -1)

  private static let stateLimit = 1500

  init(_ code: ExpressionCode, isAnchored: Bool) {
    self.code = code
    self.isAnchored = isAnchored
  }

  /// Whether any part of the text matches.
  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var state = start(atTextStart: true)
    var index = 0
    while index < text.count {
      let mark = marks[Int(state)]
      if mark & 1 != 0 { return true }
      if mark & 4 != 0 { return false }
      let byte = text[index]
      let next = table[Int(state) << 8 | Int(byte)]
      state = next >= 0 ? next : successor(state, byte)
      index += 1
    }
    return marks[Int(state)] & 3 != 0
  }

  /// The end of the longest match that starts at `from`.
  func longest(_ text: UnsafeBufferPointer<UInt8>, from: Int, steps: inout Int) -> Int? {
    var state = start(atTextStart: from == 0)
    var end: Int?
    var index = from
    while index < text.count {
      let mark = marks[Int(state)]
      if mark & 1 != 0 { end = index }
      if mark & 4 != 0 { break }
      let byte = text[index]
      let next = table[Int(state) << 8 | Int(byte)]
      state = next >= 0 ? next : successor(state, byte)
      index += 1
    }
    steps += index - from
    if index == text.count, marks[Int(state)] & 3 != 0 { end = index }
    return end
  }

  private func start(atTextStart: Bool) -> Int32 {
    let known = atTextStart ? starts.0 : starts.1
    if known >= 0 { return known }
    var found = ClosureBuilder(code)
    found.add(0, atStart: atTextStart)
    let state = number(found.items)
    if atTextStart { starts.0 = state } else { starts.1 = state }
    return state
  }

  private func successor(_ state: Int32, _ byte: UInt8) -> Int32 {
    var found = ClosureBuilder(code)
    for item in states[Int(state)] {
      switch code.instructions[Int(item)] {
      case .byte(let wanted) where wanted == byte: found.add(Int(item) + 1, atStart: false)
      case .bytes(let set) where set.contains(byte): found.add(Int(item) + 1, atStart: false)
      default: break
      }
    }
    if !isAnchored { found.add(0, atStart: false) }
    if states.count >= Self.stateLimit {
      // Too many states: forget them all and go on.
      states = []
      numbers = [:]
      table = []
      marks = []
      starts = (-1, -1)
      return number(found.items)
    }
    let next = number(found.items)
    table[Int(state) << 8 | Int(byte)] = next
    return next
  }

  private func number(_ items: [Int32]) -> Int32 {
    let sorted = items.sorted()
    if let known = numbers[sorted] { return known }
    let number = Int32(states.count)
    states.append(sorted)
    numbers[sorted] = number
    table += repeatElement(-1, count: 256)
    var mark: UInt8 = 0
    var ending = ClosureBuilder(code)
    for item in sorted {
      switch code.instructions[Int(item)] {
      case .accept: mark |= 1
      case .assertion: ending.add(Int(item) + 1, atStart: false, atEnd: true)
      default: break
      }
    }
    if ending.accepts { mark |= 2 }
    if sorted.isEmpty { mark |= 4 }
    marks.append(mark)
    return number
  }
}

/// Collects the consuming instructions that can be reached without reading.
private struct ClosureBuilder {
  private let code: ExpressionCode
  private(set) var items: [Int32] = []
  private(set) var accepts = false
  private var seen: Set<Int32> = []

  init(_ code: ExpressionCode) { self.code = code }

  mutating func add(_ first: Int, atStart: Bool, atEnd: Bool = false) {
    var open = [first]
    while let place = open.popLast() {
      guard seen.insert(Int32(place)).inserted else { continue }
      switch code.instructions[place] {
      case .split(let a, let b): open += [b, a]
      case .jump(let target): open.append(target)
      case .save: open.append(place + 1)
      case .assertion(.textStart): if atStart { open.append(place + 1) }
      case .assertion:
        if atEnd { open.append(place + 1) } else { items.append(Int32(place)) }
      case .accept:
        accepts = true
        items.append(Int32(place))
      default: items.append(Int32(place))
      }
    }
  }
}
