import Documents

/// Passwords as Apache's password files keep them.
package enum PasswordHash {
  private static let digits = Array(
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  /// `$apr1$salt$…`: a thousand rounds of MD5 (apr_md5_encode).
  package static func apr1(_ password: String, salt: String) -> String {
    let secret = Array(password.utf8.prefix(256))
    let salt = Array(salt.utf8.prefix(8))
    var text = secret + Array("$apr1$".utf8) + salt
    let inner = Checksum.md5.digest(secret + salt + secret)
    var left = secret.count
    while left > 0 {
      text += inner.prefix(min(16, left))
      left -= 16
    }
    var bits = secret.count
    while bits > 0 {
      text.append(bits & 1 == 1 ? 0 : secret.first ?? 0)
      bits >>= 1
    }
    var sum = Checksum.md5.digest(text)
    for round in 0..<1000 {
      var next: [UInt8] = round & 1 == 1 ? secret : sum
      if round % 3 != 0 { next += salt }
      if round % 7 != 0 { next += secret }
      next += round & 1 == 1 ? sum : secret
      sum = Checksum.md5.digest(next)
    }
    return "$apr1$" + String(decoding: salt, as: UTF8.self) + "$" + encoded(sum)
  }

  private static func encoded(_ sum: [UInt8]) -> String {
    var out: [UInt8] = []
    func add(_ value: UInt32, _ count: Int) {
      var value = value
      for _ in 0..<count {
        out.append(digits[Int(value & 63)])
        value >>= 6
      }
    }
    for (a, b, c) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
      add(UInt32(sum[a]) << 16 | UInt32(sum[b]) << 8 | UInt32(sum[c]), 4)
    }
    add(UInt32(sum[11]), 2)
    return String(decoding: out, as: UTF8.self)
  }

  /// Whether a stored form is of that password: `$apr1$`, or plain text.
  package static func matches(_ password: String, _ stored: String) -> Bool {
    guard stored.hasPrefix("$") else { return stored == password }
    let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[1] == "apr1" else { return false }
    return apr1(password, salt: String(parts[2])) == stored
  }
}
