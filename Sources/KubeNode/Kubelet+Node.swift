package import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// The Node object: registration, heartbeats and conditions.
extension Kubelet {
  /// What a node has, before the kubelet keeps some for itself.
  package struct Machinery: Hashable, Sendable {
    package var cpus: Int
    package var memoryKiB: Int64
    package var labels: [String: String] = [:]
    package var taints: [Taint] = []
    package var podCIDR: String?

    package struct Taint: Hashable, Sendable {
      package var key: String
      package var value = ""
      package var effect: String
      package init(key: String, value: String = "", effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
      }
    }

    package init(cpus: Int, memoryKiB: Int64) {
      self.cpus = cpus
      self.memoryKiB = memoryKiB
    }
  }

  /// Creates the Node as `kubelet --register-node` does, then begins the heartbeats.
  package func register(_ machinery: Machinery) {
    self.machinery = machinery
    var labels = [
      "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": nodeName,
      "kubernetes.io/os": "linux",
    ]
    labels.merge(machinery.labels) { _, new in new }
    labels.merge(settings.labels) { _, new in new }
    var spec: Value = [:]
    if !machinery.taints.isEmpty {
      spec["taints"] = .array(
        machinery.taints.map { taint in
          var value: Value = ["key": .string(taint.key), "effect": .string(taint.effect)]
          if !taint.value.isEmpty { value["value"] = .string(taint.value) }
          return value
        })
    }
    if let cidr = machinery.podCIDR {
      spec["podCIDR"] = .string(cidr)
      spec["podCIDRs"] = [.string(cidr)]
    }
    let node: Value = [
      "apiVersion": "v1", "kind": "Node",
      "metadata": [
        "name": .string(nodeName), "labels": .strings(labels),
        "annotations": ["volumes.kubernetes.io/controller-managed-attach-detach": "true"],
      ], "spec": spec, "status": nodeStatus(machinery),
    ]
    allocatable = node[path: "status", "allocatable"]?.strings ?? [:]
    guard let created = try? client.create(.nodes, node) else { return }
    defer { scheduleHeartbeats() }
    // The status is sent again by itself, as the kubelet's first status sync does.
    let made =
      (try? client.patch(
        .nodes, nodeName, .merge, ["status": node["status"] ?? [:]], subresource: "status"))
      ?? created
    tellOfStart(made)
    makeLease(owner: made)
  }

  /// The events of a kubelet that starts.
  func tellOfStart(_ node: Value) {
    recorder.record(.normal, node, reason: "Starting", message: "Starting kubelet.")
    for condition in Self.conditions {
      recorder.record(
        .normal, node, reason: condition.event,
        message: "Node \(nodeName) status is now: \(condition.event)")
    }
    recorder.record(
      .normal, node, reason: "NodeAllocatableEnforced",
      message: "Updated Node Allocatable limit across pods")
  }

  private static let conditions: [(type: String, reason: String, message: String, event: String)] =
    [
      (
        "MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available",
        "NodeHasSufficientMemory"
      ),
      (
        "DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure",
        "NodeHasNoDiskPressure"
      ),
      (
        "PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available",
        "NodeHasSufficientPID"
      ),
    ]

  /// What its disk holds.
  package static let storageKiB: Int64 = 40_470_732

  /// Conditions but for Ready, as they are.
  private var pressures: [(type: String, status: String, reason: String, message: String)] {
    Self.conditions.map { condition in
      guard let pressure = pressureEnds.keys.first(where: { $0.condition == condition.type }) else {
        return (condition.type, "False", condition.reason, condition.message)
      }
      return (condition.type, "True", pressure.words.reason, pressure.words.message)
    }
  }

  /// Takes the configuration of a kubelet that starts.
  package func configure(_ settings: KubeletSettings) {
    self.settings = settings
    if let machinery { allocatable.merge(room(of: machinery).allocatable) { _, new in new } }
  }

  private func room(
    of machinery: Machinery
  ) -> (capacity: [String: String], allocatable: [String: String]) {
    let capacity = [
      "cpu": "\(machinery.cpus)", "memory": "\(machinery.memoryKiB)Ki",
      "pods": "\(settings.pods)", "ephemeral-storage": "\(Self.storageKiB)Ki",
      "hugepages-1Gi": "0", "hugepages-2Mi": "0",
    ]
    let allocatable = settings.allocatable(
      cpus: machinery.cpus, memoryKiB: machinery.memoryKiB, storageKiB: Self.storageKiB)
    return (capacity, capacity.merging(allocatable) { _, new in new })
  }

