import Documents
import KubeObjects
import Linux
import Simulation

/// Writes the status of a Pod as the kubelet reports it (kubelet's generateAPIPodStatus).
struct PodStatus {
  let pod: Value
  let containers: [Container]
  let now: Moment

  /// kubelet's getPhase.
  func phase(initialized: Bool) -> String {
    let policy = pod[path: "spec", "restartPolicy"]?.string ?? "Always"
    let initial = containers.filter { $0.role == .initial }
    if !initialized {
      let failed = initial.contains { ($0.termination?.exitCode ?? 0) != 0 }
      return failed && policy == "Never" ? "Failed" : "Pending"
    }
    let regular = containers.filter { $0.role == .regular }
    let running = regular.filter(\.isRunning).count
    let ended = regular.compactMap(\.termination)
    let waiting = regular.filter { !$0.isRunning && $0.termination == nil }
    let neverRan = waiting.filter { $0.lastTermination == nil }
    if !neverRan.isEmpty { return "Pending" }
    if running > 0 { return "Running" }
    if !waiting.isEmpty { return "Running" }  // crash loop: between two lives
    guard ended.count == regular.count, !regular.isEmpty else { return "Pending" }
    if policy == "Always" { return "Running" }
    if ended.allSatisfy({ $0.exitCode == 0 }) { return "Succeeded" }
    return policy == "Never" ? "Failed" : "Running"
  }

  /// (type, status, reason, message) in the kubelet's order.
  func conditions(
    phase: String, initialized: Bool, hasNetwork: Bool
  ) -> [(type: String, status: Bool, reason: String, message: String)] {
    let regular = containers.filter { $0.role == .regular }
    let watched = regular + containers.filter { $0.role == .sidecar }
    let unready = watched.filter { !$0.isReady }.map(\.name)
    var ready = (status: unready.isEmpty, reason: "", message: "")
    if phase == "Succeeded" {
      ready = (false, "PodCompleted", "")
    } else if phase == "Failed" {
      ready = (false, "PodFailed", "")
    } else if !unready.isEmpty {
      ready = (
        false, "ContainersNotReady",
        "containers with unready status: [\(unready.joined(separator: " "))]"
      )
    }
    var podReady = ready
    if ready.status, let gate = missingGate {
      podReady = (false, "ReadinessGatesNotReady", gate)
    }
    let incomplete = containers.filter {
      ($0.role == .initial && $0.termination?.exitCode != 0)
        || ($0.role == .sidecar && !$0.isStarted && !initialized)
    }.map(\.name)
    var initializedReason = ("", "")
    if !initialized {
      initializedReason = (
        "ContainersNotInitialized",
        "containers with incomplete status: [\(incomplete.joined(separator: " "))]"
      )
    } else if phase == "Succeeded" {
      initializedReason = ("PodCompleted", "")
    }
    return [
      ("PodReadyToStartContainers", hasNetwork, "", ""),
      ("Initialized", initialized, initializedReason.0, initializedReason.1),
      ("Ready", podReady.status, podReady.reason, podReady.message),
      ("ContainersReady", ready.status, ready.reason, ready.message),
    ]
  }

  private var missingGate: String? {
    let gates = pod[path: "spec", "readinessGates"]?.array ?? []
    let known = pod[path: "status", "conditions"]?.array ?? []
    for gate in gates {
      guard let type = gate["conditionType"]?.string else { continue }
      let found = known.first { $0["type"]?.string == type }
      if found == nil {
        return "corresponding condition of pod readiness gate \"\(type)\" does not exist."
      }
      if found?["status"]?.string != "True" {
        return "the status of pod readiness gate \"\(type)\" is not \"True\", but "
          + (found?["status"]?.string ?? "")
      }
    }
    return nil
  }

  func containerStatus(_ container: Container) -> Value {
    var status: Value = [
      "name": .string(container.name), "image": container.spec["image"] ?? "",
      "imageID": .string(container.imageID), "lastState": [:],
      "ready": .bool(
        container.role == .initial
          ? container.termination?.exitCode == 0 : container.isReady),
      "restartCount": .int(Int64(container.restartCount)),
      "started": .bool(container.isStarted && container.isRunning), "state": state(container),
    ]
    if let plan = container.plan {
      status["containerID"] = .string("containerd://" + plan.id)
      if let reference = ImageReference(plan.imageName) {
        status["image"] = .string(reference.canonical)
      }
    }
    if let last = container.lastTermination {
      status["lastState"] = ["terminated": Self.value(last)]
    }
    if let resources = (container.resources ?? container.spec["resources"])?.object,
      !resources.isEmpty
    {
      status["resources"] = .object(resources)
      if let requests = resources["requests"] { status["allocatedResources"] = requests }
    } else if container.plan != nil {
      status["resources"] = [:]
    }
    if container.isRunning, let caller = container.plan?.caller {
      let groups = [caller.group] + caller.groups.filter { $0 != caller.group }
      status["user"] = [
        "linux": [
          "uid": .int(Int64(caller.user)), "gid": .int(Int64(caller.group)),
          "supplementalGroups": .array(groups.map { .int(Int64($0)) }),
        ]
      ]
    }
    if let mounts = container.spec["volumeMounts"]?.array, !mounts.isEmpty {
      status["volumeMounts"] = .array(mounts.map(Self.mountStatus))
    }
    return status
  }

  private static func mountStatus(_ mount: Value) -> Value {
    var status: Value = [
      "mountPath": mount["mountPath"] ?? "", "name": mount["name"] ?? "",
    ]
    if mount["readOnly"]?.bool == true {
      status["readOnly"] = true
      status["recursiveReadOnly"] = "Disabled"
    }
    return status
  }

  private func state(_ container: Container) -> Value {
    switch container.state {
    case .waiting(let reason, let message):
      var waiting: Value = ["reason": .string(reason)]
      if !message.isEmpty { waiting["message"] = .string(message) }
      return ["waiting": waiting]
    case .running(let since): return ["running": ["startedAt": .string(since.rfc3339)]]
    case .terminated(let end): return ["terminated": Self.value(end)]
    }
  }

  private static func value(_ end: Container.Termination) -> Value {
    var value: Value = [
      "containerID": .string("containerd://" + end.containerID),
      "exitCode": .int(Int64(end.exitCode)), "reason": .string(end.reason),
      "startedAt": .string(end.started.rfc3339), "finishedAt": .string(end.finished.rfc3339),
    ]
    if end.signal != 0 { value["signal"] = .int(Int64(end.signal)) }
    if !end.message.isEmpty { value["message"] = .string(end.message) }
    return value
  }
}
