/// A set of Unicode scalars as ranges, for bracket expressions.
struct ScalarSet {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }
  mutating func insert(_ scalar: UInt32) { ranges.append(scalar...scalar) }
  mutating func insert(_ other: ScalarSet) { ranges += other.ranges }

  /// Sorted and joined.
  private var plain: [ClosedRange<UInt32>] {
    var joined: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, range.lowerBound <= last.upperBound &+ 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  var inverted: ScalarSet {
    var found = ScalarSet()
    var next: UInt32 = 0
    for range in plain {
      if range.lowerBound > next { found.insert(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { found.insert(next...0x10FFFF) }
    return found
  }

  mutating func foldCase() {
    for range in ranges {
      for (low, high, shift) in [(65, 90, 32), (97, 122, -32)] as [(UInt32, UInt32, Int32)] {
        let from = max(range.lowerBound, low)
        let to = min(range.upperBound, high)
        guard from <= to else { continue }
        insert(UInt32(Int32(from) + shift)...UInt32(Int32(to) + shift))
      }
    }
  }

  /// The set as a choice of byte sequences.
  var node: ExpressionNode {
    var single = ByteSet()
    var longer: [ExpressionNode] = []
    for range in plain {
      if range.lowerBound < 0x80 {
        single.formUnion(ByteSet(UInt8(range.lowerBound)...UInt8(min(range.upperBound, 0x7F))))
      }
      let low = max(range.lowerBound, 0x80)
      if low <= range.upperBound { Self.split(low, range.upperBound, into: &longer) }
    }
    if longer.isEmpty { return .bytes(single) }
    return .choice((single == ByteSet() ? [] : [.bytes(single)]) + longer)
  }

  // Cuts a range of scalars where the UTF-8 length changes, then where
  // continuation bytes roll over.
  private static func split(_ low: UInt32, _ high: UInt32, into found: inout [ExpressionNode]) {
    for limit: UInt32 in [0x7FF, 0xFFFF] where low <= limit && high > limit {
      split(low, limit, into: &found)
      split(limit + 1, high, into: &found)
      return
    }
    for count in 1..<3 {
      let mask: UInt32 = (1 << (6 * UInt32(count))) - 1
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 {
        split(low, low | mask, into: &found)
        split((low | mask) + 1, high, into: &found)
        return
      }
      if high & mask != mask {
        split(low, (high & ~mask) - 1, into: &found)
        split(high & ~mask, high, into: &found)
        return
      }
    }
    let first = encode(low)
    let last = encode(high)
    found.append(
      .sequence(zip(first, last).map { .bytes(ByteSet(min($0, $1)...max($0, $1))) }))
  }

  static func encode(_ scalar: UInt32) -> [UInt8] {
    switch scalar {
    case ..<0x80: [UInt8(scalar)]
    case ..<0x800: [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 63)]
    case ..<0x10000:
      [
        UInt8(0xE0 | scalar >> 12), UInt8(0x80 | scalar >> 6 & 63), UInt8(0x80 | scalar & 63),
      ]
    default:
      [
        UInt8(0xF0 | scalar >> 18 & 7), UInt8(0x80 | scalar >> 12 & 63),
        UInt8(0x80 | scalar >> 6 & 63), UInt8(0x80 | scalar & 63),
      ]
    }
  }

  /// POSIX classes by name; ASCII only, as in the C locale.
  static func named(_ name: String) -> ScalarSet? {
    var set = ScalarSet()
    switch name {
    case "alpha": for r in [65...90, 97...122] as [ClosedRange<UInt32>] { set.insert(r) }
    case "digit": set.insert(48...57)
    case "alnum": for r in [48...57, 65...90, 97...122] as [ClosedRange<UInt32>] { set.insert(r) }
    case "word":
      for r in [48...57, 65...90, 95...95, 97...122] as [ClosedRange<UInt32>] { set.insert(r) }
    case "upper": set.insert(65...90)
    case "lower": set.insert(97...122)
    case "space": for r in [9...13, 32...32] as [ClosedRange<UInt32>] { set.insert(r) }
    case "blank": for r in [9...9, 32...32] as [ClosedRange<UInt32>] { set.insert(r) }
    case "punct":
      for r in [33...47, 58...64, 91...96, 123...126] as [ClosedRange<UInt32>] { set.insert(r) }
    case "print": set.insert(32...126)
    case "graph": set.insert(33...126)
    case "cntrl": for r in [0...31, 127...127] as [ClosedRange<UInt32>] { set.insert(r) }
    case "xdigit": for r in [48...57, 65...70, 97...102] as [ClosedRange<UInt32>] { set.insert(r) }
    default: return nil
    }
    return set
  }
}
