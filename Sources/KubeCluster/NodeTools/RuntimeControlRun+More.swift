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
    if arguments.has("quiet") {
      for worker in workers { try await process.write(Self.sandbox(worker) + "\n") }
      return 0
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

  func inspect() async throws -> ExitStatus {
    for id in arguments.operands.dropFirst() {
      guard let record = try await find(id) else { return 1 }
      let end = record.container.isRunning ? nil : record.container.termination
      let mounts: [Value] = record.plan.mounts.map { mount in
        var host = "/var/lib/kubelet/pods/\(record.plan.podUID)/volumes/\(mount.volume.name)"
        if case .hostPath(let path) = mount.volume.source { host = path }
        return [
          "containerPath": .string(mount.path), "hostPath": .string(host),
          "readonly": .bool(mount.isReadOnly), "propagation": "PROPAGATION_PRIVATE",
        ]
      }
      let log =
        "/var/log/pods/\(record.worker.pod.namespace)_\(record.worker.pod.name)_"
        + "\(record.worker.pod.uid)/\(record.container.name)/\(record.attempt).log"
      let status: Value = [
        "id": .string(record.plan.id),
        "metadata": [
          "name": .string(record.container.name), "attempt": .int(Int64(record.attempt)),
        ],
        "state": .string("CONTAINER_" + record.state.uppercased()),
        "createdAt": .string(record.created.rfc3339Nano),
        "startedAt": .string(record.created.rfc3339Nano),
        "finishedAt": .string(end?.finished.rfc3339Nano ?? "0001-01-01T00:00:00Z"),
        "exitCode": .int(Int64(end?.exitCode ?? 0)), "reason": .string(end?.reason ?? ""),
        "image": ["image": .string(record.plan.imageName)],
        "imageRef": .string(record.container.imageID), "labels": labels(record),
        "logPath": .string(log), "mounts": .array(mounts),
      ]
      let info: Value = [
        "pid": .int(record.state == "Running" ? Int64(record.plan.outerProcessID) : 0),
        "sandboxID": .string(Self.sandbox(record.worker)),
        "config": [
          "command": .array(record.plan.command.map { .string($0) }),
          "envs": .array(
            record.plan.environment.map { ["key": .string($0.name), "value": .string($0.value)] }),
        ],
        "runtimeSpec": [
          "process": ["args": .array(record.plan.command.map { .string($0) })],
          "root": ["path": "rootfs", "readonly": .bool(record.plan.isReadOnly)],
        ],
        "runtimeType": "io.containerd.runc.v2",
      ]
      let answer: Value = ["status": status, "info": info]
      try await process.write(JSON.text(answer, .init(indent: "  ")) + "\n")
    }
    return 0
  }

  func inspectPod() async throws -> ExitStatus {
    for id in arguments.operands.dropFirst() {
      guard
        let worker = host.kubelet.allWorkers.first(where: { Self.sandbox($0).hasPrefix(id) })
      else {
        return try await fail(
          "rpc error: code = NotFound desc = an error occurred when try to find sandbox \"\(id)\": "
            + "not found")
      }
      let answer: Value = [
        "status": [
          "id": .string(Self.sandbox(worker)), "state": "SANDBOX_READY",
          "createdAt": .string(worker.begun.rfc3339Nano),
          "metadata": [
            "name": .string(worker.pod.name), "namespace": .string(worker.pod.namespace),
            "uid": .string(worker.pod.uid), "attempt": 0,
          ],
          "network": ["ip": .string(worker.isOnHostNetwork ? "" : worker.address)],
          "labels": worker.pod.labels ?? [:],
        ]
      ]
      try await process.write(JSON.text(answer, .init(indent: "  ")) + "\n")
    }
    return 0
  }

  // MARK: images

  func images() async throws -> ExitStatus {
    if arguments.operands.dropFirst().first == "pull" { return try await changeImage("pull") }
    var rows = [["IMAGE", "TAG", "IMAGE ID", "SIZE"]]
    for name in host.kubelet.images.sorted() {
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
    for name in names {
      guard let reference = ImageReference(name) else {
        return try await fail(
          "couldn't parse image reference \"\(name)\": invalid reference format")
      }
      let canonical = reference.canonical
      if verb == "rmi" {
        let known = host.kubelet.images.first {
          $0 == canonical || Self.imageID($0).hasPrefix(name.replacing("sha256:", with: ""))
        }
        guard let known else {
          return try await fail("no such image \(name)")
        }
        host.kubelet.images.remove(known)
        try await process.write("Deleted: \(known)\n")
        continue
      }
      switch Images.pull(reference) {
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
    try await process.write(JSON.text(answer, .init(indent: "  ")) + "\n")
    return 0
  }

  func stats() async throws -> ExitStatus {
    var rows = [["CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES"]]
    for record in records where record.state == "Running" {
      let hash = Self.hash(record.plan.id)
      rows.append([
        String(record.plan.id.prefix(13)), record.container.name, "0.\(hash % 90 + 10)",
        "\(hash % 60 + 4).\(hash % 9)MB", "\(hash % 40 + 8)kB", "\(hash % 20 + 9)",
      ])
    }
    try await process.write(ToolTable.plain(rows, gap: 8))
    return 0
  }
}
