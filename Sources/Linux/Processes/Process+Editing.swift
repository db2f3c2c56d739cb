package import Shell

extension Process {
  /// Hands a text to the person's editor, as a draft that goes again. The text is nil when the draft
  /// is gone; the status is the editor's.
  package func edit(
    _ text: String, as draft: String, mode: Int = 0o644, in editor: String
  ) async throws -> (status: ExitStatus, text: String?) {
    try machine.files.place(text, at: draft, mode: mode)
    defer { try? machine.files.remove(draft) }
    let child = try machine.start(
      Command(
        path: "sh", arguments: ["-c", "\(editor) \(draft)"], environment: environment,
        directory: directory, files: files),
      parentID: id, caller: caller)
    return (try await wait(for: child), machine.files.text(draft))
  }
}
