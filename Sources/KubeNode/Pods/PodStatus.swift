import Documents
import KubeObjects
import Linux
import Simulation

/// Writes the status of a Pod as the kubelet reports it (kubelet's generateAPIPodStatus).
struct PodStatus {
  let pod: Value
  let containers: [Container]
  let isInitialized: Bool
  /// Nothing of it runs, nor will: the Pod is being removed, or was ended.
  let isEnded: Bool
  /// Whether a container that ended so is started again.
  let willRestart: (Container, Container.Termination) -> Bool

  /// kubelet's getPhase; a Pod that is ended has a last one (TerminatePod).
  var phase: String {
    let phase = livePhase
    guard isEnded, phase != "Succeeded", phase != "Failed" else { return phase }
    let regular = containers.filter { $0.role == .regular }
    return regular.allSatisfy { $0.termination?.exitCode == 0 } ? "Succeeded" : "Failed"
  }

  private var livePhase: String {
    func isOver(_ container: Container) -> Bool {
      container.termination.map { !willRestart(container, $0) } ?? false
    }
    if !isInitialized {
      let hasFailed = containers.contains {
        $0.role == .initial && $0.termination?.exitCode != 0 && isOver($0)
      }
      return hasFailed ? "Failed" : "Pending"
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
    if !regular.allSatisfy(isOver) { return "Running" }
    return ended.allSatisfy { $0.exitCode == 0 } ? "Succeeded" : "Failed"
  }

  typealias Condition = (type: String, status: Bool, reason: String, message: String)

  // GenerateAllContainersRestartingCondition.
  func restartCondition(phase: String, isUnderWay: Bool) -> Condition {
    let type = "AllContainersRestarting"
    switch phase {
    case "Succeeded": return (type, false, "PodCompleted", "")
    case "Failed": return (type, false, "PodFailed", "")
    default:
      return isUnderWay
        ? (
          type, true, "RestartAllContainersStarted", "container exited with restart policy rule"
        ) : (type, false, "", "")
    }
  }

  /// In the kubelet's order.
  func conditions(phase: String, hasNetwork: Bool) -> [Condition] {
    let initialized = isInitialized
    let watched = containers.filter { $0.role == .sidecar || $0.role == .regular }
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
    if ready.status, !closedGates.isEmpty {
      podReady = (false, "ReadinessGatesNotReady", closedGates.joined(separator: ", "))
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

  private var closedGates: [String] {
    (pod[path: "spec", "readinessGates"]?.array ?? []).compactMap { gate in
      let type = gate["conditionType"]?.string ?? ""
      guard let found = pod.condition(type) else {
        return "corresponding condition of pod readiness gate \"\(type)\" does not exist."
      }
      let status = found["status"]?.string ?? ""
      return status == "True"
        ? nil : "the status of pod readiness gate \"\(type)\" is not \"True\", but \(status)"
    }
  }

  /// Whether nobody knows any more how a container ended that should have (TerminatePod).
  private func isUnknown(_ container: Container) -> Bool {
    guard isEnded, container.termination == nil else { return false }
    switch container.role {
    case .ephemeral: return false
    case .regular: return isInitialized
    case .initial, .sidecar:
      let initial = containers.filter { $0.role == .initial || $0.role == .sidecar }
      let last = initial.lastIndex { $0.plan != nil } ?? 0
      return initial.firstIndex { $0 === container }.map { $0 <= last } ?? false
    }
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
    if isUnknown(container) {
      return [
        "terminated": [
          "exitCode": 137, "reason": "ContainerStatusUnknown",
          "message": "The container could not be located when the pod was terminated",
          "startedAt": .null, "finishedAt": .null,
        ]
      ]
    }
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
