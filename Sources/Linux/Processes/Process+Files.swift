package import Shell

extension Process {
  package var standardInput: any OpenFile { files[0] ?? ClosedFile.only }
  package var standardOutput: any OpenFile { files[1] ?? ClosedFile.only }
  package var standardError: any OpenFile { files[2] ?? ClosedFile.only }

  package func write(_ text: String) async throws { try await write(Array(text.utf8)) }
  package func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await step(1 + bytes.count / 256)
    try charge(bytes.count / 64)
    try await standardOutput.write(bytes)
    trace(write: bytes, to: 1)
  }

  package func writeError(_ text: String) async throws {
    try await standardError.write(Array(text.utf8))
    trace(write: Array(text.utf8), to: 2)
  }

  /// Prints `name: message` and a newline on the standard error.
  package func complain(_ message: String) async throws {
    try await writeError("\(called): \(message)\n")
  }

  /// The same in BusyBox's words where the program is BusyBox's.
  func complain(_ message: String, busyBox: @autoclosure () -> String) async throws {
    try await complain(isBusyBox ? busyBox() : message)
  }

  /// Whether the program is one of BusyBox's applets.
  var isBusyBox: Bool { machine.isBusyBox(called) }

  /// The last part of the name that the program was called by.
  package var called: String { name.split(separator: "/").last.map(String.init) ?? name }

  /// Everything to the end of a file, within the machine's memory budget. `trim` may drop what is
  /// no longer wanted after each part that came.
  package func readAll(
    _ file: any OpenFile, trim: (inout [UInt8]) -> Void = { _ in }
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let chunk = try await file.read(upTo: 1 << 16)
      trace(read: chunk, from: file === files[0] ? 0 : 3)
      if chunk.isEmpty { return bytes }
      bytes += chunk
      try await step(1 + chunk.count / 256)
      trim(&bytes)
      guard bytes.count <= machine.budgets.memory else {
        throw HostError.budget("drydock: input larger than \(machine.budgets.memory >> 20) MiB")
      }
    }
  }

  package func readAll() async throws -> [UInt8] { try await readAll(standardInput) }

  /// One line without its newline, or nil at the end.
  package func readLine(_ file: (any OpenFile)? = nil) async throws -> String? {
    let newline = UInt8(ascii: "\n")
    var bytes = try await (file ?? standardInput).read(through: newline, upTo: 1 << 20)
    if bytes.isEmpty { return nil }
    if bytes.last == newline { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A path as the process means it: absolute, not yet made plain.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : directory == "/" ? "/" + path : directory + "/" + path
  }

  package func open(_ path: String, _ mode: OpenMode = .read) throws(HostError) -> any OpenFile {
    do throws(HostError) {
      let file = try machine.files.open(
        path, mode, in: directory, permissions: 0o666 & ~fileMask, caller)
      trace(open: path, mode, nil)
      machine.tell(opened: path, mode, self)
      return file
    } catch {
      trace(open: path, mode, error)
      throw error
    }
  }

  /// All bytes of a file, `-` being the standard input.
  package func contents(of path: String) async throws -> [UInt8] {
    if path == "-" { return try await readAll() }
    if machine.files.status(path, in: directory, caller)?.kind == .directory {
      throw HostError.isDirectory
    }
    let file = try open(path)
    defer { file.release() }
    return try await readAll(file)
  }

  package func replace(_ path: String, with bytes: [UInt8]) throws(HostError) {
    try machine.files.write(bytes, to: path, in: directory, mode: 0o666 & ~fileMask, caller)
    trace(open: path, .write, nil)
    trace(write: bytes, to: 3)
    machine.tell(opened: path, .write, self)
  }

  package func status(_ path: String, followingLinks: Bool = true) -> FileStatus? {
    machine.files.status(path, in: directory, caller, followingLinks: followingLinks)
  }

  package func names(in path: String) throws(HostError) -> [String] {
    try machine.files.names(in: path, of: directory, caller)
  }

  package func remove(_ path: String, isDirectory: Bool = false) throws(HostError) {
    try machine.files.remove(path, in: directory, isDirectory: isDirectory, caller)
    trace(
      isDirectory ? "rmdir" : "unlinkat",
      isDirectory ? quoted(path) : "AT_FDCWD, \(quoted(path)), 0", "0")
  }

  package func makeDirectory(_ path: String, mode: Int? = nil) throws(HostError) {
    try machine.files.makeDirectory(
      path, in: directory, mode: mode ?? (0o777 & ~fileMask), caller)
    trace("mkdir", "\(quoted(path)), 0777", "0")
  }

  func releaseFiles() {
    for number in files.keys.sorted() { files[number]?.release() }
    files = [:]
  }
}

/// A descriptor that is not open.
final class ClosedFile: OpenFile, Sendable {
  static let only = ClosedFile()
  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { throw HostError.badDescriptor }
  func write(_ bytes: [UInt8]) async throws { throw HostError.badDescriptor }
  func retain() {}
  func release() {}
}
