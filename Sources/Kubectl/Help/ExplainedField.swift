import Documents
import KubeObjects

/// One field as `explain` shows it, whatever it is known from.
protocol ExplainedField {
  var name: String { get }
  var typeName: String { get }
  var sentence: String { get }
  var allowed: [String] { get }
  var isRequired: Bool { get }
  /// What is in it, by name.
  var fields: [any ExplainedField] { get }
  /// Tells types that contain themselves.
  var identity: Int? { get }
}

/// A field of a kind that the schema knows.
struct BuiltinField: ExplainedField {
  let name: String
  let sentence: String
  let allowed: [String]
  let isRequired: Bool
  private let type: FieldType

  init(root: Int, kind: String) {
    name = kind
    sentence = FieldSentences.kind(kind)
    allowed = []
    isRequired = false
    type = .structure(root)
  }

  init(_ field: StructuralType.Field, of owner: String) {
    name = field.name
    sentence = FieldSentences.field(field.name, of: owner)
    allowed = field.allowed
    isRequired = field.isRequired
    type = field.type
  }

  var typeName: String { Self.name(of: type) }
  var identity: Int? { Self.structure(type) }

  var fields: [any ExplainedField] {
    guard let index = identity else { return [] }
    let owner = Schema.builtin.types[index]
    return owner.fields.sorted { $0.name < $1.name }.map { BuiltinField($0, of: owner.name) }
  }

  private static func structure(_ type: FieldType) -> Int? {
    switch type {
    case .list(let inner), .map(let inner): structure(inner)
    case .structure(let index): index
    default: nil
    }
  }

  private static func name(of type: FieldType) -> String {
    switch type {
    case .string, .time, .microTime, .bytes: "string"
    case .boolean: "boolean"
    case .int32, .int64: "integer"
    case .double: "number"
    case .quantity: "Quantity"
    case .intOrString: "IntOrString"
    case .object, .any: "Object"
    case .list(let inner): "[]" + name(of: inner)
    case .map(let inner): "map[string]" + name(of: inner)
    case .structure(let index):
      Schema.builtin.types[index].name.split(separator: ".").last.map(String.init) ?? "Object"
    }
  }
}

/// A field of a custom resource, as its definition describes it.
struct CustomField: ExplainedField {
  let name: String
  let isRequired: Bool
  private let schema: Value
  /// What every object has beside its own members.
  private var common: [any ExplainedField] = []
  let identity: Int? = nil

  private init(_ name: String, _ schema: Value, isRequired: Bool = false) {
    self.name = name
    self.schema = schema
    self.isRequired = isRequired
  }

  static func root(of resource: APIResource, _ call: Invocation) async throws -> CustomField {
    let path =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
      + APIResource.escaped("\(resource.name).\(resource.group)")
    let definition = try await call.client().get(path)
    let versions = definition[path: "spec", "versions"]?.array ?? []
    guard
      let schema = versions.first(where: { $0["name"]?.string == resource.version })?[
        path: "schema", "openAPIV3Schema"]
    else {
      throw CommandError.text(
        "GVK map[group:\(resource.group) kind:\(resource.kind) version:\(resource.version)] not "
          + "found in OpenAPI schema")
    }
    var root = CustomField(resource.kind, schema)
    // Any built-in kind has the members that all objects share.
    if let pod = Schema.builtin.index(GroupVersion("", "v1"), kind: "Pod") {
      let shared = ["apiVersion", "kind", "metadata"]
      root.common = BuiltinField(root: pod, kind: "").fields.filter { shared.contains($0.name) }
    }
    return root
  }

  var sentence: String { schema["description"]?.string ?? "" }
  var allowed: [String] { (schema["enum"]?.array ?? []).map { $0.string ?? JSONText.compact($0) } }
  var typeName: String { Self.name(of: schema, depth: 0) }

  private static func name(of schema: Value, depth: Int) -> String {
    guard depth < 20 else { return "Object" }
    switch schema["type"]?.string {
    case "array": return "[]" + name(of: schema["items"] ?? [:], depth: depth + 1)
    case "object":
      guard let inner = schema["additionalProperties"], inner.object != nil else {
        return "Object"
      }
      return "map[string]" + name(of: inner, depth: depth + 1)
    case let type?: return type
    case nil: return "Object"
    }
  }

  private static func members(_ schema: Value, depth: Int) -> Value {
    guard depth < 20 else { return [:] }
    if schema["type"]?.string == "array" {
      return members(schema["items"] ?? [:], depth: depth + 1)
    }
    if let inner = schema["additionalProperties"], inner.object != nil {
      return members(inner, depth: depth + 1)
    }
    return schema
  }

  var fields: [any ExplainedField] {
    let owner = Self.members(schema, depth: 0)
    let needed = Set((owner["required"]?.array ?? []).compactMap(\.string))
    let taken = Set(common.map(\.name))
    let own = (owner["properties"]?.object ?? [:]).filter { !taken.contains($0.key) }.map {
      CustomField($0.key, $0.value, isRequired: needed.contains($0.key)) as any ExplainedField
    }
    return (common + own).sorted { $0.name < $1.name }
  }
}
