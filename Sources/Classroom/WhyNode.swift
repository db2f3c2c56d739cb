import Documents
import KubeAPIServer
import KubeObjects

/// Why a node takes no Pods.
extension WhyQuestion {
  func node() throws(StatusError) -> String {
    let node = try client.get(.nodes, name)
    let ready = node.condition("Ready") ?? [:]
    let isReady = ready.text("status") == "True"
    let isOpen = node[path: "spec", "unschedulable"]?.bool != true
    var findings = WhyFindings(
      "node/\(name) is \(isReady ? "Ready" : "NotReady")\(isOpen ? "" : ", SchedulingDisabled")")
    if !isReady {
      findings.add(
        "\(ready.text("reason")): \(ready.text("message"))", advice(onNotReady: ready))
    }
    if !isOpen {
      findings.add("spec.unschedulable is true: it was cordoned", "kubectl uncordon \(name)")
    }
    for (pressure, cure) in [
      ("MemoryPressure", "Pods use more memory than it has: lower what they use, or drain it"),
      ("DiskPressure", "free its disk: unused images, logs, what Pods wrote"),
      ("PIDPressure", "too many processes run on it"),
      ("NetworkUnavailable", "its network plug-in has not set it up: are its Pods there?"),
    ] {
      guard let condition = node.condition(pressure), condition.text("status") == "True" else {
        continue
      }
      findings.add("\(pressure): \(condition.text("message"))", cure)
    }
    for taint in node[path: "spec", "taints"]?.array ?? [] {
      let (key, effect, value) = (taint.text("key"), taint.text("effect"), taint.text("value"))
      // What the node controller puts there goes with its cause.
      if key.hasPrefix("node.kubernetes.io/") { continue }
      findings.add(
        "spec.taints: \(key)\(value.isEmpty ? "" : "=\(value)"):\(effect) keeps Pods away that do "
          + "not tolerate it",
        "spec.tolerations of the Pod, or kubectl taint nodes \(name) \(key):\(effect)-")
    }
    let room = node[path: "status", "allocatable", "pods"]?.string.flatMap { Int($0) } ?? 0
    let pods = try client.list(.pods, fieldSelector: "spec.nodeName=\(name)").filter {
      !["Succeeded", "Failed"].contains($0[path: "status", "phase"]?.string ?? "")
    }
    if room > 0, pods.count >= room {
      findings.add("it has \(pods.count) Pods and takes no more than \(room)")
    }
    if findings.links.isEmpty {
      findings.add("it takes Pods, and has \(WhyFindings.counted(pods.count, "Pod"))")
    }
    return findings.text
  }

  private func advice(onNotReady condition: Value) -> String {
    let message = condition.text("message")
    if message.contains("cni") || message.contains("network plugin") {
      return "apply a network plug-in, or look at its Pods: kubectl get pods -n kube-system -o wide"
    }
    if message.contains("container runtime") || message.contains("PLEG") {
      return "ssh \(name), then: systemctl status containerd"
    }
    if condition.text("reason") == "NodeStatusUnknown" {
      return "ssh \(name), then: systemctl status kubelet; journalctl -u kubelet"
    }
    return "kubectl describe node \(name)"
  }
}
