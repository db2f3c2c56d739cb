import Shell

/// An opened file: where its next read or write goes.
final class FileOpening: OpenFile {
  private(set) var inode: Inode
  private let fileSystem: FileSystem
  private let path: [String]
  private let reads: Bool
  private let writes: Bool
  private let appends: Bool
  private(set) var position = 0
  private var references = 1

  init(
    _ inode: Inode, _ fileSystem: FileSystem, _ path: [String], reads: Bool, writes: Bool,
    appends: Bool
  ) {
    self.inode = inode
    self.fileSystem = fileSystem
    self.path = path
    self.reads = reads
    self.writes = writes
    self.appends = appends
  }

  var isTerminal: Bool { false }

  func read(upTo count: Int) async throws -> [UInt8] {
    guard reads else { throw HostError.badDescriptor }
    if inode.isDirectory { throw HostError.isDirectory }
    let bytes = inode.bytes.read(at: position, upTo: count)
    position += bytes.count
    return bytes
  }

  func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    guard reads else { throw HostError.badDescriptor }
    if inode.isDirectory { throw HostError.isDirectory }
    var found: [UInt8] = []
    while found.count < count {
      let chunk = inode.bytes.read(at: position, upTo: min(512, count - found.count))
      if chunk.isEmpty { break }
      if let end = chunk.firstIndex(of: delimiter) {
        found += chunk[...end]
        position += end + 1
        break
      }
      found += chunk
      position += chunk.count
    }
    return found
  }

  func write(_ bytes: [UInt8]) async throws {
    guard writes else { throw HostError.badDescriptor }
    if !fileSystem.isOwned(inode) { takeOver() }
    if appends { position = inode.bytes.count }
    try fileSystem.write(bytes, to: inode, at: position)
    position += bytes.count
  }

  // A snapshot taken since the opening holds the inode: go on in the file system's own copy, or,
  // for a file removed meanwhile, in one that no name leads to.
  private func takeOver() {
    let named = fileSystem.owned(path)
    inode = named?.identity == inode.identity ? named ?? inode : fileSystem.copy(of: inode)
  }

  func seek(to offset: Int) { position = max(0, offset) }

  func retain() { references += 1 }
  func release() { references -= 1 }
}

/// An opened file whose contents are made by the machine.
final class GeneratedOpening: OpenFile {
  private let contents: [UInt8]
  private let change: (([UInt8]) throws(HostError) -> Void)?
  private var position = 0

  init(contents: [UInt8], write: (([UInt8]) throws(HostError) -> Void)?) {
    self.contents = contents
    change = write
  }

  var isTerminal: Bool { false }

  func read(upTo count: Int) async throws -> [UInt8] {
    let end = min(contents.count, position + max(0, count))
    defer { position = end }
    return Array(contents[position..<end])
  }

  func write(_ bytes: [UInt8]) async throws {
    guard let change else { throw HostError.badDescriptor }
    try change(bytes)
  }

  func retain() {}
  func release() {}
}

/// A file in memory that belongs to no file system: what was written, or what there is to read.
package final class MemoryFile: OpenFile {
  package private(set) var bytes: [UInt8]
  private let limit: Int
  private var position = 0
  /// Called after every write.
  package var onWrite: (([UInt8]) -> Void)?

  package init(_ bytes: [UInt8] = [], limit: Int = 64 << 20) {
    self.bytes = bytes
    self.limit = limit
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }
  package var isTerminal: Bool { false }

  package func read(upTo count: Int) async throws -> [UInt8] {
    let end = min(bytes.count, position + max(0, count))
    defer { position = end }
    return Array(bytes[position..<end])
  }

  package func write(_ new: [UInt8]) async throws {
    guard bytes.count + new.count <= limit else {
      throw HostError.budget("drydock: output stopped after \(limit >> 20) MiB")
    }
    bytes += new
    onWrite?(new)
  }

  /// What was written since the last call.
  package func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  package func retain() {}
  package func release() {}
}
