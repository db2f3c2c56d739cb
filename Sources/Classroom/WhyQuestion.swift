import Documents
import KubeAPIServer
import KubeObjects

/// Why one object is as it is, and what the answers ask the API for.
struct WhyQuestion {
  let client: ComponentClient
  let name: String
  let namespace: String

  typealias Answer = @Sendable (WhyQuestion) -> () throws(StatusError) -> String

  /// By the resources that can be asked about.
  static let answers: [String: Answer] = [
    "pods": pod, "services": service, "persistentvolumeclaims": claim,
    "deployments": deployment, "statefulsets": statefulSet, "daemonsets": daemonSet,
    "replicasets": replicaSet, "jobs": job, "cronjobs": cronJob, "nodes": node,
    "namespaces": emptying, "horizontalpodautoscalers": autoscaler, "ingresses": ingress,
  ]

  func pod() throws(StatusError) -> String {
    try chain(of: try client.get(.pods, name, namespace: namespace))
  }

  /// A Pod's chain of causes.
  func chain(of pod: Value) throws(StatusError) -> String {
    Why(pod: pod, events: try events(about: pod)).text
  }

  /// Oldest first.
  func events(about object: Value) throws(StatusError) -> [Value] {
    try client.list(
      .events, namespace: namespace,
      fieldSelector: "involvedObject.uid=\(object.uid),involvedObject.name=\(object.name)")
  }

  /// What the last warning of an object says, if one of these reasons.
  func warning(about object: Value, _ reasons: Set<String>) throws(StatusError) -> String? {
    try events(about: object).last {
      $0.text("type") == "Warning" && reasons.contains($0.text("reason"))
    }?.text("message")
  }

  func pods(_ labels: [String: String]) throws(StatusError) -> [Value] {
    try client.list(.pods, namespace: namespace, labelSelector: Self.selector(labels))
  }

  static func selector(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  static func isReady(_ pod: Value) -> Bool { pod.isConditionTrue("Ready") }

  func claim() throws(StatusError) -> String {
    let claim = try client.get(.persistentVolumeClaims, name, namespace: namespace)
    let storageClass = try? client.get(.storageClasses, VolumeMatch.className(claim))
    let users = try client.list(.pods, namespace: namespace).filter { pod in
      (pod[path: "spec", "volumes"]?.array ?? []).contains {
        $0[path: "persistentVolumeClaim", "claimName"]?.string == name
      }
    }
    return WhyClaim(
      claim: claim, storageClass: storageClass, volumes: try client.list(.persistentVolumes),
      users: users.map(\.name)
    ).text
  }

  func service() throws(StatusError) -> String {
    let service = try client.get(.services, name, namespace: namespace)
    if service[path: "spec", "type"]?.string == "ExternalName" {
      let target = service[path: "spec", "externalName"]?.string ?? ""
      return "service/\(name) is another name for \(target): DNS answers with it\n"
    }
    let labels = service[path: "spec", "selector"]?.strings ?? [:]
    guard !labels.isEmpty else {
      return "service/\(name) has no selector: nobody but you makes its endpoints\n"
    }
    let shown = Self.selector(labels)
    let pods = try pods(labels)
    if pods.isEmpty {
      var findings = WhyFindings("service/\(name) has no endpoints")
      findings.add(
        "no Pod in namespace \(namespace) has the labels \(shown)",
        "compare with: kubectl get pods -n \(namespace) --show-labels")
      return findings.text
    }
    let ready = pods.filter(Self.isReady)
    if ready.isEmpty, let first = pods.first {
      let none =
        pods.count == 1 ? "its only Pod is not ready" : "none of its \(pods.count) Pods is ready"
      return "service/\(name) has no ready endpoints: \(none)\n" + (try chain(of: first))
    }
    return "service/\(name) sends to \(WhyFindings.counted(ready.count, "ready Pod")) with the "
      + "labels \(shown)\n"
  }
}
