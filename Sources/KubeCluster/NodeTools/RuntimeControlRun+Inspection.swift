import Documents
import KubeNetwork
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// `crictl inspect` and its kin, and the forms that crictl answers in.
extension RuntimeControlRun {
  func inspect() async throws -> ExitStatus {
    var answers: [Value] = []
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
      answers.append(["status": status, "info": info])
    }
    return try await show(each: answers)
  }

  func inspectPod() async throws -> ExitStatus {
    var answers: [Value] = []
    for id in arguments.operands.dropFirst() {
      guard
        let worker = host.kubelet.allWorkers.first(where: { Self.sandbox($0).hasPrefix(id) })
      else {
        return try await fail(
          "rpc error: code = NotFound desc = an error occurred when try to find sandbox \"\(id)\": "
            + "not found")
      }
      let container = worker.containers.first { $0.isRunning }?.plan
      answers.append([
        "status": [
          "id": .string(Self.sandbox(worker)), "state": "SANDBOX_READY",
          "createdAt": .string(worker.begun.rfc3339Nano),
          "metadata": [
            "name": .string(worker.pod.name), "namespace": .string(worker.pod.namespace),
            "uid": .string(worker.pod.uid), "attempt": 0,
          ],
          "network": ["ip": .string(worker.isOnHostNetwork ? "" : worker.address)],
          "labels": worker.pod.labels ?? [:],
        ],
        "info": [
          "pid": .int(container == nil ? 0 : Int64(NodeHost.pauseID(ofPod: worker.pod.uid))),
          "image": "registry.k8s.io/pause:3.10.1",
          "runtimeSpec": ["linux": ["namespaces": .array(namespaces(of: worker))]],
          "runtimeType": "io.containerd.runc.v2",
        ],
      ])
    }
    return try await show(each: answers)
  }

  /// The namespaces of a Pod's sandbox in the form of the OCI runtime's specification.
  private func namespaces(of worker: PodWorker) -> [Value] {
    var found: [Value] = [["type": "pid"], ["type": "ipc"], ["type": "uts"], ["type": "mount"]]
    let own = host.machine.guestNetworks?().first {
      ($0.network as? NetworkNamespace)?.address == worker.address
    }
    if !worker.isOnHostNetwork, let own {
      found.append(["type": "network", "path": .string("/var/run/netns/\(own.name)")])
    }
    return found
  }

  func inspectImage() async throws -> ExitStatus {
    let names = arguments.operands.dropFirst()
    guard !names.isEmpty else { return try await fail("image name cannot be empty") }
    var answers: [Value] = []
    for name in names {
      guard let known = image(named: name), let summary = imageSummary(known) else {
        return try await fail("no such image \"\(name)\" present")
      }
      let facts = ImageReference(known).flatMap { try? Images.pull($0).get() }
      func words(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
      answers.append([
        "status": summary,
        "info": [
          "imageSpec": [
            "architecture": "amd64", "os": "linux",
            "config": [
              "Entrypoint": words(facts?.entrypoint ?? []), "Cmd": words(facts?.command ?? []),
              "WorkingDir": .string(facts?.workingDirectory ?? "/"),
            ],
          ]
        ],
      ])
    }
    return try await show(each: answers)
  }

  /// The image that a name or the beginning of an ID means.
  func image(named name: String) -> String? {
    let canonical = ImageReference(name)?.canonical
    return host.kubelet.images.sorted().first {
      $0 == canonical || Self.imageID($0).hasPrefix(name.replacing("sha256:", with: ""))
    }
  }

  func imageSummary(_ name: String) -> Value? {
    guard let reference = ImageReference(name) else { return nil }
    let size = (try? Images.pull(reference).get())?.megabytes ?? 40
    let place = "\(reference.registry)/\(reference.repository)"
    return [
      "id": .string("sha256:" + Self.imageID(name)),
      "repoTags": reference.tag.map { [.string("\(place):\($0)")] } ?? [],
      "repoDigests": [.string("\(place)@\(Images.digest(of: reference))")],
      "size": .string("\(Int64(size) * 1_000_000)"), "uid": .null, "username": "", "spec": .null,
      "pinned": .bool(reference.repository == "pause"),
    ]
  }

  func sandboxSummary(_ worker: PodWorker) -> Value {
    [
      "id": .string(Self.sandbox(worker)),
      "metadata": [
        "name": .string(worker.pod.name), "uid": .string(worker.pod.uid),
        "namespace": .string(worker.pod.namespace), "attempt": 0,
      ],
      "state": worker.isEndedWhole ? "SANDBOX_NOTREADY" : "SANDBOX_READY",
      "createdAt": .string("\(worker.begun.nanoseconds)"),
      "labels": worker.pod.labels ?? [:], "annotations": [:], "runtimeHandler": "",
    ]
  }

  /// Whether labels are as `--label key=value` asks.
  func has(labels: Value) -> Bool {
    arguments.all("label").allSatisfy { wanted in
      let parts = wanted.split(separator: "=", maxSplits: 1).map(String.init)
      let found = labels[parts.first ?? ""]?.string
      return parts.count > 1 ? found == parts[1] : found != nil
    }
  }

  /// Bytes as units.HumanSize of docker writes them.
  static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    let rounded = (value * 100).rounded() / 100
    let text = "\(rounded)"
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + units[unit]
  }

  /// One answer for each of several things: of one alone without a list around it, as crictl
  /// writes them since 1.31.
  private func show(each answers: [Value]) async throws -> ExitStatus {
    if answers.count == 1 || arguments["output"]?.contains("template") == true {
      for answer in answers { _ = try await show(answer) }
      return 0
    }
    return try await show(.array(answers))
  }

  /// Whether a listing is not to be a table.
  var wantsDocument: Bool { arguments["output"].map { $0 != "table" } ?? false }

  /// In the form that --output asks for.
  func show(_ answer: Value) async throws -> ExitStatus {
    switch arguments["output"] ?? "json" {
    case "json": try await process.write(JSON.text(answer, .init(indent: "  ")) + "\n")
    case "yaml": try await process.write(YAML.text(answer))
    case "go-template":
      let text = Result { () throws(ContainerEngine.Problem) in
        try EngineTemplates.text(arguments["template"] ?? "", [answer])
      }
      switch text {
      case .success(let text): try await process.write(text)
      case .failure(let problem): return try await fail(problem.text)
      }
    case let other: return try await fail("unsupported output format \"\(other)\"")
    }
    return 0
  }
}
