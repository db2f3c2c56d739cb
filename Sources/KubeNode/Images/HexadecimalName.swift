package import Simulation

/// Long random-looking names such as container ids, drawn from a seed.
package enum HexadecimalName {
  package static func random(_ length: Int, seed: UInt64) -> String {
    var random = SeededRandom(seed: seed)
    return make(length, &random)
  }

  /// A UUID that is a name's own.
  package static func uuid(for name: String) -> String {
    let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let text = random(32, seed: hash)
    var parts: [Substring] = []
    var rest = text[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }

  package static func make(_ length: Int, _ random: inout SeededRandom) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    while out.count < length {
      var bits = random.next()
      for _ in 0..<min(16, length - out.count) {
        out.append(digits[Int(bits & 15)])
        bits >>= 4
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
