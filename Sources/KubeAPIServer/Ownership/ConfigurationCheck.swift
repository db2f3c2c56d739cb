import Documents
import KubeObjects

/// Whether an applied configuration has the structure of its kind, in structured-merge-diff's
/// words.
struct ConfigurationCheck {
  private(set) var problems: [String] = []
  private static let depthLimit = 500

  init(_ value: Value, type: Int) {
    check(value, .structure(type), "", 0)
    if problems.isEmpty {
      problems = OwnedValue(value, schema: StructureSchema(type: type)).duplicates
    }
  }

  /// For a custom resource.
  init(_ value: Value, resource schema: CustomSchema) {
    guard case .object(let members) = value else { return }
    for (name, member) in members where !["apiVersion", "kind"].contains(name) {
      if name == "metadata", let type = Schema.builtin.index(of: "meta.v1.ObjectMeta") {
        check(member, .structure(type), ".metadata", 1)
      } else {
        check(member, name, of: schema, "", 0)
      }
    }
    if problems.isEmpty {
      problems = OwnedValue(value, schema: StructureSchema(root: schema)).duplicates
    }
  }

  /// One member of an object of a custom schema.
  private mutating func check(
    _ value: Value, _ name: String, of schema: CustomSchema, _ path: String, _ depth: Int
  ) {
    if let part = schema.schema(of: name) {
      check(value, part, "\(path).\(name)", depth + 1)
    } else if !schema.allowsUnknown {
      problems.append("\(path).\(name): field not declared in schema")
    }
  }

  private mutating func check(
    _ value: Value, _ schema: CustomSchema, _ path: String, _ depth: Int
  ) {
    guard depth < Self.depthLimit, !value.isNull, !schema.isIntOrString else { return }
    switch schema.type {
    case "object":
      guard case .object(let members) = value else { return note(path, depth, "map", value) }
      for (name, member) in members {
        let isOwn = schema.isEmbedded && ["apiVersion", "kind", "metadata"].contains(name)
        if !isOwn { check(member, name, of: schema, path, depth) }
      }
    case "array":
      guard case .array(let elements) = value else { return note(path, depth, "list", value) }
      guard let items = schema.items else { return }
      for (place, element) in elements.enumerated() {
        let keys = schema.mapKeys.compactMap { key in
          element[key].map { "\(key)=\(JSON.text($0))" }
        }
        let name = keys.isEmpty ? String(place) : keys.joined(separator: ",")
        check(element, items, "\(path)[\(name)]", depth + 1)
      }
    case "string": if value.string == nil { note(path, depth, "string", value) }
    case "boolean": if value.bool == nil { note(path, depth, "boolean", value) }
    case "integer", "number":
      if value.number == nil { note(path, depth, "numeric (int or float)", value) }
    default: break
    }
  }

  private mutating func check(_ value: Value, _ type: FieldType, _ path: String, _ depth: Int) {
    guard depth < Self.depthLimit else { return }
    if value.isNull { return }
    switch type {
    case .structure(let index):
      guard case .object(let mapping) = value else { return note(path, depth, "map", value) }
      for (name, member) in mapping {
        guard let field = Schema.builtin.types[index].field(name) else {
          problems.append("\(path).\(name): field not declared in schema")
          continue
        }
        check(member, field.type, "\(path).\(name)", depth + 1)
      }
    case .list(let element):
      guard case .array(let items) = value else { return note(path, depth, "list", value) }
      for (place, item) in items.enumerated() {
        let named = item["name"]?.string.map { "[name=\($0.goQuoted)]" } ?? "[\(place)]"
        check(item, element, path + named, depth + 1)
      }
    case .map(let element):
      guard case .object(let mapping) = value else { return note(path, depth, "map", value) }
      for (name, member) in mapping { check(member, element, "\(path).\(name)", depth + 1) }
    case .string, .bytes, .time, .microTime:
      if value.string == nil { note(path, depth, "string", value) }
    case .boolean: if value.bool == nil { note(path, depth, "boolean", value) }
    case .int32, .int64: if value.int == nil { note(path, depth, "numeric (int or float)", value) }
    case .double: if value.number == nil { note(path, depth, "numeric (int or float)", value) }
    default: break
    }
  }

  /// As Go's %v prints it.
  private static func plain(_ value: Value, _ depth: Int) -> String {
    guard depth < depthLimit else { return "…" }
    switch value {
    case .null: return "<nil>"
    case .string(let text): return text
    case .array(let items):
      return "[" + items.map { plain($0, depth + 1) }.joined(separator: " ") + "]"
    case .object(let mapping):
      return "map["
        + mapping.map { "\($0.key):" + plain($0.value, depth + 1) }
        .joined(separator: " ") + "]"
    default: return JSON.text(value)
    }
  }

  private mutating func note(
    _ path: String, _ depth: Int, _ wanted: String, _ value: Value
  ) {
    let shown: String
    switch value {
    case .array, .object: shown = "&{" + Self.plain(value, depth) + "}"
    default: shown = "&value.valueUnstructured{Value:\(value.goPrinted)}"
    }
    problems.append("\(path): expected \(wanted), got \(shown)")
  }
}
