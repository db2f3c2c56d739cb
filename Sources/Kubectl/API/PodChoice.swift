import Documents
import KubeObjects
import Simulation

/// Which Pod, and which container of it, `logs`, `exec` and their kin mean.
struct PodChoice {
  let call: Invocation

  /// The Pod of a name, or one of a workload's: `web-1`, `pod/web-1`, `deploy/web`.
  func pod(_ word: String, type: String = "pods") async throws -> Value {
    let info = try await object(word, type: type)
    if info.resource.kind == "Pod", info.resource.group.isEmpty { return info.object }
    return try await firstPod(of: info)
  }

  /// Waits for a Pod of a workload as long as --pod-running-timeout says.
  private func firstPod(of info: ResourceInfo) async throws -> Value {
    let span = call.values.span("pod-running-timeout")
    let deadline = call.now + (span > .zero ? span : .minutes(1))
    while true {
      if let pod = try await pods(of: info).first { return pod }
      guard call.now < deadline else {
        throw CommandError.text("timed out waiting for the condition")
      }
      try await call.sleep(min(.milliseconds(500), deadline - call.now))
    }
  }

  func object(_ word: String, type: String = "pods") async throws -> ResourceInfo {
    var selection = Selection()
    selection.arguments = [word]
    selection.namedType = type
    let findings = try await selection.find(call)
    try findings.check()
    guard let info = findings.infos.first else { throw CommandError.text(Selection.missing) }
    return info
  }

  /// The Pods of a workload, those most worth looking at first; `doing` is what fails otherwise.
  func pods(of info: ResourceInfo, doing: String = "attach to") async throws -> [Value] {
    try GoType.require(info.resource)
    let spec = info.object["spec"]
    let selector: String
    switch info.resource.kind {
    case "Service", "ReplicationController": selector = DescribeText.labels(spec?["selector"])
    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job":
      selector = DescribeText.selector(spec?["selector"])
    default:
      let type = GoType.name(of: info.resource)
      throw CommandError.text(
        "cannot \(doing) \(type): selector for \(type) not implemented")
    }
    guard selector != "<none>" else {
      throw CommandError.text(
        "cannot \(doing) \(GoType.name(of: info.resource)): invalid service '\(info.name)': "
          + "Service is defined without a selector")
    }
    let list = try await call.client().get(
      APIResource.pods.path(namespace: info.namespace), [("labelSelector", selector)])
    return (list["items"]?.array ?? []).enumerated().sorted { a, b in
      let (x, y) = (Self.rank(a.element), Self.rank(b.element))
      return x == y ? a.offset < b.offset : x < y
    }.map(\.element)
  }

  /// Ready before running before scheduled before others.
  private static func rank(_ pod: Value) -> Int {
    let isReady = (pod[path: "status", "conditions"]?.array ?? []).contains {
      $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
    }
    if isReady { return 0 }
    if pod[path: "status", "phase"]?.string == "Running" { return 1 }
    return pod[path: "spec", "nodeName"]?.string == nil ? 3 : 2
  }

  static let defaultContainer = "kubectl.kubernetes.io/default-container"

  static func names(_ pod: Value, _ member: String) -> [String] {
    (pod[path: "spec", member]?.array ?? []).compactMap { $0["name"]?.string }
  }

  static func allNames(_ pod: Value) -> [String] {
    names(pod, "initContainers") + names(pod, "containers") + names(pod, "ephemeralContainers")
  }

  /// The container asked for, annotated as default, or the first; says so when there are several.
  func container(
    of pod: Value, asked: String, quiet: Bool, tell: ((String) -> Void)? = nil
  ) throws -> String {
    let name = DescribeText.name(pod)
    if !asked.isEmpty {
      guard Self.allNames(pod).contains(asked) else {
        throw CommandError.text("container \(asked) not found in pod \(name)")
      }
      return asked
    }
    let marked =
      pod[path: "metadata", "annotations", Self.defaultContainer]?.string ?? ""
    if !marked.isEmpty {
      if Self.allNames(pod).contains(marked) { return marked }
      call.output.complainLine(
        "Default container name \(Go.quoted(marked)) not found in pod \(name)")
    }
    let containers = Self.names(pod, "containers")
    guard let first = containers.first else {
      throw CommandError.text("no containers found in pod \(name)")
    }
    let all =
      containers + Self.names(pod, "ephemeralContainers").map { "\($0) (ephem)" }
      + Self.names(pod, "initContainers").map { "\($0) (init)" }
    if all.count > 1, !quiet {
      let tell = tell ?? { call.output.complainLine($0) }
      tell("Defaulted container \(Go.quoted(first)) out of: \(all.joined(separator: ", "))")
    }
    return first
  }
}
