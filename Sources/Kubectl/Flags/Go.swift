import Documents

/// Texts as Go's fmt writes them.
enum Go {
  /// As `%q` writes a string.
  static func quoted(_ text: String) -> String { GoText.quote(text) }

  /// As `%v` writes a list of strings.
  static func list(_ items: [String]) -> String { "[" + items.joined(separator: " ") + "]" }
}
