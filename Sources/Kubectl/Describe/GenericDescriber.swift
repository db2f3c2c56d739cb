import Documents

/// Describes what has no description of its own, member by member.
struct GenericDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    members(
      object, level: 0, out,
      skipping: [
        ".metadata.name", ".metadata.namespace", ".metadata.labels",
        ".metadata.annotations", ".metadata.managedFields",
      ], path: "")
    await context.events(of: object, out)
  }

  private func members(
    _ object: Value, level: Int, _ out: DescribeWriter, skipping skipped: Set<String>, path: String
  ) {
    guard level < 60, let members = object.object else { return }
    // The order is that of the words shown, not of the names.
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      let inner = "\(path).\(key)"
      if skipped.contains(inner) { continue }
      let label = Self.label(key)
      switch value {
      case .object(let children):
        let shown = children.filter { !skipped.contains("\(inner).\($0.key)") }
        _ = shown
        out.line(level, "\(label):")
        self.members(value, level: level + 1, out, skipping: skipped, path: inner)
      case .array(let items):
        out.line(level, "\(label):")
        elements(items, level: level + 1, out)
      default:
        out.line(level, "\(label):\t\(Self.text(value))")
      }
    }
  }

  private func elements(_ items: [Value], level: Int, _ out: DescribeWriter) {
    for item in items {
      if item.object != nil {
        members(item, level: level, out, skipping: [], path: "")
      } else if case .array(let inner) = item, level < 60 {
        elements(inner, level: level + 1, out)
      } else {
        out.line(level, Self.text(item))
      }
    }
  }

  private static func text(_ value: Value) -> String {
    value.isNull ? "<nil>" : DescribeText.text(value)
  }

  private static let words: Set<String> = [
    "API", "CRD", "ID", "IP", "JSON", "URL", "UID", "XML", "HTTP", "HTTPS", "TLS", "CPU", "PVC",
  ]

  /// `creationTimestamp` as `Creation Timestamp`, `apiVersion` as `API Version`.
  static func label(_ name: String) -> String {
    guard !name.isEmpty else { return name }
    var parts: [String] = []
    var part = ""
    for character in name {
      if character == "-" || character == "_" || character == "." || character == "/" {
        return name
      }
      if character.isUppercase, !part.isEmpty, !(part.last?.isUppercase ?? false) {
        parts.append(part)
        part = ""
      }
      part.append(character)
    }
    parts.append(part)
    return parts.map { part in
      words.contains(part.uppercased())
        ? part.uppercased() : part.prefix(1).uppercased() + part.dropFirst()
    }.joined(separator: " ")
  }
}
