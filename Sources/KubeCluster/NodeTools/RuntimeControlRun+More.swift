import Documents
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

extension RuntimeControlRun {
  func pods() async throws -> ExitStatus {
    var workers = host.kubelet.allWorkers.filter { !$0.address.isEmpty }
    if let name = arguments["name"] { workers = workers.filter { $0.pod.name.contains(name) } }
    if let space = arguments["namespace"] { workers = workers.filter { $0.pod.namespace == space } }
    if let id = arguments.operands.dropFirst().first {
      workers = workers.filter { Self.sandbox($0).hasPrefix(id) }
    }
    if let state = arguments["state"]?.lowercased() {
      workers = workers.filter { ($0.isEndedWhole ? "notready" : "ready") == state }
    }
    workers = workers.filter { has(labels: $0.pod.labels ?? [:]) }
    if arguments.has("latest") { workers = Array(workers.prefix(1)) }
    if arguments.has("quiet") {
      for worker in workers { try await process.write(Self.sandbox(worker) + "\n") }
      return 0
    }
    if wantsDocument {
      return try await show(["items": .array(workers.map(sandboxSummary))])
    }
    var rows = [
      ["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"]
    ]
    for worker in workers {
      rows.append([
        String(Self.sandbox(worker).prefix(13)), age(worker.begun),
        worker.isEndedWhole ? "NotReady" : "Ready", worker.pod.name, worker.pod.namespace, "0",
        "(default)",
      ])
    }
    try await process.write(ToolTable.plain(rows, gap: 12))
    return 0
  }

  func logs() async throws -> ExitStatus {
    guard let id = arguments.operands.dropFirst().first else {
      return try await fail("ID cannot be empty")
    }
    guard let record = try await find(id) else { return 1 }
    let log = record.plan.log
    func text(_ line: ContainerLog.Line) -> [UInt8] {
      let stamp = arguments.has("timestamps") ? Array("\(line.moment.rfc3339Nano) ".utf8) : []
      return stamp + line.text + [0x0A]
    }
    var lines = log.lines[...]
    if let tail = arguments["tail"].flatMap({ Int($0) }), tail >= 0 { lines = lines.suffix(tail) }
    for line in Array(lines) {
      if line.isError {
        try await process.standardError.write(text(line))
      } else {
        try await process.write(text(line))
      }
    }
    guard arguments.has("follow"), record.state == "Running" else { return 0 }
    var seen = log.dropped + log.lines.count
    let number = log.follow { [weak process] in process?.waiter.wake() }
    defer { log.followers[number] = nil }
    while record.container.isRunning, record.container.plan === record.plan {
      for line in Array(log.lines.dropFirst(max(0, seen - log.dropped))) {
        try await process.write(text(line))
      }
      seen = log.dropped + log.lines.count
      try await process.wait()
    }
    return 0
  }

  // MARK: images

  func images() async throws -> ExitStatus {
    if arguments.operands.dropFirst().first == "pull" { return try await changeImage("pull") }
    var rows = [["IMAGE", "TAG", "IMAGE ID", "SIZE"]]
    var names = host.kubelet.images.sorted()
    if let wanted = arguments.operands.dropFirst().first {
      names = names.filter { $0.hasPrefix(ImageReference(wanted)?.canonical ?? wanted) }
    }
    if wantsDocument, !arguments.has("quiet") {
      return try await show(["images": .array(names.compactMap(imageSummary))])
    }
    for name in names {
      guard let reference = ImageReference(name) else { continue }
      let id = Self.imageID(name)
      if arguments.has("quiet") {
        try await process.write("sha256:\(id)\n")
        continue
      }
      let size = (try? Images.pull(reference).get())?.megabytes ?? 40
      rows.append([
        "\(reference.registry)/\(reference.repository)", reference.tag ?? "<none>",
        String(id.prefix(13)), "\(size).\(Self.hash(name) % 9 + 1)MB",
      ])
    }
    if !arguments.has("quiet") { try await process.write(ToolTable.plain(rows, gap: 20)) }
    return 0
  }

  func changeImage(_ verb: String) async throws -> ExitStatus {
    let names = arguments.operands.filter { !["pull", "rmi", "images", "image"].contains($0) }
    if verb == "rmi", arguments.has("prune") || arguments.has("all") {
      let used = Set(records.compactMap { ImageReference($0.plan.imageName)?.canonical })
      for name in host.kubelet.images.sorted() where !used.contains(name) {
        host.kubelet.images.remove(name)
        try await process.write("Deleted: \(name)\n")
      }
      return 0
    }
    guard !names.isEmpty else { return try await fail("image name cannot be empty") }
    let logins = arguments["creds"].map { creds in
      let parts = creds.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return RegistryLogin(user: String(parts[0]), password: String(parts.dropFirst().joined()))
    }
    for name in names {
      guard let reference = ImageReference(name) else {
        return try await fail(
          "couldn't parse image reference \"\(name)\": invalid reference format")
      }
      let canonical = reference.canonical
      if verb == "rmi" {
        guard let known = image(named: name) else {
          return try await fail("no such image \(name)")
        }
        host.kubelet.images.remove(known)
        try await process.write("Deleted: \(known)\n")
        continue
      }
      switch host.runtime.pull(reference, with: logins.map { [$0] } ?? []) {
      case .success(let image):
        try await process.sleep(.milliseconds(500 + Int64(image.megabytes) * 25))
        host.kubelet.images.insert(canonical)
        try await process.write(
          "Image is up to date for sha256:\(Self.imageID(canonical))\n")
      case .failure(let failure):
        return try await fail(
          "pulling image: rpc error: code = \(failure.code) desc = \(failure.message(reference))")
      }
    }
    return 0
  }

