import Documents

/// The hash of a Pod template in a ReplicaSet's name and labels (controller.ComputeHash).
enum PodTemplateHash {
  static func hash(_ template: Value, collisionCount: Int64?) -> String {
    var hash = FNV32a()
    for byte in GoDump(template).bytes { hash.add(byte) }
    if let collisionCount {
      let bits = UInt32(truncatingIfNeeded: collisionCount)
      for shift in stride(from: 0, to: 64, by: 8) {
        hash.add(UInt8(truncatingIfNeeded: shift < 32 ? bits >> UInt32(shift) : 0))
      }
    }
    return SafeText.encode(String(hash.value))
  }
}

/// The 32-bit FNV-1 hash.
struct FNV32 {
  private(set) var value: UInt32 = 0x811c_9dc5

  mutating func add(_ byte: UInt8) { value = (value &* 0x0100_0193) ^ UInt32(byte) }
}

/// The 32-bit FNV-1a hash.
struct FNV32a {
  private(set) var value: UInt32 = 0x811c_9dc5

  mutating func add(_ byte: UInt8) { value = (value ^ UInt32(byte)) &* 0x0100_0193 }
}

/// Digits and letters among which no bad word can form (apimachinery's rand.SafeEncodeString).
enum SafeText {
  private static let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

  static func encode(_ text: String) -> String {
    let bytes = text.utf8.map { letters[Int($0) % letters.count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
