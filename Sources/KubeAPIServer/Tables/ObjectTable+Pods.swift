package import Documents
import KubeObjects
package import Simulation

extension ObjectTable {
  package static let pods = ObjectTable("pods", conditions: ended) { pod, now in
    let summary = PodSummary(pod, now: now)
    let spec = pod["spec"] ?? [:]
    let status = pod["status"] ?? [:]
    return [
      .string(pod.name), .string("\(summary.ready)/\(summary.total)"), .string(summary.reason),
      .string(summary.restarts), Cell.age(pod, now),
      Cell.orNone(status.items("podIPs").first?.text("ip") ?? ""),
      Cell.orNone(spec.text("nodeName")), Cell.orNone(status.text("nominatedNodeName")),
      .string(summary.gates),
    ]
  }

  /// What a row tells of a Pod that has ended.
  private static let ended: @Sendable (Value) -> Value? = { pod in
    switch pod["status"]?.text("phase") {
    case "Succeeded":
      [
        [
          "type": "Completed", "status": "True", "reason": "Succeeded",
          "message": "The pod has completed successfully.",
        ]
      ]
    case "Failed":
      [
        [
          "type": "Completed", "status": "True", "reason": "Failed",
          "message": "The pod failed.",
        ]
      ]
    default: nil
    }
  }

  package static let podTemplates = ObjectTable("podtemplates") { object, _ in
    let template = object["template"]
    return [Cell.name(object)] + Cell.containers(template?["spec"])
      + [Cell.labels(template?["metadata"]?["labels"])]
  }
}

/// A Pod in the words of `kubectl get pods`.
package struct PodSummary {
  package private(set) var ready = 0
  package private(set) var total: Int
  /// Running, CrashLoopBackOff, Init:0/1, …
  package private(set) var reason: String
  /// `2 (5m ago)`
  package private(set) var restarts = "0"
  /// `1/2`, or <none>.
  package private(set) var gates = "<none>"

  private var count: Int64 = 0
  private var last: Moment?

  package init(_ pod: Value, now: Moment) {
    let spec = pod["spec"] ?? [:]
    let status = pod["status"] ?? [:]
    let phase = status.text("phase")
    reason = status.text("reason").isEmpty ? phase : status.text("reason")
    total = spec.items("containers").count
    for condition in status.items("conditions")
    where condition.text("type") == "PodScheduled"
      && condition.text("reason") == "SchedulingGated"
    {
      reason = "SchedulingGated"
    }
    let sidecars = Set(
      spec.items("initContainers").filter { $0.text("restartPolicy") == "Always" }
        .map { $0.text("name") })
    total += sidecars.count
    readContainers(pod, spec, status, sidecars)
    if pod.isBeingDeleted, status.text("reason") == "NodeLost" {
      reason = "Unknown"
    } else if pod.isBeingDeleted, phase != "Failed", phase != "Succeeded" {
      reason = "Terminating"
    }
    restarts = String(count)
    if count != 0, let last { restarts += " (\((now - last).humanText) ago)" }
    let readiness = spec.items("readinessGates")
    if !readiness.isEmpty {
      let met = readiness.count { pod.isConditionTrue($0.text("conditionType")) }
      gates = "\(met)/\(readiness.count)"
    }
  }

  private mutating func readContainers(
    _ pod: Value, _ spec: Value, _ status: Value, _ sidecars: Set<String>
  ) {
    var (sidecarCount, sidecarLast): (Int64, Moment?) = (0, nil)
    var isInitializing = false
    for (index, container) in status.items("initContainerStatuses").enumerated() {
      let isSidecar = sidecars.contains(container.text("name"))
      note(container, &count, &last)
      if isSidecar { note(container, &sidecarCount, &sidecarLast) }
      let state = container["state"] ?? [:]
      let ended = state["terminated"]
      if let ended, ended.number("exitCode") == 0 { continue }
      if isSidecar, container.flag("started") {
        if container.flag("ready") { ready += 1 }
        continue
      }
      let waiting = state["waiting"]?.text("reason") ?? ""
      if let ended {
        reason = "Init:" + Self.reason(ofEnd: ended)
      } else if !waiting.isEmpty, waiting != "PodInitializing" {
        reason = "Init:" + waiting
      } else {
        reason = "Init:\(index)/\(spec.items("initContainers").count)"
      }
      isInitializing = true
      break
    }
    guard !isInitializing || pod.isConditionTrue("Initialized") else { return }
    (count, last) = (sidecarCount, sidecarLast)
    readMain(pod, status)
  }

  private mutating func readMain(_ pod: Value, _ status: Value) {
    var isRunning = false
    for container in status.items("containerStatuses").reversed() {
      note(container, &count, &last)
      let state = container["state"] ?? [:]
      let waiting = state["waiting"]?.text("reason") ?? ""
      if !waiting.isEmpty {
        reason = waiting
      } else if let ended = state["terminated"], !ended.isNull {
        reason = Self.reason(ofEnd: ended)
      } else if container.flag("ready"), state.has("running") {
        isRunning = true
        ready += 1
      }
    }
    if reason == "Completed", isRunning {
      reason = pod.isConditionTrue("Ready") ? "Running" : "NotReady"
    }
  }

  private func note(_ container: Value, _ count: inout Int64, _ last: inout Moment?) {
    count += container.number("restartCount")
    guard
      let ended = container["lastState"]?["terminated"]?["finishedAt"]?.string,
      let moment = Moment(rfc3339: ended)
    else { return }
    last = max(last ?? moment, moment)
  }

  private static func reason(ofEnd ended: Value) -> String {
    if !ended.text("reason").isEmpty { return ended.text("reason") }
    let signal = ended.number("signal")
    return signal != 0 ? "Signal:\(signal)" : "ExitCode:\(ended.number("exitCode"))"
  }
}
