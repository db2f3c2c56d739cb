/// Message digests, as `sha256sum` and its kin print them.
package enum Checksum: String, CaseIterable, Sendable {
  case md5, sha1, sha224, sha256, sha384, sha512
  case blake2b = "BLAKE2b"

  package func hex(_ bytes: [UInt8]) -> String {
    digest(bytes).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  package func digest(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .blake2b: BLAKE2b.digest(bytes)
    case .md5: MD5.digest(bytes)
    case .sha1: SHA1.digest(bytes)
    case .sha224: Array(SHA256.digest(bytes, start: SHA256.short).prefix(28))
    case .sha256: SHA256.digest(bytes, start: SHA256.standard)
    case .sha384: Array(SHA512.digest(bytes, start: SHA512.short).prefix(48))
    case .sha512: SHA512.digest(bytes, start: SHA512.standard)
    }
  }

  /// A message with the padding of RFC 1321 and FIPS 180: a one, zeros, and the length in bits.
  fileprivate static func padded(
    _ bytes: [UInt8], block: Int, lengthBytes: Int, isLittle: Bool = false
  ) -> [UInt8] {
    var out = bytes
    out.append(0x80)
    while out.count % block != block - lengthBytes { out.append(0) }
    var length = [UInt8](repeating: 0, count: lengthBytes)
    var rest = UInt64(bytes.count) &* 8
    for index in 0..<8 {
      length[isLittle ? index : lengthBytes - 1 - index] = UInt8(rest & 0xFF)
      rest >>= 8
    }
    return out + length
  }

  /// The first 32 or 64 bits of the fractional parts of square or cube roots of primes are the
  /// constants of SHA-2; computing them is shorter than writing them down.
  fileprivate static let primes: [UInt64] = {
    var found: [UInt64] = []
    var candidate: UInt64 = 2
    while found.count < 80 {
      if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }()

  /// floor(2^64 · frac(p^(1/n))), by bisection over 128-bit products.
  fileprivate static func root(_ prime: UInt64, _ power: Int) -> UInt64 {
    var whole: UInt64 = 1
    while (0..<power).reduce(UInt64(1), { value, _ in value * (whole + 1) }) <= prime { whole += 1 }
    var fraction: UInt64 = 0
    for bit in (0..<64).reversed() {
      let candidate = fraction | 1 << UInt64(bit)
      if isAtMost(whole, candidate, power, prime) { fraction = candidate }
    }
    return fraction
  }

  /// Whether (whole + fraction / 2^64)^power ≤ prime, in limbs of 64 bits.
  private static func isAtMost(
    _ whole: UInt64, _ fraction: UInt64, _ power: Int, _ prime: UInt64
  ) -> Bool {
    var product: [UInt64] = [1]
    for _ in 0..<power {
      var next = [UInt64](repeating: 0, count: product.count + 2)
      for (row, digit) in product.enumerated() {
        var carry: UInt64 = 0
        for (column, other) in [fraction, whole].enumerated() {
          let full = digit.multipliedFullWidth(by: other)
          let (first, over) = next[row + column].addingReportingOverflow(full.low)
          let (second, again) = first.addingReportingOverflow(carry)
          next[row + column] = second
          carry = full.high &+ (over ? 1 : 0) &+ (again ? 1 : 0)
        }
        next[row + 2] = next[row + 2] &+ carry
      }
      product = next
    }
    // The whole part stands above `power` limbs of fraction.
    let above = product.dropFirst(power)
    let isLarge = above.dropFirst().contains { $0 != 0 }
    return !isLarge && (above.first ?? 0) < prime
  }
}

private enum MD5 {
  private static let shifts: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]
  // floor(2^32 · |sin(i + 1)|)
  private static let sines: [UInt32] = [
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

  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    let message = Checksum.padded(bytes, block: 64, lengthBytes: 8, isLittle: true)
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
      let words = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) {
          $0 | UInt32(message[start + word * 4 + $1]) << UInt32(8 * $1)
        }
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for round in 0..<64 {
        let mixed: UInt32
        let word: Int
        switch round / 16 {
        case 0: (mixed, word) = ((b & c) | (~b & d), round)
        case 1: (mixed, word) = ((d & b) | (~d & c), (5 * round + 1) % 16)
        case 2: (mixed, word) = (b ^ c ^ d, (3 * round + 5) % 16)
        default: (mixed, word) = (c ^ (b | ~d), (7 * round) % 16)
        }
        let sum = a &+ mixed &+ sines[round] &+ words[word]
        let shift = shifts[round / 16 * 4 + round % 4]
        (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
      }
      state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
    }
    return state.flatMap { word in (0..<4).map { UInt8(word >> UInt32(8 * $0) & 0xFF) } }
  }
}

