import Shell

/// A file, directory or link of the toy machine.
final class ToyNode {
  enum Content {
    case bytes([UInt8])
    case directory([String: ToyNode])
    case link(String)
    case null
  }
  var content: Content
  var mode: Int
  let number: UInt64

  init(_ content: Content, mode: Int, number: UInt64) {
    self.content = content
    self.mode = mode
    self.number = number
  }
}

/// An open file of the toy machine.
final class ToyOpenFile: OpenFile {
  private let node: ToyNode
  private let mode: OpenMode
  private var position = 0
  var isTerminal: Bool { false }

  init(_ node: ToyNode, _ mode: OpenMode) {
    self.node = node
    self.mode = mode
  }

  func retain() {}
  func release() {}

  func read(upTo count: Int) async throws -> [UInt8] {
    guard case .bytes(let bytes) = node.content else { return [] }
    if mode == .write || mode == .append { throw HostError.badDescriptor }
    let end = min(bytes.count, position + count)
    guard position < end else { return [] }
    defer { position = end }
    return Array(bytes[position..<end])
  }

  func write(_ more: [UInt8]) async throws {
    if mode == .read { throw HostError.badDescriptor }
    guard case .bytes(var bytes) = node.content else { return }
    node.content = .null
    if mode == .append { position = bytes.count }
    let overlap = min(bytes.count, position + more.count)
    if position < overlap {
      bytes.replaceSubrange(position..<overlap, with: more.prefix(overlap - position))
    }
    bytes += more.dropFirst(max(0, overlap - position))
    position += more.count
    node.content = .bytes(bytes)
  }
}

/// A pipe with its two ends.
final class ToyPipe {
  private var bytes: [UInt8] = []
  private let gate = ToyGate()
  fileprivate var readers = 1
  fileprivate var writers = 1
  static let room = 65536

  final class End: OpenFile {
    private let pipe: ToyPipe
    private let isReader: Bool
    var isTerminal: Bool { false }

    init(_ pipe: ToyPipe, isReader: Bool) {
      self.pipe = pipe
      self.isReader = isReader
    }

    func retain() { if isReader { pipe.readers += 1 } else { pipe.writers += 1 } }

    func release() {
      if isReader { pipe.readers -= 1 } else { pipe.writers -= 1 }
      pipe.gate.open()
    }

    func read(upTo count: Int) async throws -> [UInt8] {
      while pipe.bytes.isEmpty, pipe.writers > 0 { await pipe.gate.wait() }
      let taken = Array(pipe.bytes.prefix(count))
      pipe.bytes.removeFirst(taken.count)
      pipe.gate.open()
      return taken
    }

    func write(_ bytes: [UInt8]) async throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        guard pipe.readers > 0 else { throw HostError.brokenPipe }
        let free = ToyPipe.room - pipe.bytes.count
        guard free > 0 else {
          await pipe.gate.wait()
          continue
        }
        pipe.bytes += rest.prefix(free)
        rest = rest.dropFirst(free)
        pipe.gate.open()
      }
    }
  }
}

/// Where a test's output goes.
final class ToyOutput: OpenFile {
  private(set) var bytes: [UInt8] = []
  var isTerminal: Bool { false }
  func retain() {}
  func release() {}
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ more: [UInt8]) async throws {
    bytes += more
    if bytes.count > 8 << 20 { throw HostError.budget("output exceeds the budget") }
  }
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
