import Foundation
import GRDB

@testable import LearnerRecord

/// A data folder of one test, gone with it.
final class TemporaryFolder {
  let folder: DataFolder

  init() {
    folder = DataFolder(
      path: FileManager.default.temporaryDirectory.path + "/drydock-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  func open() throws -> Logbook { try Logbook.open(in: folder).0 }

  /// Makes a record as it was after a migration and writes to it.
  func write(asOf migration: String, _ body: (Database) throws -> Void) throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: folder.database)
    try Migrations.all.migrate(queue, upTo: migration)
    try queue.write(body)
    try queue.close()
  }
}
