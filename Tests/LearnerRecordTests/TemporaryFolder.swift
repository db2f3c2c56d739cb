import Foundation
import LearnerRecord

/// A data folder of one test, gone with it.
final class TemporaryFolder {
  let folder: DataFolder

  init() {
    folder = DataFolder(
      path: FileManager.default.temporaryDirectory.path + "/drydock-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  func open() throws -> Logbook { try Logbook.open(in: folder).0 }
}
