/// Bytes of objects' parts that were written before, known by where the parts lie in memory: what is
/// asked for again and again is encoded once.
///
/// Holds what it knows, so that no other part can take its place.
package final class WrittenParts {
  struct Key: Hashable {
    /// `Mapping.storageIdentity`.
    var place: UnsafeRawPointer
    /// `MemberOrder.identity`.
    var order: Int
  }

  private struct Part {
    var members: Mapping
    var bytes: [UInt8]
  }

  private var recent: [Key: Part] = [:]
  /// What was not asked for since `recent` began anew is let go of when that is full again.
  private var former: [Key: Part] = [:]
  private var size = 0
  private let capacity: Int

  /// Holds two times `capacity` bytes at most.
  package init(capacity: Int = 8 << 20) { self.capacity = capacity }

  subscript(_ key: Key) -> [UInt8]? {
    if let part = recent[key] { return part.bytes }
    guard let part = former.removeValue(forKey: key) else { return nil }
    keep(part, as: key)
    return part.bytes
  }

  func keep(_ bytes: [UInt8], of members: Mapping, as key: Key) {
    keep(Part(members: members, bytes: bytes), as: key)
  }

  private func keep(_ part: Part, as key: Key) {
    if size > capacity {
      former = recent
      recent = [:]
      size = 0
    }
    size += part.bytes.count
    recent[key] = part
  }
}
