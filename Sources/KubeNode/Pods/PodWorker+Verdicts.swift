import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Why a Pod was refused, or ended before its time.
struct Verdict {
  var reason: String
  var message: String
  /// The kubelet never took it.
  var isRefusal = false
  /// Ended for others' sake, as an eviction is.
  var isDisruption = false
}

/// Refusals, deadlines and evictions.
extension PodWorker {
  // MARK: admission

  /// What the kubelet's admission handlers say; nil: welcome.
  func admissionRefusal() -> Verdict? {
    if let name = forbiddenSetting {
      return Verdict(
        reason: "SysctlForbidden", message: "forbidden sysctl: \"\(name)\" not allowlisted",
        isRefusal: true)
    }
    if let refusal = pressureRefusal { return refusal }
    if isStatic { return kubelet.criticalMisfit(of: self) }
    // A scheduler has looked at all this; who named the node in the specification has not.
    let conditions = pod[path: "status", "conditions"]?.array ?? []
    guard !conditions.contains(where: { $0["type"] == "PodScheduled" }) else {
      return nil
    }
    return kubelet.misfit(of: self)
  }

  // eviction_manager.Admit: critical Pods are always taken; when it is memory alone, all that ask for
  // some of the node, or tolerate it.
  private var pressureRefusal: Verdict? {
    let present = Pressure.allCases.filter { kubelet.pressureEnds[$0] != nil }
    guard !present.isEmpty, !isCritical else { return nil }
    if present == [.memory] {
      let taint = Taint(key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule")
      let tolerations = (spec["tolerations"]?.array ?? []).map(Toleration.init)
      if PodResources.qosClass(spec) != "BestEffort" || tolerations.tolerate(taint) { return nil }
    }
    let names = present.map(\.condition).joined(separator: " ")
    return Verdict(
      reason: "Evicted", message: "The node had condition: [\(names)]. ", isRefusal: true)
  }

  // sysctl.SafeSysctlAllowlist: what belongs to the Pod's own namespaces alone.
  private static let safeSettings: Set<String> = [
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
  ]

  private var forbiddenSetting: String? {
    (spec[path: "securityContext", "sysctls"]?.array ?? []).compactMap { $0["name"]?.string }
      .first { name in
        let dotted = name.split(separator: "/").joined(separator: ".")
        return !Self.safeSettings.contains(dotted)
          || isHostNetwork && dotted.hasPrefix("net.")
      }
  }

  func reject(_ refusal: Verdict) {
    verdict = refusal
    isTerminating = true
    event(.warning, refusal.reason, refusal.message)
    report()
  }

  // MARK: ends before time

  /// Stops all containers for good; the Pod has failed.
  func endEarly(_ verdict: Verdict, grace: Int64?) {
    guard self.verdict == nil, !isTerminating else { return }
    self.verdict = verdict
    isTerminating = true
    stopAll(grace: grace)
    if containers.allSatisfy({ $0.process == nil }) { report() }
  }

  // kubelet's activeDeadlineHandler.
  func watchDeadline() {
    guard let seconds = spec["activeDeadlineSeconds"]?.int, seconds >= 0 else { return }
    let end = started + .seconds(min(seconds, Int64(Int32.max)))
    timeline.at(max(end, timeline.now)) { [weak self] in
      guard let self, !isTerminating, !isForgotten, !isFinished,
        spec["activeDeadlineSeconds"]?.int == seconds
      else { return }
      let message = "Pod was active on the node longer than the specified deadline"
      event(.normal, "DeadlineExceeded", message)
      endEarly(Verdict(reason: "DeadlineExceeded", message: message), grace: nil)
    }
  }

  // MARK: local storage

  private func bytes(_ value: Value?) -> Int64? {
    value.flatMap { try? Quantity(parsing: $0).value }.flatMap { $0 > 0 ? $0 : nil }
  }

  private var limitedVolumes: [(name: String, size: Int64, text: String)] {
    (spec["volumes"]?.array ?? []).compactMap { volume in
      guard let name = volume["name"]?.string,
        let text = volume[path: "emptyDir", "sizeLimit"], let size = bytes(text)
      else { return nil }
      return (name, size, text.string ?? "\(size)")
    }
  }

  private func storageLimit(_ container: Container) -> Value? {
    container.spec[path: "resources", "limits", "ephemeral-storage"]
  }

  /// The eviction manager's housekeeping, for Pods that it can concern.
  func watchStorage() {
    guard !limitedVolumes.isEmpty || containers.contains(where: { storageLimit($0) != nil }) else {
      return
    }
    timeline.after(.seconds(10)) { [weak self] in
      guard let self, !isTerminating, !isForgotten, !isFinished else { return }
      if kubelet.isActive, let message = storageExcess {
        event(.warning, "Evicted", message)
        return endEarly(
          Verdict(reason: "Evicted", message: message, isDisruption: true), grace: 1)
      }
      watchStorage()
    }
  }

  /// Bytes in the Pod's emptyDir volumes on the disk.
  var emptyDirUse: Int64 {
    (spec["volumes"]?.array ?? []).reduce(Int64(0)) { sum, volume in
      guard volume["emptyDir"] != nil, !VolumeSources.isInMemory(volume) else { return sum }
      return sum
        + Int64(kubelet.runtime.storageUse(of: volume["name"]?.string ?? "", pod: pod.uid))
    }
  }

  // eviction_manager.localStorageEviction: volumes, then the Pod, then its containers.
  private var storageExcess: String? {
    let runtime = kubelet.runtime
    for volume in limitedVolumes
    where runtime.storageUse(of: volume.name, pod: pod.uid) > volume.size {
      return "Usage of EmptyDir volume \"\(volume.name)\" exceeds the limit \"\(volume.text)\". "
    }
    let regular = containers.filter { $0.role == .regular || $0.role == .sidecar }
    let used = regular.map { $0.plan.map { Int64(runtime.storageUse(of: $0)) } ?? 0 }
    let inVolumes = emptyDirUse
    let limits = regular.compactMap { storageLimit($0) }.compactMap { try? Quantity(parsing: $0) }
    if let first = limits.first {
      let whole = limits.dropFirst().reduce(first) { $0 + $1 }
      if used.reduce(inVolumes, +) > whole.value {
        return "Pod ephemeral local storage usage exceeds the total limit of containers \(whole). "
      }
    }
    for (container, size) in zip(regular, used) {
      guard let limit = storageLimit(container), let most = bytes(limit), size > most else {
        continue
      }
      return "Container \(container.name) exceeded its local ephemeral storage limit "
        + "\"\(limit.string ?? "\(most)")\". "
    }
    return nil
  }
}