  private func nodeStatus(_ machinery: Machinery) -> Value {
    let now = Value.string(timeline.now.rfc3339)
    let room = room(of: machinery)
    var conditions = Self.conditions.map { condition -> Value in
      [
        "type": .string(condition.type), "status": "False", "lastHeartbeatTime": now,
        "lastTransitionTime": now, "reason": .string(condition.reason),
        "message": .string(condition.message),
      ]
    }
    let problem = network.problem(on: nodeName)
    toldProblem = problem
    conditions.append([
      "type": "Ready", "status": problem == nil ? "True" : "False", "lastHeartbeatTime": now,
      "lastTransitionTime": now, "reason": problem == nil ? "KubeletReady" : "KubeletNotReady",
      "message": .string(problem ?? "kubelet is posting ready status"),
    ])
    return [
      "addresses": [
        ["type": "InternalIP", "address": .string(address)],
        ["type": "Hostname", "address": .string(nodeName)],
      ],
      "capacity": .strings(room.capacity), "allocatable": .strings(room.allocatable),
      "conditions": .array(conditions),
      "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
      "nodeInfo": nodeInfo,
      "runtimeHandlers": [
        ["name": "", "features": ["recursiveReadOnlyMounts": true, "userNamespaces": true]],
        ["name": "runc", "features": ["recursiveReadOnlyMounts": true, "userNamespaces": true]],
      ], "features": ["supplementalGroupsPolicy": true],
    ]
  }

  /// What it tells of its machine.
  package var nodeInfo: Value {
    [
      "architecture": "amd64", "bootID": .string(bootID),
      "containerRuntimeVersion": "containerd://2.2.0",
      "kernelVersion": .string(Linux.Machine.standardKernel),
      "kubeProxyVersion": "", "kubeletVersion": .string(version),
      "machineID": .string(identifier("machine").filter { $0 != "-" }),
      "operatingSystem": "linux", "osImage": "Ubuntu 24.04.3 LTS",
      "systemUUID": .string(identifier("system")), "swap": ["capacity": 0],
    ]
  }

  package var bootID: String { identifier(boots == 0 ? "boot" : "boot \(boots)") }

  /// A UUID of the machine, the same for the same name.
  private func identifier(_ purpose: String) -> String {
    var chance = SeededRandom(seed: 7, for: "\(purpose)/\(nodeName)")
    let text = Array(HexadecimalName.make(32, &chance))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
      .joined(separator: "-")
  }

  private func makeLease(owner: Value) {
    let lease: Value = [
      "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
      "metadata": [
        "name": .string(nodeName), "namespace": "kube-node-lease",
        "ownerReferences": [
          [
            "apiVersion": "v1", "kind": "Node", "name": .string(nodeName),
            "uid": .string(owner.uid),
          ]
        ],
      ],
      "spec": [
        "holderIdentity": .string(nodeName), "leaseDurationSeconds": 40,
        "renewTime": .string(timeline.now.rfc3339Micro),
      ],
    ]
    _ = try? client.create(.leases, lease, namespace: "kube-node-lease")
  }

  private func scheduleHeartbeats() {
    guard !isBeating else { return }
    isBeating = true
    // Spread over the period, so that nodes do not all speak at once.
    let offset = Span.milliseconds(Int64(random.below(10_000)))
    timeline.after(offset) { [weak self] in self?.renewLease() }
    timeline.after(.minutes(5) + offset) { [weak self] in self?.heartbeat() }
  }

  func touchLease() {
    guard speaks else { return }
    _ = try? client.patch(
      .leases, nodeName, namespace: "kube-node-lease", .merge,
      ["spec": ["renewTime": .string(timeline.now.rfc3339Micro)]])
  }

  /// Tells of a network that came or went, as the status that is looked at every ten seconds does.
  package func networkChanged() {
    let problem = network.problem(on: nodeName)
    guard speaks, problem != toldProblem,
      let node = try? client.get(.nodes, nodeName)
    else { return }
    toldProblem = problem
    postStatus()
    let word = problem == nil ? "NodeReady" : "NodeNotReady"
    recorder.record(
      .normal, node, reason: word, message: "Node \(nodeName) status is now: \(word)")
  }

