import Documents

/// Value trees as YAML, as kubectl prints them.
enum YAMLText {
  static func text(_ value: Value) -> String { YAML.text(value) }
}
