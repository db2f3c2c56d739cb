import Documents
import Linux
import Shell

/// `docker compose`: containers of a file's services, on a network of their own.
extension EngineProgram {
  func compose(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    var rest = words[...]
    var (file, project): (String?, String?)
    while let word = rest.first, word.hasPrefix("-") {
      rest.removeFirst()
      switch word {
      case "-f", "--file": file = rest.popFirst()
      case "-p", "--project-name": project = rest.popFirst()
      default: break
      }
    }
    let verb = rest.popFirst() ?? "help"
    if verb == "version" {
      try await process.write("Docker Compose version v2.40.3\n")
      return 0
    }
    let run = ComposeRun(
      program: self, process: process,
      project: try ComposeProject(file, project: project, process))
    return try await run.carryOut(verb, Array(rest))
  }
}

/// One run of docker compose.
private struct ComposeRun {
  let program: EngineProgram
  let process: Linux.Process
  let project: ComposeProject

  private var engine: ContainerEngine { program.engine }
  private var network: String { "\(project.name)_default" }

  private func container(_ service: ComposeProject.Service) -> EngineContainer? {
    engine.containers.first { $0.name == name(of: service) }
  }

  private func name(of service: ComposeProject.Service) -> String {
    service.containerName ?? "\(project.name)-\(service.name)-1"
  }

  private func say(_ kind: String, _ name: String, _ what: String) async throws {
    try await process.writeError(" \(kind) \(name)  \(what)\n")
  }

  /// Runs the engine's own command without its output.
  private func quietly(_ words: [String]) async throws -> ExitStatus {
    try await process.run(
      [program.name] + words,
      files: [1: MemoryFile(), 2: process.files[2] ?? process.standardError])
  }

  func carryOut(_ verb: String, _ words: [String]) async throws -> ExitStatus {
    let names = words.filter { !$0.hasPrefix("-") }
    switch verb {
    case "up": return try await up(words, names)
    case "down": return try await down(words)
    case "ps", "ls": return try await list(words)
    case "logs": return try await logs(names)
    case "exec": return try await execute(words)
    case "build", "pull", "stop", "start", "restart", "kill", "rm":
      return try await each(verb, names, words)
    case "config":
      try await process.write(project.services.map { $0.name + "\n" }.sorted().joined())
      return 0
    default:
      try await process.writeError("drydock: not simulated: \(program.name) compose \(verb)\n")
      return 1
    }
  }

  private func chosen(_ names: [String]) throws -> [ComposeProject.Service] {
    for name in names where !project.services.contains(where: { $0.name == name }) {
      throw ContainerEngine.Problem(text: "no such service: \(name)")
    }
    return project.services.filter { names.isEmpty || names.contains($0.name) }
  }

  private func up(_ words: [String], _ names: [String]) async throws -> ExitStatus {
    if !engine.networks.contains(where: { $0.name == network }) {
      try await say("Network", network, "Creating")
      engine.networks.append((network, "bridge"))
      try await say("Network", network, "Created")
    }
    var wanted = try chosen(names)
    // What they depend on comes with them.
    for service in project.services.reversed()
    where wanted.contains(where: { $0.dependencies.contains(service.name) })
      && !wanted.contains(where: { $0.name == service.name })
    { wanted.insert(service, at: 0) }
    for service in wanted {
      if let known = container(service) {
        if known.isRunning {
          try await say("Container", known.name, "Running")
          continue
        }
        engine.remove(known)
      }
      if let build = service.build, words.contains("--build") || engine.stored(service.image) == nil
      {
        let file = build.file.map { ["-f", "\(build.context)/\($0)"] } ?? []
        let status = try await quietly(
          ["build", "-q", "-t", service.image] + file + [build.context])
        guard status == 0 else { return status }
      }
      let name = name(of: service)
      try await say("Container", name, "Creating")
      let status = try await quietly(
        ["run", "-d", "--name", name] + service.options + [service.image] + service.command)
      guard status == 0 else { return status }
      try await say("Container", name, "Started")
    }
    guard !words.contains("-d"), !words.contains("--detach") else { return 0 }
    // In front: what they write, until somebody ends it.
    try await process.write("Attaching to \(wanted.map { name(of: $0) }.joined(separator: ", "))\n")
    return try await logs(names)
  }

