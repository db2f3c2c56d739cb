/// Files of the .xz form, of chunks that are stored as they are: other programs can read them.
package enum XZ {
  private static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
  /// No flags but the kind of check: CRC32.
  private static let flags: [UInt8] = [0, 1]
  /// LZMA2 with a dictionary of 8 MiB, and padding to a multiple of four.
  private static let block: [UInt8] = [2, 0, 0x21, 1, 0x16, 0, 0, 0]

  package static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var out = magic + flags + sum(flags)
    var data: [UInt8] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + 65_536, bytes.count)
      let size = end - start - 1
      // The first chunk empties the dictionary.
      data += [start == 0 ? 1 : 2, UInt8(size >> 8), UInt8(size & 0xFF)] + bytes[start..<end]
      start = end
    }
    data.append(0)
    var index: [UInt8] = [0]
    if bytes.isEmpty {
      index.append(0)
    } else {
      out += block + sum(block) + data
      out += padding(data.count) + sum(bytes)
      index += [1] + number(block.count + 4 + data.count + 4) + number(bytes.count)
    }
    index += padding(index.count)
    out += index + sum(index)
    let tail = word(UInt32(index.count + 4) / 4 - 1) + flags
    return out + sum(tail) + tail + [0x59, 0x5A]
  }

  /// nil when the bytes are damaged, or were squeezed by somebody else.
  package static func decompress(_ bytes: [UInt8]) -> [UInt8]? {
    guard isCompressed(bytes), bytes.count >= 24 else { return nil }
    if bytes[12] == 0 { return [] }
    var place = 12 + (Int(bytes[12]) + 1) * 4
    var out: [UInt8] = []
    while place < bytes.count, bytes[place] != 0 {
      guard bytes[place] <= 2, place + 3 <= bytes.count else { return nil }
      let size = Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
      let end = place + 4 + size
      guard end <= bytes.count else { return nil }
      out += bytes[(place + 3)..<end]
      place = end
    }
    place += 1
    place += (4 - (place - 24) % 4) % 4
    guard place + 4 <= bytes.count, Array(bytes[place..<(place + 4)]) == sum(out) else {
      return nil
    }
    return out
  }

  private static func padding(_ count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (4 - count % 4) % 4)
  }

  private static func sum(_ bytes: [UInt8]) -> [UInt8] { word(Gzip.checksum(bytes)) }

  private static func word(_ number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Seven bits a byte, the lowest first.
  private static func number(_ value: Int) -> [UInt8] {
    var (value, out) = (value, [UInt8]())
    while value >= 0x80 {
      out.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    return out + [UInt8(value)]
  }
}
