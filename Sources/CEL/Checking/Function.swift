/// A function of the language or of a library: its types, and what it does.
package struct Function: Sendable {
  /// One way to call a function.
  package struct Overload: Sendable {
    package let id: String
    /// Called as first.name(rest).
    package let isMember: Bool
    package let parameters: [Type]
    package let result: Type

    package init(_ id: String, isMember: Bool = false, _ parameters: [Type], _ result: Type) {
      self.id = id
      self.isMember = isMember
      self.parameters = parameters
      self.result = result
    }
  }

  package let name: String
  package var overloads: [Overload]
  /// Called with the target first; nil where no overload fits.
  package let evaluate: @Sendable ([Datum]) -> Datum?

  package init(
    _ name: String, _ overloads: [Overload], _ evaluate: @escaping @Sendable ([Datum]) -> Datum?
  ) {
    self.name = name
    self.overloads = overloads
    self.evaluate = evaluate
  }
}

/// What expressions may refer to.
package struct Environment: Sendable {
  package private(set) var functions: [String: Function] = [:]
  package var variables: [String: Type]
  /// The type of a field of a declared structure; nil where there is none.
  package var field: @Sendable (_ structure: String, _ name: String) -> Type?
  package var isStructure: @Sendable (_ name: String) -> Bool

  package init(
    functions: [Function], variables: [String: Type] = [:],
    field: @escaping @Sendable (String, String) -> Type? = { _, _ in nil },
    isStructure: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.variables = variables
    self.field = field
    self.isStructure = isStructure
    add(functions)
  }

  /// Functions of one name are one: the later's ways to be called are added.
  package mutating func add(_ more: [Function]) {
    for function in more {
      guard let known = functions[function.name] else {
        functions[function.name] = function
        continue
      }
      let (first, second) = (known.evaluate, function.evaluate)
      functions[function.name] = Function(
        function.name, known.overloads + function.overloads
      ) { first($0) ?? second($0) }
    }
  }

  /// The names of types, which are values.
  static let types: [String: Type] = [
    "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
    "bytes": .bytes, "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null,
    "type": .type(nil), "google.protobuf.Timestamp": .timestamp,
    "google.protobuf.Duration": .duration, "optional_type": .optional(.dyn), "dyn": .dyn,
  ]
}
