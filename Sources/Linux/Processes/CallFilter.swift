import Shell

/// Which system calls a seccomp profile lets through.
///
/// A program may reach the same end by several calls (`mkdir`, `mkdirat`): one of them that is
/// refused by name refuses that end, and so do all of them where only named ones are let through.
package struct CallFilter: Hashable, Sendable {
  private let allowsOthers: Bool
  private let named: [String: Bool]

  package init(allowsOthers: Bool, named: [String: Bool]) {
    self.allowsOthers = allowsOthers
    self.named = named
  }

  package func allows(_ calls: [String]) -> Bool {
    let told = calls.compactMap { named[$0] }
    return told.isEmpty ? allowsOthers : told.allSatisfy { $0 }
  }

  /// Whether a program can be started and come to its end at all.
  var allowsPrograms: Bool {
    [["execve"], ["exit_group", "exit"], ["write"], ["read"], ["mmap"]].allSatisfy(allows)
  }

  // What files' changes are done by.
  static let makeDirectory = ["mkdir", "mkdirat"]
  static let remove = ["unlink", "unlinkat"]
  static let removeDirectory = ["rmdir"]
  static let rename = ["rename", "renameat", "renameat2"]
  static let changeMode = ["chmod", "fchmodat", "fchmodat2"]
  static let changeOwner = ["chown", "fchownat", "lchown"]
  static let link = ["link", "linkat"]
  static let symbolicLink = ["symlink", "symlinkat"]
  static let makeNode = ["mknod", "mknodat"]
}

extension MountNamespace {
  func check(_ calls: [String]) throws(HostError) {
    if let filter, !filter.allows(calls) { throw .notPermitted }
  }
}
