import Foundation
import Glibc

/// Says that a drydock has a folder open; it ends with the process, however that ends.
package final class Presence: Sendable {
  private let descriptor: Int32

  /// nil when another drydock is there already.
  package init?(in folder: DataFolder) {
    try? FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    // Where nothing can be written the record itself will say so.
    descriptor = open(folder.path + "/open", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
