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
