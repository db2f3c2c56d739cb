/// MD5, as old password files and tools still use it (RFC 1321).
enum MD5 {
  private static let shifts: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]

  /// floor(2^32 |sin(i + 1)|), the RFC's table.
  private static let table: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]

  static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var message = bytes + [0x80]
    while message.count % 64 != 56 { message.append(0) }
    let length = UInt64(bytes.count) &* 8
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      message.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
      mix(message[start..<start + 64], into: &state)
    }
    return state.flatMap { word in
      stride(from: UInt32(0), to: 32, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    let words = (0..<16).map { index in
      (0..<4).reduce(UInt32(0)) { sum, byte in
        sum | UInt32(block[block.startIndex + index * 4 + byte]) << UInt32(byte * 8)
      }
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let (mixed, word): (UInt32, Int) =
        switch step / 16 {
        case 0: (b & c | ~b & d, step)
        case 1: (d & b | ~d & c, (5 * step + 1) % 16)
        case 2: (b ^ c ^ d, (3 * step + 5) % 16)
        default: (c ^ (b | ~d), 7 * step % 16)
        }
      let sum = a &+ mixed &+ table[step] &+ words[word]
      let shift = shifts[step / 16 * 4 + step % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
  }
}

/// Passwords as Apache's password files keep them.
package enum PasswordHash {
  private static let digits = Array(
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  /// `$apr1$salt$…`: a thousand rounds of MD5 (apr_md5_encode).
  package static func apr1(_ password: String, salt: String) -> String {
    let secret = Array(password.utf8.prefix(256))
    let salt = Array(salt.utf8.prefix(8))
    var text = secret + Array("$apr1$".utf8) + salt
    let inner = MD5.hash(secret + salt + secret)
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
    var sum = MD5.hash(text)
    for round in 0..<1000 {
      var next: [UInt8] = round & 1 == 1 ? secret : sum
      if round % 3 != 0 { next += salt }
      if round % 7 != 0 { next += secret }
      next += round & 1 == 1 ? sum : secret
      sum = MD5.hash(next)
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
