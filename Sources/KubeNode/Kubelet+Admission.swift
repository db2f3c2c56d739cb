import Documents
import KubeAPIServer
import KubeObjects

/// Whether a Pod fits on the node (lifecycle.NewPredicateAdmitHandler).
extension Kubelet {
  /// What a Pod asks of the node, by resource: thousandths of a core, bytes, Pods.
  static func requests(of spec: Value) -> [String: Int64] {
    let wanted = PodResources.requests(spec)
    var found: [String: Int64] = ["pods": 1]
    for name in ["cpu", "memory", "ephemeral-storage"] {
      guard let quantity = wanted[name] else { continue }
      found[name] = max(0, name == "cpu" ? quantity.milliValue : quantity.value)
    }
    return found
  }

  /// Thousandths of a core, or bytes, that the node has for Pods.
  private func capacity(_ name: String) -> Int64 {
    guard let quantity = allocatable[name].flatMap({ try? Quantity($0) }) else { return .max }
    return name == "cpu" ? quantity.milliValue : quantity.value
  }

  /// What Pods on the node ask for, but for one.
  private func used(_ name: String, except worker: PodWorker) -> Int64 {
    allWorkers.filter { $0 !== worker && !$0.isEndedWhole }.reduce(0) { sum, other in
      let (next, overflow) = sum.addingReportingOverflow(
        Self.requests(of: other.spec)[name] ?? 0)
      return overflow ? .max : next
    }
  }

  /// Why there is no room for a Pod, as `cpu, requested: 4000, used: 950, capacity: 2000`.
  func shortage(of wanted: [String: Int64], for worker: PodWorker) -> (name: String, text: String)?
  {
    for name in ["pods", "cpu", "memory", "ephemeral-storage"] {
      guard let request = wanted[name], request > 0 else { continue }
      let (used, capacity) = (used(name, except: worker), capacity(name))
      guard request > capacity - min(used, capacity) else { continue }
      return (name, "\(name), requested: \(request), used: \(used), capacity: \(capacity)")
    }
    return nil
  }

  /// Why a Pod could never have what it wants here.
  func impossibility(of wanted: [String: Int64]) -> String? {
    for name in ["cpu", "memory"] {
      guard let request = wanted[name], request > capacity(name) else { continue }
      return "\(name), requested: \(request), capacity: \(capacity(name))"
    }
    return nil
  }

  /// Why a static Pod has no room even when all that are not critical made some
  /// (CriticalPodAdmissionHandler).
  func criticalMisfit(of worker: PodWorker) -> Verdict? {
    var lacking: [(name: String, amount: Int64)] = []
    for (name, request) in Self.requests(of: worker.spec).sorted(by: { $0.key < $1.key })
    where request > 0 {
      let free = capacity(name) - min(used(name, except: worker), capacity(name))
      if request > free { lacking.append((name, request - free)) }
    }
    let isHopeless = lacking.contains { name, _ in
      let critical = allWorkers.filter { $0 !== worker && $0.isCritical && !$0.isEndedWhole }
        .reduce(Int64(0)) { $0 + min(Self.requests(of: $1.spec)[name] ?? 0, 1 << 50) }
      return Self.requests(of: worker.spec)[name] ?? 0 > capacity(name)
        - min(critical, capacity(name))
    }
    guard isHopeless else { return nil }
    let list = lacking.map { "(res: \($0.name), q: \($0.amount)), " }.joined()
    let why =
      "preemption: error finding a set of pods to preempt: no set of running pods found to reclaim "
      + "resources: [\(list)]"
    log(
      "I predicate.go:212] \"Failed to admit pod, unexpected error while attempting to recover from "
        + "admission failure\" pod=\"\(worker.pod.namespacedName)\" err=\"\(why)\"")
    return Verdict(
      reason: "UnexpectedAdmissionError",
      message: "Unexpected error while attempting to recover from admission failure: \(why)",
      isRefusal: true)
  }

  func misfit(of worker: PodWorker) -> Verdict? {
    if let (name, text) = shortage(of: Self.requests(of: worker.spec), for: worker) {
      return Verdict(
        reason: "OutOf\(name)", message: "Node didn't have enough resource: \(text)",
        isRefusal: true)
    }
    guard let node = try? client.get(.nodes, nodeName) else { return nil }
    // generalFilter's order.
    let spec = worker.spec
    let labels = node.labels?.object ?? [:]
    let required = NodeSelector(
      spec[
        path: "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"])
    if (spec["nodeSelector"]?.object ?? [:]).contains(where: { labels[$0.key] != $0.value })
      || required?.matches(labels: labels, name: nodeName) == false
    {
      return refusal("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
    }
    let ports = HostPort.all(spec)
    let isTaken = allWorkers.contains { other in
      other !== worker && !other.isEndedWhole
        && HostPort.all(other.spec).contains { taken in
          ports.contains { $0.collides(with: taken) }
        }
    }
    if !ports.isEmpty, isTaken {
      return refusal("NodePorts", "node(s) didn't have free ports for the requested pod ports")
    }
    let tolerations = (spec["tolerations"]?.array ?? []).map(Toleration.init)
    let isKeptOff = (node[path: "spec", "taints"]?.array ?? []).map(Taint.init).contains {
      $0.effect == "NoExecute" && !tolerations.tolerate($0)
    }
    if !worker.isStatic, isKeptOff {
      return refusal("TaintToleration", "node(s) had taints that the pod didn't tolerate")
    }
    return nil
  }

  private func refusal(_ predicate: String, _ words: String) -> Verdict {
    Verdict(
      reason: predicate, message: "Predicate \(predicate) failed: \(words)", isRefusal: true)
  }
}
