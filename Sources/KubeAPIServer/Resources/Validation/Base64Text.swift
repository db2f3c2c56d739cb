import Documents

/// The letters in which Secrets carry bytes.
enum Base64Text {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ text: String) -> String {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let part = Array(bytes.prefix(3))
      bytes = bytes.dropFirst(3)
      let bits =
        UInt32(part[0]) << 16 | UInt32(part.count > 1 ? part[1] : 0) << 8
        | UInt32(part.count > 2 ? part[2] : 0)
      for (index, shift) in [18, 12, 6, 0].enumerated() {
        out.append(
          index <= part.count ? letters[Int(bits >> UInt32(shift) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func decode(_ text: String) -> [UInt8] {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
      guard let value = letters.firstIndex(of: byte) else { continue }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return out
  }

  static func isJSON(_ text: String) -> Bool {
    (try? JSON.parse(decode(text))) != nil
  }

  /// What Go's JSON decoder says of the bytes.
  static func problem(_ text: String) -> String {
    do throws(Problem) {
      _ = try JSON.parse(decode(text))
      return ""
    } catch {
      return error.message
    }
  }
}
