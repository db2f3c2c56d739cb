/// The extended functions on lists and sets.
package enum ListFunctions {
  private typealias Overload = Function.Overload
  private static let a = Type.parameter("A")
  private static let b = Type.parameter("B")

  package static let all: [Function] = lists + sets + maps

  private static let lists: [Function] = [
    member("distinct", [.list(a)], .list(a)) { values in
      guard let elements = values[0].elements else { return nil }
      var kept: [Datum] = []
      var seen: Set<DatumKey> = []
      for one in elements where seen.insert(DatumKey(one)).inserted { kept.append(one) }
      return .list(kept)
    },
    Function(
      "flatten",
      [
        Overload("list_flatten", isMember: true, [.list(.list(a))], .list(a)),
        Overload("list_flatten_int", isMember: true, [.list(.dyn), .int], .list(.dyn)),
      ]
    ) { values in
      guard let elements = values[0].elements else { return nil }
      let depth = values.count > 1 ? values[1].int ?? 1 : 1
      if depth < 0 { return .failure("level must be non-negative") }
      return .list(flat(elements, min(depth, 100)))
    },
    Function("lists.range", [Overload("lists_range", [.int], .list(.int))]) { values in
      guard let count = values[0].int else { return nil }
      if count > 10_000_000 { return .failure("lists.range: size exceeds maximum allowed") }
      return .list((0..<max(0, count)).map { .int($0) })
    },
    member("reverse", [.list(a)], .list(a)) { values in
      values[0].elements.map { .list($0.reversed()) }
    },
    Function("slice", [Overload("list_slice", isMember: true, [.list(a), .int, .int], .list(a))]) {
      values in
      guard let elements = values[0].elements, let start = values[1].int, let end = values[2].int
      else { return nil }
      if start < 0 || end < 0 {
        return .failure("cannot slice(\(start), \(end)), negative indexes not supported")
      }
      if start > end {
        return .failure(
          "cannot slice(\(start), \(end)), start index must be less than or equal to end index")
      }
      if end > elements.count {
        return .failure("cannot slice(\(start), \(end)), list is length \(elements.count)")
      }
      return .list(Array(elements[Int(start)..<Int(end)]))
    },
    Function(
      "sort",
      Self.comparable.map { Overload("list_\($0)_sort", isMember: true, [.list($0)], .list($0)) }
    ) {
      values in
      guard let elements = values[0].elements else { return nil }
      return sorted(elements, by: elements)
    },
    Function(
      "@sortByAssociatedKeys",
      Self.comparable.map {
        Overload(
          "list_\($0)_sortByAssociatedKeys", isMember: true, [.list(a), .list($0)], .list(a))
      }
    ) { values in
      guard let elements = values[0].elements, let keys = values[1].elements else { return nil }
      return sorted(elements, by: keys)
    },
    member("first", [.list(a)], .optional(a)) { values in
      values[0].elements.map { .optional($0.first) }
    },
    member("last", [.list(a)], .optional(a)) { values in
      values[0].elements.map { .optional($0.last) }
    },
  ]

  package static let comparable: [Type] = [
    .int, .uint, .double, .bool, .duration, .timestamp, .string, .bytes,
  ]

  private static func member(
    _ name: String, _ parameters: [Type], _ result: Type,
    _ evaluate: @escaping @Sendable ([Datum]) -> Datum?
  ) -> Function {
    Function(name, [Overload("list_\(name)", isMember: true, parameters, result)], evaluate)
  }

  private static func flat(_ elements: [Datum], _ depth: Int64) -> [Datum] {
    guard depth > 0 else { return elements }
    return elements.flatMap { one in one.elements.map { flat($0, depth - 1) } ?? [one] }
  }

  private static func sorted(_ elements: [Datum], by keys: [Datum]) -> Datum? {
    guard elements.count == keys.count else { return nil }
    if let first = keys.first {
      for key in keys where key.typeName != first.typeName || key.compare(first) == nil {
        return .failure("list elements must have the same type")
      }
    }
    let order = keys.indices.sorted {
      let compared = keys[$0].compare(keys[$1]) ?? 0
      return compared == 0 ? $0 < $1 : compared < 0
    }
    return .list(order.map { elements[$0] })
  }

  private static let sets: [Function] = [
    set("sets.contains") { one, other in other.allSatisfy { has(one, $0) } },
    set("sets.equivalent") { one, other in
      other.allSatisfy { has(one, $0) } && one.allSatisfy { has(other, $0) }
    },
    set("sets.intersects") { one, other in other.contains { has(one, $0) } },
  ]

  private static func has(_ elements: [Datum], _ value: Datum) -> Bool {
    elements.contains { $0.equals(value) }
  }

  private static func set(
    _ name: String, _ holds: @escaping @Sendable ([Datum], [Datum]) -> Bool
  ) -> Function {
    Function(
      name,
      [Overload(name.replacing(".", with: "_"), [.list(a), .list(a)], .bool)]
    ) { values in
      guard let one = values[0].elements, let other = values[1].elements else { return nil }
      return .bool(holds(one, other))
    }
  }

  private static let maps: [Function] = [
    Function(
      "cel.@mapInsert",
      [
        Overload("@mapInsert_map_map", [.map(a, b), .map(a, b)], .map(a, b)),
        Overload("@mapInsert_map_key_value", [.map(a, b), a, b], .map(a, b)),
      ]
    ) { values in
      guard var map = values[0].map else { return nil }
      if values.count == 3 {
        guard map.insert(values[1], values[2]) else {
          return .failure("insert failed: key \(FormatText.plain(values[1])) already exists")
        }
      } else if let more = values[1].map {
        for key in more.keys where !map.insert(key, more[key] ?? .null) {
          return .failure("insert failed: key \(FormatText.plain(key)) already exists")
        }
      }
      return .map(map)
    }
  ]
}
