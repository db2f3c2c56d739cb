package import Shell

/// One file, directory, link, pipe or device, whatever names lead to it.
package final class Inode {
  /// What stands behind the name.
  package enum Kind {
    case file
    case directory
    case link(String)
    case pipe(Pipe)
    case device(Device)
    case socket
    /// A file whose contents are made at every opening; nil `write` means that nobody may write.
    case generatedFile(read: (Caller) -> [UInt8], write: (([UInt8]) throws(HostError) -> Void)?)
    /// A directory whose names are found at every look.
    case generatedDirectory(names: () -> [String], find: (String, Caller) -> Inode?)
    /// The root of another machine's files, as /proc shows it; nil: closed to who asked.
    case passage(MountNamespace?)
  }

  package let kind: Kind
  package let identity: UInt64
  /// Permission bits, set-id and sticky bits included.
  package internal(set) var mode: Int
  package internal(set) var owner: Int
  package internal(set) var group: Int
  /// Nanoseconds since the epoch.
  package internal(set) var modified: Int64
  package internal(set) var accessed: Int64
  package internal(set) var changed: Int64
  package internal(set) var links = 1
  package internal(set) var bytes: FileBytes
  /// Bytes of them that were never written and take no space.
  var holes = 0
  package internal(set) var entries: [String: Inode]
  /// Which file system may change it in place; every other one makes its own copy first.
  var holder: Holder?

  /// The right to change an inode in place.
  final class Holder {}

  init(
    _ kind: Kind, identity: UInt64, mode: Int, owner: Int = 0, group: Int = 0, moment: Int64 = 0,
    bytes: FileBytes = FileBytes(), entries: [String: Inode] = [:], holder: Holder? = nil
  ) {
    self.kind = kind
    self.identity = identity
    self.mode = mode
    self.owner = owner
    self.group = group
    self.bytes = bytes
    self.entries = entries
    self.holder = holder
    modified = moment
    accessed = moment
    changed = moment
  }

  /// A file for a generated directory.
  package static func generated(
    mode: Int = 0o444, owner: Int = 0, group: Int = 0, identity: UInt64 = 1,
    _ read: @escaping (Caller) -> [UInt8]
  ) -> Inode {
    Inode(
      .generatedFile(read: read, write: nil), identity: identity, mode: mode, owner: owner,
      group: group)
  }

  /// A directory whose names are found at every look.
  package static func generatedDirectory(
    identity: UInt64 = 1, names: @escaping () -> [String],
    find: @escaping (String) -> Inode?
  ) -> Inode {
    Inode(
      .generatedDirectory(names: names, find: { name, _ in find(name) }), identity: identity,
      mode: 0o755)
  }

  /// A symbolic link for a generated directory.
  package static func generatedLink(to target: String, identity: UInt64 = 1) -> Inode {
    Inode(.link(target), identity: identity, mode: 0o777)
  }

  func copy(for holder: Holder) -> Inode {
    let copy = Inode(
      kind, identity: identity, mode: mode, owner: owner, group: group, moment: modified,
      bytes: bytes, entries: entries, holder: holder)
    copy.accessed = accessed
    copy.changed = changed
    return copy
  }

  package var isDirectory: Bool {
    switch kind {
    case .directory, .generatedDirectory, .passage: true
    default: false
    }
  }

  package var statusKind: FileStatus.Kind {
    switch kind {
    case .file, .generatedFile: .file
    case .directory, .generatedDirectory, .passage: .directory
    case .link: .link
    case .pipe: .pipe
    case .device: .characterDevice
    case .socket: .socket
    }
  }

  package var size: Int {
    switch kind {
    case .file: bytes.count
    case .directory: 4096
    case .link(let target): target.utf8.count
    default: 0
    }
  }

  func child(_ name: String, _ caller: Caller) -> Inode? {
    switch kind {
    case .directory: entries[name]
    case .generatedDirectory(_, let find): find(name, caller)
    default: nil
    }
  }

  /// The names in a directory, sorted by bytes.
  package var names: [String] {
    switch kind {
    case .directory: entries.keys.sorted()
    case .generatedDirectory(let names, _): names()
    default: []
    }
  }

  func allows(_ access: Access, _ caller: Caller) -> Bool {
    let bit =
      switch access {
      case .read: 4
      case .write: 2
      case .execute: 1
      }
    if caller.capabilities.contains(.dacOverride) {
      return access != .execute || isDirectory || mode & 0o111 != 0
    }
    if caller.user == owner { return mode >> 6 & bit != 0 }
    if caller.belongs(to: group) { return mode >> 3 & bit != 0 }
    return mode & bit != 0
  }
}
