/// Base64 with padding, as Secrets and kubeconfigs hold bytes.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (index, letter) in letters.enumerated() { table[Int(letter)] = UInt8(index) }
    return table
  }()

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      let second = index + 1 < bytes.count ? bytes[index + 1] : 0
      let third = index + 2 < bytes.count ? bytes[index + 2] : 0
      out.append(letters[Int(first >> 2)])
      out.append(letters[Int((first & 3) << 4 | second >> 4)])
      let pad = UInt8(ascii: "=")
      out.append(index + 1 < bytes.count ? letters[Int((second & 15) << 2 | third >> 6)] : pad)
      out.append(index + 2 < bytes.count ? letters[Int(third & 63)] : pad)
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Line ends are skipped; anything else that does not belong makes nil.
  static func decode(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var held: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 where byte != 10 && byte != 13 {
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      let value = values[Int(byte)]
      guard value < 64, padding == 0 else { return nil }
      held = held << 6 | UInt32(value)
      count += 1
      if count == 4 {
        out += [UInt8(held >> 16 & 255), UInt8(held >> 8 & 255), UInt8(held & 255)]
        held = 0
        count = 0
      }
    }
    guard (count + padding) % 4 == 0, padding <= 2 else { return nil }
    switch count {
    case 0: return out
    case 2: return out + [UInt8(held >> 4 & 255)]
    case 3: return out + [UInt8(held >> 10 & 255), UInt8(held >> 2 & 255)]
    default: return nil
    }
  }

  /// The bytes of the first block of a PEM text.
  static func pem(_ text: [UInt8]) -> [UInt8]? {
    var body = ""
    var inside = false
    for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("-----BEGIN") {
        inside = true
      } else if line.hasPrefix("-----END") {
        return decode(body)
      } else if inside {
        body += line.filter { !$0.isWhitespace }
      }
    }
    return nil
  }
}
