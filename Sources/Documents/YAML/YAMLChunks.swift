/// The parts of a text between lines that begin with `---`, as kubectl's line reader cuts them.
struct YAMLChunks: Sequence, IteratorProtocol {
  struct Chunk {
    var range: Range<Int>
    var line: Int
    var problem: Problem?
  }

  private let bytes: [UInt8]
  private var offset: Int
  private var line: Int

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    offset = start
    line = 1 + bytes[..<start].count { $0 == UInt8(ascii: "\n") }
  }

  mutating func next() -> Chunk? {
    let start = offset
    let firstLine = line
    while offset < bytes.count {
      let lineStart = offset
      let end = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      offset = Swift.min(end + 1, bytes.count)
      line += 1
      guard bytes[lineStart..<end].starts(with: "---".utf8) else { continue }
      let rest = bytes[(lineStart + 3)..<end].drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
      if let first = rest.first, first != UInt8(ascii: "#") {
        var text = String(decoding: rest, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        let problem = Problem(
          "invalid Yaml document separator: \(text)", line: line - 1, column: 4)
        return Chunk(range: lineStart..<end, line: line - 1, problem: problem)
      }
      // A separator at the very beginning belongs to the document that it opens.
      if lineStart > start { return Chunk(range: start..<lineStart, line: firstLine) }
    }
    return start < bytes.count ? Chunk(range: start..<bytes.count, line: firstLine) : nil
  }
}