  private func renewLease() {
    networkChanged()
    watchPressure()
    touchLease()
    timeline.after(.seconds(10)) { [weak self] in self?.renewLease() }
  }

  /// The status is sent every five minutes when nothing changed (nodeStatusReportFrequency), and at
  /// once when the kubelet comes back.
  private func heartbeat() {
    postStatus()
    timeline.after(.minutes(5)) { [weak self] in self?.heartbeat() }
  }

  /// Volumes of CSI drivers that its Pods have mounted: nobody may detach them. Those of Pods that
  /// are over are unmounted.
  private var volumesInUse: Value {
    let names = workers.values.filter { !$0.isOver }.flatMap { $0.volumes.values }
      .compactMap(\.driverVolume)
    return names.isEmpty ? .null : .array(Set(names).sorted().map { .string($0) })
  }

  /// Tells of them at once, as the volume manager makes the status loop do.
  func tellVolumesInUse() {
    guard speaks, isActive else { return }
    _ = try? client.patch(
      .nodes, nodeName, .merge, ["status": ["volumesInUse": volumesInUse]],
      subresource: "status")
  }

  package func postStatus() {
    guard speaks, let node = try? client.get(.nodes, nodeName) else { return }
    let now = Value.string(timeline.now.rfc3339)
    var conditions = node[path: "status", "conditions"]?.array ?? []
    let problem = isRuntimeUp ? network.problem(on: nodeName) : "container runtime is down"
    let ready =
      problem.map { ("Ready", "False", "KubeletNotReady", $0) }
      ?? ("Ready", "True", "KubeletReady", "kubelet is posting ready status")
    let all = pressures + [ready]
    for (type, status, reason, message) in all {
      guard let index = conditions.firstIndex(where: { $0["type"]?.string == type }) else {
        continue
      }
      conditions[index]["lastHeartbeatTime"] = now
      if conditions[index]["status"]?.string != status {
        conditions[index]["status"] = .string(status)
        conditions[index]["lastTransitionTime"] = now
      }
      conditions[index]["reason"] = .string(reason)
      conditions[index]["message"] = .string(message)
    }
    var status: Value = [
      "conditions": .array(conditions),
      "nodeInfo": ["kubeletVersion": .string(version), "bootID": .string(bootID)],
    ]
    if let machinery {
      // Resources of others, such as devices, stay.
      let room = room(of: machinery)
      status["capacity"] = .strings(room.capacity)
      status["allocatable"] = .strings(room.allocatable)
    }
    _ = try? client.patch(
      .nodes, nodeName, .strategic, ["status": status], subresource: "status")
  }

  /// Resources that somebody else told of, such as devices: Pods may have them as soon as the kubelet
  /// has looked at its status again (nodestatus.MachineInfo).
  func lookForResources(_ node: Value) {
    guard !isLookDue, speaks, !Self.untold(node).isEmpty else { return }
    isLookDue = true
    timeline.after(.seconds(10)) { [weak self] in
      guard let self else { return }
      isLookDue = false
      guard speaks, let node = try? client.get(.nodes, nodeName) else { return }
      let changes = Self.untold(node)
      guard !changes.isEmpty else { return }
      var amounts: Value = [:]
      for (name, amount) in changes { amounts[name] = amount }
      _ = try? client.patch(
        .nodes, nodeName, .merge, ["status": ["allocatable": amounts]], subresource: "status")
    }
  }

  /// Extended resources whose allocatable amount is not that of the capacity; null: there are none
  /// any more.
  private static func untold(_ node: Value) -> [String: Value] {
    let capacity = node[path: "status", "capacity"]?.strings ?? [:]
    let allocatable = node[path: "status", "allocatable"]?.strings ?? [:]
    func isExtended(_ name: String) -> Bool {
      name.contains("/") && !name.contains("kubernetes.io/")
    }
    var found: [String: Value] = [:]
    for (name, amount) in capacity where isExtended(name) && allocatable[name] != amount {
      found[name] = .string(amount)
    }
    for name in allocatable.keys where isExtended(name) && capacity[name] == nil {
      found[name] = .null
    }
    return found
  }
}
