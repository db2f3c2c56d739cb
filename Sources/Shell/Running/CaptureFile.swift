/// The writing end of `$( )`: keeps what is written, up to a limit.
final class CaptureFile: OpenFile {
  private var bytes: [UInt8] = []
  private let limit: Int
  private(set) var references = 1

  init(limit: Int) { self.limit = limit }

  /// All that was written, without null bytes and the newlines at the end.
  var text: String {
    var end = bytes.count
    while end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    let kept = bytes[..<end]
    if kept.contains(0) { return String(decoding: kept.filter { $0 != 0 }, as: UTF8.self) }
    return String(decoding: kept, as: UTF8.self)
  }

  var isTerminal: Bool { false }
  func retain() { references += 1 }
  func release() { references -= 1 }
  func read(upTo count: Int) async throws -> [UInt8] { throw HostError.badDescriptor }

  func write(_ more: [UInt8]) async throws {
    guard bytes.count + more.count <= limit else {
      throw HostError.budget("command substitution: output exceeds \(limit) bytes")
    }
    bytes += more
  }
}

/// A here-document's or here-string's text as a file to read.
final class TextFile: OpenFile {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isTerminal: Bool { false }
  func retain() {}
  func release() {}
  func write(_ bytes: [UInt8]) async throws { throw HostError.badDescriptor }

  func read(upTo count: Int) async throws -> [UInt8] {
    let end = min(bytes.count, position + max(0, count))
    defer { position = end }
    return Array(bytes[position..<end])
  }

  func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    let limit = min(bytes.count, position + max(0, count))
    let end = bytes[position..<limit].firstIndex(of: delimiter).map { $0 + 1 } ?? limit
    defer { position = end }
    return Array(bytes[position..<end])
  }
}
