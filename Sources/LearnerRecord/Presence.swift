import Glibc

/// Says that a drydock has a folder open; it ends with the process, however that ends.
package final class Presence: Sendable {
  private let descriptor: Int32

  /// nil when another drydock is there already.
  package init?(in folder: DataFolder) {
    let file = open(folder.path + "/open", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      return nil
    }
    descriptor = file
  }

  deinit { close(descriptor) }
}
