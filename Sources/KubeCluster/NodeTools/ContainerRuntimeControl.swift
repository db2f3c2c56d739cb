import Documents
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// Looks into the container runtime of a node: `crictl`.
struct ContainerRuntimeControl: Program {
  let name = "crictl"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(
      process.arguments,
      values: "runtime-endpoint,r image-endpoint,i timeout,t config,c name label state,s pod,p "
        + "output,o tail image last,n namespace since until template stop-timeout creds",
      flags:
        "debug,D all,a quiet,q no-trunc latest,l follow,f timestamps tty interactive verbose,v "
        + "force prune previous digests x help,h watch",
      stop: Self.stop(process.arguments))
    let run = RuntimeControlRun(host: host, process: process, arguments: arguments)
    let verb = arguments.operands.first ?? "help"
    if let unknown = arguments.unknown {
      return try await run.fail("flag provided but not defined: \(unknown)")
    }
    if verb == "config" || verb == "help" || arguments.has("help") {
      try await process.write(
        "NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command "
          + "options] [arguments...]\n\nVERSION:\n   v1.36.0\n")
      return 0
    }
    guard host.kubelet.isRuntimeUp, run.hasRightEndpoint else {
      return try await run.fail(
        "validate service connection: validate CRI v1 runtime API for endpoint \"\(run.endpoint)\": "
          + "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while "
          + "dialing: dial unix \(run.endpoint.replacing("unix://", with: "")): connect: no such file "
          + "or directory\"")
    }
    guard process.caller.user == 0 else {
      return try await run.fail(
        "validate service connection: validate CRI v1 runtime API for endpoint \"\(run.endpoint)\": "
          + "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while "
          + "dialing: dial unix /run/containerd/containerd.sock: connect: permission denied\"")
    }
    switch verb {
    case "ps": return try await run.containers()
    case "pods": return try await run.pods()
    case "logs": return try await run.logs()
    case "inspect": return try await run.inspect()
    case "inspectp": return try await run.inspectPod()
    case "inspecti": return try await run.inspectImage()
    case "images", "image", "img": return try await run.images()
    case "pull", "rmi": return try await run.changeImage(verb)
    case "stop", "rm", "stopp", "rmp": return try await run.end(verb)
    case "exec": return try await run.exec()
    case "info": return try await run.info()
    case "stats": return try await run.stats()
    case "version":
      try await process.write(
        "Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v2.2.0\n"
          + "RuntimeApiVersion:  v1\n")
      return 0
    case "create", "run", "runp", "start", "attach", "port-forward", "update", "checkpoint",
      "imagefsinfo", "events", "metricsp", "statsp", "completion":
      return try await run.fail("drydock: not simulated: crictl \(verb)")
    default:
      try await process.writeError("No help topic for '\(verb)'\n")
      return 3
    }
  }

  /// `exec` passes what follows the container's name on.
  private static func stop(_ words: [String]) -> Int { words.contains("exec") ? 2 : .max }
}

/// One run of crictl.
struct RuntimeControlRun {
  let host: NodeHost
  let process: Linux.Process
  let arguments: ToolArguments

  struct Record {
    var worker: PodWorker
    var container: Container
    var plan: ContainerPlan
    var attempt: Int
    var state: String
    var created: Moment
  }

  var endpoint: String {
    if let given = arguments["runtime-endpoint"] { return given }
    let text = host.machine.files.text("/etc/crictl.yaml") ?? ""
    let config = try? YAML.parse(text)
    return config?["runtime-endpoint"]?.string ?? "unix:///run/containerd/containerd.sock"
  }

  var hasRightEndpoint: Bool {
    host.cluster.blueprint.distribution.runtimeSockets.contains {
      endpoint == "unix://" + $0 || endpoint == $0
    }
  }

  func fail(_ text: String) async throws -> ExitStatus {
    let letter = "FATA[0000] "
    try await process.writeError(letter + text + "\n")
    return 1
  }

  /// All containers that the runtime knows, the newest first.
  var records: [Record] {
    var found: [Record] = []
    for worker in host.kubelet.allWorkers {
      for container in worker.containers {
        if let plan = container.plan {
          var created = process.machine.timeline.now
          var state = "Created"
          if case .running(let since) = container.state {
            (state, created) = ("Running", since)
          } else if let end = container.termination ?? container.lastTermination {
            (state, created) = ("Exited", end.started)
          }
          found.append(
            Record(
              worker: worker, container: container, plan: plan, attempt: container.restartCount,
              state: state, created: created))
        }
        if let plan = container.previousPlan, container.restartCount > 0, container.isRunning,
          let end = container.lastTermination
        {
          found.append(
            Record(
              worker: worker, container: container, plan: plan,
              attempt: container.restartCount - 1, state: "Exited", created: end.started))
        }
      }
    }
    return found.filter { !host.removedContainers.contains($0.plan.id) }
      .sorted { $0.created == $1.created ? $0.plan.id < $1.plan.id : $0.created > $1.created }
  }

