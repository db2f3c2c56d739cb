import GRDB

extension Logbook {
  /// How many lines are remembered.
  package static let historyLength = 2000

  /// Remembers a typed line as the newest; an equal older one goes.
  package func remember(_ line: String) throws(LogbookError) {
    try write { db in
      try db.execute(sql: "INSERT OR REPLACE INTO history (line) VALUES (?)", arguments: [line])
      try db.execute(
        sql: "DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?",
        arguments: [Self.historyLength])
    }
  }

  /// The remembered lines, oldest first, no two equal.
  package func history() throws(LogbookError) -> [String] {
    try read { try String.fetchAll($0, sql: "SELECT line FROM history ORDER BY id") }
  }

  /// A value kept under a name between runs, such as the place in a lesson.
  package func setting(_ name: String) throws(LogbookError) -> String? {
    try read { try Self.setting($0, name) }
  }

  /// Keeps a value under a name; nil forgets it.
  package func set(_ name: String, _ value: String?) throws(LogbookError) {
    try write { try Self.set($0, name, value) }
  }

  static func setting(_ db: Database, _ name: String) throws -> String? {
    try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
  }

  static func set(_ db: Database, _ name: String, _ value: String?) throws {
    if let value {
      try db.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [name, value])
    } else {
      try db.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
    }
  }
}
