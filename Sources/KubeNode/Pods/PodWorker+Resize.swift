import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Resizing containers in place (kubelet's allocation manager).
extension PodWorker {
  /// The resources of a container's specification changed.
  func resize(_ container: Container) {
    guard container.isRunning, container.role == .regular || container.role == .sidecar,
      let wanted = container.spec["resources"], wanted != container.resources
    else { return }
    let requests = Kubelet.requests(of: spec)
    if let why = kubelet.impossibility(of: requests) {
      return hold(container, "Infeasible", "Node didn't have enough capacity: \(why)")
    }
    if let (_, text) = kubelet.shortage(of: requests, for: self) {
      hold(container, "Deferred", "Node didn't have enough resource: \(text)")
      // Deferred resizes are tried again as Pods go.
      timeline.after(.seconds(30)) { [weak self] in
        guard let self, !isTerminating, !isForgotten, resizeHold != nil else { return }
        resize(container)
      }
      return
    }
    let before = container.resources
    resizeHold = nil
    event(.normal, "ResizeStarted", "Pod resize started: " + resizeText(container))
    container.resources = wanted
    container.plan?.limits = Self.limits(wanted)
    report()
    if restarts(container, before, wanted) {
      container.isResizing = true
      return stop(container, "Container \(container.name) resize requires restart")
    }
    if let plan = container.plan { kubelet.runtime.applyLimits(of: plan) }
    timeline.after(.seconds(1)) { [weak self] in
      guard let self, !isTerminating, !isForgotten else { return }
      tellOfResize(container)
      report()
    }
  }

  func tellOfResize(_ container: Container) {
    container.isResizing = false
    event(.normal, "ResizeCompleted", "Pod resize completed: " + resizeText(container))
  }

  private func hold(_ container: Container, _ reason: String, _ message: String) {
    let isNew = resizeHold?.reason != reason
    resizeHold = (reason, message, resizeHold?.since ?? timeline.now)
    if isNew {
      event(
        .warning, "Resize\(reason)",
        "Pod resize \(reason): " + resizeText(container, error: message))
    }
    report()
  }

  private func resizeText(_ container: Container, error: String? = nil) -> String {
    var told: Value = [
      "containers": [
        ["name": .string(container.name), "resources": container.spec["resources"] ?? [:]]
      ], "generation": .int(pod.generation),
    ]
    if let error { told["error"] = .string(error) }
    return JSON.text(told)
  }

  /// Whether the container's resizePolicy wants a restart for what changed.
  private func restarts(_ container: Container, _ old: Value?, _ new: Value) -> Bool {
    for policy in container.spec["resizePolicy"]?.array ?? [] {
      guard policy["restartPolicy"] == "RestartContainer",
        let name = policy["resourceName"]?.string
      else { continue }
      for list in ["requests", "limits"] where old?[path: list, name] != new[path: list, name] {
        return true
      }
    }
    return false
  }

  func resizeConditions(_ generation: Value) -> [Value] {
    guard let resizeHold else { return [] }
    return [
      [
        "type": "PodResizePending", "status": "True", "reason": .string(resizeHold.reason),
        "message": .string(resizeHold.message), "lastProbeTime": .null,
        "lastTransitionTime": .string(resizeHold.since.rfc3339), "observedGeneration": generation,
      ]
    ]
  }
}
