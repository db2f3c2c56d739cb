import Documents

extension SprigLibrary {
  static let lists: [String: Function] = [
    "list": { _, given throws(Failure) in .array(given.map { $0 ?? .null }) },
    "tuple": { _, given throws(Failure) in .array(given.map { $0 ?? .null }) },
    "first": { _, given throws(Failure) in try Argument.list(given, 0).first },
    "last": { _, given throws(Failure) in try Argument.list(given, 0).last },
    "rest": { _, given throws(Failure) in .array(Array(try Argument.list(given, 0).dropFirst())) },
    "initial": { _, given throws(Failure) in
      .array(Array(try Argument.list(given, 0).dropLast()))
    },
    "append": { _, given throws(Failure) in
      .array(try Argument.list(given, 0) + given.dropFirst().map { $0 ?? .null })
    },
    "push": { _, given throws(Failure) in
      .array(try Argument.list(given, 0) + given.dropFirst().map { $0 ?? .null })
    },
    "prepend": { _, given throws(Failure) in
      .array(given.dropFirst().map { $0 ?? .null } + (try Argument.list(given, 0)))
    },
    "concat": { _, given throws(Failure) in
      var all: [Value] = []
      for index in given.indices { all += try Argument.list(given, index) }
      return .array(all)
    },
    "reverse": { _, given throws(Failure) in .array(try Argument.list(given, 0).reversed()) },
    "uniq": { _, given throws(Failure) in
      var seen: Set<Value> = []
      return .array(try Argument.list(given, 0).filter { seen.insert($0).inserted })
    },
    "without": { _, given throws(Failure) in
      let left = given.dropFirst().map { $0 ?? .null }
      return .array(try Argument.list(given, 0).filter { !left.contains($0) })
    },
    "has": { _, given throws(Failure) in
      .bool(try Argument.list(given, 1).contains((given.first ?? nil) ?? .null))
    },
    "compact": { _, given throws(Failure) in
      .array(try Argument.list(given, 0).filter { !Argument.isEmpty($0) })
    },
    "sortAlpha": { _, given throws(Failure) in
      .array(
        try Argument.list(given, 0).map { Argument.shown($0) }
          .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) })
    },
    "chunk": { _, given throws(Failure) in
      let size = max(1, Int(clamping: Argument.whole(given, 0)))
      let all = try Argument.list(given, 1)
      return .array(
        stride(from: 0, to: all.count, by: size).map {
          .array(Array(all[$0..<min($0 + size, all.count)]))
        })
    },
  ]

  static let maps: [String: Function] = [
    "dict": { _, given throws(Failure) in
      var made = Value.emptyObject
      for index in stride(from: 0, to: given.count, by: 2) {
        made[Argument.shown(given[index])] =
          index + 1 < given.count ? given[index + 1] ?? .null : .string("")
      }
      return made
    },
    "get": { _, given throws(Failure) in
      try Argument.map(given, 0)[try Argument.text(given, 1)] ?? .string("")
    },
    "set": { _, given throws(Failure) in
      var members = try Argument.map(given, 0)
      members[try Argument.text(given, 1)] = given.count > 2 ? given[2] ?? .null : .null
      return .object(members)
    },
    "unset": { _, given throws(Failure) in
      var members = try Argument.map(given, 0)
      members[try Argument.text(given, 1)] = nil
      return .object(members)
    },
    "hasKey": { _, given throws(Failure) in
      .bool(try Argument.map(given, 0)[try Argument.text(given, 1)] != nil)
    },
    "keys": { _, given throws(Failure) in
      var names: [Value] = []
      for index in given.indices {
        names += try Argument.map(given, index).keys.map { .string($0) }
      }
      return .array(names)
    },
    "values": { _, given throws(Failure) in .array(try Argument.map(given, 0).values) },
    "pluck": { _, given throws(Failure) in
      let name = try Argument.text(given, 0)
      var found: [Value] = []
      for index in given.indices.dropFirst() {
        if let value = try Argument.map(given, index)[name] { found.append(value) }
      }
      return .array(found)
    },
    "pick": { _, given throws(Failure) in
      let names = given.dropFirst().map { Argument.shown($0) }
      return .object(try Argument.map(given, 0).filter { names.contains($0.key) })
    },
    "omit": { _, given throws(Failure) in
      let names = given.dropFirst().map { Argument.shown($0) }
      return .object(try Argument.map(given, 0).filter { !names.contains($0.key) })
    },
    "dig": { _, given throws(Failure) in
      guard given.count >= 3, var value = given[given.count - 1] else {
        throw Failure(message: "dig needs at least three arguments")
      }
      for name in given.dropLast(2) {
        guard let next = value[Argument.shown(name)] else { return given[given.count - 2] }
        value = next
      }
      return value
    },
    "merge": { _, given throws(Failure) in
      var made = Value.emptyObject
      // What is on the left stays.
      for index in given.indices.reversed() {
        made = ChartValues.merged(
          made, with: .object(try Argument.map(given, index)), dropsNull: false)
      }
      return made
    },
    "mergeOverwrite": { _, given throws(Failure) in
      var made = Value.emptyObject
      for index in given.indices {
        made = ChartValues.merged(
          made, with: .object(try Argument.map(given, index)), dropsNull: false)
      }
      return made
    },
    "deepCopy": { _, given throws(Failure) in given.first ?? nil },
  ]

  static let tests: [String: Function] = [
    "default": { _, given throws(Failure) in
      guard given.count > 1 else { return given.first ?? nil }
      return Argument.isEmpty(given[1]) ? given[0] : given[1]
    },
    "empty": { _, given throws(Failure) in .bool(Argument.isEmpty(given.first ?? nil)) },
    "coalesce": { _, given throws(Failure) in given.first { !Argument.isEmpty($0) } ?? nil },
    "all": { _, given throws(Failure) in .bool(!given.contains { Argument.isEmpty($0) }) },
    "any": { _, given throws(Failure) in .bool(given.contains { !Argument.isEmpty($0) }) },
    "kindOf": { _, given throws(Failure) in .string(kind(given.first ?? nil)) },
    "kindIs": { _, given throws(Failure) in
      .bool(try Argument.text(given, 0) == kind(given.count > 1 ? given[1] : nil))
    },
    "typeOf": { _, given throws(Failure) in .string(GoFormat.type(given.first ?? nil)) },
    "typeIs": { _, given throws(Failure) in
      .bool(try Argument.text(given, 0) == GoFormat.type(given.count > 1 ? given[1] : nil))
    },
    "typeIsLike": { _, given throws(Failure) in
      .bool(try Argument.text(given, 0) == GoFormat.type(given.count > 1 ? given[1] : nil))
    },
    "deepEqual": { _, given throws(Failure) in
      .bool(given.count == 2 && given[0] == given[1])
    },
  ]

  private static func kind(_ value: Value?) -> String {
    switch value {
    case nil, .null: "invalid"
    case .bool: "bool"
    case .int: "int64"
    case .double: "float64"
    case .string: "string"
    case .array: "slice"
    case .object: "map"
    }
  }
}
