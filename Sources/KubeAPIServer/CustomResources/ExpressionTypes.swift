import CEL
import Documents
import KubeObjects

/// The types that expressions see in a custom resource's schema, and how large their values may be.
struct ExpressionTypes: Sendable {
  let root: CustomSchema
  /// The whole object, whose name and kind are always there.
  let isResource: Bool
  private let structures: [String: Structure]

  private struct Structure: Sendable {
    let fields: [String: Type]
  }

  static let requestLimit: UInt64 = 3 * 1024 * 1024

  init(_ schema: CustomSchema, isResource: Bool) {
    root = schema
    self.isResource = isResource
    var found: [String: Structure] = [:]
    Self.declare(schema, "@self", isResource: isResource, &found)
    structures = found
  }

  var type: Type? { Self.type(root, "@self", isResource: isResource) }

  /// What a rule at this place may refer to.
  func environment(optionalOld: Bool) -> Environment? {
    guard let type else { return nil }
    var environment = ExpressionLibraries.environment
    environment.variables = ["self": type, "oldSelf": optionalOld ? .optional(type) : type]
    let structures = structures
    environment.isStructure = { structures[$0] != nil }
    environment.field = { structures[$0]?.fields[$1] }
    return environment
  }

  // MARK: types

  private static func type(_ schema: CustomSchema, _ name: String, isResource: Bool) -> Type? {
    if schema.isIntOrString { return .dyn }
    if isResource || schema.isEmbedded { return .structure(name) }
    switch schema.type {
    case "boolean": return .bool
    case "integer": return .int
    case "number": return .double
    case "string":
      switch schema.format {
      case "byte": return .bytes
      case "duration": return .duration
      case "date", "date-time": return .timestamp
      default: return .string
      }
    case "array":
      guard let items = schema.items else { return nil }
      return type(items, name + ".@idx", isResource: false).map { .list($0) }
    case "object":
      if let additional = schema.additional {
        return type(additional, name + ".@elem", isResource: false).map { .map(.string, $0) }
      }
      return .structure(name)
    default: return nil
    }
  }

  private static func declare(
    _ schema: CustomSchema, _ name: String, isResource: Bool, _ found: inout [String: Structure]
  ) {
    if let items = schema.items, schema.type == "array" {
      declare(items, name + ".@idx", isResource: false, &found)
    }
    if let additional = schema.additional {
      declare(additional, name + ".@elem", isResource: false, &found)
    }
    guard type(schema, name, isResource: isResource) == .structure(name) else { return }
    var fields: [String: Type] = [:]
    for member in schema.names {
      guard let part = schema.properties[member], let escaped = FieldNames.escape(member) else {
        continue
      }
      let inner = "\(name).\(member)"
      fields[escaped] = type(part, inner, isResource: false)
      declare(part, inner, isResource: false, &found)
    }
    if isResource || schema.isEmbedded {
      fields["apiVersion"] = .string
      fields["kind"] = .string
      fields["metadata"] = .structure("\(name).metadata")
      found["\(name).metadata"] = Structure(
        fields: ["name": .string, "generateName": .string])
    }
    found[name] = Structure(fields: fields)
  }

  // MARK: sizes

  /// The size of what a path from self leads to.
  func size(_ path: [String]) -> CostEstimate? {
    // Upstream cuts off the first name, whatever it is.
    guard !path.isEmpty else { return nil }
    var schema = root
    var isTop = isResource
    for step in path.dropFirst() {
      switch step {
      case "@items", "@values":
        guard let next = schema.items ?? schema.additional else { return nil }
        schema = next
      case "@keys": return schema.additional == nil ? nil : .zero
      case "@indices": return nil
      default:
        if let next = schema.properties[FieldNames.unescape(step)] {
          schema = next
        } else if isTop || schema.isEmbedded, step == "kind" || step == "apiVersion" {
          return CostEstimate(0, Self.requestLimit - 2)
        } else {
          return nil
        }
      }
      isTop = false
    }
    return CostEstimate(0, Self.most(schema))
  }

  /// The largest number of elements or characters.
  private static func most(_ schema: CustomSchema) -> UInt64 {
    func declared(_ name: String) -> UInt64? {
      schema.demands[name]?.int.map { $0 < 0 ? 0 : UInt64($0) }
    }
    if schema.isIntOrString { return requestLimit - 2 }
    switch schema.type {
    case "array":
      return declared("maxItems")
        ?? requestLimit / ((schema.items.map { leastBytes($0) } ?? 0) + 1)
    case "object":
      guard let additional = schema.additional else { return 0 }
      return declared("maxProperties") ?? requestLimit / (leastBytes(additional) + 6)
    case "string":
      switch schema.format {
      case "duration": return declared("maxLength") ?? 32
      case "date": return declared("maxLength") ?? 10
      case "date-time": return declared("maxLength") ?? 29
      case "byte": return declared("maxLength") ?? requestLimit - 2
      default: break
      }
      if let length = declared("maxLength") { return CostEstimate.multiply(length, 4) }
      if let allowed = schema.demands["enum"]?.array, !allowed.isEmpty {
        return allowed.map { UInt64($0.string?.utf8.count ?? 0) }.max() ?? 0
      }
      return requestLimit - 2
    default: return 0
    }
  }

  /// How many bytes a value takes at least.
  private static func leastBytes(_ schema: CustomSchema) -> UInt64 {
    if schema.isIntOrString { return 1 }
    switch schema.type {
    case "boolean": return 4
    case "integer", "number": return 1
    case "string":
      switch schema.format {
      case "duration": return 4
      case "date": return 10
      case "date-time": return 20
      default: return 2
      }
    case "array": return 2
    case "object":
      guard schema.additional == nil else { return 2 }
      var bytes: UInt64 = 2
      for name in schema.required {
        guard let part = schema.properties[name], part.defaultValue == nil else { continue }
        bytes += UInt64(name.utf8.count) + leastBytes(part) + 4
      }
      return bytes
    default: return 1
    }
  }

  /// How many values of the root one request can hold.
  var mostInOneRequest: UInt64 { Self.requestLimit / (Self.leastBytes(root) + 1) }
}

/// Names of fields as expressions write them.
enum FieldNames {
  private static let reserved: Set<String> = [
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function",
    "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
  ]

  /// nil where an expression cannot name it.
  static func escape(_ name: String) -> String? {
    if reserved.contains(name) { return "__\(name)__" }
    guard
      name.utf8.allSatisfy({
        ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 || $0 == 45
          || $0 == 46 || $0 == 47
      }), let first = name.utf8.first, !(first >= 48 && first <= 57)
    else { return nil }
    return name.replacing("__", with: "__underscores__").replacing(".", with: "__dot__")
      .replacing("-", with: "__dash__").replacing("/", with: "__slash__")
  }

  static func unescape(_ name: String) -> String {
    if name.hasPrefix("__"), name.hasSuffix("__"), name.count > 4 {
      let inner = String(name.dropFirst(2).dropLast(2))
      if reserved.contains(inner) { return inner }
    }
    return name.replacing("__dot__", with: ".").replacing("__dash__", with: "-")
      .replacing("__slash__", with: "/").replacing("__underscores__", with: "__")
  }
}
