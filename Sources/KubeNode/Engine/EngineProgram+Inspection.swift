import Documents
import Linux
import Shell
import Simulation

/// What containers and images are, as `inspect` tells it.
extension EngineProgram {
  func inspect(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["f", "format", "type"])
    guard !options.operands.isEmpty else {
      try await process.writeError("\"\(name) inspect\" requires at least 1 argument.\n")
      return 1
    }
    let type = options.value("type")
    var found: [Value] = []
    var missing: [String] = []
    for wanted in options.operands {
      if type != "image", let container = engine.container(wanted) {
        found.append(Self.facts(container))
      } else if type != "container", let image = engine.stored(wanted) {
        found.append(Self.facts(image))
      } else {
        missing.append(wanted)
      }
    }
    if let format = options.value("f", "format") {
      try await process.write(try EngineTemplates.text(format, found))
    } else {
      try await process.write(JSON.text(.array(found), .init(indent: "    ")) + "\n")
    }
    for wanted in missing {
      try await process.writeError(
        isPodman ? "Error: no such object: \"\(wanted)\"\n" : "Error: No such object: \(wanted)\n")
    }
    return missing.isEmpty ? 0 : isPodman ? 125 : 1
  }

  private static func time(_ moment: Moment?) -> Value {
    .string(
      moment.map { Calendar($0).formatted("%Y-%m-%dT%H:%M:%S.%NZ") } ?? "0001-01-01T00:00:00Z")
  }

  private static func texts(_ words: [String]) -> Value { .array(words.map(Value.string)) }

  private static func environment(_ pairs: [(name: String, value: String)]) -> Value {
    texts(["PATH=\(Machine.standardPath)"] + pairs.map { "\($0.name)=\($0.value)" })
  }

  private static func ports(_ numbers: [Int]) -> Value {
    .object(Mapping(numbers.map { ("\($0)/tcp", Value.emptyObject) }))
  }

  private static func labels(_ labels: [String: String]) -> Value {
    .object(Mapping(labels.map { ($0.key, Value.string($0.value)) }))
  }

  private static func facts(_ container: EngineContainer) -> Value {
    let plan = container.plan
    let bindings = container.ports.map { port -> (String, Value) in
      ("\(port.container)/tcp", [["HostIp": "0.0.0.0", "HostPort": .string("\(port.host)")]])
    }
    let mounts = plan.mounts.map { mount -> Value in
      var source = ""
      if case .hostPath(let path) = mount.volume.source { source = path }
      return [
        "Type": source.contains("/docker/volumes/") ? "volume" : "bind", "Source": .string(source),
        "Destination": .string(mount.path), "Mode": mount.isReadOnly ? "ro" : "",
        "RW": .bool(!mount.isReadOnly), "Propagation": "rprivate",
      ]
    }
    let gateway = Value.string(container.network?.gateway ?? "")
    let network: Value = [
      "IPAddress": .string(container.isRunning ? plan.address : ""), "IPPrefixLen": 16,
      "Gateway": gateway, "MacAddress": .string(EngineNetwork.hardwareAddress),
    ]
    let name = container.network?.name ?? "host"
    let isBridge = name == "bridge"
    return [
      "Id": .string(container.id), "Created": time(container.created),
      "Path": .string(plan.command.first ?? ""), "Args": texts(Array(plan.command.dropFirst())),
      "Name": .string("/\(container.name)"),
      "Image": .string("sha256:\(plan.image.files?.id ?? plan.id)"), "RestartCount": 0,
      "Driver": "overlay2", "Platform": "linux", "AppArmorProfile": "docker-default",
      "State": [
        "Status": .string(
          container.isRunning ? "running" : container.started == nil ? "created" : "exited"),
        "Running": .bool(container.isRunning), "Paused": false, "Restarting": false,
        "OOMKilled": false, "Dead": false, "Pid": .int(container.isRunning ? 4242 : 0),
        "ExitCode": .int(Int64(container.status ?? 0)), "Error": "",
        "StartedAt": time(container.started), "FinishedAt": time(container.ended),
      ],
      "Mounts": .array(mounts),
      "HostConfig": [
        "NetworkMode": .string(name), "PortBindings": .object(Mapping(bindings)),
        "Privileged": false,
        "ReadonlyRootfs": .bool(plan.isReadOnly), "AutoRemove": .bool(container.isTemporary),
      ],
      "Config": [
        "Hostname": .string(plan.hostName), "Image": .string(plan.imageName),
        "User": .string(plan.caller.user == 0 ? "" : "\(plan.caller.user)"),
        "Env": environment(plan.environment),
        "Cmd": texts(Array(plan.command.dropFirst(plan.image.entrypoint.count))),
        "Entrypoint": plan.image.entrypoint.isEmpty ? .null : texts(plan.image.entrypoint),
        "WorkingDir": .string(plan.workingDirectory == "/" ? "" : plan.workingDirectory),
        "ExposedPorts": ports(plan.image.ports), "Labels": labels(plan.image.labels),
      ],
      "NetworkSettings": [
        "IPAddress": isBridge ? network["IPAddress"] ?? "" : "",
        "Gateway": isBridge ? gateway : "",
        "Ports": .object(Mapping(bindings)), "Networks": .object(Mapping([(name, network)])),
      ],
    ]
  }

  static func id(ofNetwork name: String) -> String {
    HexadecimalName.random(64, seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xFFFF))
  }

  func facts(ofNetwork name: String) throws -> Value {
    guard let network = engine.networks.first(where: { $0.name == name }) else {
      throw ContainerEngine.Problem(text: "network \(name) not found")
    }
    let prefix = engine.addressPrefix(ofNetwork: name)
    let members = engine.containers.filter {
      $0.isRunning && $0.network?.name == name
    }.map { container -> (String, Value) in
      (
        container.id,
        [
          "Name": .string(container.name), "IPv4Address": .string(container.plan.address + "/16"),
          "IPv6Address": "",
        ]
      )
    }
    let ranges: [Value] =
      prefix.map { [["Subnet": .string("\($0)0/16"), "Gateway": .string("\($0)1")]] } ?? []
    return [
      "Name": .string(name), "Id": .string(Self.id(ofNetwork: name)), "Scope": "local",
      "Driver": .string(network.driver), "EnableIPv6": false,
      "IPAM": ["Driver": "default", "Config": .array(ranges)], "Internal": false,
      "Containers": .object(Mapping(members)), "Options": .emptyObject, "Labels": .emptyObject,
    ]
  }

  func facts(ofVolume name: String) throws -> Value {
    guard engine.volumes.contains(name) else {
      throw ContainerEngine.Problem(text: "get \(name): no such volume")
    }
    return [
      "Driver": "local", "Labels": .null,
      "Mountpoint": .string("/var/lib/docker/volumes/\(name)/_data"), "Name": .string(name),
      "Options": .null, "Scope": "local",
    ]
  }

  private static func facts(_ stored: ContainerEngine.StoredImage) -> Value {
    let image = stored.image
    let digest = Images.digest(of: stored.reference)
    return [
      "Id": .string("sha256:\(stored.id)"),
      "RepoTags": [.string(ContainerEngine.shown(stored.reference))],
      "RepoDigests": [.string("\(ContainerEngine.short(stored.reference))@\(digest)")],
      "Created": time(stored.created), "Architecture": "amd64", "Os": "linux",
      "Size": .int(Int64(image.megabytes) * 2_500_000),
      "Config": [
        "User": .string(image.user == 0 ? "" : "\(image.user)"),
        "Env": environment(image.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
        "Cmd": image.command.isEmpty ? .null : texts(image.command),
        "Entrypoint": image.entrypoint.isEmpty ? .null : texts(image.entrypoint),
        "WorkingDir": .string(image.workingDirectory), "ExposedPorts": ports(image.ports),
        "Labels": image.labels.isEmpty ? .null : labels(image.labels),
      ],
      "RootFS": [
        "Type": "layers",
        "Layers": texts(
          (0...image.steps.count).map {
            "sha256:" + HexadecimalName.random(64, seed: UInt64(stored.id.hashOfText &+ $0))
          }),
      ],
    ]
  }

  // MARK: files

  /// `cp CONTAINER:PATH PATH` and back.
  func copy(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let paths = words.filter { !$0.hasPrefix("-") || $0 == "-" }
    guard paths.count == 2 else {
      try await process.writeError("\"\(name) cp\" requires exactly 2 arguments.\n")
      return 1
    }
    func place(_ text: String) throws -> (machine: Machine, path: String, caller: Caller)? {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2, !parts[0].contains("/") else { return nil }
      guard let container = engine.container(parts[0]) else {
        throw ContainerEngine.Problem(text: "No such container: \(parts[0])")
      }
      let path = parts[1].hasPrefix("/") ? parts[1] : "/" + parts[1]
      return (container.machine, path, .root)
    }
    let own = { (text: String) in (process.machine, process.absolute(text), process.caller) }
    let (source, target) = (try place(paths[0]), try place(paths[1]))
    guard (source == nil) != (target == nil) else {
      try await process.writeError("must specify at least one container source\n")
      return 1
    }
    let (from, to) = (source ?? own(paths[0]), target ?? own(paths[1]))
    guard from.machine.files.status(from.path) != nil else {
      throw ContainerEngine.Problem(
        text: "Could not find the file \(from.path) in container \(paths[0].prefix { $0 != ":" })")
    }
    var end = to.path
    if to.machine.files.status(end)?.kind == .directory {
      end += "/" + (from.path.split(separator: "/").last.map(String.init) ?? "")
    }
    try await copy(from.path, in: from.machine, to: end, in: to.machine, process, depth: 0)
    return 0
  }

  private func copy(
    _ path: String, in source: Machine, to end: String, in target: Machine,
    _ process: Linux.Process, depth: Int
  ) async throws {
    try await process.step()
    guard depth < 50, let status = source.files.status(path) else { return }
    do {
      guard status.kind == .directory else {
        try target.files.write(try source.files.read(path), to: end, mode: status.mode)
        return
      }
      try target.files.makeDirectories(end)
    } catch {
      throw ContainerEngine.Problem(text: "\(end): \(error.text.lowercased())")
    }
    for name in (try? source.files.names(in: path)) ?? [] where name != "." && name != ".." {
      try await copy(
        "\(path)/\(name)", in: source, to: "\(end)/\(name)", in: target, process,
        depth: depth + 1)
    }
  }

  /// An image of a container's files as they are now.
  func commit(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(
      words, valued: ["a", "author", "m", "message", "c", "change"])
    guard let container = engine.container(options.operands.first ?? "") else {
      throw ContainerEngine.Problem(
        text: "No such container: \(options.operands.first ?? "")")
    }
    let id = engine.newID()
    var image = container.plan.image
    image.files = ImageFiles(id: id, tree: container.machine.files.root.snapshot())
    image.tags = .any
    let name = options.operands.count > 1 ? options.operands[1] : "none"
    guard let reference = ImageReference(name) else {
      throw ContainerEngine.Problem(text: "invalid reference format")
    }
    image.repository = "\(reference.registry)/\(reference.repository)"
    engine.store(image, as: reference, id: id)
    try await process.write("sha256:\(id)\n")
    return 0
  }

  // MARK: what runs

  func top(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard let container = engine.container(words.first ?? ""), container.isRunning else {
      throw ContainerEngine.Problem(
        text: words.first.map { "No such container: \($0)" } ?? "requires at least 1 argument")
    }
    var rows = [["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]]
    for inner in container.machine.processes.values.sorted(by: { $0.id < $1.id }) {
      rows.append([
        container.machine.accounts.userName(inner.caller.user), "\(4241 + inner.id)",
        "\(inner.parentID == 0 ? 4220 : 4241 + inner.parentID)", "0",
        Calendar(container.started ?? container.created).formatted("%H:%M"), "?", "00:00:00",
        inner.title,
      ])
    }
    try await process.write(Self.table(rows))
    return 0
  }

  func statistics(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["format"])
    guard options.has("no-stream") else {
      throw ContainerEngine.Problem(
        text: "drydock: not simulated: \(name) stats without --no-stream")
    }
    var rows = [
      [
        "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O",
        "PIDS",
      ]
    ]
    let total = Double(process.machine.memoryKiB) / 1024 / 1024
    for container in engine.containers.reversed() where container.isRunning {
      if !options.operands.isEmpty, !options.operands.contains(container.name) { continue }
      let used = Double(container.machine.usedMemory) / 1_048_576
      rows.append([
        String(container.id.prefix(12)), container.name, "0.00%",
        "\(Self.decimal(used))MiB / \(Self.decimal(total))GiB",
        "\(Self.decimal(total > 0 ? used / 1024 / total * 100 : 0))%", "0B / 0B", "0B / 0B",
        "\(container.machine.processes.count)",
      ])
    }
    try await process.write(Self.table(rows))
    return 0
  }

  private static func decimal(_ number: Double) -> String {
    let hundredths = Int((max(0, min(number, 1e9)) * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `prune` of containers, images, volumes, networks or all of them.
  func prune(
    _ kind: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["filter"])
    guard options.has("f", "force") else {
      try await process.write(
        "WARNING! This will remove unused data.\nAre you sure you want to continue? [y/N] ")
      guard try await process.readLine()?.lowercased().hasPrefix("y") == true else { return 0 }
      return try await prune(kind, words + ["-f"], process)
    }
    var text = ""
    if kind == "container" || kind == "system" {
      let gone = engine.containers.filter { !$0.isRunning }
      for container in gone { engine.remove(container) }
      if !gone.isEmpty {
        text += "Deleted Containers:\n" + gone.map { $0.id + "\n" }.joined() + "\n"
      }
    }
    if kind == "image" || kind == "system" {
      let used = Set(engine.containers.map { $0.plan.imageName })
      let gone = engine.images.filter { image in
        let isNameless = image.reference.repository == "library/none"
        return (isNameless || options.has("a", "all"))
          && !used.contains(ContainerEngine.shown(image.reference))
          && !used.contains(ContainerEngine.short(image.reference))
      }
      for image in gone { engine.untag(image.reference) }
      if !gone.isEmpty {
        text +=
          "Deleted Images:\n"
          + gone.map {
            "untagged: \(ContainerEngine.shown($0.reference))\ndeleted: sha256:\($0.id)\n"
          }
          .joined() + "\n"
      }
    }
    if kind == "volume" || kind == "system" && options.has("volumes") {
      let gone = engine.volumes
      engine.volumes = []
      if !gone.isEmpty {
        text += "Deleted Volumes:\n" + gone.map { $0 + "\n" }.joined() + "\n"
      }
    }
    if kind == "builder" || kind == "system" { engine.buildCache = [:] }
    try await process.write(text + (isPodman ? "" : "Total reclaimed space: 0B\n"))
    return 0
  }
}

extension String {
  fileprivate var hashOfText: Int {
    utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
  }
}