  // MARK: ending and running

  func end(_ verb: String) async throws -> ExitStatus {
    if verb == "stopp" || verb == "rmp" { return try await endPod(verb) }
    let ids =
      arguments.has("all") ? records.map(\.plan.id) : Array(arguments.operands.dropFirst())
    guard !ids.isEmpty else { return try await fail("ID cannot be empty") }
    for id in ids {
      guard let record = try await find(id) else { return 1 }
      if record.state == "Running" {
        // -f: of rm it forces, of logs it follows.
        guard verb == "stop" || arguments.has("force") || arguments.has("follow") else {
          return try await fail(
            "removing the container \"\(id)\": rpc error: code = Unknown desc = container "
              + "\"\(record.plan.id)\" is in running state, please stop it first")
        }
        record.container.signal(record.plan.image.stopSignal)
        let limit = process.machine.timeline.now + .seconds(10)
        while record.container.isRunning, record.container.plan === record.plan,
          process.machine.timeline.now < limit
        { try await process.sleep(.milliseconds(100)) }
        if record.container.isRunning, record.container.plan === record.plan {
          record.container.signal(Signal.kill)
        }
      }
      if verb == "rm" { host.removedContainers.insert(record.plan.id) }
      try await process.write(id + "\n")
    }
    return 0
  }

  private func endPod(_ verb: String) async throws -> ExitStatus {
    for id in arguments.operands.dropFirst() {
      guard
        let worker = host.kubelet.allWorkers.first(where: { Self.sandbox($0).hasPrefix(id) })
      else {
        return try await fail(
          "getting sandbox status of pod \"\(id)\": rpc error: code = NotFound desc = an error "
            + "occurred when try to find sandbox: not found")
      }
      for container in worker.containers where container.isRunning {
        container.signal(Signal.kill)
      }
      try await process.write("\(verb == "stopp" ? "Stopped" : "Removed") sandbox \(id)\n")
    }
    return 0
  }

  func exec() async throws -> ExitStatus {
    let words = arguments.operands.dropFirst()
    guard let id = words.first, let record = try await find(id) else { return 1 }
    guard record.state == "Running" else {
      return try await fail(
        "execing command in container: rpc error: code = Unknown desc = container is in "
          + "CONTAINER_\(record.state.uppercased()) state")
    }
    let machine = host.runtime.machine(of: record.plan)
    var environment = ["PATH": Machine.standardPath, "HOSTNAME": record.plan.hostName]
    for variable in record.plan.environment { environment[variable.name] = variable.value }
    do {
      let child = try machine.start(
        Command(
          path: arguments.rest.first ?? "", arguments: Array(arguments.rest.dropFirst()),
          environment: environment, directory: record.plan.workingDirectory, files: process.files),
        caller: record.plan.caller)
      let terminal = process.standardInput as? any ControllingTerminal
      if arguments.has("interactive") {
        terminal?.onSignal = { [weak child] in child?.signalFamily($0) }
      }
      defer { if arguments.has("interactive") { terminal?.onSignal = nil } }
      return try await process.wait(for: child)
    } catch let error as HostError {
      return try await fail(
        "execing command in container: OCI runtime exec failed: exec failed: unable to start "
          + "container process: exec: \"\(arguments.rest.first ?? "")\": "
          + (error == .notFound ? "executable file not found in $PATH" : error.text.lowercased()))
    }
  }

  func info() async throws -> ExitStatus {
    let answer: Value = [
      "status": [
        "conditions": [
          ["type": "RuntimeReady", "status": true, "reason": "", "message": ""],
          ["type": "NetworkReady", "status": true, "reason": "", "message": ""],
          [
            "type": "ContainerdHasNoDeprecationWarnings", "status": true, "reason": "",
            "message": "",
          ],
        ]
      ],
      "config": [
        "containerd": ["defaultRuntimeName": "runc"],
        "cni": ["binDirs": ["/opt/cni/bin"], "confDir": "/etc/cni/net.d"],
        "containerdEndpoint": "/run/containerd/containerd.sock",
        "containerdRootDir": "/var/lib/containerd",
        "stateDir": "/run/containerd/io.containerd.grpc.v1.cri",
      ],
      "golang": "go1.25.4", "lastCNILoadStatus": "OK",
    ]
    return try await show(answer)
  }

  /// What its containers use, as the kubelet tells of it.
  func stats() async throws -> ExitStatus {
    var rows = [["CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES"]]
    let statistics = KubeletStatistics(host: host)
    for record in records where record.state == "Running" {
      guard let reading = statistics.reading(of: record.container, in: record.worker) else {
        continue
      }
      let percent = reading.usage.milliCores * 10
      rows.append([
        String(record.plan.id.prefix(13)), record.container.name,
        "\(percent / 100).\(percent % 100 < 10 ? "0" : "")\(percent % 100)",
        Self.size(reading.usage.bytes), Self.size(reading.rootBytes), "0",
      ])
    }
    try await process.write(ToolTable.plain(rows, gap: 8))
    return 0
  }
}
