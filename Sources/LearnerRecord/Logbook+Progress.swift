import GRDB
package import Simulation

extension Logbook {
  package func add(_ attempt: Attempt, session: Int64?) throws(LogbookError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO attempt
            (session, exercise, points, total, hints, sawSolution, seconds, real)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          session, attempt.exercise, attempt.points, attempt.total, attempt.hints,
          attempt.sawSolution, attempt.seconds, attempt.real.nanoseconds,
        ])
      let id = db.lastInsertedRowID
      for (ordinal, result) in attempt.results.enumerated() {
        try db.execute(
          sql: "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            id, ordinal, result.name, result.verdict.rawValue, result.reason, result.points,
          ])
      }
    }
  }

  /// The attempts at one exercise, oldest first, with their results.
  package func attempts(at exercise: String) throws(LogbookError) -> [Attempt] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM attempt WHERE exercise = ? ORDER BY id", arguments: [exercise]
      ).map { row in
        let results = try Row.fetchAll(
          db, sql: "SELECT * FROM result WHERE attempt = ? ORDER BY ordinal",
          arguments: [row["id"] as Int64])
        return Attempt(
          exercise: row["exercise"], points: row["points"], total: row["total"],
          hints: row["hints"], sawSolution: row["sawSolution"], seconds: row["seconds"],
          real: Moment(nanoseconds: row["real"]),
          results: results.map {
            Attempt.Result(
              name: $0["name"], verdict: .init(rawValue: $0["verdict"]) ?? .failed,
              reason: $0["reason"], points: $0["points"])
          })
      }
    }
  }

  /// How every exercise that was tried stands, by name.
  package func standings() throws(LogbookError) -> [Standing] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM standing ORDER BY exercise").map { row in
        let total: Int = row["total"]
        let best: Int = row["best"]
        return Standing(
          exercise: row["exercise"], attempts: row["attempts"],
          bestPoints: best == 1000 ? total : min(row["points"], total), total: total,
          last: Moment(nanoseconds: row["last"]), isMastered: row["mastered"])
      }
    }
  }

  /// Notes a lesson's step, counted from 0, as done; once is enough.
  package func completed(
    step: Int, of lesson: String, real: Moment
  ) throws(LogbookError) {
    try write { db in
      try db.execute(
        sql: "INSERT OR IGNORE INTO step VALUES (?, ?, ?)",
        arguments: [lesson, step, real.nanoseconds])
    }
  }

  package func completedSteps() throws(LogbookError) -> [String: Set<Int>] {
    try read { db in
      var found: [String: Set<Int>] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT lesson, step FROM step") {
        found[row["lesson"], default: []].insert(row["step"])
      }
      return found
    }
  }
}
