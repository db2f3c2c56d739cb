/// Values that may be absent.
package enum OptionalFunctions {
  private typealias Overload = Function.Overload
  private static let a = Type.parameter("A")

  package static let all: [Function] = [
    Function("optional.of", [Overload("optional_of", [a], .optional(a))]) { .optional($0[0]) },
    Function("optional.ofNonZeroValue", [Overload("optional_ofNonZeroValue", [a], .optional(a))]) {
      .optional(isZero($0[0]) ? nil : $0[0])
    },
    Function("optional.none", [Overload("optional_none", [], .optional(a))]) { _ in
      .optional(nil)
    },
    Function("hasValue", [Overload("optional_hasValue", isMember: true, [.optional(a)], .bool)]) {
      values in
      guard case .optional(let inner) = values[0] else { return nil }
      return .bool(inner != nil)
    },
    Function("value", [Overload("optional_value", isMember: true, [.optional(a)], a)]) { values in
      guard case .optional(let inner) = values[0] else { return nil }
      return inner ?? .failure("optional.none() dereference")
    },
    Function("orValue", [Overload("optional_orValue_value", isMember: true, [.optional(a), a], a)])
    { values in
      guard case .optional(let inner) = values[0] else { return nil }
      return inner ?? values[1]
    },
    Function(
      "or",
      [
        Overload(
          "optional_or_optional", isMember: true, [.optional(a), .optional(a)], .optional(a))
      ]
    ) { values in
      guard case .optional(let inner) = values[0] else { return nil }
      return inner == nil ? values[1] : values[0]
    },
    Function(
      "_?._", [Overload("select_optional_field", [.dyn, .string], .optional(.dyn))]
    ) { _ in nil },
  ]

  private static func isZero(_ value: Datum) -> Bool {
    switch value {
    case .null, .bool(false), .int(0), .uint(0), .optional(nil): true
    case .double(let number): number == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list(let list): list.elements.isEmpty
    case .map(let map): map.count == 0
    case .duration(let span): span == 0
    default: false
    }
  }
}
