/// Matches what no automaton can (back references, looking around), within a step budget.
struct BacktrackingMatcher {
  let code: ExpressionCode
  let text: UnsafeBufferPointer<UInt8>
  private(set) var steps = 0

  static let stepLimit = 2_000_000

  init(code: ExpressionCode, text: UnsafeBufferPointer<UInt8>) {
    self.code = code
    self.text = text
  }

  /// Whether the budget ran out before an answer was found.
  var isExhausted: Bool { steps > Self.stepLimit }

  mutating func find(from: Int) -> [Int]? {
    let empty = [Int](repeating: -1, count: 2 * (code.groups + 1))
    var index = from
    while index <= text.count, !isExhausted {
      if let found = run(0, index, empty, depth: 0) { return found }
      index += 1
    }
    return nil
  }

  /// The saves of the first way that reaches an accept.
  private mutating func run(_ place: Int, _ index: Int, _ saves: [Int], depth: Int) -> [Int]? {
    var open = [(place, index, saves)]
    var seenEmpty: Set<Int> = []
    while var (place, index, saves) = open.popLast() {
      way: while true {
        steps += 1
        if isExhausted { return nil }
        switch code.instructions[place] {
        case .byte(let wanted):
          guard index < text.count, text[index] == wanted else { break way }
          (place, index) = (place + 1, index + 1)
        case .bytes(let set):
          guard index < text.count, set.contains(text[index]) else { break way }
          (place, index) = (place + 1, index + 1)
        case .split(let a, let b):
          // The same split at the same place twice over an empty turn would never end.
          if open.count > 10_000 {
            guard seenEmpty.insert(place << 32 | index).inserted else { break way }
          }
          open.append((b, index, saves))
          place = a
        case .jump(let target): place = target
        case .save(let slot):
          saves[slot] = index
          place += 1
        case .assertion(let assertion):
          guard assertion.holds(text, index) else { break way }
          place += 1
        case .backreference(let number):
          let (from, to) = (saves[2 * number], saves[2 * number + 1])
          guard from >= 0, to >= from, index + (to - from) <= text.count,
            text[from..<to].elementsEqual(text[index..<index + (to - from)])
          else { break way }
          (place, index) = (place + 1, index + (to - from))
        case .look(let isAhead, let isNegative, let end):
          let holds = look(place + 1, index, saves, isAhead: isAhead, depth: depth)
          guard holds != isNegative else { break way }
          place = end
        case .accept: return saves.endingAt(index)
        }
      }
    }
    return nil
  }

  private mutating func look(
    _ place: Int, _ index: Int, _ saves: [Int], isAhead: Bool, depth: Int
  ) -> Bool {
    guard depth < 20 else { return false }
    if isAhead { return run(place, index, saves, depth: depth + 1) != nil }
    for start in stride(from: index, through: max(0, index - 256), by: -1) {
      if let found = run(place, start, saves, depth: depth + 1), found.last == index {
        return true
      }
    }
    return false
  }
}

extension [Int] {
  /// With the place of the accept behind the groups, for looking back.
  fileprivate func endingAt(_ index: Int) -> [Int] { self + [index] }
}
