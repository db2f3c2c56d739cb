package import Documents
import GRDB
import Simulation

extension Logbook {
  /// The tables that make a record, and what tells one row from another when two are merged.
  private static let tables: [(name: String, key: [String])] = [
    ("attempt", ["exercise", "real"]), ("step", ["lesson", "step"]), ("review", ["card", "real"]),
    ("history", ["line"]), ("exam", ["certification", "realBegun"]),
  ]

  /// Everything that was learnt, as one document; clusters and their journals stay behind.
  package func exported() throws(LogbookError) -> Value {
    try read { db in
      var document: Value = ["drydock": 1]
      for (table, _) in Self.tables {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2")
        document[table] = .array(try rows.map { try Self.value($0, of: table, db) })
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
      for (table, key) in Self.tables {
        for row in document[table]?.array ?? [] {
          let same = key.map { "\($0) = ?" }.joined(separator: " AND ")
          let values = StatementArguments(key.map { Self.column(row[$0]) })
          let isThere =
            try Int.fetchOne(
              db, sql: "SELECT count(*) FROM \(table) WHERE \(same)", arguments: values) ?? 0
          if isThere > 0 { continue }
          try Self.insert(row, into: table, db)
          count += 1
        }
      }
      for card in document["card"]?.array ?? [] { count += try Self.keepLater(card, db) }
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
