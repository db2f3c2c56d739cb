import Shell

/// `systemctl edit`: a drop-in, or with `--full` a copy of the unit, in the person's editor.
extension SystemControlRun {
  func edit(_ names: [String]) async throws -> ExitStatus {
    guard let name = names.first else {
      try await process.writeError("Too few arguments.\n")
      return 1
    }
    guard process.caller.user == 0 else {
      try await process.writeError("Failed to connect to bus: Operation not permitted\n")
      return 1
    }
    guard let unit = services.unit(name) else {
      try await process.writeError(
        "No files found for \(name).\nRun 'systemctl edit --force --full \(name)' to create a new unit.\n"
      )
      return 1
    }
    let files = process.machine.files
    let folder = "/etc/systemd/system"
    let path = options.has("full") ? "\(folder)/\(name)" : "\(folder)/\(name).d/override.conf"
    let old = files.text(path)
    // What is typed goes into a draft first, as the unit may not change half-way.
    let draft = "/tmp/.#override\(process.id)"
    try files.place(
      old ?? (options.has("full") ? unit.texts.first ?? "" : ""), at: draft, mode: 0o644)
    defer { try? files.remove(draft) }
    let editor =
      ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"].compactMap { process.environment[$0] }.first ?? "nano"
    let child = try process.machine.start(
      Command(
        path: "sh", arguments: ["-c", "\(editor) \(draft)"], environment: process.environment,
        directory: process.directory, files: process.files),
      parentID: process.id, caller: process.caller)
    guard try await process.wait(for: child) == 0 else {
      try await process.writeError("Editing \"\(path)\" canceled: editor failed.\n")
      return 1
    }
    let text = files.text(draft) ?? ""
    guard !text.trimmedSides.isEmpty else {
      try await process.writeError("Editing \"\(path)\" canceled: temporary file is empty.\n")
      return 0
    }
    try files.place(text, at: path)
    services.reload()
    try await process.writeError("Successfully installed edited file '\(path)'.\n")
    return 0
  }
}
