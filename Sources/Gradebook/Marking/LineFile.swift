import Foundation

/// A file of lines, read piece by piece, so that its size does not matter.
struct LineFile {
  let path: String

  /// Calls `body` for each line, without its end, and where it stands.
  func read(_ body: ([UInt8], Range<UInt64>) throws -> Void) throws {
    let handle = try open()
    defer { try? handle.close() }
    var rest: [UInt8] = []
    var offset: UInt64 = 0
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      rest += piece
      var start = 0
      while let end = rest[start...].firstIndex(of: 0x0A) {
        try body(Array(rest[start..<end]), offset..<offset + UInt64(end - start))
        offset += UInt64(end - start + 1)
        start = end + 1
      }
      rest.removeFirst(start)
    }
    if !rest.isEmpty { try body(rest, offset..<offset + UInt64(rest.count)) }
  }

  /// The bytes at given places.
  func lines(_ places: [Range<UInt64>]) throws -> [[UInt8]] {
    let handle = try open()
    defer { try? handle.close() }
    return try places.map { place in
      try handle.seek(toOffset: place.lowerBound)
      return Array(try handle.read(upToCount: place.count) ?? Data())
    }
  }

  private func open() throws -> FileHandle {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw PackError("cannot read \(path)")
    }
    return handle
  }
}

/// A file being written from its beginning.
final class FileWriter {
  private let handle: FileHandle
  private var waiting: [UInt8] = []

  init(_ path: String) throws(PackError) {
    let url = URL(filePath: path)
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw PackError("cannot write \(path)") }
    self.handle = handle
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    waiting += bytes
    if waiting.count > 1 << 16 { try flush() }
  }

  private func flush() throws {
    try handle.write(contentsOf: Data(waiting))
    waiting.removeAll(keepingCapacity: true)
  }

  func close() throws {
    try flush()
    try handle.close()
  }
}
