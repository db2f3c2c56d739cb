import Foundation
import GRDB

/// The database of everything that one learner did; whatever a call returned from is on disk.
package final class Logbook: Sendable {
  package let folder: DataFolder
  let pool: DatabasePool

  /// Larger databases are checked page by page only as they are read.
  private static let checkedWhole = 4 << 20

  private init(folder: DataFolder, pool: DatabasePool) {
    self.folder = folder
    self.pool = pool
  }

  /// Opens or creates the record. A damaged one is set aside, never emptied, and a notice says where.
  package static func open(in folder: DataFolder) throws(LogbookError) -> (Logbook, [String]) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw LogbookError(
        "cannot make the folder \(folder.path) for your progress; "
          + "set DRYDOCK_HOME to a folder that you may write")
    }
    do {
      return (try openChecked(folder), [])
    } catch let error as LogbookError {
      throw error
    } catch let error as DatabaseError where error.isDamage {
      let aside = try setAside(folder)
      do {
        return (
          try openChecked(folder),
          [
            "your record in \(folder.database) is damaged (\(error.message ?? "unreadable")); "
              + "it is kept as \(aside) and a new one was begun"
          ]
        )
      } catch { throw refusal(folder, error) }
    } catch {
      throw refusal(folder, error)
    }
  }

  private static func openChecked(_ folder: DataFolder) throws -> Logbook {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    let size =
      try? FileManager.default.attributesOfItem(atPath: folder.database)[.size] as? Int
    let pool = try DatabasePool(path: folder.database, configuration: configuration)
    if let size, size > 0, size < checkedWhole {
      let verdict = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      if let verdict, verdict != "ok" {
        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: verdict)
      }
    }
    let migrator = Migrations.all
    if try pool.read(migrator.hasBeenSuperseded) {
      throw LogbookError(
        "your record in \(folder.database) was written by a newer drydock; "
          + "install that one, or set DRYDOCK_HOME to another folder")
    }
    try migrator.migrate(pool)
    return Logbook(folder: folder, pool: pool)
  }

  /// Renames the database and its companions; returns the new name.
  private static func setAside(_ folder: DataFolder) throws(LogbookError) -> String {
    let files = FileManager.default
    var number = 1
    while files.fileExists(atPath: "\(folder.database).damaged-\(number)") { number += 1 }
    let aside = "\(folder.database).damaged-\(number)"
    do {
      // The log goes with its database: together they may still be repaired.
      for companion in ["-wal", "-shm"]
      where files.fileExists(atPath: folder.database + companion) {
        try files.moveItem(atPath: folder.database + companion, toPath: aside + companion)
      }
      try files.moveItem(atPath: folder.database, toPath: aside)
    } catch {
      throw LogbookError(
        "your record in \(folder.database) is damaged and cannot be set aside; "
          + "move it away or set DRYDOCK_HOME to another folder")
    }
    return aside
  }

  private static func refusal(_ folder: DataFolder, _ error: any Error) -> LogbookError {
    let reason = (error as? DatabaseError)?.message ?? "\(error)"
    return LogbookError(
      "cannot open your record in \(folder.database) (\(reason)); "
        + "set DRYDOCK_HOME to a folder that you may write")
  }

  func read<Answer>(_ query: (Database) throws -> Answer) throws(LogbookError) -> Answer {
    do { return try pool.read(query) } catch { throw failure(error) }
  }

  func write<Answer>(_ change: (Database) throws -> Answer) throws(LogbookError) -> Answer {
    do { return try pool.write(change) } catch { throw failure(error) }
  }

  private func failure(_ error: any Error) -> LogbookError {
    guard let error = error as? DatabaseError else { return LogbookError("\(error)") }
    let reason = error.message ?? "error \(error.resultCode.rawValue)"
    return error.isDamage
      ? LogbookError("your record is damaged (\(reason)); start drydock again to set it aside")
      : LogbookError("your record cannot be read or written: \(reason)")
  }
}

extension DatabaseError {
  /// Whether the file is no sound database, as against being locked or not allowed.
  var isDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }
}
