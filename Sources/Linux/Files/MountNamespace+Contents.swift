package import Shell
package import Simulation

extension MountNamespace {
  /// Opens or creates a file, as open(2).
  package func open(
    _ path: String, _ mode: OpenMode, in directory: String = "/", permissions: Int = 0o644,
    _ caller: Caller = .root
  ) throws(HostError) -> any OpenFile {
    var place = try walk(path, in: directory, caller, allowingMissing: mode != .read)
    if mode == .createNew, place.missing == nil {
      if case .device = place.last.inode.kind {} else { throw .exists }
    }
    var isNew = false
    if place.missing != nil {
      place = try create(.file, mode: permissions, at: place, caller)
      isNew = true
    }
    let inode = place.last.inode
    let reads = mode == .read || mode == .readWrite
    let writes = mode != .read
    if inode.isDirectory { if writes { throw .isDirectory } }
    if let profile, reads && profile.forbids("r", place.path) || writes && forbidsWriting(place) {
      throw .permissionDenied
    }
    if !isNew {
      if reads, !inode.allows(.read, caller) { throw .permissionDenied }
      if writes {
        if place.mount.isReadOnly, case .file = inode.kind { throw .readOnly }
        guard inode.allows(.write, caller) else { throw .permissionDenied }
      }
    }
    switch inode.kind {
    case .device(let device): return device.open(timeline)
    case .pipe(let pipe): return pipe.open(reads: reads, writes: writes)
    case .socket: throw .invalidArgument
    case .generatedFile(let read, let write):
      if writes, write == nil { throw .permissionDenied }
      return GeneratedOpening(contents: reads ? read(caller) : [], write: writes ? write : nil)
    case .file where writes:
      let own = try place.owned()
      if mode == .write { try place.mount.fileSystem.truncate(own, to: 0) }
      return FileOpening(
        own, place.mount.fileSystem, place.inside, reads: reads, writes: true,
        appends: mode == .append)
    default:
      return FileOpening(
        inode, place.mount.fileSystem, [], reads: true, writes: false, appends: false)
    }
  }

  /// All bytes of a file.
  package func read(
    _ path: String, in directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) -> [UInt8] {
    let place = try walk(path, in: directory, caller)
    let inode = place.last.inode
    guard inode.allows(.read, caller), profile?.forbids("r", place.path) != true else {
      throw .permissionDenied
    }
    switch inode.kind {
    case .file:
      guard inode.bytes.count <= 256 << 20 else { throw .budget("File too large for drydock") }
      return inode.bytes.all
    case .generatedFile(let read, _): return read(caller)
    case .directory, .generatedDirectory, .passage: throw .isDirectory
    case .device: return []
    default: throw .invalidArgument
    }
  }

  /// A file's text, or nil when it cannot be read.
  package func text(_ path: String, _ caller: Caller = .root) -> String? {
    (try? read(path, caller)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Replaces a file's contents, making it (with `mode`) when missing; directories must exist.
  package func write(
    _ bytes: [UInt8], to path: String, in directory: String = "/", mode: Int = 0o644,
    _ caller: Caller = .root
  ) throws(HostError) {
    var place = try walk(path, in: directory, caller, allowingMissing: true)
    if place.missing != nil { place = try create(.file, mode: mode, at: place, caller) }
    let inode = place.last.inode
    if inode.isDirectory { throw .isDirectory }
    guard inode.allows(.write, caller), !forbidsWriting(place) else { throw .permissionDenied }
    if case .generatedFile(_, let write) = inode.kind {
      guard let write else { throw .permissionDenied }
      return try write(bytes)
    }
    guard case .file = inode.kind else { return }
    let own = try place.owned()
    try place.mount.fileSystem.truncate(own, to: 0)
    try place.mount.fileSystem.write(bytes, to: own, at: 0)
  }

  package func write(
    _ text: String, to path: String, mode: Int = 0o644, _ caller: Caller = .root
  ) throws(HostError) {
    try write(Array(text.utf8), to: path, mode: mode, caller)
  }

  /// Adds to the end of a file, making it when missing.
  package func append(
    _ bytes: [UInt8], to path: String, mode: Int = 0o644
  ) throws(HostError) {
    var place = try walk(path, in: "/", .root, allowingMissing: true)
    if place.missing != nil { place = try create(.file, mode: mode, at: place, .root) }
    guard case .file = place.last.inode.kind else { throw .invalidArgument }
    let own = try place.owned()
    try place.mount.fileSystem.write(bytes, to: own, at: own.bytes.count)
  }

  /// Whether the profile of the processes here keeps them from changing what is there.
  func forbidsWriting(_ place: Place) -> Bool { profile?.forbids("w", place.path) ?? false }

  /// The moment of the machine's clock.
  package var now: Moment { timeline.now }

  /// Writes a file and makes the directories above it, in root's name.
  package func place(_ text: String, at path: String, mode: Int = 0o644) throws(HostError) {
    let parent = Self.plain(path).dropLast().joined(separator: "/")
    try makeDirectories("/" + parent)
    try write(text, to: path, mode: mode)
    try changeMode(path, to: mode)
  }

  package func changeMode(
    _ path: String, to mode: Int, in directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.changeMode)
    let place = try walk(path, in: directory, caller)
    guard caller.user == place.last.inode.owner || caller.capabilities.contains(.fowner) else {
      throw .notPermitted
    }
    let inode = try place.owned()
    inode.mode = mode & 0o7777
    inode.changed = timeline.now.nanoseconds
  }

  package func changeOwner(
    _ path: String, user: Int?, group: Int?, in directory: String = "/",
    followingLinks: Bool = true, _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.changeOwner)
    let place = try walk(path, in: directory, caller, followingLast: followingLinks)
    let old = place.last.inode
    if !caller.capabilities.contains(.chown) {
      guard caller.user == old.owner, user == nil || user == old.owner,
        group.map({ $0 == old.group || caller.belongs(to: $0) }) ?? true
      else { throw .notPermitted }
    }
    let inode = try place.owned()
    if let user { inode.owner = user }
    if let group { inode.group = group }
    inode.changed = timeline.now.nanoseconds
  }

  package func changeTimes(
    _ path: String, modified: Int64?, accessed: Int64?, in directory: String = "/",
    _ caller: Caller = .root
  ) throws(HostError) {
    let place = try walk(path, in: directory, caller)
    guard place.last.inode.allows(.write, caller) || caller.user == place.last.inode.owner,
      !forbidsWriting(place)
    else {
      throw .permissionDenied
    }
    let inode = try place.owned()
    if let modified { inode.modified = modified }
    if let accessed { inode.accessed = accessed }
    inode.changed = timeline.now.nanoseconds
  }

  package func truncate(
    _ path: String, to size: Int, reserving: Bool = false, in directory: String = "/",
    _ caller: Caller = .root
  ) throws(HostError) {
    let place = try walk(path, in: directory, caller)
    guard case .file = place.last.inode.kind else { throw .invalidArgument }
    guard place.last.inode.allows(.write, caller) else { throw .permissionDenied }
    try place.mount.fileSystem.truncate(
      try place.owned(), to: size, reserving: reserving)
  }
}