  private func down(_ words: [String]) async throws -> ExitStatus {
    for service in project.services.reversed() {
      guard let known = container(service) else { continue }
      try await say("Container", known.name, "Stopping")
      _ = try await quietly(["stop", known.name])
      try await say("Container", known.name, "Stopped")
      engine.remove(known)
      try await say("Container", known.name, "Removed")
    }
    if words.contains("-v") || words.contains("--volumes") {
      for volume in engine.volumes where volume.hasPrefix(project.name + "_") {
        engine.volumes.removeAll { $0 == volume }
        try? process.machine.files.removeAll("/var/lib/docker/volumes/\(volume)")
        try await say("Volume", volume, "Removed")
      }
    }
    guard engine.networks.contains(where: { $0.name == network }) else { return 0 }
    engine.networks.removeAll { $0.name == network }
    try await say("Network", network, "Removed")
    return 0
  }

  private func list(_ words: [String]) async throws -> ExitStatus {
    let known = project.services.compactMap { service in container(service).map { (service, $0) } }
      .filter { words.contains("-a") || $0.1.isRunning }.sorted { $0.1.name < $1.1.name }
    if words.contains("-q") {
      try await process.write(known.map { $0.1.id + "\n" }.joined())
      return 0
    }
    var rows = [["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"]]
    for (service, container) in known {
      let command = container.plan.command.joined(separator: " ")
      let cut = command.count > 20 ? command.prefix(19) + "…" : command[...]
      let ports =
        container.ports.map { "0.0.0.0:\($0.host)->\($0.container)/tcp" }
        + container.plan.image.ports.filter { port in
          !container.ports.contains { $0.container == port }
        }.map { "\($0)/tcp" }
      rows.append([
        container.name, container.plan.imageName, "\"\(cut)\"", service.name,
        EngineContainer.age(container.created, process.machine.now) + " ago", container.state,
        ports.joined(separator: ", "),
      ])
    }
    try await process.write(EngineProgram.table(rows))
    return 0
  }

  private func logs(_ names: [String]) async throws -> ExitStatus {
    let known = try chosen(names).compactMap { service in
      container(service).map { ("\(service.name)-1", $0) }
    }
    let width = known.map(\.0.count).max() ?? 0
    for (label, container) in known {
      let lead = label + String(repeating: " ", count: width - label.count) + "  | "
      for line in container.plan.log.lines {
        try await process.write(Array(lead.utf8) + line.text + [0x0A])
      }
    }
    return 0
  }

  private func execute(_ words: [String]) async throws -> ExitStatus {
    var options: [String] = []
    var rest = words[...]
    while let word = rest.first, word.hasPrefix("-") {
      rest.removeFirst()
      if word != "-T" { options.append(word) }
      if ["-e", "-u", "-w", "--env", "--user", "--workdir"].contains(word),
        let value = rest.popFirst()
      {
        options.append(value)
      }
    }
    guard let wanted = rest.popFirst(), let service = try chosen([wanted]).first else {
      throw ContainerEngine.Problem(text: "requires at least 2 args")
    }
    guard let known = container(service), known.isRunning else {
      try await process.writeError("service \"\(wanted)\" is not running\n")
      return 1
    }
    return try await program.execute(
      (words.contains("-T") ? [] : ["-i"]) + options + [known.name] + rest, process)
  }

  private func each(_ verb: String, _ names: [String], _ words: [String]) async throws -> ExitStatus
  {
    for service in try chosen(names) {
      switch verb {
      case "pull" where service.build == nil: _ = try await quietly(["pull", "-q", service.image])
      case "build":
        guard let build = service.build else { continue }
        let file = build.file.map { ["-f", "\(build.context)/\($0)"] } ?? []
        let status = try await process.run(
          [program.name, "build", "-t", service.image] + file + [build.context],
          files: process.files)
        guard status == 0 else { return status }
      case "stop", "start", "restart", "kill", "rm":
        guard let known = container(service) else { continue }
        let status = try await quietly([verb] + (verb == "rm" ? ["-f"] : []) + [known.name])
        guard status == 0 else { return status }
        let done = [
          "stop": "Stopped", "start": "Started", "restart": "Started", "kill": "Killed",
          "rm": "Removed",
        ]
        try await say("Container", name(of: service), done[verb] ?? "")
      default: break
      }
    }
    return 0
  }
}
