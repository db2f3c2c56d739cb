import Shell

/// Makes directories.
struct MakeDirectory: Program {
  let name = "mkdir"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "p,parents m,mode= v,verbose Z")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    let mode = try options["m"].map { text throws in
      guard let mode = FileMode.change(text, 0o777, isDirectory: true, mask: process.fileMask)
      else { throw UsageError("invalid mode '\(text)'", hint: false) }
      return mode
    }
    var status: ExitStatus = 0
    for path in options.operands {
      do {
        if options.has("p") {
          try await makeWithParents(path, mode, options.has("v"), process)
        } else {
          try process.makeDirectory(path, mode: mode)
          if options.has("v") {
            try await tell(path, process)
          }
        }
      } catch let error as HostError {
        try await process.complain(
          "cannot create directory '\(path)': \(error.text)",
          busyBox: "can't create directory '\(path)': \(error.text)")
        status = 1
      }
    }
    return status
  }

  private func tell(_ path: String, _ process: Process) async throws {
    try await process.write(
      process.isBusyBox
        ? "created directory: '\(path)'\n" : "mkdir: created directory '\(path)'\n")
  }

  private func makeWithParents(
    _ path: String, _ mode: Int?, _ isVerbose: Bool, _ process: Process
  ) async throws {
    let parts = MountNamespace.plain(path)
    var made = path.hasPrefix("/") ? "" : "."
    for (index, part) in parts.enumerated() {
      made += "/" + part
      if let found = process.status(made) {
        if found.kind != .directory {
          throw index == parts.count - 1 ? HostError.exists : HostError.notDirectory
        }
        continue
      }
      try process.makeDirectory(made, mode: index == parts.count - 1 ? mode : nil)
      if isVerbose {
        let shown = made.hasPrefix("./") ? String(made.dropFirst(2)) : made
        try await tell(shown, process)
      }
    }
  }
}
