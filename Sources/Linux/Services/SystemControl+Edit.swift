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
    let editor =
      ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"].compactMap { process.environment[$0] }.first ?? "nano"
    let edited = try await process.edit(
      old ?? (options.has("full") ? unit.texts.first ?? "" : ""), as: draft, in: editor)
    guard edited.status == 0 else {
      try await process.writeError("Editing \"\(path)\" canceled: editor failed.\n")
      return 1
    }
    let text = edited.text ?? ""
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
