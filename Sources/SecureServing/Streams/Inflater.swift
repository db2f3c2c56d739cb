import CZlib

/// One side of a zlib stream being read, piece by piece, against a dictionary.
final class Inflater {
  private var stream = z_stream()
  private let dictionary: [UInt8]
  private var isBroken: Bool

  /// More than this of one piece is not honest.
  private static let pieceLimit = 1 << 18

  init(dictionary: [UInt8]) {
    self.dictionary = dictionary
    isBroken =
      inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) != Z_OK
  }

  deinit { inflateEnd(&stream) }

  /// What the next piece holds; nil when the stream is broken.
  func inflate(_ piece: [UInt8]) -> [UInt8]? {
    guard !isBroken else { return nil }
    var input = piece
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let isWhole = input.withUnsafeMutableBufferPointer { source -> Bool in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(truncatingIfNeeded: source.count)
      while true {
        let (code, count) = step(&buffer)
        if code == Z_NEED_DICT {
          guard supplyDictionary() else { return false }
          continue
        }
        guard code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END else { return false }
        output += buffer[..<count]
        if output.count > Self.pieceLimit { return false }
        if count < buffer.count { return true }
      }
    }
    stream.next_in = nil
    isBroken = !isWhole
    return isWhole ? output : nil
  }

  private func step(_ buffer: inout [UInt8]) -> (code: Int32, count: Int) {
    buffer.withUnsafeMutableBufferPointer { target in
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(truncatingIfNeeded: target.count)
      let code = CZlib.inflate(&stream, Z_SYNC_FLUSH)
      return (code, target.count - Int(stream.avail_out))
    }
  }

  private func supplyDictionary() -> Bool {
    dictionary.withUnsafeBufferPointer {
      inflateSetDictionary(&stream, $0.baseAddress, UInt32(truncatingIfNeeded: $0.count)) == Z_OK
    }
  }
}
