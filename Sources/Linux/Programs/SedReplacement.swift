import Shell

/// The right-hand side of a substitution.
enum SedReplacement {
  static func append(
    _ parts: [SedCommand.Replacement], _ match: RegularExpression.Match, _ space: [UInt8],
    to result: inout [UInt8]
  ) {
    var all: UInt8 = 0
    var next: UInt8 = 0
    func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes {
        var byte = byte
        if next != 0 {
          byte = next == UInt8(ascii: "u") ? byte.raised : byte.lowered
          next = 0
        } else if all == UInt8(ascii: "U") {
          byte = byte.raised
        } else if all == UInt8(ascii: "L") {
          byte = byte.lowered
        }
        result.append(byte)
      }
    }
    for part in parts {
      switch part {
      case .bytes(let bytes): add(bytes)
      case .group(let number):
        if number < match.groups.count, let range = match.groups[number] { add(space[range]) }
      case .letterCase(let letter):
        if letter == UInt8(ascii: "u") || letter == UInt8(ascii: "l") {
          next = letter
        } else {
          all = letter == UInt8(ascii: "E") ? 0 : letter
        }
      }
    }
  }
}

/// Lines of several files one after another, knowing which is the last.
final class LineSource {
  private var files: [any OpenFile]
  private let process: Process
  private let separator: UInt8
  private var reader: LineReader?
  private var chunk: [UInt8] = []
  private var start = 0

  init(_ files: [any OpenFile], _ process: Process, _ separator: UInt8) {
    self.files = files.reversed()
    self.process = process
    self.separator = separator
  }

  /// Whether output should appear as soon as a line is done: nothing more is at hand.
  var isInteractive: Bool { start >= chunk.count }

  private func fill() async throws -> Bool {
    while start >= chunk.count {
      if reader == nil {
        guard let file = files.popLast() else { return false }
        reader = LineReader(file, process, separator: separator)
      }
      if let more = try await reader?.next() {
        chunk = more
        start = 0
      } else {
        reader = nil
      }
    }
    return true
  }

  func isAtEnd() async throws -> Bool { try await !fill() }

  /// The next line without its newline, and whether it has none.
  func next() async throws -> ([UInt8], lacksNewline: Bool)? {
    guard try await fill() else { return nil }
    let end = chunk[start...].firstIndex(of: separator)
    let line = Array(chunk[start..<(end ?? chunk.count)])
    start = (end ?? chunk.count) + 1
    return (line, end == nil)
  }
}
