/// Makes one string of each name that a text repeats, so that thousands of members share it.
///
/// Only the most recent name of each slot is kept: no growth, and hostile texts gain nothing.
struct SharedNames {
  // Made for the first long name: most documents are small.
  private var slots: [String] = []

  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    // Up to 15 bytes a Swift string holds its text itself.
    guard bytes.count > 15, bytes.count < 128 else { return GoText.decode(bytes) }
    var hash: UInt32 = 2_166_136_261
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let slot = Int(hash & 255)
    if slots.isEmpty { slots = Array(repeating: "", count: 256) }
    let known = slots[slot].utf8.withContiguousStorageIfAvailable { ByteOrder.compare($0, bytes) }
    if known == 0 { return slots[slot] }
    let name = GoText.decode(bytes)
    slots[slot] = name
    return name
  }
}
