/// RFC 7693's BLAKE2b without a key, of 64 bytes.
enum BLAKE2b {
  private static let start: [UInt64] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]
  /// In which order each round takes the words of a block.
  private static let orders: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ]
  /// The four words that each of a round's eight steps mixes: columns, then diagonals.
  private static let places: [(Int, Int, Int, Int)] = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12),
    (2, 7, 8, 13), (3, 4, 9, 14),
  ]

  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var state = start
    // The parameter block: 64 bytes out, no key, a tree of one leaf.
    state[0] ^= 0x0101_0040
    var done = 0
    repeat {
      let end = min(done + 128, bytes.count)
      let block =
        Array(bytes[done..<end]) + [UInt8](repeating: 0, count: 128 - (end - done))
      done = end
      mix(block, into: &state, count: UInt64(done), isLast: done == bytes.count)
    } while done < bytes.count
    return state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private static func mix(
    _ block: [UInt8], into state: inout [UInt64], count: UInt64, isLast: Bool
  ) {
    let words: [UInt64] = (0..<16).map { word in
      (0..<8).reduce(0) { $0 | UInt64(block[8 * word + $1]) << UInt64(8 * $1) }
    }
    var v = state + start
    v[12] ^= count
    if isLast { v[14] = ~v[14] }
    for round in 0..<12 {
      let order = orders[round % 10]
      for (step, (a, b, c, d)) in places.enumerated() {
        v[a] = v[a] &+ v[b] &+ words[order[2 * step]]
        v[d] = turned(v[d] ^ v[a], 32)
        v[c] = v[c] &+ v[d]
        v[b] = turned(v[b] ^ v[c], 24)
        v[a] = v[a] &+ v[b] &+ words[order[2 * step + 1]]
        v[d] = turned(v[d] ^ v[a], 16)
        v[c] = v[c] &+ v[d]
        v[b] = turned(v[b] ^ v[c], 63)
      }
    }
    for index in 0..<8 { state[index] ^= v[index] ^ v[index + 8] }
  }

  private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    word >> bits | word << (64 - bits)
  }
}
