import GRDB
package import Simulation

extension Logbook {
  /// When something was done, and the seconds that it took: attempts, reviews, pages of lessons.
  package func activity() throws(LogbookError) -> [(real: Moment, seconds: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT real, max(0, seconds - coalesce((
            SELECT max(b.seconds) FROM attempt b
            WHERE b.session = a.session AND b.id < a.id), 0)) AS seconds FROM attempt a
          UNION ALL SELECT real, seconds FROM review
          UNION ALL SELECT real, 60 FROM step
          """
      ).map { (Moment(nanoseconds: $0["real"]), $0["seconds"]) }
    }
  }

  /// The share of points, 0…1, of the last attempt at each exercise without its solution shown.
  package func latestScores() throws(LogbookError) -> [String: Double] {
    try read { db in
      var found: [String: Double] = [:]
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT exercise, points, total, hints, max(id) FROM attempt
          WHERE NOT sawSolution AND total > 0 GROUP BY exercise
          """)
      while let row = try rows.next() {
        let (points, total, hints): (Double, Double, Int) = (
          row["points"], row["total"], row["hints"]
        )
        // What took hints would cost time in an exam.
        found[row["exercise"]] = points / total * (hints > 0 ? 0.8 : 1)
      }
      return found
    }
  }
}
