/// Texts compared by their bytes, as Go compares: Swift's own operators hold `é` and `e` + accent
/// for equal.
package enum ByteOrder {
  @inlinable
  package static func precedes(_ a: String, _ b: String) -> Bool { compare(a, b) < 0 }

  @inlinable
  package static func equal(_ a: String, _ b: String) -> Bool {
    // Bytes that differ in number settle most cases; equal bits settle the small strings.
    a.utf8.count == b.utf8.count && compare(a, b) == 0
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
    let shared = min(a.count, b.count)
    var index = 0
    while index < shared {
      if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
      index += 1
    }
    return a.count - b.count
  }
}
