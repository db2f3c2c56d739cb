import Documents
import Linux
import Shell
import Simulation

extension EngineProgram {
  /// The container of a name or ID.
  func requireContainer(_ name: String) throws -> EngineContainer {
    guard let found = engine.container(name) else {
      throw ContainerEngine.Problem(
        text: isPodman
          ? "no container with name or ID \"\(name)\" found: no such container"
          : "No such container: \(name)")
    }
    return found
  }

  func run(
    _ words: [String], _ process: Linux.Process, starts: Bool
  ) async throws -> ExitStatus {
    let options = try EngineOptions(
      words,
      valued: [
        "name", "p", "publish", "e", "env", "v", "volume", "w", "workdir", "u", "user", "h",
        "hostname", "entrypoint", "network", "net", "restart", "m", "memory", "cpus", "cap-add",
        "cap-drop", "security-opt", "l", "label", "env-file", "mount", "platform", "pid", "ipc",
        "add-host", "network-alias", "pull", "stop-timeout", "log-driver", "ulimit", "device",
        "tmpfs",
      ], stopsAtOperand: true)
    guard let reference = options.operands.first else {
      try await process.writeError(
        "\"\(name) run\" requires at least 1 argument.\nSee '\(name) run --help'.\n")
      return 125
    }
    let isMissing = engine.stored(reference) == nil
    if isMissing {
      let shown = ImageReference(reference).map(ContainerEngine.shown) ?? reference
      try await process.writeError(
        isPodman
          ? "Trying to pull \(ImageReference(reference)?.canonical ?? reference)...\n"
          : "Unable to find image '\(shown)' locally\n")
      try await process.sleep(.seconds(2))
    }
    let image: Image
    switch engine.find(reference) {
    case .success(let found): image = found
    case .failure(let problem): throw problem
    }
    if isMissing, !isPodman, let pulled = ImageReference(reference) {
      try await process.writeError(Self.pulled(pulled))
    }
    let name = options.value("name") ?? engine.newName()
    if let taken = engine.container(name), taken.name == name {
      throw ContainerEngine.Problem(
        text: "Conflict. The container name \"/\(name)\" is already in use by container "
          + "\"\(taken.id)\". You have to remove (or rename) that container to be able to reuse "
          + "that name.")
    }
    guard
      let container = engine.create(
        image, reference: reference, name: name, wish: try wish(options, process))
    else { return 125 }
    container.isTemporary = options.has("rm")
    container.aliases = options.values("network-alias")
    guard starts else {
      try await process.write(container.id + "\n")
      return 0
    }
    return try await start(
      container, process, isDetached: options.has("d", "detach"),
      takesInput: options.has("i", "interactive"))
  }

