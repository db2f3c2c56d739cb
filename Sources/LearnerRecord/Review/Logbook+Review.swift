import GRDB
package import Simulation

extension Logbook {
  /// The memories of all cards that were ever asked, by the card's id.
  package func memories() throws(LogbookError) -> [String: Memory] {
    try read { db in
      var found: [String: Memory] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT * FROM card") {
        found[row["id"]] = Memory(
          stability: row["stability"], difficulty: row["difficulty"],
          phase: Memory.Phase(rawValue: row["phase"]) ?? .review, step: row["step"],
          reviewed: row["reviewed"], interval: row["interval"])
      }
      return found
    }
  }

  /// Notes a review and what is remembered after it.
  package func keep(
    _ memory: Memory, of card: String, grade: Memory.Grade, seconds: Int, real: Moment
  ) throws(LogbookError) {
    try write { db in
      try db.execute(
        sql: "INSERT INTO review (card, grade, seconds, real) VALUES (?, ?, ?, ?)",
        arguments: [card, grade.rawValue, seconds, real.nanoseconds])
      try Self.keep(memory, of: card, db)
    }
  }

  static func keep(_ memory: Memory, of card: String, _ db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        card, memory.stability, memory.difficulty, memory.phase.rawValue, memory.step,
        memory.reviewed, memory.interval,
      ])
  }

  /// When cards were reviewed, oldest first.
  package func reviews() throws(LogbookError) -> [Review] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM review ORDER BY real, id").map {
        Review(
          card: $0["card"], grade: Memory.Grade(rawValue: $0["grade"]) ?? .again,
          seconds: $0["seconds"], real: Moment(nanoseconds: $0["real"]))
      }
    }
  }
}

/// One asking of a card, kept so that the scheduler can be fitted to the learner.
package struct Review: Hashable, Sendable {
  package var card: String
  package var grade: Memory.Grade
  package var seconds: Int
  package var real: Moment
}
