import Shell

/// Where a path led: the chain of directories to what it names, or to where it would be.
package struct Place {
  struct Step {
    let name: String
    let inode: Inode
    let mount: Mount
    let point: MountPoint?
  }

  /// From the root down; never empty.
  var steps: [Step]
  /// The last name when nothing is there.
  var missing: String?

  package var inode: Inode? { missing == nil ? last.inode : nil }
  var last: Step {
    guard let last = steps.last else { preconditionFailure("a place starts at the root") }
    return last
  }
  package var mount: Mount { last.mount }

  /// The absolute plain path, free of links.
  package var path: String {
    let names = steps.dropFirst().map(\.name) + (missing.map { [$0] } ?? [])
    return "/" + names.joined(separator: "/")
  }

  /// The directory that holds it, and its name in it; nil for the root.
  var parent: Place? {
    if missing != nil { return Place(steps: steps, missing: nil) }
    return steps.count > 1 ? Place(steps: Array(steps.dropLast()), missing: nil) : nil
  }
  var name: String { missing ?? last.name }

  /// Whether something is mounted exactly here.
  var isMountPoint: Bool { last.point?.mount != nil && missing == nil }

  /// The inode, ready to be changed in place.
  func owned() throws(HostError) -> Inode {
    let mount = last.mount
    if mount.isReadOnly { throw .readOnly }
    if case .generatedFile = last.inode.kind { return last.inode }
    guard let inode = mount.fileSystem.owned(inside) else { throw .notPermitted }
    return inode
  }

  /// The plain names that lead to it from the root of its file system.
  var inside: [String] {
    var names: [String] = []
    for step in steps.reversed() {
      if let point = step.point, point.mount != nil { break }
      names.append(step.name)
    }
    return last.mount.part + names.reversed()
  }
}
