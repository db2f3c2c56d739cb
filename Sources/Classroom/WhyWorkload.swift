import Documents
import KubeAPIServer
import KubeObjects

/// Why a workload has not all the Pods that it wants.
extension WhyQuestion {
  func deployment() throws(StatusError) -> String {
    let object = try client.get(.deployments, name, namespace: namespace)
    return try workload(object, "deployment") { findings throws(StatusError) in
      if object[path: "spec", "paused"]?.bool == true {
        findings.add(
          "spec.paused is true: changes of its template wait",
          "kubectl rollout resume deployment \(name) -n \(namespace)")
      }
      for condition in object[path: "status", "conditions"]?.array ?? []
      where condition.text("status")
        == (condition.text("type") == "ReplicaFailure" ? "True" : "False")
      {
        findings.add(condition.text("message"), Self.advice(onFailing: condition.text("message")))
      }
    }
  }

  func replicaSet() throws(StatusError) -> String {
    let object = try client.get(.replicaSets, name, namespace: namespace)
    return try workload(object, "replicaset") { findings throws(StatusError) in
      try self.failedCreation(object, &findings)
    }
  }

  func statefulSet() throws(StatusError) -> String {
    let object = try client.get(.statefulSets, name, namespace: namespace)
    return try workload(object, "statefulset") { findings throws(StatusError) in
      try self.failedCreation(object, &findings)
      let ready = object[path: "status", "readyReplicas"]?.int ?? 0
      if object[path: "spec", "podManagementPolicy"]?.string == "OrderedReady",
        ready < object[path: "spec", "replicas"]?.int ?? 1
      {
        findings.add(
          "spec.podManagementPolicy is OrderedReady: \(name)-\(ready) must be ready before the "
            + "next one is made")
      }
    }
  }

  func daemonSet() throws(StatusError) -> String {
    let object = try client.get(.daemonSets, name, namespace: namespace)
    let status = object["status"] ?? [:]
    return try workload(
      object, "daemonset", wanted: status.number("desiredNumberScheduled"),
      ready: status.number("numberReady")
    ) { findings throws(StatusError) in
      try self.failedCreation(object, &findings)
      let nodes = try self.client.list(.nodes).count
      let wanted = Int(clamping: status.number("desiredNumberScheduled"))
      if wanted < nodes {
        findings.add(
          "\(nodes - wanted) of \(WhyFindings.counted(nodes, "node")) take none of its Pods",
          "spec.template.spec: nodeSelector, affinity and tolerations; kubectl describe nodes "
            + "shows labels and taints")
      }
    }
  }

  private func workload(
    _ object: Value, _ kind: String, wanted: Int64? = nil, ready: Int64? = nil,
    _ tell: (inout WhyFindings) throws(StatusError) -> Void
  ) throws(StatusError) -> String {
    let wanted = wanted ?? object[path: "spec", "replicas"]?.int ?? 1
    let ready = ready ?? object[path: "status", "readyReplicas"]?.int ?? 0
    let pods = wanted == 1 ? "Pod" : "Pods"
    var findings = WhyFindings("\(kind)/\(name) has \(ready) of \(wanted) \(pods) ready")
    if object[path: "spec", "replicas"]?.int == 0 {
      findings.add(
        "spec.replicas is 0: it wants no Pods",
        "kubectl scale \(kind) \(name) --replicas=1 -n \(namespace)")
    }
    try tell(&findings)
    let labels = object[path: "spec", "selector", "matchLabels"]?.strings ?? [:]
    if let waiting = try self.pods(labels).first(where: { !Self.isReady($0) }) {
      findings.more = try chain(of: waiting)
    }
    return findings.text
  }

  /// What the API server or admission had against its last Pod.
  func failedCreation(
    _ object: Value, _ findings: inout WhyFindings
  ) throws(StatusError) {
    guard let message = try warning(about: object, ["FailedCreate"]) else { return }
    findings.add(message, Self.advice(onFailing: message))
  }

  private static func advice(onFailing message: String) -> String {
    if message.contains("exceeded quota") || message.contains("failed quota") {
      return "give its containers smaller resources.requests and limits, or raise spec.hard of the "
        + "ResourceQuota"
    }
    if message.contains("violates PodSecurity") {
      return "set the securityContext fields that it names in spec.template, or lower the "
        + "namespace's label pod-security.kubernetes.io/enforce"
    }
    if message.contains("serviceaccount") {
      return "create the ServiceAccount, or change spec.template.spec.serviceAccountName"
    }
    if message.contains("usage per Container") {
      return "bring resources of its containers between spec.limits' min and max of the LimitRange"
    }
    return ""
  }
}
