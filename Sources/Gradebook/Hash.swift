import Crypto

/// SHA-256 as the gradebook uses it.
enum Hash {
  static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(bytes)))
  }

  static func text(_ bytes: some Sequence<UInt8>) -> String { hexadecimal(sha256(bytes)) }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// A short number for comparing lines and objects of many learners.
  static func short(_ text: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash ^ (hash >> 29))
  }
}
