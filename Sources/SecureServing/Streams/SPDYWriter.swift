/// Writes the frames of SPDY/3.1 that a server of Kubernetes' streams needs.
struct SPDYWriter {
  private var hasReplied = false

  /// Accepts a stream that the client opened.
  mutating func reply(stream: UInt32) -> [UInt8] {
    // No headers, as a stored block of the one zlib stream, whose mark comes first. An empty block
    // flushes it: Go's reader hands out no block before the next one begins.
    let block: [UInt8] =
      (hasReplied ? [] : [0x78, 0x01]) + [0, 4, 0, 0xFB, 0xFF, 0, 0, 0, 0]
      + [0, 0, 0, 0xFF, 0xFF]
    hasReplied = true
    return Self.control(2, Self.four(stream) + block)
  }

  static func data(stream: UInt32, _ bytes: some Collection<UInt8>, isLast: Bool) -> [UInt8] {
    four(stream & 0x7FFF_FFFF) + [isLast ? 1 : 0] + three(bytes.count) + bytes
  }

  static func ping(_ number: UInt32) -> [UInt8] { control(6, four(number)) }

  /// Refuses or gives up a stream; 5 says that it is no longer wanted.
  static func reset(stream: UInt32) -> [UInt8] { control(3, four(stream) + four(5)) }

  private static func control(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    [0x80, 3, 0, type, 0] + three(body.count) + body
  }

  private static func four(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func three(_ number: Int) -> [UInt8] {
    [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
