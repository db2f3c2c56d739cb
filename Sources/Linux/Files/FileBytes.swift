/// A file's contents: stored bytes, then zeros that take no memory.
///
/// So a gigabyte from /dev/zero, a swap file or an executable's body costs nothing to hold.
package struct FileBytes {
  package private(set) var stored: [UInt8]
  /// The zeros that follow the stored bytes.
  private var zeros: Int

  package init(_ bytes: [UInt8] = [], size: Int = 0) {
    stored = bytes
    zeros = max(0, size - bytes.count)
  }

  package var count: Int { stored.count + zeros }

  /// All bytes; the caller knows that there are not too many.
  package var all: [UInt8] { zeros == 0 ? stored : read(at: 0, upTo: count) }

  package func read(at offset: Int, upTo wanted: Int) -> [UInt8] {
    guard offset >= 0, offset < count, wanted > 0 else { return [] }
    let length = min(wanted, count - offset)
    if offset == 0, length == stored.count { return stored }
    var found: [UInt8] = []
    found.reserveCapacity(length)
    if offset < stored.count {
      found += stored[offset..<min(stored.count, offset + length)]
    }
    if found.count < length { found += repeatElement(0, count: length - found.count) }
    return found
  }

  /// How many more bytes of memory writing `bytes` at `offset` would hold.
  func growth(writing bytes: [UInt8], at offset: Int) -> Int {
    if offset >= stored.count, bytes.allSatisfy({ $0 == 0 }) { return 0 }
    return max(0, offset + bytes.count - stored.count)
  }

  package mutating func write(_ bytes: [UInt8], at offset: Int) {
    guard offset >= 0, !bytes.isEmpty else { return }
    let total = max(count, offset + bytes.count)
    if offset == stored.count, bytes.first != 0 {
      stored += bytes
    } else if offset < stored.count || !bytes.allSatisfy({ $0 == 0 }) {
      if offset > stored.count { stored += repeatElement(0, count: offset - stored.count) }
      let overlap = min(stored.count - offset, bytes.count)
      if overlap > 0 { stored.replaceSubrange(offset..<offset + overlap, with: bytes[..<overlap]) }
      if overlap < bytes.count { stored += bytes[overlap...] }
    }
    zeros = total - stored.count
  }

  package mutating func truncate(to size: Int) {
    let size = max(0, size)
    if size < stored.count { stored.removeLast(stored.count - size) }
    zeros = size - stored.count
  }
}
