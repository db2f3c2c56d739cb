/// The type of an expression, as far as it is known before it runs.
package indirect enum Type: Hashable, Sendable {
  case dyn, error, null, bool, int, uint, double, string, bytes, timestamp, duration
  case list(Type)
  case map(Type, Type)
  case optional(Type)
  /// A type of a library's own.
  case opaque(String)
  /// A type with declared fields.
  case structure(String)
  /// The type of a type.
  case type(Type?)
  /// A parameter of a function's declaration.
  case parameter(String)
  /// A type to be found out.
  case variable(Int)

  var isDynamicOrError: Bool { self == .dyn || self == .error }

  /// Whether values of it have a size of their own.
  var isScalar: Bool {
    switch self {
    case .bool, .double, .duration, .int, .timestamp, .uint: true
    case .optional(let wrapped): wrapped.isScalar
    default: false
    }
  }
}

extension Type: CustomStringConvertible {
  package var description: String {
    switch self {
    case .dyn: "dyn"
    case .error: "!error!"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .optional(let wrapped): "optional_type(\(wrapped))"
    case .opaque(let name), .structure(let name), .parameter(let name): name
    case .type(let inner): inner.map { "type(\($0))" } ?? "type"
    case .variable(let number): "_var\(number)"
    }
  }
}