private enum SHA1 {
  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    let message = Checksum.padded(bytes, block: 64, lengthBytes: 8)
    var state: [UInt32] = [
      0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0,
    ]
    for start in stride(from: 0, to: message.count, by: 64) {
      var words = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(message[start + word * 4 + $1]) }
      }
      for index in 16..<80 {
        let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
        words.append(mixed << 1 | mixed >> 31)
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for round in 0..<80 {
        let (mixed, constant): (UInt32, UInt32) =
          switch round / 20 {
          case 0: ((b & c) | (~b & d), 0x5a82_7999)
          case 1: (b ^ c ^ d, 0x6ed9_eba1)
          case 2: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
          default: (b ^ c ^ d, 0xca62_c1d6)
          }
        let sum = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ words[round]
        (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, sum)
      }
      state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
    }
    return state.flatMap { word in (0..<4).map { UInt8(word >> UInt32(24 - 8 * $0) & 0xFF) } }
  }
}

private enum SHA256 {
  static let standard = Checksum.primes.prefix(8).map { UInt32(Checksum.root($0, 2) >> 32) }
  static let short = Checksum.primes[8..<16].map {
    UInt32(truncatingIfNeeded: Checksum.root($0, 2))
  }
  private static let constants = Checksum.primes.prefix(64).map {
    UInt32(Checksum.root($0, 3) >> 32)
  }

  static func digest(_ bytes: [UInt8], start state: [UInt32]) -> [UInt8] {
    let message = Checksum.padded(bytes, block: 64, lengthBytes: 8)
    var state = state
    func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
    for start in stride(from: 0, to: message.count, by: 64) {
      var words = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(message[start + word * 4 + $1]) }
      }
      for index in 16..<64 {
        let (near, far) = (words[index - 15], words[index - 2])
        let first = turned(near, 7) ^ turned(near, 18) ^ near >> 3
        let second = turned(far, 17) ^ turned(far, 19) ^ far >> 10
        words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
      }
      var now = state
      for round in 0..<64 {
        let (a, b, c, e) = (now[0], now[1], now[2], now[4])
        let upper = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
        let choice = (e & now[5]) ^ (~e & now[6])
        let first = now[7] &+ upper &+ choice &+ constants[round] &+ words[round]
        let lower = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
        let majority = (a & b) ^ (a & c) ^ (b & c)
        now = [first &+ lower &+ majority, a, b, c, now[3] &+ first, e, now[5], now[6]]
      }
      state = zip(state, now).map { $0 &+ $1 }
    }
    return state.flatMap { word in (0..<4).map { UInt8(word >> UInt32(24 - 8 * $0) & 0xFF) } }
  }
}

private enum SHA512 {
  static let standard = Checksum.primes.prefix(8).map { Checksum.root($0, 2) }
  static let short = Checksum.primes[8..<16].map { Checksum.root($0, 2) }
  private static let constants = Checksum.primes.map { Checksum.root($0, 3) }

  static func digest(_ bytes: [UInt8], start state: [UInt64]) -> [UInt8] {
    let message = Checksum.padded(bytes, block: 128, lengthBytes: 16)
    var state = state
    func turned(_ word: UInt64, _ count: UInt64) -> UInt64 { word >> count | word << (64 - count) }
    for start in stride(from: 0, to: message.count, by: 128) {
      var words = (0..<16).map { word in
        (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(message[start + word * 8 + $1]) }
      }
      for index in 16..<80 {
        let (near, far) = (words[index - 15], words[index - 2])
        let first = turned(near, 1) ^ turned(near, 8) ^ near >> 7
        let second = turned(far, 19) ^ turned(far, 61) ^ far >> 6
        words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
      }
      var now = state
      for round in 0..<80 {
        let (a, b, c, e) = (now[0], now[1], now[2], now[4])
        let upper = turned(e, 14) ^ turned(e, 18) ^ turned(e, 41)
        let choice = (e & now[5]) ^ (~e & now[6])
        let first = now[7] &+ upper &+ choice &+ constants[round] &+ words[round]
        let lower = turned(a, 28) ^ turned(a, 34) ^ turned(a, 39)
        let majority = (a & b) ^ (a & c) ^ (b & c)
        now = [first &+ lower &+ majority, a, b, c, now[3] &+ first, e, now[5], now[6]]
      }
      state = zip(state, now).map { $0 &+ $1 }
    }
    return state.flatMap { word in (0..<8).map { UInt8(word >> UInt64(56 - 8 * $0) & 0xFF) } }
  }
}
