import Shell
package import Simulation

/// One storage of files: a disk, an image's writable layer, a volume, a tmpfs.
///
/// Made from a `FileTree`, it shares the tree's files until it changes them, so ten thousand
/// containers of one image hold its files once.
package final class FileSystem {
  package private(set) var root: Inode
  /// `ext4`, `overlay`, `tmpfs`, as /proc/mounts tells.
  package let type: String
  /// Bytes that fit; nil means as much as the machine's memory for files.
  package var capacity: Int?
  /// Bytes of it that are taken by what is not shown file by file, as a system's own are.
  package var occupied = 0
  /// Files and directories that stand in it.
  var inodeCount: Int {
    var count = 0
    var waiting = [root]
    while let inode = waiting.popLast() {
      count += 1
      if inode.isDirectory { waiting += inode.entries.values }
    }
    return count
  }
  /// Bytes written and not removed, the shared tree's not counted.
  package private(set) var used = 0
  /// Bytes of our own memory that the files hold.
  package private(set) var held = 0
  /// How much memory the files may hold before writing fails.
  package var memoryLimit = 64 << 20
  let timeline: Timeline
  /// Called after every change of a file or directory (inotify).
  package var onChange: (() -> Void)?
  /// Told of the bytes that files of a file system in memory take or give back.
  package var onCharge: ((_ growth: Int) -> Void)?
  private var holder = Inode.Holder()
  private var nextIdentity: UInt64

  package init(
    _ tree: FileTree? = nil, timeline: Timeline, type: String = "ext4", capacity: Int? = nil
  ) {
    self.timeline = timeline
    self.type = type
    self.capacity = capacity
    if let tree {
      root = tree.root
      nextIdentity = tree.nextIdentity
    } else {
      let now = timeline.now.nanoseconds
      root = Inode(.directory, identity: 2, mode: 0o755, moment: now, holder: holder)
      nextIdentity = 3
    }
  }

  /// A file system whose root is made by the machine, as /proc is.
  package init(generated root: Inode, timeline: Timeline, type: String) {
    self.timeline = timeline
    self.type = type
    self.root = root
    nextIdentity = 1 << 32
  }

  /// The moment that changes are dated by, where it is not the present one.
  package var date: Moment?

  var now: Int64 { (date ?? timeline.now).nanoseconds }

  /// What is there already takes no space: it is an image's.
  package func startCounting() { used = 0 }

  /// The files as they are now; later changes do not touch it. Costs nothing.
  package func snapshot() -> FileTree {
    holder = Inode.Holder()
    return FileTree(root: root, nextIdentity: nextIdentity)
  }

  /// Takes the files back to a snapshot.
  package func restore(_ tree: FileTree) {
    holder = Inode.Holder()
    root = tree.root
    nextIdentity = max(nextIdentity, tree.nextIdentity)
  }

  /// The inode at the end of plain names, ready to be changed in place.
  func owned(_ path: [String]) -> Inode? {
    if root.holder !== holder { root = root.copy(for: holder) }
    var inode = root
    for name in path {
      guard let child = inode.entries[name] else { return nil }
      if child.holder !== holder {
        let copy = child.copy(for: holder)
        inode.entries[name] = copy
        inode = copy
      } else {
        inode = child
      }
    }
    return inode
  }

  func copy(of inode: Inode) -> Inode { inode.copy(for: holder) }

  func isOwned(_ inode: Inode) -> Bool { inode.holder === holder }

  func make(_ kind: Inode.Kind, mode: Int, _ caller: Caller) throws(HostError) -> Inode {
    try charge(4096, memory: 256)
    nextIdentity += 1
    return Inode(
      kind, identity: nextIdentity - 1, mode: mode, owner: caller.user, group: caller.group,
      moment: now, holder: holder)
  }

  func insert(_ inode: Inode, as name: String, into directory: Inode) {
    directory.entries[name] = inode
    touch(directory)
  }

  func remove(_ name: String, from directory: Inode) {
    guard let inode = directory.entries.removeValue(forKey: name) else { return }
    touch(directory)
    inode.links -= 1
    if inode.links <= 0, inode.holder === holder {
      release(inode.bytes.count - inode.holes + 4096)
      held = max(0, held - inode.bytes.stored.count - 256)
    }
  }

  /// Takes a name out without counting its file as gone, for a move.
  func detach(_ name: String, from directory: Inode) {
    directory.entries[name] = nil
    touch(directory)
  }

  func touch(_ inode: Inode) {
    inode.modified = now
    inode.changed = now
    onChange?()
  }

  func write(_ bytes: [UInt8], to inode: Inode, at offset: Int) throws(HostError) {
    guard offset <= Self.largestFile else { throw .budget("File too large") }
    let growth = max(0, offset + bytes.count - inode.bytes.count)
    try charge(growth, memory: inode.bytes.growth(writing: bytes, at: offset))
    inode.bytes.write(bytes, at: offset)
    touch(inode)
  }

  /// What a file grows by is a hole that takes no space, unless it is reserved.
  func truncate(_ inode: Inode, to size: Int, reserving: Bool = false) throws(HostError) {
    let before = (inode.bytes.count, inode.bytes.stored.count)
    if size > before.0 {
      guard size <= Self.largestFile else { throw .budget("File too large") }
      if reserving {
        try charge(size - before.0, memory: 0)
      } else {
        inode.holes += size - before.0
      }
    }
    inode.bytes.truncate(to: size)
    if size < before.0 {
      let inHoles = min(inode.holes, before.0 - size)
      inode.holes -= inHoles
      release(before.0 - size - inHoles)
    }
    held = max(0, held - (before.1 - inode.bytes.stored.count))
    touch(inode)
  }

  /// ext4's limit of a file, 16 TiB.
  package static let largestFile = 1 << 44

  private func charge(_ size: Int, memory: Int) throws(HostError) {
    guard size <= Self.largestFile else { throw .budget("File too large") }
    if let capacity, size > 0, used + size > capacity - occupied { throw .noSpace }
    if held + memory > memoryLimit {
      throw .budget("No space left on device (drydock holds \(memoryLimit >> 20) MiB of files)")
    }
    used = min(used + size, 1 << 61)
    held += memory
    if size > 0 { onCharge?(size) }
  }

  private func release(_ size: Int) {
    used = max(0, used - size)
    onCharge?(-size)
  }
}

/// The files of an image or a checkpoint.
///
/// Never changed (who wants to change an inode copies it first), so threads may share it.
package struct FileTree: @unchecked Sendable {
  let root: Inode
  let nextIdentity: UInt64
}
