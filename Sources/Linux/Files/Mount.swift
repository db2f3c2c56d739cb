/// A file system, or a part of one, seen at a path of a machine.
package struct Mount {
  package internal(set) var path: String
  package let fileSystem: FileSystem
  /// The part of the file system that is seen: a directory or a single file.
  package let part: [String]
  package let isReadOnly: Bool
  /// The first word of its line in /proc/mounts.
  package let source: String
  let device: UInt64

  var root: Inode? {
    var inode = fileSystem.root
    for name in part {
      guard let child = inode.child(name, .root) else { return nil }
      inode = child
    }
    return inode
  }
}

/// The mounts below one directory.
final class MountPoint {
  var mount: Mount?
  var children: [String: MountPoint] = [:]

  var isEmpty: Bool { mount == nil && children.isEmpty }

  /// Every mount from here down, sorted by path.
  var all: [Mount] {
    (mount.map { [$0] } ?? [])
      + children.keys.sorted().flatMap { children[$0]?.all ?? [] }
  }
}
