/// RFC 1952's files, of blocks that are stored as they are: other programs can read them, and
/// nothing in the simulation is large enough to need squeezing.
package enum Gzip {
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let count = UInt16(end - start)
      out.append(end == bytes.count ? 1 : 0)
      for half in [count, ~count] { out += [UInt8(half & 0xFF), UInt8(half >> 8)] }
      out += bytes[start..<end]
      start = end
    } while start < bytes.count
    for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
      withUnsafeBytes(of: word.littleEndian) { out += $0 }
    }
    return out
  }

  package static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// nil when the bytes are damaged, or were squeezed by somebody else.
  package static func decompress(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 18, bytes.starts(with: [0x1F, 0x8B, 8, 0]) else { return nil }
    var out: [UInt8] = []
    var place = 10
    while place + 5 <= bytes.count {
      let isLast = bytes[place] & 1 == 1
      guard bytes[place] & 6 == 0 else { return nil }
      let count = Int(bytes[place + 1]) | Int(bytes[place + 2]) << 8
      guard place + 5 + count <= bytes.count else { return nil }
      out += bytes[(place + 5)..<(place + 5 + count)]
      place += 5 + count
      guard isLast else { continue }
      guard place + 8 <= bytes.count else { return nil }
      let sum = bytes[place..<(place + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return sum == checksum(out) ? out : nil
    }
    return nil
  }

  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(UInt32(number)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
  }
}
