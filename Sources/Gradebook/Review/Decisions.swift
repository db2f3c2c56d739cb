import Foundation
import GRDB

/// What a person decided by hand, kept in a SQLite file: rubric points and remarks.
package final class Decisions: Sendable {
  package struct Decision: Hashable, Sendable {
    package var points: Int
    package var comment: String

    package init(points: Int, comment: String) {
      self.points = points
      self.comment = comment
    }
  }

  /// The item that is not of the rubric: the learner's work as a whole.
  package static let whole = "*"

  private let queue: DatabaseQueue?

  /// None at all.
  package init() { queue = nil }

  package init(path: String) throws(PackError) {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in
        try db.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS decision (
              learner TEXT NOT NULL, item TEXT NOT NULL, points INTEGER NOT NULL,
              comment TEXT NOT NULL, PRIMARY KEY (learner, item)
            ) WITHOUT ROWID
            """)
      }
      self.queue = queue
    } catch { throw PackError("\(path) holds no decisions that can be read: \(error)") }
  }

  /// Those of a results folder; none when nothing was decided there.
  package static func existing(in folder: String) throws(PackError) -> Decisions {
    let path = "\(folder)/\(fileName)"
    return FileManager.default.fileExists(atPath: path)
      ? try Decisions(path: path) : Decisions()
  }

  package static let fileName = "review.sqlite"

  package func decision(_ learner: String, _ item: String) -> Decision? {
    guard let queue else { return nil }
    let row = try? queue.read { db in
      try Row.fetchOne(
        db, sql: "SELECT points, comment FROM decision WHERE learner = ? AND item = ?",
        arguments: [learner, item])
    }
    return row.map { Decision(points: $0["points"], comment: $0["comment"]) }
  }

  package func decide(
    _ learner: String, _ item: String, _ decision: Decision
  ) throws(PackError) {
    do {
      try queue?.write { db in
        try db.execute(
          sql: "INSERT OR REPLACE INTO decision VALUES (?, ?, ?, ?)",
          arguments: [learner, item, decision.points, decision.comment])
      }
    } catch { throw PackError("the decision cannot be kept: \(error)") }
  }
}
