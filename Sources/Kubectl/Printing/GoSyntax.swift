import Documents

/// Value trees as Go's `%#v` shows unstructured content.
enum GoSyntax {
  static func text(_ value: Value) -> String {
    switch value {
    case .null: "interface {}(nil)"
    case .string(let text): Go.quoted(text)
    case .array(let items): "[]interface {}{" + items.map(text).joined(separator: ", ") + "}"
    case .object(let members):
      "map[string]interface {}{"
        + members.map { "\(Go.quoted($0.key)):\(text($0.value))" }.joined(separator: ", ") + "}"
    default: JSONText.compact(value)
    }
  }
}
