/// The functions and operators of the language itself.
package enum StandardFunctions {
  package static let all: [Function] =
    logic + comparisons + arithmetic + containers + conversions + text + times

  typealias Overload = Function.Overload
  static let a = Type.parameter("A")
  static let b = Type.parameter("B")

  private static let logic: [Function] = [
    Function("_&&_", [Overload("logical_and", [.bool, .bool], .bool)]) { _ in nil },
    Function("_||_", [Overload("logical_or", [.bool, .bool], .bool)]) { _ in nil },
    Function("_?_:_", [Overload("conditional", [.bool, a, a], a)]) { _ in nil },
    Function("!_", [Overload("logical_not", [.bool], .bool)]) { $0[0].bool.map { .bool(!$0) } },
    Function("@not_strictly_false", [Overload("not_strictly_false", [.bool], .bool)]) { _ in nil },
    Function("_==_", [Overload("equals", [a, a], .bool)]) { .bool($0[0].equals($0[1])) },
    Function("_!=_", [Overload("not_equals", [a, a], .bool)]) { .bool(!$0[0].equals($0[1])) },
    Function("dyn", [Overload("to_dyn", [a], .dyn)]) { $0[0] },
    Function("type", [Overload("type", [a], .type(a))]) { .type($0[0].typeName) },
  ]

  private static let comparisons: [Function] = [
    ordered("_<_", "less") { $0 < 0 }, ordered("_<=_", "less_equals") { $0 <= 0 },
    ordered("_>_", "greater") { $0 > 0 }, ordered("_>=_", "greater_equals") { $0 >= 0 },
  ]

  private static func ordered(
    _ name: String, _ id: String, _ holds: @escaping @Sendable (Int) -> Bool
  ) -> Function {
    let same: [Type] = [
      .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration,
    ]
    var overloads = same.map { Overload("\(id)_\($0)", [$0, $0], .bool) }
    let numbers: [Type] = [.int, .uint, .double]
    for one in numbers {
      for other in numbers where one != other {
        overloads.append(Overload("\(id)_\(one)_\(other)", [one, other], .bool))
      }
    }
    return Function(name, overloads) { values in
      if let order = values[0].compare(values[1]) { return .bool(holds(order)) }
      if case .double = values[0] { return .bool(false) }
      if case .double = values[1] { return .bool(false) }
      return nil
    }
  }

  private static let containers: [Function] = [
    Function(
      "_[_]",
      [
        Overload("index_list", [.list(a), .int], a), Overload("index_map", [.map(a, b), a], b),
        Overload("optional_list_index_int", [.optional(.list(a)), .int], .optional(a)),
        Overload("optional_map_index_value", [.optional(.map(a, b)), a], .optional(b)),
      ]
    ) { index($0[0], $0[1]) },
    Function(
      "_[?_]",
      [
        Overload("list_optindex_optional_int", [.list(a), .int], .optional(a)),
        Overload("optional_list_optindex_optional_int", [.optional(.list(a)), .int], .optional(a)),
        Overload("map_optindex_optional_value", [.map(a, b), a], .optional(b)),
        Overload("optional_map_optindex_optional_value", [.optional(.map(a, b)), a], .optional(b)),
      ]
    ) { optionalIndex($0[0], $0[1]) },
    Function(
      "@in",
      [Overload("in_list", [a, .list(a)], .bool), Overload("in_map", [a, .map(a, b)], .bool)]
    ) { values in
      switch values[1] {
      case .list(let list): .bool(list.elements.contains { values[0].equals($0) })
      case .map(let map): .bool(map[values[0]] != nil)
      default: nil
      }
    },
    Function(
      "size",
      [Type.bytes, .list(a), .map(a, b), .string].flatMap { type in
        [
          Overload("size_\(type)", [type], .int),
          Overload("\(type)_size", isMember: true, [type], .int),
        ]
      }
    ) { values in
      switch values[0] {
      case .bytes, .list, .map, .string: .int(Int64(clamping: values[0].cost))
      default: nil
      }
    },
  ]

  static func index(_ container: Datum, _ place: Datum) -> Datum? {
    switch container {
    case .list(let list):
      guard let index = wholeIndex(place) else { return .failure("unsupported index type") }
      guard index >= 0, index < list.elements.count else {
        return .failure("index out of bounds: \(index)")
      }
      return list.elements[Int(index)]
    case .map(let map):
      return map[place] ?? .failure("no such key: \(FormatText.plain(place))")
    case .optional(let inner):
      return inner.map { optionalIndex($0, place) } ?? .optional(nil)
    default: return nil
    }
  }

  private static func wholeIndex(_ place: Datum) -> Int64? {
    switch place {
    case .int(let number): number
    case .uint(let number): Int64(exactly: number)
    case .double(let number): Int64(exactly: number)
    default: nil
    }
  }

  static func optionalIndex(_ container: Datum, _ place: Datum) -> Datum? {
    switch container {
    case .list(let list):
      guard let index = wholeIndex(place) else { return nil }
      guard index >= 0, index < list.elements.count else { return .optional(nil) }
      return .optional(list.elements[Int(index)])
    case .map(let map): return .optional(map[place])
    case .optional(let inner):
      return inner.map { optionalIndex($0, place) } ?? .optional(nil)
    default: return nil
    }
  }

  private static let text: [Function] = [
    Function(
      "contains", [Overload("contains_string", isMember: true, [.string, .string], .bool)]
    ) { values in
      guard let text = values[0].string, let part = values[1].string else { return nil }
      return .bool(TextSearch.first(part, in: text) != nil)
    },
    Function(
      "startsWith", [Overload("starts_with_string", isMember: true, [.string, .string], .bool)]
    ) { values in
      guard let text = values[0].string, let part = values[1].string else { return nil }
      return .bool(text.utf8.starts(with: part.utf8))
    },
    Function(
      "endsWith", [Overload("ends_with_string", isMember: true, [.string, .string], .bool)]
    ) { values in
      guard let text = values[0].string, let part = values[1].string else { return nil }
      return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
    },
    Function(
      "matches",
      [
        Overload("matches", [.string, .string], .bool),
        Overload("matches_string", isMember: true, [.string, .string], .bool),
      ]
    ) { values in
      guard let text = values[0].string, let pattern = values[1].string else { return nil }
      do {
        return .bool(try RegularExpression(pattern).matches(text))
      } catch {
        return .failure("\(error)")
      }
    },
  ]
}
