/// RFC 4648 base 64, in the standard and in the URL alphabet.
package enum Base64 {
  package static func encode(_ bytes: some Sequence<UInt8>, url: Bool = false) -> String {
    let alphabet = url ? urlAlphabet : standardAlphabet
    var out: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        out.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
      }
      buffer &= (1 << UInt32(bits)) - 1
    }
    if bits > 0 { out.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
    if !url { while out.count % 4 != 0 { out.append(UInt8(ascii: "=")) } }
    return String(decoding: out, as: UTF8.self)
  }

  /// Decodes either alphabet, padded or not, skipping white space; nil when malformed.
  package static func decode(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    var symbols = 0
    var padding = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t"): continue
      case UInt8(ascii: "="):
        padding += 1
        continue
      default: break
      }
      let six = reverse[Int(byte)]
      guard six < 64, padding == 0 else { return nil }
      symbols += 1
      buffer = buffer << 6 | UInt32(six)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        buffer &= (1 << UInt32(bits)) - 1
      }
    }
    guard symbols % 4 != 1, padding <= 2, buffer == 0 else { return nil }
    return out
  }

  private static let standardAlphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlAlphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let reverse: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for alphabet in [standardAlphabet, urlAlphabet] {
      for (index, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(index) }
    }
    return table
  }()
}
