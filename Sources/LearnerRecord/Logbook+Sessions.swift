import Foundation
import GRDB
package import Simulation

extension Logbook {
  /// Begins a cluster's journal and makes it the one to come back to; an open one of the same
  /// purpose and subject is closed. A guest's is kept, but never come back to.
  package func begin(
    _ plan: SessionRecord, real: Moment, asGuest: Bool = false
  ) throws(LogbookError) -> SessionRecord {
    try write { db in
      if !asGuest {
        try db.execute(
          sql: "UPDATE session SET isOpen = 0 WHERE purpose = ? AND subject = ? AND isOpen",
          arguments: [plan.purpose.rawValue, plan.subject])
      }
      try db.execute(
        sql: """
          INSERT INTO session
            (purpose, subject, seed, blueprint, moment, setup, realBegun, isOpen)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          plan.purpose.rawValue, plan.subject, Int64(bitPattern: plan.seed), plan.blueprint,
          plan.start.nanoseconds, plan.setup, real.nanoseconds, !asGuest,
        ])
      var begun = plan
      begun.id = db.lastInsertedRowID
      if !asGuest { try Self.set(db, "session", String(begun.id)) }
      return begun
    }
  }

  /// The cluster that the learner was last in.
  package func currentSession() throws(LogbookError) -> SessionRecord? {
    try read { db in
      guard let id = try Self.setting(db, "session").flatMap({ Int64($0) }) else { return nil }
      return try Row.fetchOne(
        db, sql: "SELECT * FROM session WHERE id = ? AND isOpen", arguments: [id]
      ).map(Self.session)
    }
  }

  /// The open cluster of a lesson, an exercise, or the free one.
  package func openSession(
    _ purpose: SessionRecord.Purpose, _ subject: String
  ) throws(LogbookError) -> SessionRecord? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT * FROM session WHERE purpose = ? AND subject = ? AND isOpen
          ORDER BY id DESC LIMIT 1
          """, arguments: [purpose.rawValue, subject]
      ).map(Self.session)
    }
  }

  /// All clusters of a purpose, closed ones too, oldest first, with the wall's time when begun.
  package func sessions(
    _ purpose: SessionRecord.Purpose
  ) throws(LogbookError) -> [(session: SessionRecord, begun: Moment)] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM session WHERE purpose = ? ORDER BY id",
        arguments: [purpose.rawValue]
      ).map { (Self.session($0), Moment(nanoseconds: $0["realBegun"])) }
    }
  }

  /// Makes an open cluster the one to come back to.
  package func makeCurrent(_ session: SessionRecord) throws(LogbookError) {
    try write { try Self.set($0, "session", String(session.id)) }
  }

  package func close(_ session: SessionRecord) throws(LogbookError) {
    try write { db in
      try db.execute(sql: "UPDATE session SET isOpen = 0 WHERE id = ?", arguments: [session.id])
    }
  }

  /// Adds to the journal; durable before it returns. Returns the entry's ordinal.
  @discardableResult
  package func append(
    _ kind: JournalEntry.Kind, at moment: Moment, to session: SessionRecord, real: Moment
  ) throws(LogbookError) -> Int {
    try write { db in
      let ordinal =
        1
        + (try Int.fetchOne(
          db, sql: "SELECT max(ordinal) FROM entry WHERE session = ?", arguments: [session.id])
          ?? 0)
      let columns = Columns(kind)
      try db.execute(
        sql: """
          INSERT INTO entry (session, ordinal, kind, text, path, target, moment, real)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          session.id, ordinal, columns.kind, columns.text.map { Data($0) }, columns.path,
          columns.target,
          moment.nanoseconds, real.nanoseconds,
        ])
      return ordinal
    }
  }

  /// Notes that the command of an entry ended.
  package func finish(
    _ ordinal: Int, of session: SessionRecord, at moment: Moment, status: Int32, changed: Bool
  ) throws(LogbookError) {
    try write { db in
      try db.execute(
        sql: """
          UPDATE entry SET momentFinished = ?, status = ?, changed = ?
          WHERE session = ? AND ordinal = ?
          """, arguments: [moment.nanoseconds, status, changed, session.id, ordinal])
    }
  }

  /// The whole journal of a cluster, undone entries and undoing included.
  package func journal(of session: SessionRecord) throws(LogbookError) -> [JournalEntry] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM entry WHERE session = ? ORDER BY ordinal",
        arguments: [session.id]
      ).compactMap(Self.entry)
    }
  }

  private static func session(_ row: Row) -> SessionRecord {
    SessionRecord(
      id: row["id"], purpose: SessionRecord.Purpose(rawValue: row["purpose"]) ?? .free,
      subject: row["subject"], seed: UInt64(bitPattern: row["seed"]),
      blueprint: row["blueprint"], start: Moment(nanoseconds: row["moment"]),
      setup: row["setup"])
  }

  private static func entry(_ row: Row) -> JournalEntry? {
    let text: Data? = row["text"]
    let columns = Columns(
      kind: row["kind"], text: text.map { Array($0) }, path: row["path"], target: row["target"])
    guard let kind = columns.entry else { return nil }
    let finished: Int64? = row["momentFinished"]
    return JournalEntry(
      ordinal: row["ordinal"], kind: kind, moment: Moment(nanoseconds: row["moment"]),
      finished: finished.map(Moment.init(nanoseconds:)), status: row["status"],
      changed: row["changed"], real: Moment(nanoseconds: row["real"]))
  }
}

/// The columns in which the table keeps what kind of entry it is.
private struct Columns {
  var kind: String
  var text: [UInt8]?
  var path: String?
  var target: Int?

  init(kind: String, text: [UInt8]?, path: String?, target: Int?) {
    self.kind = kind
    self.text = text
    self.path = path
    self.target = target
  }

  init(_ entry: JournalEntry.Kind) {
    self.init(kind: "", text: nil, path: nil, target: nil)
    switch entry {
    case .line(let line): (kind, text) = ("line", Array(line.utf8))
    case .input(let bytes): (kind, text) = ("input", bytes)
    case .endOfInput: kind = "end"
    case .edit(let edited, let bytes): (kind, path, text) = ("edit", edited, bytes)
    case .answer(let status, let output): (kind, target, text) = ("answer", Int(status), output)
    case .interrupt: kind = "interrupt"
    case .hangUp: kind = "hangup"
    case .client(let act): (kind, text) = ("client", act)
    case .size(let columns, let rows): (kind, text) = ("size", Array("\(columns)x\(rows)".utf8))
    case .undo(let ordinal): (kind, target) = ("undo", ordinal)
    }
  }

  var entry: JournalEntry.Kind? {
    switch kind {
    case "line": .line(String(decoding: text ?? [], as: UTF8.self))
    case "input": .input(text ?? [])
    case "end": .endOfInput
    case "edit": .edit(path: path ?? "", text: text)
    case "answer": .answer(status: Int32(truncatingIfNeeded: target ?? 0), output: text ?? [])
    case "interrupt": .interrupt
    case "hangup": .hangUp
    case "client": .client(text ?? [])
    case "size": .init(size: String(decoding: text ?? [], as: UTF8.self))
    case "undo": .undo(ordinal: target ?? 0)
    default: nil
    }
  }
}
