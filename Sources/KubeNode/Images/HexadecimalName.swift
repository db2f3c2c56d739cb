package import Simulation

/// Long random-looking names such as container ids, drawn from a seed.
package enum HexadecimalName {
  package static func random(_ length: Int, seed: UInt64) -> String {
    var random = SeededRandom(seed: seed)
    return make(length, &random)
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
