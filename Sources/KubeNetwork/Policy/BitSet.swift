/// A set of small numbers, a bit for each.
package struct BitSet: Hashable, Sendable {
  package private(set) var words: [UInt64]
  package let count: Int

  package init(count: Int, isFull: Bool = false) {
    self.count = count
    words = Array(repeating: isFull ? .max : 0, count: (count + 63) / 64)
    if isFull { trim() }
  }

  private mutating func trim() {
    let rest = count % 64
    if rest > 0, !words.isEmpty { words[words.count - 1] &= (1 << UInt64(rest)) - 1 }
  }

  package func contains(_ member: Int) -> Bool {
    words[member >> 6] >> UInt64(member & 63) & 1 == 1
  }

  package mutating func insert(_ member: Int) { words[member >> 6] |= 1 << UInt64(member & 63) }

  package mutating func formUnion(_ other: BitSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  package mutating func formIntersection(_ other: BitSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  package mutating func subtract(_ other: BitSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  /// How many members it has.
  package var size: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  package var members: [Int] {
    var found: [Int] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        found.append(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return found
  }
}
