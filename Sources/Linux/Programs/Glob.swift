import Shell

/// A shell pattern as find, grep and tar use it.
struct Glob {
  private let pattern: [UInt8]
  private let ignoresCase: Bool

  init(_ pattern: String, ignoringCase: Bool = false) {
    self.pattern = Array(pattern.utf8)
    ignoresCase = ignoringCase
  }

  func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    var place = 0
    var index = 0
    // Where to go on when the way taken fails: the last star, and how far it reached.
    var star: (Int, Int)?
    while index < text.count || place < pattern.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, index)
        place += 1
        continue
      }
      if index < text.count, let next = step(place, text[index]) {
        place = next
        index += 1
        continue
      }
      guard let (back, reached) = star, reached < text.count else { return false }
      star = (back, reached + 1)
      place = back + 1
      index = reached + 1
    }
    return true
  }

  /// The place behind the one element that accepts the byte, or nil.
  private func step(_ place: Int, _ byte: UInt8) -> Int? {
    guard place < pattern.count else { return nil }
    switch pattern[place] {
    case UInt8(ascii: "?"): return place + 1
    case UInt8(ascii: "\\") where place + 1 < pattern.count:
      return same(pattern[place + 1], byte) ? place + 2 : nil
    case UInt8(ascii: "["):
      guard let (accepts, next) = set(place + 1, byte) else {
        return byte == UInt8(ascii: "[") ? place + 1 : nil
      }
      return accepts ? next : nil
    default: return same(pattern[place], byte) ? place + 1 : nil
    }
  }

  private func same(_ a: UInt8, _ b: UInt8) -> Bool {
    ignoresCase ? a.lowered == b.lowered : a == b
  }

  private func set(_ start: Int, _ byte: UInt8) -> (Bool, Int)? {
    var place = start
    var accepts = false
    let isNegated = place < pattern.count && (pattern[place] == 33 || pattern[place] == 94)
    if isNegated { place += 1 }
    let first = place
    while place < pattern.count, pattern[place] != UInt8(ascii: "]") || place == first {
      let low = pattern[place]
      if place + 2 < pattern.count, pattern[place + 1] == 45, pattern[place + 2] != 93 {
        if low <= byte, byte <= pattern[place + 2] { accepts = true }
        place += 3
      } else {
        if same(low, byte) { accepts = true }
        place += 1
      }
    }
    guard place < pattern.count else { return nil }
    return (accepts != isNegated, place + 1)
  }
}
