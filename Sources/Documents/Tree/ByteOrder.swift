/// Texts compared by their bytes, as Go compares: Swift's own operators hold `é` and `e` + accent
/// for equal.
package enum ByteOrder {
  @inlinable
  package static func precedes(_ a: String, _ b: String) -> Bool { compare(a, b) < 0 }

  @inlinable
  package static func equal(_ a: String, _ b: String) -> Bool {
    // Bytes that differ in number settle most cases.
    isSame(a, b) || a.utf8.count == b.utf8.count && compare(a, b) == 0
  }

  /// Whether both are the same string in memory: then their bytes are the same. Strings of up to 15
  /// bytes hold them themselves, longer ones share them when one was copied from the other.
  @inlinable
  package static func isSame(_ a: String, _ b: String) -> Bool {
    unsafeBitCast(a, to: (UInt64, UInt64).self) == unsafeBitCast(b, to: (UInt64, UInt64).self)
  }

  /// A number of a text's bytes, quickly made, for tables that nobody outside fills.
  package static func digest(_ text: String, _ start: UInt64 = 0) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes in
      var digest = start ^ UInt64(bytes.count)
      var index = 0
      while index < bytes.count {
        var word: UInt64 = 0
        let count = min(8, bytes.count - index)
        if count == 8, let base = bytes.baseAddress {
          word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
        } else {
          for place in 0..<count { word = word << 8 | UInt64(bytes[index + place]) }
        }
        digest = mixed(digest, word)
        index += 8
      }
      return digest
    }
  }

  /// Two numbers made one, in which every bit of both counts.
  static func mixed(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let product = (digest ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.low ^ product.high
  }

  /// Below zero when `a` comes first, zero when the bytes are the same.
  @inlinable
  package static func compare(_ a: String, _ b: String) -> Int {
    let known: Int?? = a.utf8.withContiguousStorageIfAvailable { left in
      b.utf8.withContiguousStorageIfAvailable { right in compare(left, right) }
    }
    if let known, let known { return known }
    if a.utf8.elementsEqual(b.utf8) { return 0 }
    return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
  }

  @inlinable
  static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    guard let left = a.baseAddress, let right = b.baseAddress else { return a.count - b.count }
    let shared = min(a.count, b.count)
    var index = 0
    // Eight bytes at a time; of two big-endian words the smaller holds the smaller first byte.
    while index + 8 <= shared {
      let x = UInt64(bigEndian: UnsafeRawPointer(left + index).loadUnaligned(as: UInt64.self))
      let y = UInt64(bigEndian: UnsafeRawPointer(right + index).loadUnaligned(as: UInt64.self))
      if x != y { return x < y ? -1 : 1 }
      index += 8
    }
    while index < shared {
      if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
      index += 1
    }
    return a.count - b.count
  }
}
