extension GoText {
  /// A value as Go's `%v` prints it: `map[a:1 b:[x y]]`.
  package static func print(_ value: Value) -> String {
    switch value {
    case .null: return "<nil>"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .double(let number): return general(number)
    case .string(let text): return text
    case .array(let elements): return "[" + elements.map(print).joined(separator: " ") + "]"
    case .object(let mapping):
      let parts = mapping.map { $0.key + ":" + print($0.value) }
      return "map[" + parts.joined(separator: " ") + "]"
    }
  }

  /// The type of a value in Go's unstructured content, as `%T` prints it; `null` where there is no
  /// type to print.
  package static func typeName(_ value: Value, null: String = "<nil>") -> String {
    switch value {
    case .null: null
    case .bool: "bool"
    case .int: "int64"
    case .double: "float64"
    case .string: "string"
    case .array: "[]interface {}"
    case .object: "map[string]interface {}"
    }
  }

  /// A value as Go's `%#v` prints it, objects being maps of the given type.
  package static func syntax(
    _ value: Value, map: String = "map[string]interface {}"
  ) -> String {
    switch value {
    case .null: return "interface {}(nil)"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .double(let number): return general(number)
    case .string(let text): return quote(text)
    case .array(let elements):
      let parts = elements.map { syntax($0, map: map) }
      return "[]interface {}{" + parts.joined(separator: ", ") + "}"
    case .object(let mapping):
      let parts = mapping.map { quote($0.key) + ":" + syntax($0.value, map: map) }
      return map + "{" + parts.joined(separator: ", ") + "}"
    }
  }
}
