import Crypto

/// Hashes as lower-case hexadecimal.
package enum Digest {
  package static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }
  package static func sha384(_ bytes: [UInt8]) -> String { hexadecimal(SHA384.hash(data: bytes)) }
  package static func sha512(_ bytes: [UInt8]) -> String { hexadecimal(SHA512.hash(data: bytes)) }
  package static func sha1(_ bytes: [UInt8]) -> String {
    hexadecimal(Insecure.SHA1.hash(data: bytes))
  }
  package static func md5(_ bytes: [UInt8]) -> String {
    hexadecimal(Insecure.MD5.hash(data: bytes))
  }

  /// HMAC of RFC 2104 with SHA-256.
  package static func hmacSHA256(secret: [UInt8], message: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes { out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: out, as: UTF8.self)
  }
}
