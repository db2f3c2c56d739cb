import GRDB

extension Logbook {
  /// Days since the epoch on which something was done (attempts, reviews, pages of lessons), how
  /// many things, and the seconds that they took.
  package func days() throws(LogbookError) -> [(day: Int64, things: Int, seconds: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT day, sum(things) AS things, sum(seconds) AS seconds FROM (
            SELECT day, things, seconds FROM day
            UNION ALL SELECT real / 86400000000000, 1, min(seconds, 3600) FROM review
            UNION ALL SELECT real / 86400000000000, 1, 60 FROM step
          ) GROUP BY day
          """
      ).map { ($0["day"], $0["things"], $0["seconds"]) }
    }
  }

  /// The share of points, 0…1, of the last attempt at each exercise without its solution shown.
  package func latestScores() throws(LogbookError) -> [String: Double] {
    try read { db in
      var found: [String: Double] = [:]
      let rows = try Row.fetchCursor(
        db, sql: "SELECT exercise, latest FROM standing WHERE latest IS NOT NULL")
      while let row = try rows.next() { found[row["exercise"]] = row["latest"] }
      return found
    }
  }
}
