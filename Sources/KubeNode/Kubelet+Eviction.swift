import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The eviction manager's view of the node's disk: pressure is told of, and Pods are ended for it.
extension Kubelet {
  /// What the node's disk has, Pods' own storage taken off.
  private var disk: (size: Int64, free: Int64)? {
    guard let disk = runtime.disk else { return nil }
    let inPods = allWorkers.reduce(Int64(0)) {
      Self.sum($0, $1.storageUse.values.reduce(0, Self.sum))
    }
    return (disk.size, max(0, disk.free - min(inPods, disk.free)))
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Every ten seconds (housekeepingInterval), on nodes that somebody has been to: on others nothing
  /// fills the disk.
  func watchDisk() {
    guard isActive, speaks, !isUnvisited() || pressureEnds != nil, let disk else { return }
    let threshold = settings.diskThreshold(of: disk.size)
    if disk.free < threshold {
      // evictionPressureTransitionPeriod, from the last time that it was so.
      let isNew = pressureEnds == nil
      pressureEnds = timeline.now + .minutes(5)
      if isNew { tellOfPressure("NodeHasDiskPressure") }
      reclaim(free: disk.free, threshold: threshold)
    } else if let end = pressureEnds, timeline.now >= end {
      pressureEnds = nil
      tellOfPressure("NodeHasNoDiskPressure")
    }
  }

  private func tellOfPressure(_ word: String) {
    postStatus()
    guard let node = try? client.get(.nodes, nodeName) else { return }
    recorder.record(
      .normal, node, reason: word, message: "Node \(nodeName) status is now: \(word)")
  }

  /// First what nobody uses, then one Pod at a time, until there is room.
  private func reclaim(free: Int64, threshold: Int64) {
    let resource = "ephemeral-storage"
    log(
      "W eviction_manager.go:376] \"Eviction manager: attempting to reclaim\" "
        + "resourceName=\"\(resource)\"")
    if let node = try? client.get(.nodes, nodeName) {
      recorder.record(
        .warning, node, reason: "EvictionThresholdMet",
        message: "Attempting to reclaim \(resource)")
    }
    images.formIntersection(
      allWorkers.flatMap(\.containers).compactMap {
        $0.spec["image"]?.string.flatMap { ImageReference($0)?.canonical }
      })
    let candidates = allWorkers.filter { !$0.isCritical && !$0.isTerminating && !$0.isFinished }
    guard !allWorkers.contains(where: { $0.verdict?.reason == "Evicted" && !$0.isEndedWhole }),
      let worker = candidates.min(by: { Self.goesFirst($0, before: $1) })
    else { return }
    var message =
      "The node was low on resource: \(resource). Threshold quantity: \(threshold), available: "
      + "\(Self.text(free)). "
    for (container, use) in worker.storageUse.sorted(by: { $0.key < $1.key }) {
      let request = worker.storageRequest(of: container)
      guard use > request else { continue }
      message +=
        "Container \(container) was using \(Self.text(use)), request is \(Self.text(request)), has "
        + "larger consumption of \(resource). "
    }
    log(
      "I eviction_manager.go:627] \"Eviction manager: pod is evicted successfully\" "
        + "pod=\"\(worker.pod.namespacedName)\"")
    worker.event(.warning, "Evicted", message)
    worker.endEarly(Verdict(reason: "Evicted", message: message, isDisruption: true), grace: 1)
  }

  private static func text(_ bytes: Int64) -> String {
    bytes == 0 ? "0" : bytes % 1024 == 0 ? "\(bytes / 1024)Ki" : "\(bytes)"
  }

  // rankDiskPressureFunc: who uses more than it asked for, the lower priority, the larger excess.
  private static func goesFirst(_ a: PodWorker, before b: PodWorker) -> Bool {
    func excess(_ worker: PodWorker) -> Int64 {
      let request = requests(of: worker.spec)["ephemeral-storage"] ?? 0
      return worker.storageUse.values.reduce(0, sum) - request
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

  func storageRequest(of container: String) -> Int64 {
    let found = containers.first { $0.name == container }
    return found?.spec[path: "resources", "requests", "ephemeral-storage"].flatMap {
      try? Quantity(parsing: $0).value
    } ?? 0
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
