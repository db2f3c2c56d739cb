/// A JSON value as jq handles it: objects keep the order in which their members came.
indirect enum QueryValue {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([QueryValue])
  case object(QueryObject)

  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  var isTrue: Bool {
    switch self {
    case .null, .bool(false): false
    default: true
    }
  }

  private var rank: Int {
    switch self {
    case .null: 0
    case .bool(false): 1
    case .bool(true): 2
    case .number: 3
    case .string: 4
    case .array: 5
    case .object: 6
    }
  }

  /// jq's order of all values; negative when `a` comes first.
  static func compare(_ a: QueryValue, _ b: QueryValue) -> Int {
    switch (a, b) {
    case (.number(let x), .number(let y)): return x < y ? -1 : x == y ? 0 : 1
    case (.string(let x), .string(let y)): return x == y ? 0 : order(x, y) ? -1 : 1
    case (.array(let x), .array(let y)):
      for (left, right) in zip(x, y) {
        let way = compare(left, right)
        if way != 0 { return way }
      }
      return x.count - y.count
    case (.object(let x), .object(let y)):
      let (left, right) = (x.sortedKeys, y.sortedKeys)
      let keys = compare(.array(left.map { .string($0) }), .array(right.map { .string($0) }))
      if keys != 0 { return keys }
      for key in left {
        let way = compare(x[key] ?? .null, y[key] ?? .null)
        if way != 0 { return way }
      }
      return 0
    default: return a.rank - b.rank
    }
  }

  static func order(_ a: String, _ b: String) -> Bool {
    a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
  }
}

/// Members in the order in which they came.
struct QueryObject {
  private(set) var keys: [String] = []
  private var values: [String: QueryValue] = [:]

  init() {}

  var count: Int { keys.count }
  var sortedKeys: [String] { keys.sorted(by: QueryValue.order) }

  subscript(_ key: String) -> QueryValue? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }
}

/// An error that a query may catch.
struct QueryError: Error {
  let value: QueryValue
  init(_ text: String) { value = .string(text) }
  init(_ value: QueryValue) { self.value = value }

  var text: String {
    if case .string(let text) = value { return text }
    return QueryText.compact(value) + " (not a string)"
  }
}
