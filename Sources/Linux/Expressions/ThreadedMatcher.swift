/// Finds a match with its groups by running all ways at once: linear in the text.
struct ThreadedMatcher {
  let code: ExpressionCode
  let text: UnsafeBufferPointer<UInt8>
  /// Of equal starts the longest match (POSIX), else the preferred one (Perl).
  let wantsLongest: Bool

  private struct Threads {
    var places: [Int] = []
    var saves: [[Int]] = []
    var seen: [Int]

    init(_ count: Int) { seen = [Int](repeating: -1, count: count) }
  }

  func find(from: Int) -> [Int]? {
    var current = Threads(code.instructions.count)
    var next = Threads(code.instructions.count)
    var best: [Int]?
    var index = from
    let empty = [Int](repeating: -1, count: 2 * (code.groups + 1))
    while true {
      if best == nil { add(0, empty, index, &current) }
      if current.places.isEmpty, best != nil { break }
      var isCut = false
      for thread in current.places.indices where !isCut {
        let place = current.places[thread]
        let saves = current.saves[thread]
        if let best, wantsLongest, saves[0] > best[0] { break }
        switch code.instructions[place] {
        case .byte(let wanted):
          if index < text.count, text[index] == wanted { add(place + 1, saves, index + 1, &next) }
        case .bytes(let set):
          if index < text.count, set.contains(text[index]) {
            add(place + 1, saves, index + 1, &next)
          }
        case .accept:
          if wantsLongest {
            if best == nil || saves[0] == best?[0] { best = saves }
          } else {
            best = saves
            isCut = true
          }
        default: break
        }
      }
      if index >= text.count { break }
      index += 1
      swap(&current, &next)
      next.places.removeAll(keepingCapacity: true)
      next.saves.removeAll(keepingCapacity: true)
    }
    return best
  }

  private func add(_ first: Int, _ saves: [Int], _ index: Int, _ threads: inout Threads) {
    var open = [(first, saves)]
    while let (place, saves) = open.popLast() {
      guard threads.seen[place] != index else { continue }
      threads.seen[place] = index
      switch code.instructions[place] {
      case .split(let a, let b):
        open.append((b, saves))
        open.append((a, saves))
      case .jump(let target): open.append((target, saves))
      case .save(let slot):
        var saves = saves
        saves[slot] = index
        open.append((place + 1, saves))
      case .assertion(let assertion):
        if assertion.holds(text, index) { open.append((place + 1, saves)) }
      default:
        threads.places.append(place)
        threads.saves.append(saves)
      }
    }
  }
}

extension ExpressionNode.Assertion {
  func holds(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let before = index > 0 && text[index - 1].isWord
    let after = index < text.count && text[index].isWord
    switch self {
    case .textStart: return index == 0
    case .textEnd: return index == text.count
    case .lineStart: return index == 0 || text[index - 1] == .newline
    case .lineEnd: return index == text.count || text[index] == .newline
    case .lastLineEnd:
      return index == text.count || (index == text.count - 1 && text[index] == .newline)
    case .boundary: return before != after
    case .noBoundary: return before == after
    case .wordStart: return !before && after
    case .wordEnd: return before && !after
    }
  }
}
