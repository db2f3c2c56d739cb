package import Documents

/// Why a Pod, a Service or a workload is as it is, told from what the components recorded.
package struct Why {
  /// One link of the chain: a finding, and what would change it.
  package struct Link: Hashable, Sendable {
    package var text: String
    package var advice: String

    package init(_ text: String, _ advice: String = "") {
      self.text = text
      self.advice = advice
    }
  }

  package var links: [Link] = []

  package var text: String {
    links.enumerated().map { depth, link in
      let indent = String(repeating: "  ", count: depth)
      return indent + (depth > 0 ? "└ " : "") + link.text + "\n"
        + (link.advice.isEmpty ? "" : indent + "  → " + link.advice + "\n")
    }.joined()
  }

  /// The chain for a Pod; `events` are those about it, oldest first.
  package init(pod: Value, events: [Value]) {
    let name = pod[path: "metadata", "name"]?.string ?? ""
    let phase = pod[path: "status", "phase"]?.string ?? "Pending"
    if pod[path: "metadata", "deletionTimestamp"] != nil {
      links = [Link("pod/\(name) is being deleted")]
      if let finalizers = pod[path: "metadata", "finalizers"]?.array, !finalizers.isEmpty {
        links.append(
          Link("finalizers hold it: \(finalizers.compactMap(\.string).joined(separator: ", "))"))
      }
      return
    }
    links = [Link("pod/\(name) is \(phase)")]
    if pod[path: "spec", "nodeName"]?.string == nil {
      unscheduled(pod, events)
    } else {
      onNode(pod, events)
    }
  }

  private mutating func unscheduled(_ pod: Value, _ events: [Value]) {
    let condition = pod[path: "status", "conditions"]?.array?.first {
      $0["type"]?.string == "PodScheduled" && $0["status"]?.string == "False"
    }
    let failed = events.last { $0["reason"]?.string == "FailedScheduling" }
    guard let message = condition?["message"]?.string ?? failed?["message"]?.string else {
      links.append(
        Link(
          "the scheduler has not looked at it yet",
          "is there a scheduler named \(pod[path: "spec", "schedulerName"]?.string ?? "")?"))
      return
    }
    links.append(Link("no node takes it"))
    for reason in SchedulingReason.read(message) {
      links.append(Link("\(reason.nodes) of \(reason.total) nodes: \(reason.text)", reason.advice))
    }
  }

  private mutating func onNode(_ pod: Value, _ events: [Value]) {
    let node = pod[path: "spec", "nodeName"]?.string ?? ""
    let statuses =
      (pod[path: "status", "initContainerStatuses"]?.array ?? [])
      + (pod[path: "status", "containerStatuses"]?.array ?? [])
    var told = false
    for status in statuses {
      let name = status["name"]?.string ?? ""
      if let waiting = status[path: "state", "waiting"] {
        let reason = waiting["reason"]?.string ?? "waiting"
        links.append(
          Link(
            "container \(name) on \(node) is waiting: \(reason)", Self.advice(reason, pod: pod)))
        told = true
      } else if status["ready"]?.bool == false, status[path: "state", "running"] != nil {
        links.append(
          Link(
            "container \(name) runs on \(node) and is not ready",
            "its readiness probe does not succeed; compare the probe with what the container serves"
          ))
        told = true
      }
      if let last = status[path: "lastState", "terminated"] {
        let code = last["exitCode"]?.int ?? 0
        links.append(
          Link(
            "it last ended with \(last["reason"]?.string ?? "Error"), exit code \(code)",
            last["reason"]?.string == "OOMKilled"
              ? "it used more than its memory limit" : "kubectl logs shows what it said: add -p"))
      }
    }
    let warnings = events.filter { $0["type"]?.string == "Warning" }
    if let message = warnings.last?["message"]?.string { links.append(Link(message)) }
    if !told, warnings.isEmpty { links.append(Link("all its containers run on \(node)")) }
  }

  private static func advice(_ reason: String, pod: Value) -> String {
    switch reason {
    case "ErrImagePull", "ImagePullBackOff", "InvalidImageName":
      "the image's name or tag is wrong, or its registry wants a login: kubectl set image"
    case "CrashLoopBackOff": "the program ends again and again: kubectl logs shows why"
    case "CreateContainerConfigError":
      "it refers to a ConfigMap, Secret or key that is not there: kubectl describe names it"
    case "ContainerCreating", "PodInitializing":
      "its volumes, network or images are being prepared: kubectl describe shows the step"
    case "RunContainerError": "its command cannot be started: check command and args"
    default: ""
    }
  }
}

/// One clause of the scheduler's message: on so many nodes, for that reason.
struct SchedulingReason: Hashable {
  var nodes: Int
  var total: Int
  var text: String

  /// Takes `0/3 nodes are available: 1 node(s) …, 2 Insufficient cpu. preemption: …` apart.
  static func read(_ message: String) -> [SchedulingReason] {
    let head = message.split(separator: "/", maxSplits: 1)
    guard head.count == 2, let colon = head[1].firstIndex(of: ":") else {
      return [SchedulingReason(nodes: 0, total: 0, text: message)]
    }
    let total = Int(head[1].prefix { $0.isNumber }) ?? 0
    var rest = head[1][head[1].index(after: colon)...]
    if let end = rest.firstRange(of: ". ") {
      rest = rest[..<end.lowerBound]
    } else if rest.last == "." {
      rest = rest.dropLast()
    }
    var reasons: [SchedulingReason] = []
    // A comma inside a taint's braces does not part the clauses; one before a number does.
    for part in rest.split(separator: ",") {
      let clause = part.drop { $0 == " " }
      let digits = clause.prefix { $0.isNumber }
      if let nodes = Int(digits), clause.dropFirst(digits.count).first == " " {
        reasons.append(
          SchedulingReason(
            nodes: nodes, total: total, text: String(clause.dropFirst(digits.count + 1))))
      } else if !reasons.isEmpty {
        reasons[reasons.count - 1].text += "," + part
      }
    }
    return reasons
  }

  /// The nearest change that would flip it.
  var advice: String {
    if text.contains("untolerated taint") {
      return
        "give the Pod a toleration for it, or take the taint away: kubectl taint nodes NODE KEY-"
    }
    if text.contains("node affinity/selector") {
      return "label a node as the Pod's nodeSelector or affinity wants, or change what it wants"
    }
    if text.hasPrefix("Insufficient") || text.hasPrefix("Too many pods") {
      return "lower the Pod's requests, delete what fills the nodes, or add a node"
    }
    if text.contains("unschedulable") { return "kubectl uncordon the node" }
    if text.contains("anti-affinity") {
      return "another Pod keeps it away: look at podAntiAffinity"
    }
    if text.contains("pod affinity") { return "the Pod wants to be near one that is not there" }
    if text.contains("persistentvolumeclaim") || text.contains("PersistentVolume") {
      return "look at its claims: kubectl get pvc"
    }
    if text.contains("free ports") { return "its hostPort is taken on these nodes" }
    return ""
  }
}
