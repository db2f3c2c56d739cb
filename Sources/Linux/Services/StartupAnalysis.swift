import Shell

/// Whether unit files make sense: `systemd-analyze verify`.
struct StartupAnalysis: Program {
  let name = "systemd-analyze"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard process.machine.services != nil else {
      try await process.writeError(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\n")
      return 1
    }
    switch words.first ?? "time" {
    case "verify":
      var status: ExitStatus = 0
      for name in words.dropFirst() {
        let complaints = complaints(ServiceManager.fullName(name), process)
        if !complaints.isEmpty { status = 1 }
        for line in complaints { try await process.writeError(line + "\n") }
      }
      return status
    case "unit-paths":
      try await process.write(UnitFile.folders.map { $0 + "\n" }.joined())
      return 0
    case "cat-config":
      for path in words.dropFirst() {
        let full = path.hasPrefix("/") ? path : "/etc/" + path
        guard let text = process.machine.files.text(full, process.caller) else { continue }
        try await process.write("# \(full)\n\(text)")
      }
      return 0
    case let verb:
      try await process.writeError("drydock: not simulated: systemd-analyze \(verb)\n")
      return 1
    }
  }

  private func complaints(_ name: String, _ process: Process) -> [String] {
    guard let unit = UnitFile(name, in: process.machine.files) else {
      return ["Unit \(name) not found."]
    }
    var found: [String] = []
    for (path, text) in zip(unit.paths, unit.texts) {
      var isContinued = false
      for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      {
        let line = raw.trimmedSides
        defer { isContinued = line.hasSuffix("\\") }
        guard !isContinued, let first = line.first, !"#;[".contains(first), !line.contains("=")
        else {
          continue
        }
        found.append("\(path):\(index + 1): Missing '=', ignoring line.")
      }
    }
    for line in unit.all("Service", "ExecStart") {
      let program = line.drop { "-@:+!".contains($0) }.prefix { $0 != " " }
      if process.machine.files.status(String(program)) == nil {
        found.append(
          "\(name): Command \(program) is not executable: No such file or directory")
      }
    }
    return found
  }
}
