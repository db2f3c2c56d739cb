import Shell
import Simulation

/// The files of one machine: its root file system and what is mounted over it.
package final class MountNamespace {
  let top = MountPoint()
  let timeline: Timeline
  private var devices: UInt64 = 0
  /// Puts more files in place when somebody first looks: most machines are never visited.
  package var whenFirstUsed: (() -> Void)?
  /// What the processes that see these files may not do with them.
  package var profile: AppArmorProfile?
  /// The seccomp profile of those processes.
  package var filter: CallFilter?

  package init(root: FileSystem, isReadOnly: Bool = false, source: String = "/dev/vda1") {
    timeline = root.timeline
    top.mount = Mount(
      path: "/", fileSystem: root, part: [], isReadOnly: isReadOnly, source: source, device: 1)
    devices = 1
  }

  package var root: FileSystem {
    awaken()
    guard let mount = top.mount else { preconditionFailure("a namespace always has a root") }
    return mount.fileSystem
  }

  /// Whether nobody has looked yet: the files are as `whenFirstUsed` will have them.
  package var isUntouched: Bool { whenFirstUsed != nil }

  /// Somebody looks.
  package func awaken() {
    guard let fill = whenFirstUsed else { return }
    whenFirstUsed = nil
    fill()
  }

  /// Every mount, the root first, then sorted by path.
  package var mounts: [Mount] { top.all }

  /// Shows a file system, or the part of it named by plain names, at an absolute path. A missing
  /// mount point is made (a directory, or an empty file when the part is a file); links on the way
  /// to it are followed.
  package func mount(
    _ fileSystem: FileSystem, at path: String, part: String = "", isReadOnly: Bool = false,
    source: String? = nil
  ) {
    devices += 1
    var mount = Mount(
      path: "/" + Self.plain(path).joined(separator: "/"), fileSystem: fileSystem,
      part: Self.plain(part), isReadOnly: isReadOnly, source: source ?? fileSystem.type,
      device: devices)
    makeMountPoint(mount)
    if let place = try? walk(mount.path, in: "/", .root) { mount.path = place.path }
    let names = Self.plain(mount.path)
    var point = top
    for name in names {
      let next = point.children[name] ?? MountPoint()
      point.children[name] = next
      point = next
    }
    point.mount = mount
  }

  /// Takes a mount away; false when none is there.
  @discardableResult
  package func unmount(_ path: String) -> Bool {
    var chain = [top]
    let names = Self.plain(path)
    for name in names {
      guard let next = chain[chain.count - 1].children[name] else { return false }
      chain.append(next)
    }
    guard !names.isEmpty, chain[chain.count - 1].mount != nil else { return false }
    chain[chain.count - 1].mount = nil
    for (index, name) in names.enumerated().reversed() where chain[index + 1].isEmpty {
      chain[index].children[name] = nil
    }
    return true
  }

  /// The mount that covers an absolute plain path.
  package func mount(covering path: String) -> Mount? {
    var found = top.mount
    var point = top
    for name in Self.plain(path) {
      guard let next = point.children[name] else { break }
      point = next
      found = next.mount ?? found
    }
    return found
  }

  private func makeMountPoint(_ mount: Mount) {
    if (try? walk(mount.path, in: "/", .root)) != nil { return }
    if mount.root?.isDirectory ?? true {
      try? makeDirectories(mount.path)
    } else {
      let parent = Self.plain(mount.path).dropLast().joined(separator: "/")
      try? makeDirectories("/" + parent)
      try? write("", to: mount.path)
    }
  }

  /// The names of a path, without empty ones and `.`.
  package static func plain(_ path: String) -> [String] {
    let bytes = path.utf8
    var names: [String] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
      if end > start {
        let name = path[start..<end]
        if name != "." { names.append(String(name)) }
      }
      start = end < bytes.endIndex ? bytes.index(after: end) : end
    }
    return names
  }
}
