package import Documents
import GRDB
import Simulation

extension Logbook {
  /// A table that makes a record: what tells one row from another when two records are merged, and
  /// which rows are learnt and not only where one stands.
  private struct Part {
    var name: String
    var key: [String]
    var rows = "true"
    var belongs: @Sendable (Value) -> Bool = { _ in true }
  }

  private static let tables = [
    Part(name: "attempt", key: ["exercise", "real"]), Part(name: "step", key: ["lesson", "step"]),
    Part(name: "review", key: ["card", "real"]), Part(name: "history", key: ["line"]),
    // One that goes on is taken where its clusters are.
    Part(
      name: "exam", key: ["certification", "realBegun"], rows: "realEnded IS NOT NULL",
      belongs: { $0["realEnded"]?.int != nil }),
    // The lessons that a placement found known.
    Part(
      name: "setting", key: ["name"], rows: "name GLOB 'known.*'",
      belongs: { $0["name"]?.string?.hasPrefix("known.") ?? false }),
  ]

  /// Everything that was learnt, as one document; clusters and their journals stay behind.
  package func exported() throws(LogbookError) -> Value {
    try read { db in
      var document: Value = ["drydock": 1]
      for table in Self.tables {
        let rows = try Row.fetchAll(
          db, sql: "SELECT * FROM \(table.name) WHERE \(table.rows) ORDER BY 1, 2")
        document[table.name] = .array(try rows.map { try Self.value($0, of: table.name, db) })
      }
      document["card"] = .array(
        try Row.fetchAll(db, sql: "SELECT * FROM card ORDER BY id").map(Self.value))
      return document
    }
  }

  /// Merges an exported record into this one; nothing of either is lost. Returns how many rows
  /// were new.
  package func merge(_ document: Value) throws(LogbookError) -> Int {
    guard document["drydock"]?.int == 1 else {
      throw LogbookError("this is no exported record; make one with: drydock export FILE")
    }
    return try write { db in
      var count = 0
      let reviewedHere = Set(try String.fetchAll(db, sql: "SELECT DISTINCT card FROM review"))
      for table in Self.tables {
        let same = table.key.map { "\($0) = ?" }.joined(separator: " AND ")
        for row in document[table.name]?.array ?? [] where table.belongs(row) {
          let values = StatementArguments(table.key.map { Self.column(row[$0]) })
          let isThere =
            try Int.fetchOne(
              db, sql: "SELECT count(*) FROM \(table.name) WHERE \(same)", arguments: values) ?? 0
          if isThere > 0 { continue }
          try Self.insert(row, into: table.name, db)
          count += 1
        }
      }
      for card in document["card"]?.array ?? [] {
        count += try Self.keepLater(card, db)
        // Reviewed on both machines: what is remembered comes of all of that.
        if let id = card["id"]?.string, reviewedHere.contains(id) { try Self.recall(id, db) }
      }
      return count
    }
  }

  /// Of two memories of a card the later review counts.
  private static func keepLater(_ card: Value, _ db: Database) throws -> Int {
    let known = try Double.fetchOne(
      db, sql: "SELECT reviewed FROM card WHERE id = ?", arguments: [card["id"]?.string])
    if let known, known >= (card["reviewed"]?.number ?? 0) { return 0 }
    try db.execute(sql: "DELETE FROM card WHERE id = ?", arguments: [card["id"]?.string])
    try insert(card, into: "card", db)
    return 1
  }

  /// The memory of a card made anew from all its reviews.
  private static func recall(_ card: String, _ db: Database) throws {
    var memory: Memory?
    let rows = try Row.fetchAll(
      db, sql: "SELECT grade, real FROM review WHERE card = ? ORDER BY real, id",
      arguments: [card])
    for row in rows {
      let real: Int64 = row["real"]
      memory = FSRS().review(
        memory, Memory.Grade(rawValue: row["grade"]) ?? .again,
        at: Double(Moment(nanoseconds: real).seconds))
    }
    if let memory { try keep(memory, of: card, db) }
  }

  /// What belongs to a row of these tables, and by which column.
  private static let parts = [
    "attempt": (table: "result", parent: "attempt"), "exam": (table: "examTask", parent: "exam"),
  ]

  private static func value(_ row: Row, of table: String, _ db: Database) throws -> Value {
    var value = value(row)
    if let part = parts[table], let id = row["id"] as Int64? {
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM \(part.table) WHERE \(part.parent) = ? ORDER BY ordinal",
        arguments: [id])
      value["parts"] = .array(
        rows.map {
          var part = Self.value($0)
          part["attempt"] = nil
          part["exam"] = nil
          return part
        })
    }
    value["session"] = nil
    if table != "card" { value["id"] = nil }
    return value
  }

  private static func value(_ row: Row) -> Value {
    var value: Value = [:]
    for (name, column) in row {
      switch column.storage {
      case .null: break
      case .int64(let number): value[name] = .int(number)
      case .double(let number): value[name] = .double(number)
      case .string(let text): value[name] = .string(text)
      case .blob(let data): value[name] = .string(String(decoding: data, as: UTF8.self))
      }
    }
    return value
  }

  private static func column(_ value: Value?) -> (any DatabaseValueConvertible)? {
    switch value {
    case .int(let number): number
    case .double(let number): number
    case .string(let text): text
    case .bool(let truth): truth
    case .none, .null, .array, .object: nil
    }
  }

  private static func insert(
    _ value: Value, into table: String, _ db: Database, _ parent: (String, Int64)? = nil
  ) throws {
    // Only columns that the table has: a document is outside data.
    let known = try db.columns(in: table).map(\.name)
    var names = known.filter { value[$0] != nil && (table == "card" || $0 != "id") }
    var values = names.map { column(value[$0]) }
    if let (name, id) = parent {
      names.append(name)
      values.append(id)
    }
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    try db.execute(
      sql: "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(marks))",
      arguments: StatementArguments(values))
    guard let part = parts[table] else { return }
    let id = db.lastInsertedRowID
    for row in value["parts"]?.array ?? [] {
      try insert(row, into: part.table, db, (part.parent, id))
    }
  }
}
