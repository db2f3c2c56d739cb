import Documents

/// Value trees as YAML, as kubectl prints them.
enum YAMLText {
  static func text(_ value: Value) -> String { JSONText.indented(value) + "\n" }
}
