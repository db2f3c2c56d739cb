package import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One Pod's life on its node, from the binding to the last container's end (kubelet's pod worker).
///
/// It is made of timers rather than of a coroutine: a hundred thousand quiet Pods cost no stacks.
package final class PodWorker {
  unowned let kubelet: Kubelet
  package private(set) var pod: Value
  package private(set) var containers: [Container] = []
  package internal(set) var address = ""
  package internal(set) var volumes: [String: Volume] = [:]
  let started: Moment
  /// All init containers are done.
  var isInitialized = false
  private var hasStartedRegular = false
  /// Containers that are to start one after the other, and the one that is starting.
  private var queue: [Container] = []
  private var starting: Container?
  /// Why a resize has to wait, and since when.
  var resizeHold: (reason: String, message: String, since: Moment)?
  /// The Pod's own resources from before a resize that has to wait.
  var appliedPodResources: Value?
  /// Since when a resize is being carried out.
  var resizeBegan: Moment?
  /// Containers that are told to end when others have ended.
  var turns: [(others: [Container], tell: () -> Void)] = []
  /// Why the Pod was ended or refused before its time.
  var verdict: Verdict?
  var isTerminating = false
  /// All its containers are being ended, to start anew.
  var isRestartingAll = false
  /// Its machine went down, and the kubelet has not looked at it since.
  var isLost = false
  private(set) var isForgotten = false
  /// Made from a manifest of the machine; the API server has a mirror of it.
  let isStatic: Bool
  /// What was last told of each condition: status and since when.
  private var conditions: [String: (status: Bool, since: Moment)] = [:]
  private var reported: Value = .null
  private var isReportDue = false
  /// Tokens of its ServiceAccount and when each is renewed, by what was asked for.
  var tokens: [String: (token: IssuedToken, renewal: Moment)] = [:]
  var mountTries = 0
  /// Since when the Pod waits for a volume to be attached.
  var attachmentAwaited: Moment?

  var timeline: Timeline { kubelet.timeline }
  var spec: Value { pod["spec"] ?? [:] }
  var isHostNetwork: Bool { spec["hostNetwork"]?.bool == true }

  init(kubelet: Kubelet, pod: Value, isStatic: Bool = false) {
    self.kubelet = kubelet
    self.pod = pod
    self.isStatic = isStatic
    started = kubelet.timeline.now
    let initial = spec["initContainers"]?.array ?? []
    let regularReason = initial.isEmpty ? "ContainerCreating" : "PodInitializing"
    for container in initial {
      let isSidecar = container["restartPolicy"]?.string == "Always"
      containers.append(
        Container(
          name: container["name"]?.string ?? "", spec: container,
          role: isSidecar ? .sidecar : .initial, reason: "PodInitializing"))
    }
    for container in spec["containers"]?.array ?? [] {
      containers.append(
        Container(
          name: container["name"]?.string ?? "", spec: container, role: .regular,
          reason: regularReason))
    }
    isInitialized = initial.isEmpty
  }

  func begin() {
    if pod.isBeingDeleted { return terminate() }
    if let refusal = admissionRefusal() { return reject(refusal) }
    report()
    watchDeadline()
    mount()
  }

  func update(_ new: Value) {
    let old = pod
    pod = new
    if new.isBeingDeleted, !isTerminating || verdict != nil { return terminate() }
    if isTerminating {
      let key = "deletionGracePeriodSeconds"
      if let grace = new[path: "metadata", key]?.int, grace < old[path: "metadata", key]?.int ?? 0 {
        shorten(to: grace)
      }
      return
    }
    // NeedToReconcilePodReadiness: a gate's condition is somebody else's to change.
    let gates = (spec["readinessGates"]?.array ?? []).compactMap { $0["conditionType"]?.string }
    if new.generation != old.generation
      || gates.contains(where: { new.condition($0)?["status"] != old.condition($0)?["status"] })
    {
      report()
    }
    if new[path: "spec", "activeDeadlineSeconds"] != old[path: "spec", "activeDeadlineSeconds"] {
      watchDeadline()
    }
    startEphemeral()
    var resized: [Container] = []
    for container in containers {
      let specs = (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? [])
      guard let changed = specs.first(where: { $0["name"]?.string == container.name }),
        changed != container.spec
      else { continue }
      let imageChanged = changed["image"] != container.spec["image"]
      container.spec = changed
      if !imageChanged { resized.append(container) }
      // Only the image of a running container may change in place: it is restarted with the new.
      if imageChanged, container.isRunning {
        container.isRedefined = true
        stop(container, "Container \(container.name) definition changed, will be restarted")
      }
    }
    resize(resized, wasPod: old[path: "spec", "resources"])
  }

  /// The Pod object is gone from the API.
  func forget() {
    isForgotten = true
    for container in containers {
      stopProbes(container)
      container.process?.signal(9)
      if let plan = container.plan { kubelet.runtime.remove(plan) }
    }
    releaseAddress()
    kubelet.releaseUserIDs(of: pod.uid)
  }

  func releaseAddress() {
    guard !address.isEmpty, !isHostNetwork else { return }
    var attached = pod
    attached["status"] = ["podIP": .string(address)]
    kubelet.network.detach(pod: attached, node: kubelet.nodeName)
  }

  // MARK: setting up

  /// Starts what may start now: init containers one by one, then all others.
  func advance() {
    guard !isTerminating, !isForgotten else { return }
    for container in containers where container.role == .initial || container.role == .sidecar {
      if container.role == .initial, container.termination?.exitCode == 0 { continue }
      if container.role == .sidecar, container.isStarted { continue }
      if case .waiting(let reason, _) = container.state, reason == "PodInitializing" {
        container.state = .waiting(reason: "PodInitializing", message: "")
        prepare(container)
      }
      return
    }
    guard !hasStartedRegular else { return }
    hasStartedRegular = true
    isInitialized = true
    queue = containers.filter { $0.role == .regular && $0.termination == nil }
    startNext()
    startEphemeral()
    report()
  }

  /// Forgets that regular containers were started, for a new sandbox.
  func beginAnew() {
    hasStartedRegular = false
    queue = []
    starting = nil
  }

  // SyncPod starts containers one after the other, postStart hooks included, and goes on when one
  // cannot start.
  private func startNext() {
    guard starting == nil, !queue.isEmpty, !isTerminating, !isForgotten else { return }
    let next = queue.removeFirst()
    starting = next
    prepare(next)
  }

  /// A container runs, ended or has to wait.
  func settled(_ container: Container) {
    guard starting === container else { return }
    starting = nil
    timeline.after(.zero) { [weak self] in self?.startNext() }
  }

  private func startEphemeral() {
    // They need the sandbox only.
    guard !address.isEmpty else { return }
    for debug in spec["ephemeralContainers"]?.array ?? [] {
      guard let name = debug["name"]?.string, !containers.contains(where: { $0.name == name })
      else { continue }
      let container = Container(
        name: name, spec: debug, role: .ephemeral, reason: "ContainerCreating")
      containers.append(container)
      prepare(container)
    }
  }

  // MARK: ending

  func terminate() {
    isTerminating = true
    let grace = max(0, pod[path: "metadata", "deletionGracePeriodSeconds"]?.int ?? 30)
    stopAll(grace: grace)
    if containers.allSatisfy({ $0.process == nil }) { finishTermination() }
  }

  func finishTermination() {
    guard isTerminating, !isForgotten, containers.allSatisfy({ $0.process == nil }) else { return }
    reportNow()
    if isStatic { return kubelet.staticPods.ended(self) }
    guard pod.isBeingDeleted else { return }
    // The status manager deletes the object once nothing of the Pod is left on the node.
    timeline.after(.milliseconds(200)) { [weak self] in
      guard let self, !isForgotten else { return }
      _ = try? kubelet.client.delete(
        .pods, pod.name, namespace: pod.namespace,
        options: [
          "gracePeriodSeconds": 0, "preconditions": ["uid": .string(pod.uid)],
        ])
    }
  }

  // MARK: reporting

  func event(
    _ kind: EventRecorder.Kind, _ reason: String, _ message: String, of container: Container? = nil
  ) {
    var path = ""
    if let container {
      let list =
        switch container.role {
        case .regular: "containers"
        case .ephemeral: "ephemeralContainers"
        case .initial, .sidecar: "initContainers"
        }
      path = "spec.\(list){\(container.name)}"
    }
    kubelet.recorder.record(kind, pod, reason: reason, message: message, fieldPath: path)
  }

  /// Tells the API soon; several changes of one moment make one report.
  func report() {
    guard !isReportDue else { return }
    isReportDue = true
    timeline.after(.milliseconds(20)) { [weak self] in
      guard let self, isReportDue else { return }
      reportNow()
    }
  }

  /// Tells the API all again: it may have missed something.
  func reportAnew() {
    reported = .null
    report()
    if isTerminating { finishTermination() }
  }

  private func reportNow() {
    isReportDue = false
    guard !isForgotten, kubelet.speaks else { return }
    let status = makeStatus()
    guard status != reported else { return }
    let wasOver = isOver
    reported = status
    let uid = isStatic ? kubelet.staticPods.mirror(of: self)?.uid : pod.uid
    guard let uid else {
      reported = .null
      return
    }
    do {
      let told = try kubelet.client.patch(
        .pods, pod.name, namespace: pod.namespace, .merge,
        ["metadata": ["uid": .string(uid)], "status": status], subresource: "status")
      if !isStatic { pod = told }
      if isOver, !wasOver, usesDriver { kubelet.tellVolumesInUse() }
    } catch {
      reported = .null
    }
  }

  /// Whether it was told that nothing of the Pod runs any more.
  var isOver: Bool { ["Succeeded", "Failed"].contains(reported["phase"]?.string ?? "") }

  private func makeStatus() -> Value {
    if let verdict, verdict.isRefusal {
      return [
        "phase": "Failed", "reason": .string(verdict.reason),
        "message": .string("Pod was rejected: " + verdict.message),
        "startTime": .string(started.rfc3339), "observedGeneration": .int(pod.generation),
      ]
    }
    let isEnded = isTerminating && containers.allSatisfy { $0.process == nil }
    let isRefuted = verdict != nil && isEnded
    let writer = PodStatus(
      pod: pod, containers: containers, isInitialized: isInitialized,
      // Static Pods end without a last phase.
      isEnded: isEnded && !isStatic, willRestart: { [unowned self] in wantsRestart($0, $1) })
    let phase = isRefuted ? "Failed" : writer.phase
    var list: [Value] = []
    let generation = Value.int(pod.generation)
    func tell(_ condition: PodStatus.Condition) {
      let known = conditions[condition.type]
      let since = known?.status == condition.status ? known?.since ?? timeline.now : timeline.now
      conditions[condition.type] = (condition.status, since)
      var value: Value = [
        "type": .string(condition.type), "status": .string(condition.status ? "True" : "False"),
        "lastProbeTime": .null, "lastTransitionTime": .string(since.rfc3339),
        "observedGeneration": generation,
      ]
      if !condition.reason.isEmpty { value["reason"] = .string(condition.reason) }
      if !condition.message.isEmpty { value["message"] = .string(condition.message) }
      list.append(value)
    }
    writer.conditions(phase: phase, hasNetwork: !address.isEmpty && !isTerminatedWhole)
      .forEach(tell)
    // Whoever chose its node: it is here.
    var scheduled = pod.condition("PodScheduled")
    if isStatic || scheduled == nil {
      scheduled = [
        "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
        "lastTransitionTime": .string(started.rfc3339),
      ]
    }
    scheduled?["observedGeneration"] = generation
    if let scheduled { list.append(scheduled) }
    if ContainerRestart.mayConcernAll(spec) {
      tell(writer.restartCondition(phase: phase, isUnderWay: isRestartingAll))
    }
    var first = resizeConditions(generation)
    if isRefuted, let verdict, verdict.isDisruption {
      first.append([
        "type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet",
        "message": .string(verdict.message), "lastProbeTime": .null,
        "lastTransitionTime": .string(timeline.now.rfc3339), "observedGeneration": generation,
      ])
    }
    // Others' conditions stay as they are, before the kubelet's own.
    let own: Set<String> = [
      "PodResizePending", "PodResizeInProgress", "DisruptionTarget", "PodScheduled",
    ]
    first += (pod[path: "status", "conditions"]?.array ?? []).filter { other in
      let type = other["type"]?.string ?? ""
      return conditions[type] == nil
        && (!own.contains(type) || type == "DisruptionTarget" && !isRefuted)
    }
    list = first + list
    var status: Value = [
      "phase": .string(phase), "conditions": .array(list),
      "startTime": .string(started.rfc3339), "hostIP": .string(kubelet.address),
      "hostIPs": [["ip": .string(kubelet.address)]], "observedGeneration": generation,
      "containerStatuses": .array(statuses(writer, [.regular])),
    ]
    if !address.isEmpty {
      status["podIP"] = .string(address)
      status["podIPs"] = [["ip": .string(address)]]
    }
    if isRefuted, let verdict {
      status["reason"] = .string(verdict.reason)
      status["message"] = .string(verdict.message)
    }
    if let resources = podResources {
      status["resources"] = resources
      status["allocatedResources"] = resources["requests"]
    }
    let initial = statuses(writer, [.initial, .sidecar])
    if !initial.isEmpty { status["initContainerStatuses"] = .array(initial) }
    let debug = statuses(writer, [.ephemeral])
    if !debug.isEmpty { status["ephemeralContainerStatuses"] = .array(debug) }
    return status
  }

  private func statuses(_ writer: PodStatus, _ roles: Set<Container.Role>) -> [Value] {
    let own = containers.filter { roles.contains($0.role) }
    // Init containers stand as they are specified, others by name (normalizeStatus).
    return (roles.contains(.initial) ? own : own.sorted { $0.name < $1.name })
      .map(writer.containerStatus)
  }
}
