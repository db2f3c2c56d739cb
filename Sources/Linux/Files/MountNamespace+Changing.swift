package import Shell

extension MountNamespace {
  /// The directory that is to get or lose a name, changeable, if the caller may write in it.
  private func writableParent(of place: Place, _ caller: Caller) throws(HostError) -> (
    Inode, Mount
  ) {
    guard let parent = place.parent else { throw .busy }
    guard parent.last.inode.isDirectory else { throw .notDirectory }
    if parent.mount.isReadOnly { throw .readOnly }
    if forbidsWriting(place) { throw .permissionDenied }
    guard parent.last.inode.allows(.write, caller), parent.last.inode.allows(.execute, caller)
    else { throw .permissionDenied }
    guard case .directory = parent.last.inode.kind else { throw .notPermitted }
    return (try parent.owned(), parent.mount)
  }

  /// Makes the missing last name of a place.
  func create(
    _ kind: Inode.Kind, mode: Int, at place: Place, _ caller: Caller
  ) throws(HostError) -> Place {
    guard let name = place.missing else { throw .exists }
    let (directory, mount) = try writableParent(of: place, caller)
    var caller = caller
    // A directory with the set-group-id bit hands its group down (fsGroup volumes rely on it).
    if directory.mode & 0o2000 != 0 { caller.group = directory.group }
    var mode = mode
    if case .directory = kind, directory.mode & 0o2000 != 0 { mode |= 0o2000 }
    let inode = try mount.fileSystem.make(kind, mode: mode, caller)
    mount.fileSystem.insert(inode, as: name, into: directory)
    var made = place
    made.missing = nil
    made.steps.append(.init(name: name, inode: inode, mount: mount, point: nil))
    return made
  }

  package func makeDirectory(
    _ path: String, in directory: String = "/", mode: Int = 0o755, _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.makeDirectory)
    let place = try walk(path, in: directory, caller, followingLast: false, allowingMissing: true)
    _ = try create(.directory, mode: mode, at: place, caller)
  }

  /// Makes a directory and those above it that are missing, in root's name.
  package func makeDirectories(_ path: String, mode: Int = 0o755) throws(HostError) {
    if (try? walk(path, in: "/", .root)) != nil { return }
    var made = ""
    for name in Self.plain(path) {
      made += "/" + name
      let place = try walk(made, in: "/", .root, allowingMissing: true)
      if place.missing != nil { _ = try create(.directory, mode: mode, at: place, .root) }
    }
  }

  package func makeLink(
    _ path: String, to target: String, in directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.symbolicLink)
    let place = try walk(path, in: directory, caller, followingLast: false, allowingMissing: true)
    _ = try create(.link(target), mode: 0o777, at: place, caller)
  }

  package func makeHardLink(
    _ path: String, to target: String, in directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.link)
    let old = try walk(target, in: directory, caller, followingLast: false)
    if old.last.inode.isDirectory { throw .notPermitted }
    let place = try walk(path, in: directory, caller, followingLast: false, allowingMissing: true)
    guard let name = place.missing else { throw .exists }
    guard old.mount.device == place.mount.device else { throw .crossDevice }
    let inode = try old.owned()
    let (parent, mount) = try writableParent(of: place, caller)
    inode.links += 1
    mount.fileSystem.insert(inode, as: name, into: parent)
  }

  package func makePipe(
    _ path: String, in directory: String = "/", mode: Int = 0o644, _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.makeNode)
    let place = try walk(path, in: directory, caller, followingLast: false, allowingMissing: true)
    _ = try create(.pipe(Pipe()), mode: mode, at: place, caller)
  }

  /// The name of a server's socket; one that is there already stays.
  package func makeSocket(_ path: String, mode: Int) throws(HostError) {
    guard status(path) == nil else { return }
    let place = try walk(path, in: "/", .root, followingLast: false, allowingMissing: true)
    _ = try create(.socket, mode: mode, at: place, .root)
  }

  package func makeDevice(_ path: String, _ device: Device, mode: Int = 0o666) throws(HostError) {
    let place = try walk(path, in: "/", .root, followingLast: false, allowingMissing: true)
    _ = try create(.device(device), mode: mode, at: place, .root)
  }

  /// Whether the sticky bit keeps the caller from taking a name out of the directory.
  private func checkSticky(_ directory: Inode, _ inode: Inode, _ caller: Caller)
    throws(HostError)
  {
    guard directory.mode & 0o1000 != 0, !caller.capabilities.contains(.fowner) else { return }
    if caller.user != inode.owner, caller.user != directory.owner { throw .notPermitted }
  }

  /// Removes a name: a file, a link, or an empty directory when `isDirectory`.
  package func remove(
    _ path: String, in directory: String = "/", isDirectory: Bool = false, _ caller: Caller = .root
  ) throws(HostError) {
    try check(isDirectory ? CallFilter.removeDirectory : CallFilter.remove)
    let place = try walk(path, in: directory, caller, followingLast: false)
    let inode = place.last.inode
    if place.isMountPoint { throw .busy }
    let (parent, mount) = try writableParent(of: place, caller)
    try checkSticky(parent, inode, caller)
    if isDirectory {
      guard inode.isDirectory else { throw .notDirectory }
      guard inode.entries.isEmpty, place.last.point?.isEmpty ?? true else { throw .notEmpty }
    } else if inode.isDirectory {
      throw .isDirectory
    }
    mount.fileSystem.remove(place.name, from: parent)
  }

  /// Removes whatever is at a path with all below it, in root's name; nothing there is fine.
  package func removeAll(_ path: String) throws(HostError) {
    guard let place = try? walk(path, in: "/", .root, followingLast: false) else { return }
    let (parent, mount) = try writableParent(of: place, .root)
    mount.fileSystem.remove(place.name, from: parent)
  }

  package func rename(
    _ path: String, to target: String, in directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) {
    try check(CallFilter.rename)
    let old = try walk(path, in: directory, caller, followingLast: false)
    let new = try walk(target, in: directory, caller, followingLast: false, allowingMissing: true)
    if old.isMountPoint || new.isMountPoint { throw .busy }
    guard let newParent = new.parent else { throw .busy }
    guard old.mount.device == newParent.mount.device else { throw .crossDevice }
    if newParent.path == old.path || newParent.path.hasPrefix(old.path + "/") {
      throw .invalidArgument
    }
    let (from, mount) = try writableParent(of: old, caller)
    try checkSticky(from, old.last.inode, caller)
    if let existing = new.inode {
      if existing === old.last.inode { return }
      if existing.isDirectory {
        guard old.last.inode.isDirectory else { throw .isDirectory }
        guard existing.entries.isEmpty else { throw .notEmpty }
      } else if old.last.inode.isDirectory {
        throw .notDirectory
      }
    }
    let (to, _) = try writableParent(of: new, caller)
    if let existing = new.inode {
      try checkSticky(to, existing, caller)
      mount.fileSystem.remove(new.name, from: to)
    }
    mount.fileSystem.detach(old.name, from: from)
    mount.fileSystem.insert(old.last.inode, as: new.name, into: to)
  }
}
