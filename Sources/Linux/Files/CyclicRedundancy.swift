/// The cyclic redundancy check of POSIX's cksum and of bzip2: the polynomial 0x04C11DB7, the highest
/// bit first.
enum CyclicRedundancy {
  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(UInt32(number) << 24) { value, _ in
      value >> 31 == 1 ? 0x04C1_1DB7 ^ (value << 1) : value << 1
    }
  }

  /// The sum that goes on from another one over more bytes.
  static func sum(_ bytes: some Sequence<UInt8>, from start: UInt32) -> UInt32 {
    bytes.reduce(start) { $0 << 8 ^ table[Int(UInt8($0 >> 24) ^ $1)] }
  }
}
