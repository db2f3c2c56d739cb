import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Resizing containers in place (kubelet's allocation manager).
extension PodWorker {
  /// The specification of containers changed, and with it perhaps their resources, or those of the
  /// Pod as a whole.
  func resize(_ changed: [Container], wasPod: Value?) {
    if wasPod != spec["resources"], appliedPodResources == nil { appliedPodResources = wasPod }
    let wanting = changed.filter {
      $0.isRunning && $0.role != .ephemeral && $0.role != .initial
        && $0.spec["resources"] ?? [:] != $0.resources ?? [:]
    }
    guard !wanting.isEmpty || appliedPodResources != nil else { return }
    let requests = Kubelet.requests(of: spec)
    if let why = kubelet.impossibility(of: requests) {
      return hold("Infeasible", "Node didn't have enough capacity: \(why)")
    }
    if let (_, text) = kubelet.shortage(of: requests, for: self) {
      hold("Deferred", "Node didn't have enough resource: \(text)")
      // Deferred resizes are tried again as Pods go.
      timeline.after(.seconds(30)) { [weak self] in
        guard let self, !isTerminating, !isForgotten, resizeHold != nil else { return }
        resize(wanting, wasPod: spec["resources"])
      }
      return
    }
    resizeHold = nil
    appliedPodResources = nil
    resizeBegan = timeline.now
    event(.normal, "ResizeStarted", "Pod resize started: " + resizeText())
    for container in wanting {
      let (before, wanted) = (container.resources, container.spec["resources"] ?? [:])
      container.resources = wanted
      container.plan?.limits = Self.limits(wanted)
      if restarts(container, before, wanted) {
        container.isResizing = true
        stop(container, "Container \(container.name) resize requires restart")
      } else if let plan = container.plan {
        kubelet.runtime.applyLimits(of: plan)
      }
    }
    report()
    timeline.after(.seconds(1)) { [weak self] in self?.finishResize() }
  }

  /// What its group of controls holds for the Pod as a whole; nil: it asks for nothing as such.
  var podResources: Value? {
    let own = appliedPodResources ?? spec["resources"]
    return own?["requests"] == nil && own?["limits"] == nil ? nil : own
  }

  /// Tells that a resize is carried out, when it is.
  func finishResize() {
    guard !isTerminating, !isForgotten, resizeBegan != nil,
      !containers.contains(where: \.isResizing)
    else { return }
    resizeBegan = nil
    event(.normal, "ResizeCompleted", "Pod resize completed: " + resizeText())
    report()
  }

  private func hold(_ reason: String, _ message: String) {
    let isNew = resizeHold?.reason != reason
    resizeHold = (reason, message, resizeHold?.since ?? timeline.now)
    if isNew {
      event(
        .warning, "Resize\(reason)", "Pod resize \(reason): " + resizeText(error: message))
    }
    report()
  }

  /// All containers of the Pod with what they are to have, as events of resizes tell it.
  private func resizeText(error: String? = nil) -> String {
    var told: Value = [:]
    for (key, role) in [("initContainers", Container.Role.sidecar), ("containers", .regular)] {
      let list = containers.filter { $0.role == role }.map { container -> Value in
        ["name": .string(container.name), "resources": container.spec["resources"] ?? [:]]
      }
      if !list.isEmpty { told[key] = .array(list) }
    }
    // The order in which it is written is that of Go's structure, not the alphabet's.
    var text = ["initContainers", "containers"].compactMap { key in
      told[key].map { "\"\(key)\":\(JSON.text($0))" }
    }
    text.append("\"generation\":\(pod.generation)")
    if let error { text.append("\"error\":\(JSON.text(.string(error)))") }
    return "{\(text.joined(separator: ","))}"
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
    var found: [Value] = []
    func add(_ type: String, _ since: Moment, reason: String? = nil, message: String? = nil) {
      var condition: Value = ["type": .string(type), "status": "True", "lastProbeTime": .null]
      condition["reason"] = reason.map { .string($0) }
      condition["message"] = message.map { .string($0) }
      condition["lastTransitionTime"] = .string(since.rfc3339)
      condition["observedGeneration"] = generation
      found.append(condition)
    }
    if let hold = resizeHold {
      add("PodResizePending", hold.since, reason: hold.reason, message: hold.message)
    }
    if let since = resizeBegan { add("PodResizeInProgress", since) }
    return found
  }
}
