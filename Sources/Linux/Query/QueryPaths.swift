/// Reading and changing values at paths.
enum QueryPaths {
  static func member(_ value: QueryValue, _ key: QueryValue) throws -> QueryValue {
    switch (value, key) {
    case (.object(let object), .string(let name)): return object[name] ?? .null
    case (.array(let items), .number(let number)):
      let index = Int(clamped: number.rounded(.down))
      let place = index < 0 ? index &+ items.count : index
      return items.indices.contains(place) ? items[place] : .null
    case (.null, .string), (.null, .number), (.null, .null): return .null
    case (.null, .object): return .null
    case (.array(let items), .object(let range)):
      let (from, to) = try bounds(range, items.count)
      return .array(Array(items[from..<to]))
    case (.string(let text), .object(let range)):
      let scalars = Array(text.unicodeScalars)
      let (from, to) = try bounds(range, scalars.count)
      return .string(String(String.UnicodeScalarView(scalars[from..<to])))
    case (.array(let items), .array(let wanted)):
      let found = items.indices.filter { start in
        start + wanted.count <= items.count && !wanted.isEmpty
          && zip(items[start...], wanted).allSatisfy { QueryValue.compare($0, $1) == 0 }
      }
      return .array(found.map { .number(Double($0)) })
    case (_, .string(let name)): throw QueryError("Cannot index \(value.kind) with \"\(name)\"")
    default: throw QueryError("Cannot index \(value.kind) with \(key.kind)")
    }
  }

  private static func bounds(_ range: QueryObject, _ count: Int) throws -> (Int, Int) {
    func end(_ value: QueryValue?, _ standard: Int, isEnd: Bool) throws -> Int {
      switch value ?? .null {
      case .null: return standard
      case .number(let number):
        let index = Int(clamped: isEnd ? number.rounded(.up) : number.rounded(.down))
        return min(count, max(0, index < 0 ? index &+ count : index))
      default: throw QueryError("Start and end indices of an array slice must be numbers")
      }
    }
    let from = try end(range["start"], 0, isEnd: false)
    return (from, max(from, try end(range["end"], count, isEnd: true)))
  }

  /// What `.[]` gives, with the keys.
  static func members(_ value: QueryValue) throws -> [(QueryValue, QueryValue)] {
    switch value {
    case .array(let items): return items.enumerated().map { (.number(Double($0)), $1) }
    case .object(let object): return object.keys.map { (.string($0), object[$0] ?? .null) }
    default: throw QueryError("Cannot iterate over \(QueryArithmetic.kindAndText(value))")
    }
  }

  static func get(_ value: QueryValue, _ path: ArraySlice<QueryValue>) throws -> QueryValue {
    var value = value
    for key in path {
      if case .null = value { return .null }
      value = try member(value, key)
    }
    return value
  }

  static func set(
    _ value: QueryValue, _ path: ArraySlice<QueryValue>, _ new: QueryValue
  ) throws -> QueryValue {
    guard let key = path.first else { return new }
    guard path.count < 1000 else { throw QueryError("Path too deep") }
    let rest = path.dropFirst()
    switch (value, key) {
    case (.object(var object), .string(let name)):
      object[name] = try set(object[name] ?? .null, rest, new)
      return .object(object)
    case (.null, .string(let name)):
      var object = QueryObject()
      object[name] = try set(.null, rest, new)
      return .object(object)
    case (.array, .number(let number)), (.null, .number(let number)):
      var items: [QueryValue] = []
      if case .array(let own) = value { items = own }
      var index = Int(clamped: number)
      if index < 0 { index += items.count }
      guard index >= 0 else { throw QueryError("Out of bounds negative array index") }
      guard index < 10_000_000 else { throw QueryError("Array index too large") }
      while items.count <= index { items.append(.null) }
      items[index] = try set(items[index], rest, new)
      return .array(items)
    case (.array, .object(let range)), (.null, .object(let range)):
      var items: [QueryValue] = []
      if case .array(let own) = value { items = own }
      let (from, to) = try bounds(range, items.count)
      guard case .array(let filled) = try set(.array(Array(items[from..<to])), rest, new) else {
        throw QueryError("A slice of an array can only be assigned another array")
      }
      items.replaceSubrange(from..<to, with: filled)
      return .array(items)
    case (_, .string(let name)): throw QueryError("Cannot index \(value.kind) with \"\(name)\"")
    default: throw QueryError("Cannot index \(value.kind) with \(key.kind)")
    }
  }

  static func delete(_ value: QueryValue, _ paths: [[QueryValue]]) throws -> QueryValue {
    var result = value
    // From the last to the first, so that places of elements still to go do not move.
    let sorted = paths.sorted { QueryValue.compare(.array($0), .array($1)) > 0 }
    for path in sorted { result = try delete(result, path[...]) }
    return result
  }

  private static func delete(
    _ value: QueryValue, _ path: ArraySlice<QueryValue>
  ) throws -> QueryValue {
    guard let key = path.first else { return .null }
    if path.count > 1 {
      let child = try member(value, key)
      if case .null = child { return value }
      return try set(value, [key], try delete(child, path.dropFirst()))
    }
    switch (value, key) {
    case (.object(var object), .string(let name)):
      object[name] = nil
      return .object(object)
    case (.array(var items), .number(let number)):
      var index = Int(clamped: number)
      if index < 0 { index += items.count }
      if items.indices.contains(index) { items.remove(at: index) }
      return .array(items)
    case (.array(var items), .object(let range)):
      let (from, to) = try bounds(range, items.count)
      items.removeSubrange(from..<to)
      return .array(items)
    case (.null, _): return .null
    default: throw QueryError("Cannot delete field at \(key.kind) index of \(value.kind)")
    }
  }
}
