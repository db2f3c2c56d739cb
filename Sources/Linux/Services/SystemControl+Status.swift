import Shell
import Simulation

/// What `systemctl status` shows of a unit.
extension SystemControlRun {
  func status(_ names: [String]) async throws -> ExitStatus {
    guard !names.isEmpty else {
      try await process.write(
        "\u{25CF} \(process.machine.hostName)\n    State: running\n"
          + "    Units: \(services.allNames("").count) loaded (incl. loaded aliases)\n")
      return 0
    }
    var status: ExitStatus = 0
    for (index, given) in names.enumerated() {
      if index > 0 { try await process.write("\n") }
      let number = Int(given.dropLast(".service".count))
      let name = number.flatMap(unit(ofProcess:)) ?? given
      if let number, name == given {
        try await process.writeError(
          "Failed to get unit for PID \(number): PID \(number) does not belong to any loaded "
            + "unit.\n")
        status = 4
        continue
      }
      guard let unit = services.unit(name) else {
        try await process.writeError("Unit \(name) could not be found.\n")
        status = 4
        continue
      }
      let state = services.states[name] ?? .init()
      try await process.write(describe(unit, state))
      if services.isStale(name) {
        try await process.writeError(
          "Warning: The unit file, source configuration file or drop-ins of \(name) changed on "
            + "disk. Run 'systemctl daemon-reload' to reload units.\n")
      }
      if state.activity != .active { status = max(status, 3) }
    }
    return status
  }

  /// The unit that a process or one of its forebears was started for.
  private func unit(ofProcess number: Int) -> String? {
    var next = process.machine.processes[number]
    while let one = next {
      if let owner = services.states.first(where: { $0.value.process === one }) { return owner.key }
      next = one.parentID == one.id ? nil : process.machine.processes[one.parentID]
    }
    return nil
  }

  private func describe(_ unit: UnitFile, _ state: ServiceManager.State) -> String {
    let mark =
      state.activity == .inactive ? "\u{25CB}" : state.activity == .failed ? "\u{D7}" : "\u{25CF}"
    var lines = ["\(mark) \(unit.title)"]
    let enabled = services.isEnabled(unit.name) ? "enabled" : "disabled"
    let path = unit.paths.first ?? ""
    lines.append(
      unit.isMasked
        ? "     Loaded: masked (Reason: Unit \(unit.name) is masked.)"
        : "     Loaded: loaded (\(path); \(enabled); preset: enabled)")
    lines += dropIns(unit)
    lines.append("     Active: " + activity(state, of: unit.name))
    if let next = state.next {
      let moment = next + process.machine.clockOffset
      lines.append(
        "    Trigger: \(Calendar(moment).formatted("%a %F %T UTC")); "
          + "\(JournalText.age(next - process.machine.timeline.now)) left")
      lines.append("   Triggers: \u{25CF} \(services.target(of: unit))")
    }
    if let docs = unit["Unit", "Documentation"] { lines.append("       Docs: \(docs)") }
    if let process = state.process {
      lines += [
        "   Main PID: \(process.id) (\(process.called))",
        "      Tasks: 11 (limit: 4556)",
        "     Memory: \(memory(process)) (peak: \(memory(process)))",
        "        CPU: \(cpu(process))",
        "     CGroup: /system.slice/\(unit.name)",
        "             \u{2514}\u{2500}\(process.id) \(process.title)",
      ]
    } else if let ending = state.ending {
      let shown =
        ending.code == "killed"
        ? "signal=\(Signal.names[max(0, min(Int(ending.status) - 1, Signal.names.count - 1))])"
        : "status=\(ending.status)"
          + (ServiceManager.exitNames[ending.status].map { "/\($0)" } ?? "")
      let command = unit["Service", "ExecStart"] ?? ""
      lines += [
        "    Process: \(state.lastProcessID) ExecStart=\(command) (code=\(ending.code), \(shown))",
        "   Main PID: \(state.lastProcessID) (code=\(ending.code), \(shown))",
        "        CPU: 84ms",
      ]
    }
    var text = lines.joined(separator: "\n") + "\n"
    let entries = services.journal.entries.filter { $0.unit == unit.name }
    let count = options["n"].flatMap { Int($0) } ?? 10
    let shown = entries.suffix(max(0, count))
    if !shown.isEmpty {
      text += "\n"
      for entry in shown { text += JournalText.short(entry, process.machine) + "\n" }
    }
    return text
  }

  private func dropIns(_ unit: UnitFile) -> [String] {
    var lines: [String] = []
    var folder = ""
    for (index, path) in unit.paths.dropFirst().enumerated() {
      let parts = path.split(separator: "/")
      let here = "/" + parts.dropLast().joined(separator: "/")
      if here != folder {
        lines.append((index == 0 ? "    Drop-In: " : "             ") + here)
        folder = here
      }
      lines.append("             \u{2514}\u{2500}\(parts.last ?? "")")
    }
    return lines
  }

  private func activity(_ state: ServiceManager.State, of name: String) -> String {
    let word = "\(state.activity.rawValue) (\(Self.subState(state, of: name)))"
    var why = ""
    if let ending = state.ending, state.activity == .failed || state.activity == .activating {
      why = " (Result: \(ending.code == "killed" ? "signal" : "exit-code"))"
      if ending.code == "exited", ending.status == 0 { why = "" }
    }
    guard let since = state.since else { return word + why }
    let moment = since + process.machine.clockOffset
    return word + why + " since \(Calendar(moment).formatted("%a %F %T UTC")); "
      + JournalText.age(process.machine.timeline.now - since) + " ago"
  }

  private func memory(_ process: Process) -> String {
    let tenths = Int64(process.memory) * 10 / 1_048_576
    return "\(tenths / 10).\(tenths % 10)M"
  }

  private func cpu(_ process: Process) -> String {
    let age = (process.machine.timeline.now - process.started).nanoseconds / 1_000_000
    let milliseconds = process.cpuTime.nanoseconds / 1_000_000 + age / 90 + 31
    return milliseconds < 1000
      ? "\(milliseconds)ms"
      : "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())s"
  }
}
