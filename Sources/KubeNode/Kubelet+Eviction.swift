import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// What a node can run short of.
enum Pressure: CaseIterable {
  case memory, disk

  /// As a Pod asks for it.
  var resource: String { self == .memory ? "memory" : "ephemeral-storage" }
  /// The node's condition.
  var condition: String { self == .memory ? "MemoryPressure" : "DiskPressure" }
  /// What the condition says while it is so: its reason and its message.
  var words: (reason: String, message: String) {
    self == .memory
      ? ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
      : ("KubeletHasDiskPressure", "kubelet has disk pressure")
  }
  /// The reasons of the events.
  var event: String { self == .memory ? "NodeHasInsufficientMemory" : "NodeHasDiskPressure" }
  var endEvent: String { self == .memory ? "NodeHasSufficientMemory" : "NodeHasNoDiskPressure" }
}

/// The eviction manager's view of the node: pressure is told of, and Pods are ended for it.
extension Kubelet {
  private typealias Reading = (free: Int64, threshold: Int64, text: String)

  /// What is free, of the node's disk with Pods' own storage taken off, of its memory without what
  /// the system itself works with; nil: nothing could use it up.
  private func reading(of pressure: Pressure) -> Reading? {
    switch pressure {
    case .disk:
      guard !isUnvisited() || pressureEnds[.disk] != nil, let disk = runtime.disk else {
        return nil
      }
      let inPods = allWorkers.reduce(Int64(0)) {
        Self.sum($0, $1.storageUse.values.reduce(0, Self.sum))
      }
      let threshold = settings.diskThreshold(of: disk.size)
      return (max(0, disk.free - min(inPods, disk.free)), threshold, "\(threshold)")
    case .memory:
      let threshold = { self.settings.memoryThreshold(of: $0) }
      guard let memory = runtime.memory else {
        return pressureEnds[.memory] == nil ? nil : (.max, 0, "0")
      }
      let used = Self.sum(memory.used, Self.systemMemory)
      let least = threshold(memory.size)
      return (
        max(0, memory.size - min(used, memory.size)), least,
        Quantity(least, format: .binarySI).description
      )
    }
  }

  /// The working set of kubelet, containerd and kernel.
  private static let systemMemory: Int64 = 420 << 20

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Every ten seconds (housekeepingInterval), on nodes that somebody has been to: on others nothing
  /// fills the disk.
  func watchPressure() {
    guard isActive, speaks else { return }
    var isReclaiming = false
    for pressure in Pressure.allCases {
      guard let reading = reading(of: pressure) else { continue }
      if reading.free < reading.threshold {
        // evictionPressureTransitionPeriod, from the last time that it was so.
        let isNew = pressureEnds[pressure] == nil
        pressureEnds[pressure] = timeline.now + .minutes(5)
        if isNew { tellOfPressure(pressure.event) }
        // Memory goes first, one Pod at a time.
        if !isReclaiming { reclaim(pressure, reading) }
        isReclaiming = true
      } else if let end = pressureEnds[pressure], timeline.now >= end {
        pressureEnds[pressure] = nil
        tellOfPressure(pressure.endEvent)
      }
    }
  }

  private func tellOfPressure(_ word: String) {
    postStatus()
    guard let node = try? client.get(.nodes, nodeName) else { return }
    recorder.record(
      .normal, node, reason: word, message: "Node \(nodeName) status is now: \(word)")
  }

  /// First what nobody uses, then one Pod at a time, until there is room.
  private func reclaim(_ pressure: Pressure, _ reading: Reading) {
    let resource = pressure.resource
    log(
      "W eviction_manager.go:376] \"Eviction manager: attempting to reclaim\" "
        + "resourceName=\"\(resource)\"")
    if let node = try? client.get(.nodes, nodeName) {
      recorder.record(
        .warning, node, reason: "EvictionThresholdMet",
        message: "Attempting to reclaim \(resource)")
    }
    if pressure == .disk {
      images.formIntersection(
        allWorkers.flatMap(\.containers).compactMap {
          $0.spec["image"]?.string.flatMap { ImageReference($0)?.canonical }
        })
    }
    let candidates = allWorkers.filter { !$0.isCritical && !$0.isTerminating && !$0.isFinished }
    guard !allWorkers.contains(where: { $0.verdict?.reason == "Evicted" && !$0.isEndedWhole }),
      let worker = candidates.min(by: { Self.goesFirst($0, before: $1, pressure) })
    else { return }
    var message =
      "The node was low on resource: \(resource). Threshold quantity: \(reading.text), available: "
      + "\(Quantity(reading.free, format: .binarySI)). "
    for (container, use) in worker.use(pressure).sorted(by: { $0.key < $1.key }) {
      let request = worker.request(of: container, for: pressure)
      guard use > (request?.value ?? 0) else { continue }
      message +=
        "Container \(container) was using \(Quantity(use, format: .binarySI)), request is "
        + "\(request?.description ?? "0"), has larger consumption of \(resource). "
    }
    log(
      "I eviction_manager.go:627] \"Eviction manager: pod is evicted successfully\" "
        + "pod=\"\(worker.pod.namespacedName)\"")
    worker.event(.warning, "Evicted", message)
    worker.endEarly(Verdict(reason: "Evicted", message: message, isDisruption: true), grace: 1)
  }

  // rankMemoryPressure, rankDiskPressureFunc: who uses more than it asked for, the lower priority,
  // the larger excess.
  private static func goesFirst(
    _ a: PodWorker, before b: PodWorker, _ pressure: Pressure
  ) -> Bool {
    func excess(_ worker: PodWorker) -> Int64 {
      let request = requests(of: worker.spec)[pressure.resource] ?? 0
      return worker.use(pressure).values.reduce(0, sum) - request
    }
    let (mine, other) = (excess(a), excess(b))
    if (mine > 0) != (other > 0) { return mine > 0 }
    if a.priority != b.priority { return a.priority < b.priority }
    if mine != other { return mine > other }
    return a.pod.uid < b.pod.uid
  }
}

extension PodWorker {
  var priority: Int64 { spec["priority"]?.int ?? 0 }

  // kubelettypes.IsCriticalPod.
  var isCritical: Bool {
    isStatic || pod.annotation(StaticPods.mirrorAnnotation) != nil || priority >= 2_000_000_000
  }

  func request(of container: String, for pressure: Pressure) -> Quantity? {
    let found = containers.first { $0.name == container }
    return found?.spec[path: "resources", "requests", pressure.resource].flatMap {
      try? Quantity(parsing: $0)
    }
  }

  /// What its containers use of what is short, in bytes by their names.
  func use(_ pressure: Pressure) -> [String: Int64] {
    guard pressure == .memory else { return storageUse }
    var found: [String: Int64] = [:]
    for container in containers {
      guard container.isRunning, let plan = container.plan else { continue }
      found[container.name] = Int64(clamping: kubelet.runtime.memory(of: plan))
    }
    return found
  }

  /// Bytes that the containers have written, by their names; those of the Pod's volumes are added to
  /// the first container's.
  var storageUse: [String: Int64] {
    var found: [String: Int64] = [:]
    for container in containers {
      guard let plan = container.plan else { continue }
      found[container.name] = Int64(clamping: kubelet.runtime.storageUse(of: plan))
    }
    let inVolumes = emptyDirUse
    if inVolumes > 0, let first = containers.first { found[first.name, default: 0] += inVolumes }
    return found
  }
}