  static func sandbox(_ worker: PodWorker) -> String {
    HexadecimalName.random(64, seed: hash("sandbox/" + worker.pod.uid))
  }

  static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  static func imageID(_ canonical: String) -> String {
    HexadecimalName.random(64, seed: hash("image/" + canonical))
  }

  func age(_ moment: Moment) -> String {
    let seconds = max(0, (process.machine.timeline.now - moment).seconds)
    switch seconds {
    case ..<1: return "Less than a second ago"
    case 1: return "1 second ago"
    case ..<60: return "\(seconds) seconds ago"
    case ..<120: return "About a minute ago"
    case ..<2760: return "\(seconds / 60) minutes ago"
    case ..<5400: return "About an hour ago"
    case ..<172_800: return "\((seconds + 1800) / 3600) hours ago"
    default: return "\(seconds / 86400) days ago"
    }
  }

  private func short(_ id: String) -> String {
    arguments.has("no-trunc") ? id : String(id.prefix(13))
  }

  func containers() async throws -> ExitStatus {
    var shown = records
    let state = arguments["state"]?.lowercased()
    if let state {
      shown = shown.filter { $0.state.lowercased() == state }
    } else if !arguments.has("all"), !arguments.has("latest") {
      shown = shown.filter { $0.state == "Running" }
    }
    if let name = arguments["name"] { shown = shown.filter { $0.container.name.contains(name) } }
    if let pod = arguments["pod"] {
      shown = shown.filter { Self.sandbox($0.worker).hasPrefix(pod) }
    }
    if let image = arguments["image"] { shown = shown.filter { $0.plan.imageName.contains(image) } }
    shown = shown.filter { has(labels: labels($0)) }
    if let id = arguments.operands.dropFirst().first {
      shown = shown.filter { $0.plan.id.hasPrefix(id) }
    }
    if arguments.has("latest") { shown = Array(shown.prefix(1)) }
    if let count = arguments["last"].flatMap({ Int($0) }) {
      shown = Array(shown.prefix(max(0, count)))
    }
    if arguments.has("quiet") {
      for record in shown { try await process.write(record.plan.id + "\n") }
      return 0
    }
    if wantsDocument {
      return try await show(["containers": .array(shown.map(summary))])
    }
    var rows = [
      ["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"]
    ]
    for record in shown {
      let canonical = ImageReference(record.plan.imageName)?.canonical ?? record.plan.imageName
      rows.append([
        short(record.plan.id), String(Self.imageID(canonical).prefix(13)), age(record.created),
        record.state, record.container.name, "\(record.attempt)",
        short(Self.sandbox(record.worker)), record.worker.pod.name, record.worker.pod.namespace,
      ])
    }
    try await process.write(ToolTable.plain(rows))
    return 0
  }

  private func summary(_ record: Record) -> Value {
    [
      "id": .string(record.plan.id), "podSandboxId": .string(Self.sandbox(record.worker)),
      "metadata": [
        "name": .string(record.container.name), "attempt": .int(Int64(record.attempt)),
      ],
      "image": ["image": .string(record.plan.imageName)],
      "state": .string("CONTAINER_" + record.state.uppercased()),
      "createdAt": .string("\(record.created.nanoseconds)"),
      "labels": labels(record),
    ]
  }

  func labels(_ record: Record) -> Value {
    [
      "io.kubernetes.container.name": .string(record.container.name),
      "io.kubernetes.pod.name": .string(record.worker.pod.name),
      "io.kubernetes.pod.namespace": .string(record.worker.pod.namespace),
      "io.kubernetes.pod.uid": .string(record.worker.pod.uid),
    ]
  }

  /// The one container whose id begins so.
  func find(_ id: String) async throws -> Record? {
    let found = records.filter { $0.plan.id.hasPrefix(id) }
    if let first = found.first, !id.isEmpty { return first }
    try await process.writeError(
      "E\(Linux.Calendar(process.machine.timeline.now).formatted("%m%d %H:%M:%S.%6N"))    1 "
        + "log.go:32] \"ContainerStatus from runtime service failed\" err=\"rpc error: code = NotFound "
        + "desc = an error occurred when try to find container \\\"\(id)\\\": not found\" "
        + "containerID=\"\(id)\"\n")
    _ = try await fail(
      "rpc error: code = NotFound desc = an error occurred when try to find container \"\(id)\": not "
        + "found")
    return nil
  }
}