  private func wish(
    _ options: EngineOptions, _ process: Linux.Process
  ) throws -> ContainerEngine.Wish {
    var wish = ContainerEngine.Wish()
    wish.command = Array(options.operands.dropFirst())
    wish.entrypoint = options.value("entrypoint")
    wish.directory = options.value("w", "workdir")
    wish.hostName = options.value("h", "hostname")
    if let network = options.value("network", "net"), network != "default" {
      let isKnown = engine.networks.contains { $0.name == network }
      // Podman's names for what it does without a bridge.
      let isOwn = isPodman && ["podman", "pasta", "slirp4netns"].contains(network)
      guard isKnown || isOwn else {
        throw ContainerEngine.Problem(text: "network \(network) not found")
      }
      if isKnown { wish.network = network }
    }
    if let user = options.value("u", "user") {
      wish.user = Int(user.prefix { $0 != ":" }) ?? (user == "root" ? 0 : 1000)
    }
    for path in options.values("env-file") {
      for line in (process.machine.files.text(process.absolute(path)) ?? "").split(separator: "\n")
      where !line.hasPrefix("#") {
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { wish.environment.append((parts[0], parts[1])) }
      }
    }
    for pair in options.values("e", "env") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      let value = parts.count > 1 ? parts[1] : process.environment[parts[0]] ?? ""
      wish.environment.append((parts[0], value))
    }
    for port in options.values("p", "publish") {
      let parts = port.prefix { $0 != "/" }.split(separator: ":").map(String.init)
      guard let inner = parts.last.flatMap({ Int($0) }) else {
        throw ContainerEngine.Problem(text: "invalid containerPort: \(port)")
      }
      wish.ports.append((parts.dropLast().last.flatMap { Int($0) } ?? 32_768 + inner % 1000, inner))
    }
    for volume in options.values("v", "volume") {
      let parts = volume.split(separator: ":").map(String.init)
      guard parts.count >= 2 else { continue }
      let isPath = parts[0].hasPrefix("/") || parts[0].hasPrefix(".")
      if !isPath, !engine.volumes.contains(parts[0]) { engine.volumes.append(parts[0]) }
      let source =
        isPath ? process.absolute(parts[0]) : "/var/lib/docker/volumes/\(parts[0])/_data"
      if process.status(source) == nil { try? process.machine.files.makeDirectories(source) }
      wish.mounts.append(
        ContainerPlan.Mount(
          path: parts[1], volume: Volume(name: parts[0], source: .hostPath(source)),
          isReadOnly: parts.count > 2 && parts[2].contains("ro"), subPath: ""))
    }
    return wish
  }

  private func start(
    _ container: EngineContainer, _ process: Linux.Process, isDetached: Bool, takesInput: Bool
  ) async throws -> ExitStatus {
    var mirror: [Int: any OpenFile] = [:]
    if !isDetached {
      mirror = [1: process.standardOutput, 2: process.standardError]
      if takesInput { mirror[0] = process.standardInput }
    }
    let engine = engine
    do {
      try container.start(mirror) { [weak container] in
        guard let container, container.isTemporary else { return }
        engine.remove(container)
      }
    } catch {
      engine.remove(container)
      throw ContainerEngine.Problem(
        text: "failed to create task for container: failed to create shim task: OCI runtime create "
          + "failed: runc create failed: unable to start container process: error during container "
          + "init: exec: \(MachineRuntime.reason(container.plan.command.first ?? "", error)): unknown"
      )
    }
    if isDetached {
      // The client hears of the start when the program has run for a moment.
      try await process.sleep(.milliseconds(200))
      try await process.write(container.id + "\n")
      return 0
    }
    guard let inner = container.process else { return 125 }
    // Ctrl-C goes to what runs in front.
    return try await process.wait(for: inner)
  }

  func list(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["f", "filter", "format", "n", "last"])
    let filters = options.values("f", "filter").map {
      $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }
    let asksForState = filters.contains { $0.first == "status" }
    let shown = engine.containers.reversed().filter { container in
      (container.isRunning || options.has("a", "all") || asksForState)
        && filters.allSatisfy { Self.matches(container, $0.first ?? "", $0.last ?? "") }
    }
    if options.has("q", "quiet") {
      try await process.write(shown.map { $0.id.prefix(12) + "\n" }.joined())
      return 0
    }
    var rows = [["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]]
    for container in shown {
      let command = container.plan.command.joined(separator: " ")
      let cut = command.count > 20 ? command.prefix(19) + "…" : command[...]
      let ports = container.ports.map { "0.0.0.0:\($0.host)->\($0.container)/tcp" }
      let open = container.plan.image.ports.filter { port in
        !container.ports.contains { $0.container == port }
      }.map { "\($0)/tcp" }
      rows.append([
        String(container.id.prefix(12)), container.plan.imageName,
        isPodman ? String(cut) : "\"\(cut)\"",
        EngineContainer.age(container.created, process.machine.now) + " ago", container.state,
        (ports + open).joined(separator: ", "), container.name,
      ])
    }
    if let format = options.value("format") {
      let names = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"]
      let values = zip(shown, rows.dropFirst()).map { container, row -> Value in
        var value = Value.object(Mapping(zip(names, row).map { ($0, .string($1)) }))
        value["State"] = container.isRunning ? "running" : "exited"
        value["CreatedAt"] = .string(
          Calendar(container.created).formatted("%Y-%m-%d %H:%M:%S +0000 UTC"))
        return value
      }
      let titles = Dictionary(uniqueKeysWithValues: zip(names, rows[0]))
      try await process.write(try EngineTemplates.text(format, values, titles: titles))
      return 0
    }
    try await process.write(Self.table(rows))
    return 0
  }

  private static func matches(_ container: EngineContainer, _ name: String, _ value: String) -> Bool
  {
    switch name {
    case "name": return container.name.contains(value)
    case "id": return container.id.hasPrefix(value)
    case "ancestor":
      return container.plan.imageName == value
        || container.plan.imageName.prefix { $0 != ":" } == value
    case "status":
      let state = container.isRunning ? "running" : container.started == nil ? "created" : "exited"
      return state == value
    case "label":
      let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
      let own = container.plan.image.labels[parts.first ?? ""]
      return parts.count > 1 ? own == parts[1] : own != nil
    default: return true
    }
  }

  func logs(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["n", "tail", "since", "until"])
    let container = try requireContainer(options.operands.first ?? "")
    var lines = container.plan.log.lines[...]
    if let count = options.value("n", "tail").flatMap({ Int($0) }) {
      lines = lines.suffix(max(0, count))
    }
    for line in lines {
      let stamp =
        options.has("t", "timestamps")
        ? Calendar(line.moment).formatted("%Y-%m-%dT%H:%M:%S.%NZ ") : ""
      let bytes = Array(stamp.utf8) + line.text + [0x0A]
      if line.isError {
        try await process.standardError.write(bytes)
      } else {
        try await process.write(bytes)
      }
    }
    return 0
  }

  func execute(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(
      words, valued: ["e", "env", "w", "workdir", "u", "user"], stopsAtOperand: true)
    let container = try requireContainer(options.operands.first ?? "")
    guard container.isRunning else {
      throw ContainerEngine.Problem(
        text: isPodman
          ? "can only create exec sessions on running containers: container state improper"
          : "container \(container.id) is not running")
    }
    let command = Array(options.operands.dropFirst())
    guard !command.isEmpty else {
      try await process.writeError("\"\(name) exec\" requires at least 2 arguments.\n")
      return 1
    }
    var files = process.files
    if !options.has("i", "interactive") { files[0] = EmptyInput() }
    var shell = Command(container.plan, words: command, files: files)
    for pair in options.values("e", "env") {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { shell.environment[parts[0]] = parts[1] }
    }
    if let directory = options.value("w", "workdir") { shell.directory = directory }
    var caller = container.plan.caller
    if let user = options.value("u", "user").flatMap({ user in
      container.machine.accounts.user(user)?.id ?? Int(user)
    }) {
      caller = Caller(user: user, group: user, capabilities: user == 0 ? .container : [])
    }
    do {
      let child = try container.machine.start(shell, caller: caller)
      return try await process.wait(for: child)
    } catch let error as HostError {
      try await process.writeError(
        "OCI runtime exec failed: exec failed: unable to start container process: exec: "
          + "\(MachineRuntime.reason(command[0], error)): unknown\n")
      return error == .notFound ? 127 : 126
    }
  }

  func control(
    _ verb: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["t", "time", "s", "signal"])
    for wanted in options.operands {
      let container = try requireContainer(wanted)
      switch verb {
      case "stop", "kill", "restart":
        if verb == "kill", !container.isRunning {
          throw ContainerEngine.Problem(
            text: "cannot kill container: \(wanted): container \(container.id) is not running")
        }
        try await stop(container, process, isSudden: verb == "kill")
        if verb == "restart" { try container.start([:]) {} }
      case "start": if !container.isRunning { try container.start([:]) {} }
      case "wait":
        if let inner = container.process, container.isRunning {
          _ = try await process.wait(for: inner)
        }
        try await process.write("\(container.status ?? 0)\n")
        continue
      default:
        if container.isRunning {
          guard options.has("f", "force") else {
            throw ContainerEngine.Problem(
              text: isPodman
                ? "cannot remove container \(container.id) as it is running - running or paused "
                  + "containers cannot be removed without force: container state improper"
                : "cannot remove container \"\(container.name)\": container is running: stop the "
                  + "container before removing or force remove")
          }
          try await stop(container, process, isSudden: true)
        }
        engine.remove(container)
      }
      try await process.write(wanted + "\n")
    }
    return 0
  }

  private func stop(
    _ container: EngineContainer, _ process: Linux.Process, isSudden: Bool
  ) async throws {
    guard container.isRunning, let inner = container.process else { return }
    inner.signal(isSudden ? Signal.kill : container.plan.image.stopSignal, byMachine: true)
    let timeline = process.machine.timeline
    let deadline = timeline.now + .seconds(10)
    while container.isRunning, timeline.now < deadline {
      try await process.sleep(.milliseconds(50))
    }
    if container.isRunning {
      inner.signal(Signal.kill, byMachine: true)
      while container.isRunning { try await process.sleep(.milliseconds(10)) }
    }
  }

  func port(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let container = try requireContainer(words.first ?? "")
    try await process.write(
      container.ports.map { "\($0.container)/tcp -> 0.0.0.0:\($0.host)\n" }.joined())
    return 0
  }
}
