package import Shell

extension MountNamespace {
  /// Follows a path. With `allowingMissing` the last name need not exist.
  package func walk(
    _ path: String, in directory: String, _ caller: Caller, followingLast: Bool = true,
    allowingMissing: Bool = false
  ) throws(HostError) -> Place {
    awaken()
    guard path.utf8.count <= 4096 else { throw .nameTooLong }
    guard !path.isEmpty else { throw .notFound }
    guard let mount = top.mount, let root = mount.root else { throw .notFound }
    let start = Place.Step(name: "", inode: root, mount: mount, point: top)
    var steps = [start]
    // Names still to go, the next one last.
    var open = Array(Self.plain(path).reversed())
    if !path.hasPrefix("/") { open += Self.plain(directory).reversed() }
    let mustBeDirectory = path.hasSuffix("/") || path.hasSuffix("/.")
    var links = 0
    while let name = open.popLast() {
      guard let here = steps.last else { throw .notFound }
      if name == ".." {
        if steps.count > 1 { steps.removeLast() }
        continue
      }
      guard here.inode.isDirectory else { throw .notDirectory }
      guard here.inode.allows(.execute, caller) else { throw .permissionDenied }
      guard name.utf8.count <= 255 else { throw .nameTooLong }
      let point = here.point?.children[name]
      let isLast = open.isEmpty
      if let mount = point?.mount {
        guard let root = mount.root else { throw .notFound }
        steps.append(.init(name: name, inode: root, mount: mount, point: point))
        continue
      }
      guard let inode = here.inode.child(name, caller) else {
        if isLast, allowingMissing { return Place(steps: steps, missing: name) }
        throw .notFound
      }
      if case .passage(let other) = inode.kind {
        guard let there = other?.top, let mount = there.mount, let root = mount.root else {
          throw .permissionDenied
        }
        steps.append(.init(name: name, inode: root, mount: mount, point: there))
        continue
      }
      if case .link(let target) = inode.kind, !isLast || followingLast || mustBeDirectory {
        links += 1
        guard links <= 40, open.count < 4096 else { throw .tooManyLinks }
        if target.hasPrefix("/") { steps = [start] }
        open += Self.plain(target).reversed()
        continue
      }
      steps.append(.init(name: name, inode: inode, mount: here.mount, point: point))
    }
    let place = Place(steps: steps, missing: nil)
    if mustBeDirectory, !place.last.inode.isDirectory { throw .notDirectory }
    return place
  }

  /// What is at a path, or nil.
  package func status(
    _ path: String, in directory: String = "/", _ caller: Caller = .root,
    followingLinks: Bool = true
  ) -> FileStatus? {
    let place = try? walk(path, in: directory, caller, followingLast: followingLinks)
    return place.map(status)
  }

  package func status(of place: Place) -> FileStatus {
    let inode = place.last.inode
    return FileStatus(
      kind: inode.statusKind, size: inode.size, mode: inode.mode, owner: inode.owner,
      group: inode.group, modified: inode.modified,
      identity: place.mount.device << 40 | inode.identity)
  }

  /// The names in a directory, sorted by bytes.
  package func names(
    in path: String, of directory: String = "/", _ caller: Caller = .root
  ) throws(HostError) -> [String] {
    let place = try walk(path, in: directory, caller)
    guard place.last.inode.isDirectory else { throw .notDirectory }
    guard place.last.inode.allows(.read, caller) else { throw .permissionDenied }
    guard let children = place.last.point?.children else { return place.last.inode.names }
    let mounted = children.filter { $0.value.mount != nil }.keys
    return mounted.isEmpty
      ? place.last.inode.names : Set(place.last.inode.names).union(mounted).sorted()
  }

  /// `directory` joined with `path`, made plain; links resolved when `physically`.
  package func canonical(
    _ path: String, in directory: String, _ caller: Caller, physically: Bool
  ) throws(HostError) -> String {
    if physically { return try walk(path, in: directory, caller).path }
    var names: [String] = path.hasPrefix("/") ? [] : Self.plain(directory)
    for name in Self.plain(path) {
      if name == ".." { _ = names.popLast() } else { names.append(name) }
    }
    return "/" + names.joined(separator: "/")
  }

  package func may(
    _ access: Access, _ path: String, in directory: String, _ caller: Caller
  ) -> Bool {
    guard let place = try? walk(path, in: directory, caller) else { return false }
    if access == .write, place.mount.isReadOnly || forbidsWriting(place) { return false }
    return place.last.inode.allows(access, caller)
  }
}
