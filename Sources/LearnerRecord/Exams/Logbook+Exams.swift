import GRDB
import Simulation

extension Logbook {
  /// Begins an exam; durable before it returns.
  package func begin(_ exam: ExamRecord) throws(LogbookError) -> ExamRecord {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO exam (certification, domain, seed, minutes, mayPause, realBegun)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          exam.certification, exam.domain, Int64(bitPattern: exam.seed), exam.minutes,
          exam.mayPause, exam.begun.nanoseconds,
        ])
      var begun = exam
      begun.id = db.lastInsertedRowID
      for task in exam.tasks {
        try db.execute(
          sql: """
            INSERT INTO examTask (exam, ordinal, subject, variant, domain)
            VALUES (?, ?, ?, ?, ?)
            """,
          arguments: [
            begun.id, task.ordinal, task.subject, Int64(bitPattern: task.variant), task.domain,
          ])
      }
      return begun
    }
  }

  /// The exam that is going on.
  package func openExam() throws(LogbookError) -> ExamRecord? {
    try read { db in
      try Self.exams(db, where: "realEnded IS NULL ORDER BY id DESC LIMIT 1").first
    }
  }

  /// The exams that ended, oldest first.
  package func exams() throws(LogbookError) -> [ExamRecord] {
    try read { try Self.exams($0, where: "realEnded IS NOT NULL ORDER BY id") }
  }

  /// Keeps what may change of an exam: place, pauses, flags, answers, marks and its end.
  package func update(_ exam: ExamRecord) throws(LogbookError) {
    try write { db in
      try db.execute(
        sql: """
          UPDATE exam SET place = ?, pausedSince = ?, pausedFor = ?, realEnded = ? WHERE id = ?
          """,
        arguments: [
          exam.place, exam.pausedSince?.nanoseconds, exam.pausedFor.nanoseconds,
          exam.ended?.nanoseconds, exam.id,
        ])
      for task in exam.tasks {
        try db.execute(
          sql: """
            UPDATE examTask SET isFlagged = ?, answer = ?, points = ?, total = ?, cause = ?
            WHERE exam = ? AND ordinal = ?
            """,
          arguments: [
            task.isFlagged, task.answer, task.points, task.total, task.cause, exam.id,
            task.ordinal,
          ])
      }
    }
  }

  private static func exams(_ db: Database, where condition: String) throws -> [ExamRecord] {
    try Row.fetchAll(db, sql: "SELECT * FROM exam WHERE \(condition)").map { row in
      let id: Int64 = row["id"]
      let tasks = try Row.fetchAll(
        db, sql: "SELECT * FROM examTask WHERE exam = ? ORDER BY ordinal", arguments: [id])
      var exam = ExamRecord(
        certification: row["certification"], domain: row["domain"],
        seed: UInt64(bitPattern: row["seed"]), minutes: row["minutes"],
        mayPause: row["mayPause"], begun: Moment(nanoseconds: row["realBegun"]),
        tasks: tasks.map(task))
      exam.id = id
      exam.place = row["place"]
      exam.pausedFor = Span(nanoseconds: row["pausedFor"])
      let ended: Int64? = row["realEnded"]
      let paused: Int64? = row["pausedSince"]
      exam.ended = ended.map(Moment.init(nanoseconds:))
      exam.pausedSince = paused.map(Moment.init(nanoseconds:))
      return exam
    }
  }

  private static func task(_ row: Row) -> ExamRecord.Task {
    var task = ExamRecord.Task(
      ordinal: row["ordinal"], subject: row["subject"],
      variant: UInt64(bitPattern: row["variant"]), domain: row["domain"])
    task.isFlagged = row["isFlagged"]
    task.answer = row["answer"]
    task.points = row["points"]
    task.total = row["total"]
    task.cause = row["cause"]
    return task
  }
}
