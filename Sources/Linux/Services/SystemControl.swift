package import Shell
import Simulation

/// Controls services: `systemctl`.
package struct SystemControl: Program {
  package let name = "systemctl"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,type= a,all l,full now no-pager no-legend q,quiet p,property= value n,lines= state= "
        + "plain r,recursive f,force failed no-block H,host= user system runtime o,output= "
        + "no-ask-password s,signal= no-reload reverse before after")
    guard let services = process.machine.services else {
      try await process.writeError(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\n"
          + "Failed to connect to bus: Host is down\n")
      return 1
    }
    let verb = options.operands.first ?? "list-units"
    let names = options.operands.dropFirst().map(ServiceManager.fullName)
    let run = SystemControlRun(services: services, process: process, options: options)
    switch verb {
    case "status": return try await run.status(names)
    case "start", "restart", "stop", "try-restart", "reload-or-restart", "reload":
      return try await run.change(verb, names)
    case "enable", "disable", "mask", "unmask", "reenable":
      return try await run.install(verb, names)
    case "daemon-reload", "daemon-reexec":
      services.reload()
      return 0
    case "is-active", "is-failed", "is-enabled": return try await run.ask(verb, names)
    case "list-units", "list-unit-files": return try await run.list(verb)
    case "cat": return try await run.show(names)
    case "show": return try await run.properties(names)
    case "kill", "reset-failed": return try await run.kill(verb, names)
    case "is-system-running":
      try await process.write("running\n")
      return 0
    case "get-default":
      try await process.write("multi-user.target\n")
      return 0
    case "list-timers", "list-sockets": return try await run.listOther(verb)
    case "reboot", "poweroff", "halt":
      return try await PowerProgram.change(verb == "reboot" ? .restart : .off, process)
    case "edit": return try await run.edit(names)
    case "list-dependencies": return try await run.dependencies(names)
    case "set-property", "isolate", "set-default", "preset", "suspend":
      try await process.writeError("drydock: not simulated: systemctl \(verb)\n")
      return 1
    default:
      try await process.writeError("Unknown command verb '\(verb)'.\n")
      return 1
    }
  }
}

/// One run of systemctl.
struct SystemControlRun {
  let services: ServiceManager
  let process: Process
  let options: Options

  private func missing(_ verb: String, _ name: String) async throws {
    try await process.writeError("Failed to \(verb) \(name): Unit \(name) not found.\n")
  }

  private func warnIfStale(_ name: String) async throws {
    guard services.isStale(name) else { return }
    try await process.writeError(
      "Warning: The unit file, source configuration file or drop-ins of \(name) changed on disk. "
        + "Run 'systemctl daemon-reload' to reload units.\n")
  }

  func change(_ verb: String, _ names: [String]) async throws -> ExitStatus {
    guard !names.isEmpty else {
      try await process.writeError("Too few arguments.\n")
      return 1
    }
    guard process.caller.user == 0 else {
      for name in names {
        try await process.writeError(
          "Failed to \(verb) \(name): Interactive authentication required.\n"
            + "See system logs and 'systemctl status \(name)' for details.\n")
      }
      return 1
    }
    var status: ExitStatus = 0
    for name in names {
      guard let unit = services.unit(name) else {
        try await missing(verb, name)
        status = 5
        continue
      }
      if unit.isMasked, verb != "stop" {
        try await process.writeError("Failed to \(verb) \(name): Unit \(name) is masked.\n")
        status = 1
        continue
      }
      try await warnIfStale(name)
      let isRunning = services.states[name]?.process != nil
      if verb == "try-restart", !isRunning { continue }
      if verb == "reload" {
        try await reload(unit)
        continue
      }
      if verb != "start", let ending = services.stop(unit) {
        _ = try await process.wait(for: ending)
      }
      if verb != "stop" { services.start(unit) }
    }
    return status
  }

  /// ExecReload, where it is more than a signal to the main process.
  private func reload(_ unit: UnitFile) async throws {
    let words = (unit["Service", "ExecReload"] ?? "").split(separator: " ").map(String.init)
    guard let program = words.first, !program.hasSuffix("/kill") else {
      services.states[unit.name]?.process?.signal(Signal.hangUp)
      return
    }
    _ = try await process.run(words)
  }

  func install(_ verb: String, _ names: [String]) async throws -> ExitStatus {
    var status: ExitStatus = 0
    for name in names {
      if verb == "mask" || verb == "unmask" {
        status = max(status, try await mask(verb, name))
        continue
      }
      guard let unit = services.unit(name) else {
        try await process.writeError("Failed to \(verb) unit: Unit file \(name) does not exist.\n")
        status = 1
        continue
      }
      if verb == "enable" || verb == "reenable" {
        try await process.writeError(services.enable(unit))
        if options.has("now") { services.start(unit) }
      } else {
        try await process.writeError(services.disable(unit))
        if options.has("now"), let ending = services.stop(unit) {
          _ = try await process.wait(for: ending)
        }
      }
    }
    return status
  }

  private func mask(_ verb: String, _ name: String) async throws -> ExitStatus {
    let path = "/etc/systemd/system/\(name)"
    let files = process.machine.files
    if verb == "mask" {
      guard files.status(path, followingLinks: false) == nil else {
        try await process.writeError(
          "Failed to mask unit: File '\(path)' already exists.\n")
        return 1
      }
      try files.makeLink(path, to: "/dev/null")
      try await process.writeError("Created symlink \(path) \u{2192} /dev/null.\n")
    } else if files.status(path, followingLinks: false)?.kind == .link {
      try files.remove(path)
      try await process.writeError("Removed \"\(path)\".\n")
    }
    services.reload()
    return 0
  }

