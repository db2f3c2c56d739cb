/// Bytes as text of 64 characters, as Go's standard encoding.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var group: UInt32 = 0
    var count = 0
    func emit(_ characters: Int) {
      for index in 0..<characters {
        text.append(alphabet[Int(group >> UInt32(18 - 6 * index) & 63)])
      }
    }
    for byte in bytes {
      group |= UInt32(byte) << UInt32(16 - 8 * count)
      count += 1
      if count == 3 {
        emit(4)
        group = 0
        count = 0
      }
    }
    if count > 0 {
      emit(count + 1)
      for _ in count..<3 { text.append(UInt8(ascii: "=")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The text that `encoded` stands for, as kubectl shows Secret data; empty when malformed.
  package static func text(_ encoded: String) -> String {
    String(decoding: decode(encoded) ?? [], as: UTF8.self)
  }

  /// The bytes of an encoded text, or nil; line breaks are skipped, padding is required.
  package static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = value(of: byte) else { return nil }
      group = group << 6 | digit
      count += 1
      if count == 4 {
        bytes += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8)]
        bytes.append(UInt8(truncatingIfNeeded: group))
        group = 0
        count = 0
      }
    }
    switch (count, padding) {
    case (0, 0): break
    case (2, 2): bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    case (3, 1):
      bytes += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
    default: return nil
    }
    return bytes
  }

  /// The first byte at which a text is no standard base 64, or nil.
  package static func problem(_ text: String) -> Int? {
    var count = 0
    var padding = 0
    for (offset, byte) in text.utf8.enumerated() {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { continue }
      let isLetter =
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
        || (byte >= 0x61 && byte <= 0x7A) || byte == 0x2B || byte == 0x2F
      if byte == UInt8(ascii: "="), count % 4 >= 2 || padding > 0, padding < 2 {
        padding += 1
      } else if !isLetter || padding > 0 {
        return offset
      }
      count += 1
    }
    return count % 4 == 0 ? nil : text.utf8.count - count % 4 + (padding > 0 ? count % 4 : 0)
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
