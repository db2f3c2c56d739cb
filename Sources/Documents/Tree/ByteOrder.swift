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

  /// Whether a string holds its bytes itself; of two that do, the same bytes are the same string.
  @inlinable
  static func isInline(_ text: String) -> Bool {
    unsafeBitCast(text, to: (UInt64, UInt64).self).1 & 1 << 61 != 0
  }

  /// The same text, which holds its bytes itself where they are few enough.
  @inlinable
  static func compact(_ text: String) -> String {
    if isInline(text) || text.utf8.count > 15 { return text }
    return String(decoding: Array(text.utf8), as: UTF8.self)
  }

  /// A number of a text's bytes, quickly made, for tables that nobody outside fills.
  package static func digest(_ text: String, _ start: UInt64 = 0) -> UInt64 {
    if isInline(text) {
      let (first, second) = words(ofInline: text)
      return mixed(mixed(start, first), second)
    }
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count > 15, let base = bytes.baseAddress else {
        return digest(String(decoding: bytes, as: UTF8.self), start)
      }
      // The same words as above, as many as it takes: the last ones may overlap.
      var digest = start ^ UInt64(bytes.count)
      for index in stride(from: 0, to: bytes.count - 8, by: 8) {
        digest = mixed(digest, UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      }
      return mixed(
        digest, UnsafeRawPointer(base + bytes.count - 8).loadUnaligned(as: UInt64.self))
    }
  }

  /// Two numbers made one, in which every bit of both counts.
  static func mixed(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let product = (digest ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.low ^ product.high
  }

  /// Below zero when `a` comes first, zero when the bytes are the same.
  ///
  /// Every look-up of a member ends here, so strings are read as Swift's ABI lays them out;
  /// `ByteOrderTests` would notice another layout.
  @inlinable
  package static func compare(_ a: String, _ b: String) -> Int {
    switch (isInline(a), isInline(b)) {
    case (true, true):
      let (x, y) = (words(ofInline: a), words(ofInline: b))
      if x.0 != y.0 { return x.0 < y.0 ? -1 : 1 }
      return x.1 == y.1 ? 0 : x.1 < y.1 ? -1 : 1
    case (false, false):
      if let x = stored(a), let y = stored(b) {
        return withExtendedLifetime((a, b)) { compare(x, y) }
      }
    case (true, false):
      if let order = compare(inline: a, b) { return order }
    case (false, true):
      if let order = compare(inline: b, a) { return -order }
    }
    return compareBytes(a, b)
  }

  /// The bytes of a string that holds them itself as two big-endian words, filled up with zeros; the
  /// last four bits are their number.
  @inlinable
  static func words(ofInline text: String) -> (UInt64, UInt64) {
    let (start, rest) = unsafeBitCast(text, to: (UInt64, UInt64).self)
    return (UInt64(bigEndian: start), UInt64(bigEndian: rest & ~0 >> 4))
  }

  /// Where a string's bytes lie; nil where Swift cannot tell without looking closer.
  @inlinable
  static func stored(_ text: String) -> UnsafeBufferPointer<UInt8>? {
    let (flags, object) = unsafeBitCast(text, to: (UInt64, UInt64).self)
    // Tail-allocated: behind the header of the storage, which literals have room for as well.
    guard object & 1 << 61 == 0, flags & 1 << 60 != 0 else { return nil }
    return UnsafeBufferPointer(
      start: UnsafePointer(bitPattern: UInt(object & ~0 >> 4) + 32),
      count: Int(flags & (1 << 48 - 1)))
  }

  /// nil where that is not settled by the first fifteen bytes.
  @inlinable
  static func compare(inline a: String, _ b: String) -> Int? {
    guard let bytes = stored(b), let start = bytes.baseAddress, bytes.count > 15 else { return nil }
    return withExtendedLifetime(b) {
      let (x, z) = words(ofInline: a)
      let y = UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
      if x != y { return x < y ? -1 : 1 }
      let w = UInt64(bigEndian: UnsafeRawPointer(start + 8).loadUnaligned(as: UInt64.self)) & ~0xFF
      return z & ~0xFF == w ? nil : z & ~0xFF < w ? -1 : 1
    }
  }

  @usableFromInline
  static func compareBytes(_ a: String, _ b: String) -> Int {
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
