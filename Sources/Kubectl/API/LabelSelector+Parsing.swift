import KubeObjects

extension LabelSelector {
  /// Reads a selector of the command line, its complaint as kubectl's.
  static func parsing(_ text: String) throws -> LabelSelector {
    do throws(LabelSelectorError) {
      return try LabelSelector(text)
    } catch {
      throw CommandError.text(
        "the provided selector \(Go.quoted(text)) is not valid: \(error.message)")
    }
  }
}
