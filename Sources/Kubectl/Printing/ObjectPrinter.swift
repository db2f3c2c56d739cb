import Documents
import KubeObjects

/// Prints whole objects in one of the forms of `-o` that need no table.
final class ObjectPrinter {
  private let format: OutputFormat
  private let showsManagedFields: Bool
  private let allowsMissingKeys: Bool
  private var printed = 0
  private var columns: CustomColumns?
  private let isTyped: Bool

  /// Typed objects, those that kubectl makes itself, are written in the order of their structs.
  init(_ format: OutputFormat, values: FlagValues, isTyped: Bool = false) throws {
    self.format = format
    self.isTyped = isTyped
    showsManagedFields = values.bool("show-managed-fields")
    allowsMissingKeys =
      values.flag("allow-missing-template-keys") == nil
      || values.bool("allow-missing-template-keys")
    if case .customColumns(let text) = format {
      columns = try CustomColumns(text, showsHeaders: !values.bool("no-headers"))
    }
  }

  func text(_ object: Value) throws -> String {
    defer { printed += 1 }
    switch format {
    case .table, .wide: return ""
    case .json:
      let shown = trimmed(object)
      return (isTyped ? StructuralOrder.text(shown, Self.json) : JSONText.text(shown, Self.json))
        + "\n"
    case .yaml: return (printed > 0 ? "---\n" : "") + YAMLText.text(trimmed(object))
    case .name: return names(object)
    case .jsonPath(let template):
      return try JSONPathText.text(template, object, allowsMissingKeys: allowsMissingKeys)
    case .jsonPathAsJSON(let template):
      return try JSONPathText.json(template, object, allowsMissingKeys: allowsMissingKeys)
    case .customColumns:
      return try columns?.text(object) ?? ""
    case .goTemplate(let template):
      return try GoTemplate.text(template, object, allowsMissingKeys: allowsMissingKeys)
    }
  }

  private static let json = JSONWriter.Style(indent: "    ", escapesHTML: true)

  private func names(_ object: Value) -> String {
    if let items = object["items"]?.array { return items.map(names).joined() }
    return Self.name(object) + "\n"
  }

  /// `deployment.apps/web`.
  static func name(_ object: Value) -> String {
    let kind = (object["kind"]?.string ?? "").lowercased()
    let apiVersion = object["apiVersion"]?.string ?? ""
    let group = apiVersion.firstIndex(of: "/").map { "." + apiVersion[..<$0] } ?? ""
    let name = object[path: "metadata", "name"]?.string ?? ""
    return "\(kind)\(group)/\(name.isEmpty ? "<unknown>" : name)"
  }

  private func trimmed(_ object: Value) -> Value {
    guard !showsManagedFields else { return object }
    var object = object
    if object[path: "metadata", "managedFields"] != nil {
      object[path: "metadata", "managedFields"] = nil
    }
    if let items = object["items"]?.array, object["kind"]?.string?.hasSuffix("List") == true {
      object["items"] = .array(items.map(trimmed))
    }
    return object
  }
}
