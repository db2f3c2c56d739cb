import Documents
import KubeAPIServer
import KubeCluster
import KubeObjects
import Linux
import Shell

/// `why pod/web [-n NAMESPACE]`: the chain of causes behind an object's state.
/// `why can USER VERB RESOURCE`: the binding that allows it, or those that almost do.
/// `why` alone: what the API server had against the last write that it refused, and where that is in
/// the manifest.
struct WhyProgram: Program {
  let name = "why"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) unowned let cluster: Cluster

  func run(_ process: Process) async throws -> ExitStatus {
    var words: [String] = []
    var namespace = "default"
    var arguments = process.arguments[...]
    if arguments.first == "can" { return try await can(process) }
    while let argument = arguments.popFirst() {
      if argument == "-n" || argument == "--namespace" {
        namespace = arguments.popFirst() ?? namespace
      } else {
        words += argument.split(separator: "/", maxSplits: 1).map(String.init)
      }
    }
    if words.isEmpty, let refusal = cluster.server.lastRefusal {
      return try await explain(refusal, process)
    }
    guard let name = words.last, words.count <= 2 else {
      throw UsageError("what? For example: why pod/web -n shop", hint: false, status: 2)
    }
    let kind = words.count == 2 ? words[0].lowercased() : "pod"
    guard let finder = Self.finders[kind] else {
      try await process.writeError("drydock: not simulated: why for \(kind)\n")
      return 1
    }
    let client = ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"]),
      manager: "drydock-why")
    var text: String
    do throws(StatusError) {
      text = try finder(client, name, namespace)
      if kind.hasPrefix("po"),
        let found = cluster.placement(of: try client.get(.pods, name, namespace: namespace).uid)
      {
        text += WhyPlacement(placement: found).text
      }
    } catch {
      try await process.writeError("why: \(error.message)\n")
      return 1
    }
    try await process.write(text)
    return 0
  }

  private func can(_ process: Process) async throws -> ExitStatus {
    var words: [String] = []
    var (namespace, subresource, groups) = ("default", "", [String]())
    var arguments = process.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard argument.hasPrefix("-"), let flag = parts.first else {
        words.append(argument)
        continue
      }
      guard ["-n", "--namespace", "--subresource", "--as-group"].contains(flag),
        let value = parts.count > 1 ? parts[1] : arguments.popFirst()
      else { throw Self.canUsage }
      switch flag {
      case "--subresource": subresource = value
      case "--as-group": groups.append(value)
      default: namespace = value
      }
    }
    let access: WhyAccess?
    do throws(StatusError) {
      access = try WhyAccess(
        words: words, namespace: namespace, groups: groups, subresource: subresource,
        server: cluster.server)
    } catch {
      try await process.writeError("why: \(error.message)\n")
      return 1
    }
    guard let access else { throw Self.canUsage }
    try await process.write(access.text(cluster.server))
    return 0
  }

  private static let canUsage = UsageError(
    "who may do what? For example: why can jane get pods -n shop, why can sa/bot create deploy "
      + "--as-group devs, why can jane get pods --subresource=log", hint: false, status: 2)

  private func explain(_ refusal: RefusedWrite, _ process: Process) async throws -> ExitStatus {
    var manifests: [WhyRefusal.Source] = []
    for line in cluster.shell.recentLines.reversed() {
      for name in WhyRefusal.files(in: line) {
        guard let bytes = try? await process.contents(of: name) else { continue }
        manifests.append(WhyRefusal.Source(name: name, manifest: Manifest(bytes)))
      }
      manifests += WhyRefusal.hereDocuments(in: line)
    }
    try await process.write(WhyRefusal(refusal, manifests).text)
    return 0
  }

  private typealias Finder =
    @Sendable (ComponentClient, String, String) throws(StatusError) -> String

  private static let finders: [String: Finder] = [
    "pod": pod, "pods": pod, "po": pod, "service": service, "services": service, "svc": service,
    "pvc": claim, "persistentvolumeclaim": claim, "persistentvolumeclaims": claim,
    "deployment": deployment, "deployments": deployment, "deploy": deployment,
  ]

  private static func events(
    _ client: ComponentClient, _ name: String, _ namespace: String
  ) throws(StatusError) -> [Value] {
    try client.list(
      .events, namespace: namespace,
      fieldSelector: "involvedObject.name=\(name),involvedObject.namespace=\(namespace)")
  }

  @Sendable private static func pod(
    _ client: ComponentClient, _ name: String, _ namespace: String
  ) throws(StatusError) -> String {
    let pod = try client.get(.pods, name, namespace: namespace)
    return Why(pod: pod, events: try events(client, name, namespace)).text
  }

  @Sendable private static func claim(
    _ client: ComponentClient, _ name: String, _ namespace: String
  ) throws(StatusError) -> String {
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

  @Sendable private static func deployment(
    _ client: ComponentClient, _ name: String, _ namespace: String
  ) throws(StatusError) -> String {
    let deployment = try client.get(.deployments, name, namespace: namespace)
    let labels = deployment[path: "spec", "selector", "matchLabels"]?.strings ?? [:]
    let pods = try client.list(
      .pods, namespace: namespace, labelSelector: selector(labels))
    let wanted = deployment[path: "spec", "replicas"]?.int ?? 1
    let ready = deployment[path: "status", "readyReplicas"]?.int ?? 0
    var text = "deployment/\(name) has \(ready) of \(wanted) Pods ready\n"
    for condition in deployment[path: "status", "conditions"]?.array ?? []
    where condition["status"]?.string
      == (condition["type"]?.string == "ReplicaFailure" ? "True" : "False")
    {
      text += "└ \(condition["message"]?.string ?? "")\n"
    }
    for pod in pods where !isReady(pod) {
      let own = pod[path: "metadata", "name"]?.string ?? ""
      text += Why(pod: pod, events: try events(client, own, namespace)).text
      break
    }
    return text
  }

  @Sendable private static func service(
    _ client: ComponentClient, _ name: String, _ namespace: String
  ) throws(StatusError) -> String {
    let service = try client.get(.services, name, namespace: namespace)
    let labels = service[path: "spec", "selector"]?.strings ?? [:]
    guard !labels.isEmpty else {
      return "service/\(name) has no selector: nobody but you makes its endpoints\n"
    }
    let pods = try client.list(.pods, namespace: namespace, labelSelector: selector(labels))
    let shown = selector(labels)
    if pods.isEmpty {
      return "service/\(name) has no endpoints\n└ no Pod in namespace \(namespace) has the labels "
        + "\(shown)\n  → compare with: kubectl get pods -n \(namespace) --show-labels\n"
    }
    let ready = pods.filter(isReady)
    if ready.isEmpty, let first = pods.first {
      let own = first[path: "metadata", "name"]?.string ?? ""
      return "service/\(name) has no ready endpoints: none of its \(pods.count) Pods is ready\n"
        + Why(pod: first, events: try events(client, own, namespace)).text
    }
    let told = ready.count == 1 ? "1 ready Pod" : "\(ready.count) ready Pods"
    return "service/\(name) sends to \(told) with the labels \(shown)\n"
  }

  private static func selector(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  private static func isReady(_ pod: Value) -> Bool {
    (pod[path: "status", "conditions"]?.array ?? []).contains {
      $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
    }
  }
}