  func ask(_ verb: String, _ names: [String]) async throws -> ExitStatus {
    var status: ExitStatus = verb == "is-enabled" ? 1 : 3
    for name in names {
      let word: String
      let isYes: Bool
      switch verb {
      case "is-enabled":
        guard let unit = services.unit(name) else {
          try await process.writeError(
            "Failed to get unit file state for \(name): No such file or directory\n")
          return 1
        }
        isYes = services.isEnabled(name)
        word =
          unit.isMasked
          ? "masked"
          : isYes ? "enabled" : unit["Install", "WantedBy"] == nil ? "static" : "disabled"
      default:
        let activity = services.states[name]?.activity ?? .inactive
        word = activity.rawValue
        isYes = verb == "is-active" ? activity == .active : activity == .failed
      }
      if isYes { status = 0 }
      if !options.has("q") { try await process.write(word + "\n") }
    }
    return status
  }

  func show(_ names: [String]) async throws -> ExitStatus {
    for (index, name) in names.enumerated() {
      guard let unit = UnitFile(name, in: process.machine.files) else {
        try await process.writeError("No files found for \(name).\n")
        return 1
      }
      for (place, path) in unit.paths.enumerated() {
        if index + place > 0 { try await process.write("\n") }
        let text = unit.texts.indices.contains(place) ? unit.texts[place] : ""
        try await process.write("# \(path)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")")
      }
      try await warnIfStale(name)
    }
    return 0
  }

  func properties(_ names: [String]) async throws -> ExitStatus {
    let wanted = options.values("p").flatMap { $0.split(separator: ",").map(String.init) }
    for name in names {
      let unit = services.unit(name)
      let state = services.states[name] ?? .init()
      let all: [(String, String)] = [
        ("Id", name), ("Description", unit?.description ?? name),
        ("LoadState", unit == nil ? "not-found" : unit?.isMasked == true ? "masked" : "loaded"),
        ("ActiveState", state.activity.rawValue), ("SubState", Self.subState(state, of: name)),
        ("MainPID", "\(state.process?.id ?? 0)"), ("NRestarts", "\(state.restarts)"),
        ("Restart", unit?["Service", "Restart"] ?? "no"),
        ("FragmentPath", unit?.paths.first ?? ""),
        ("DropInPaths", unit?.paths.dropFirst().joined(separator: " ") ?? ""),
        ("UnitFileState", services.isEnabled(name) ? "enabled" : "disabled"),
        ("ExecStart", unit?["Service", "ExecStart"] ?? ""),
        ("NeedDaemonReload", services.isStale(name) ? "yes" : "no"),
      ]
      for (key, value) in all where wanted.isEmpty || wanted.contains(key) {
        try await process.write(options.has("value") ? value + "\n" : "\(key)=\(value)\n")
      }
    }
    return 0
  }

  func kill(_ verb: String, _ names: [String]) async throws -> ExitStatus {
    for name in names where verb == "kill" {
      let signal = options["s"].flatMap(Signal.number) ?? Signal.terminate
      services.states[name]?.process?.signal(signal)
    }
    return 0
  }

  static func subState(_ state: ServiceManager.State, of name: String) -> String {
    switch state.activity {
    // RemainAfterExit.
    case .active:
      state.process != nil
        ? "running"
        : name.hasSuffix(".timer")
          ? "waiting"
          : name.hasSuffix(".socket")
            ? "listening" : name.hasSuffix(".service") ? "exited" : "active"
    case .activating: state.timer == nil ? "start" : "auto-restart"
    case .deactivating: "stop-sigterm"
    case .failed: "failed"
    case .inactive: "dead"
    }
  }

  func list(_ verb: String) async throws -> ExitStatus {
    let type = options["t"]?.split(separator: ",").first.map { ".\($0)" }
    let all = services.allNames(type ?? "")
    if verb == "list-unit-files" {
      var text = "UNIT FILE                                STATE           PRESET\n"
      for name in all {
        let state =
          services.isEnabled(name)
          ? "enabled" : services.unit(name)?["Install", "WantedBy"] == nil ? "static" : "disabled"
        text += Self.padded(name, 40) + " " + Self.padded(state, 15) + " enabled\n"
      }
      text += "\n\(all.count) unit files listed.\n"
      try await process.write(text)
      return 0
    }
    let wanted =
      options["state"]?.split(separator: ",").map(String.init)
      ?? (options.has("failed") ? ["failed"] : [])
    var lines: [String] = []
    for name in all {
      let state = services.states[name] ?? .init()
      let isShown =
        wanted.isEmpty
        ? options.has("a") || state.activity != .inactive
        : wanted.contains(state.activity.rawValue)
          || wanted.contains(Self.subState(state, of: name))
      guard isShown else { continue }
      let mark = state.activity == .failed ? "\u{25CF} " : "  "
      lines.append(
        mark + Self.padded(name, 25) + " loaded " + Self.padded(state.activity.rawValue, 10) + " "
          + Self.padded(Self.subState(state, of: name), 12) + " "
          + (services.unit(name)?.description ?? name)
      )
    }
    if !options.has("no-legend") {
      lines.insert("  UNIT                      LOAD   ACTIVE     SUB          DESCRIPTION", at: 0)
      // systemd 255.
      lines += [
        "", "Legend: LOAD   \u{2192} Reflects whether the unit definition was properly loaded.",
        "        ACTIVE \u{2192} The high-level unit activation state, i.e. generalization of SUB.",
        "        SUB    \u{2192} The low-level unit activation state, values depend on unit type.",
        "",
        "\(lines.count - 1) loaded units listed."
          + (options.has("a") || !wanted.isEmpty
            ? "" : " Pass --all to see loaded but inactive units, too."),
        "To show all installed unit files use 'systemctl list-unit-files'.",
      ]
    }
    try await process.write(lines.joined(separator: "\n") + "\n")
    return 0
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
