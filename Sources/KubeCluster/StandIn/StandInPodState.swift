import Documents
import KubeObjects
import Simulation

/// What a Pod's annotations say of its containers at one moment.
struct StandInPodState {
  private let pod: Value
  private let restarts: Int64
  private let now: Moment
  private var phase = "Running"
  private var isReady = true
  private var exitCode: Int64?
  private var waiting: String?
  /// Whether the containers ended and will be started again.
  private(set) var isRestarting = false
  /// How long the containers run from now, where something ends them.
  private(set) var lifetime: Span?

  init(_ pod: Value, restarts: Int64, now: Moment) {
    self.pod = pod
    self.restarts = restarts
    self.now = now
    isReady = pod.annotation("stand-in/not-ready") != "true"
    if let reason = pod.annotation("stand-in/waiting"), !reason.isEmpty {
      waiting = reason
      phase = "Pending"
      isReady = false
      return
    }
    let code = pod.annotation("stand-in/exit-code").flatMap { Int64($0) }
    let seconds = pod.annotation("stand-in/run-seconds").flatMap { Double($0) }
    guard code != nil || seconds != nil else { return }
    let milliseconds = Int64(min(max(seconds ?? 0.5, 0.001), 1_000_000) * 1000)
    let span = Span.milliseconds(milliseconds)
    guard let since = startTime, now >= since + span else {
      lifetime = startTime.map { $0 + span - now } ?? span
      return
    }
    let policy = pod[path: "spec", "restartPolicy"]?.string ?? "Always"
    if policy == "Never" || policy == "OnFailure" && (code ?? 0) == 0 {
      exitCode = code ?? 0
      phase = exitCode == 0 ? "Succeeded" : "Failed"
      isReady = false
    } else {
      isRestarting = true
    }
  }

  /// When the containers began to run, where they do.
  private var startTime: Moment? {
    let containers = pod[path: "status", "containerStatuses"]?.array ?? []
    return containers.first?[path: "state", "running", "startedAt"]?.string
      .flatMap { Moment(rfc3339: $0) }
  }

  func fill(_ status: inout Value) {
    status["phase"] = .string(phase)
    var conditions = status["conditions"]?.array ?? []
    for (type, isTrue) in [
      ("PodReadyToStartContainers", exitCode == nil), ("Initialized", true), ("Ready", isReady),
      ("ContainersReady", isReady),
    ] {
      set(type, isTrue, in: &conditions)
    }
    status["conditions"] = .array(conditions)
    let before = status["containerStatuses"]?.array ?? []
    let containers = pod[path: "spec", "containers"]?.array ?? []
    status["containerStatuses"] = .array(
      containers.enumerated().map { index, container in
        report(container, before: before.count > index ? before[index] : [:])
      })
    guard let first = pod[path: "spec", "initContainers"]?.array, !first.isEmpty else { return }
    status["initContainerStatuses"] = .array(first.map { initial($0, status) })
  }

  private func set(_ type: String, _ isTrue: Bool, in conditions: inout [Value]) {
    let value: Value = isTrue ? "True" : "False"
    let place = conditions.firstIndex { $0["type"]?.string == type }
    if let place, conditions[place]["status"] == value { return }
    var condition: Value = [
      "type": .string(type), "status": value, "lastProbeTime": .null,
      "lastTransitionTime": .string(now.rfc3339),
    ]
    if !isTrue, type.hasSuffix("Ready") {
      condition["reason"] = exitCode == nil ? "ContainersNotReady" : "PodCompleted"
    }
    if let place { conditions[place] = condition } else { conditions.append(condition) }
  }

  private func report(_ container: Value, before: Value) -> Value {
    let stamp = Value.string(now.rfc3339)
    let started = before[path: "state", "running", "startedAt"] ?? stamp
    var report = identity(container)
    report["ready"] = .bool(isReady)
    report["restartCount"] = .int(restarts)
    report["lastState"] = before["lastState"] ?? .emptyObject
    report["started"] = .bool(exitCode == nil && waiting == nil)
    if let waiting {
      report["state"] = ["waiting": ["reason": .string(waiting)]]
      report["containerID"] = nil
    } else if let exitCode {
      report["state"] = ["terminated": ended(exitCode, started, stamp, report)]
    } else if isRestarting {
      let code = pod.annotation("stand-in/exit-code").flatMap { Int64($0) } ?? 0
      report["lastState"] = ["terminated": ended(code, started, stamp, report)]
      report["restartCount"] = .int(restarts + 1)
      report["state"] = ["running": ["startedAt": stamp]]
    } else {
      report["state"] = ["running": ["startedAt": started]]
    }
    return report
  }

  private func ended(_ code: Int64, _ started: Value, _ stamp: Value, _ report: Value) -> Value {
    [
      "exitCode": .int(code), "reason": code == 0 ? "Completed" : "Error", "startedAt": started,
      "finishedAt": stamp, "containerID": report["containerID"] ?? "",
    ]
  }

  private func initial(_ container: Value, _ status: Value) -> Value {
    let stamp = status["startTime"] ?? .string(now.rfc3339)
    var report = identity(container)
    report["restartCount"] = 0
    report["lastState"] = .emptyObject
    if container["restartPolicy"]?.string == "Always", exitCode == nil {
      report["ready"] = .bool(isReady)
      report["started"] = true
      report["state"] = ["running": ["startedAt": stamp]]
    } else {
      report["ready"] = true
      report["started"] = false
      report["state"] = ["terminated": ended(0, stamp, stamp, report)]
    }
    return report
  }

  private func identity(_ container: Value) -> Value {
    let name = container["name"]?.string ?? ""
    var chance = SeededRandom(seed: 7, for: "container/\(pod.uid)/\(name)")
    return [
      "name": .string(name), "image": container["image"] ?? "",
      "imageID": container["image"] ?? "",
      "containerID": .string("containerd://" + StandInKubelets.hexadecimal(64, &chance)),
    ]
  }
}
