import Documents

/// Value trees as the texts that kubectl prints.
enum JSONText {
  static func compact(_ value: Value) -> String { text(value, .compact) }
  /// As `json.Marshal` writes it, `<`, `>` and `&` escaped.
  static func marshal(_ value: Value) -> String { text(value, .marshal) }
  static func indented(_ value: Value) -> String { text(value, .indented) }

  static func text(_ value: Value, _ style: JSONWriter.Style) -> String {
    var writer = JSONWriter(style)
    writer.write(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
