import Documents
import Linux
import Simulation

/// Makes a release's objects, changes them and takes them away.
struct Deployer {
  let call: Call
  let cluster: any ClusterAccess
  let release: String
  let namespace: String

  /// Objects of a manifest with their places; a kind that is not served is an error.
  func objects(_ parts: [ManifestPart]) async throws -> [ClusterObject] {
    var found: [ClusterObject] = []
    for part in parts {
      guard let object = try await ClusterObject(part.value, namespace: namespace, in: cluster)
      else {
        throw HelmError(
          "unable to build kubernetes objects from release manifest: "
            + ClusterObject.missing(part.value).message)
      }
      found.append(object)
    }
    return found
  }

  /// What is there already and belongs to nobody, or to another release, stops helm.
  func refuseStrangers(_ objects: [ClusterObject], owned: Set<String>) async throws {
    for object in objects where !owned.contains(object.path) {
      let answer = try await cluster.get(object.path)
      guard answer.code < 400 else { continue }
      let metadata = answer.value["metadata"]
      var problems: [String] = []
      func check(_ what: String, _ key: String, _ wanted: String) {
        let place = what == "label" ? "labels" : "annotations"
        let own = metadata?[place]?[key]?.string
        if own == nil {
          problems.append(
            "\(what) validation error: missing key \"\(key)\": must be set to \"\(wanted)\"")
        } else if own != wanted {
          problems.append(
            "\(what) validation error: key \"\(key)\" must equal \"\(wanted)\": current value is "
              + "\"\(own ?? "")\"")
        }
      }
      check("label", "app.kubernetes.io/managed-by", "Helm")
      check("annotation", "meta.helm.sh/release-name", release)
      check("annotation", "meta.helm.sh/release-namespace", namespace)
      if problems.isEmpty { continue }
      throw HelmError(
        "\(object.kind) \"\(object.name)\" in namespace \"\(object.namespace)\" exists and cannot "
          + "be imported into the current release: invalid ownership metadata; "
          + problems.joined(separator: "; "))
    }
  }

  /// Creates or changes an object; helm's marks are added.
  func apply(_ object: ClusterObject, isNew: Bool) async throws {
    var value = object.value
    if object.isNamespaced { value[path: "metadata", "namespace"] = .string(object.namespace) }
    value[path: "metadata", "labels", "app.kubernetes.io/managed-by"] = "Helm"
    value[path: "metadata", "annotations", "meta.helm.sh/release-name"] = .string(release)
    value[path: "metadata", "annotations", "meta.helm.sh/release-namespace"] = .string(namespace)
    let answer = try await cluster.send(
      "PATCH", object.path, query: [("fieldManager", "helm"), ("force", "true")], body: value,
      contentType: "application/apply-patch+yaml")
    guard answer.code < 400 else {
      let message = answer.value["message"]?.string ?? ""
      throw HelmError(
        isNew
          ? message
          : "cannot patch \"\(object.name)\" with kind "
            + "\(object.kind): \(message)")
    }
  }

  func delete(_ object: ClusterObject) async throws {
    let answer = try await cluster.send(
      "DELETE", object.path, query: [], body: ["propagationPolicy": "Background"],
      contentType: "application/json")
    guard answer.code < 400 || answer.code == 404 else {
      throw HelmError(answer.value["message"]?.string ?? "")
    }
  }

  // MARK: hooks

  /// Runs the hooks of an event, lightest first, and waits for their Jobs and Pods.
  func run(_ event: String, _ hooks: [ManifestPart], timeout: Span) async throws {
    let due = hooks.filter { $0.events.contains(event) }.sorted { left, right in
      left.weight == right.weight ? left.name < right.name : left.weight < right.weight
    }
    for hook in due {
      guard let object = try await ClusterObject(hook.value, namespace: namespace, in: cluster)
      else { throw ClusterObject.missing(hook.value) }
      if hook.deletePolicies.contains("before-hook-creation") {
        try await delete(object)
        try await waitGone(object)
      }
      try await apply(object, isNew: true)
      do {
        try await waitDone(object, timeout)
      } catch let problem as HelmError {
        if hook.deletePolicies.contains("hook-failed") { try await delete(object) }
        throw problem
      }
      if hook.deletePolicies.contains("hook-succeeded") { try await delete(object) }
    }
  }

  private func waitGone(_ object: ClusterObject) async throws {
    for _ in 0..<120 {
      if try await cluster.get(object.path).code == 404 { return }
      try await call.process.sleep(.seconds(1))
    }
  }

  /// A Job's completion or a Pod's success; other objects are done when they are made.
  private func waitDone(_ object: ClusterObject, _ timeout: Span) async throws {
    guard object.kind == "Job" || object.kind == "Pod" else { return }
    let deadline = call.process.machine.timeline.now + timeout
    while call.process.machine.timeline.now < deadline {
      let status = try await cluster.get(object.path).value["status"]
      if object.kind == "Pod" {
        if status?["phase"]?.string == "Succeeded" { return }
        if status?["phase"]?.string == "Failed" {
          throw HelmError("pod \(object.name) failed")
        }
      }
      for condition in status?["conditions"]?.array ?? []
      where condition["status"]?.string == "True" {
        if condition["type"]?.string == "Complete" { return }
        if condition["type"]?.string == "Failed" {
          throw HelmError("job \(object.name) failed: \(condition["reason"]?.string ?? "")")
        }
      }
      try await call.process.sleep(.seconds(2))
    }
    throw HelmError("timed out waiting for the condition")
  }

  // MARK: waiting

  /// What `--wait` waits for: every workload's Pods ready, claims bound, load balancers given.
  func wait(_ objects: [ClusterObject], timeout: Span) async throws {
    let deadline = call.process.machine.timeline.now + timeout
    while true {
      var isReady = true
      for object in objects where isReady {
        isReady = Self.isReady(try await cluster.get(object.path).value)
      }
      if isReady { return }
      guard call.process.machine.timeline.now < deadline else {
        throw HelmError("context deadline exceeded")
      }
      try await call.process.sleep(.seconds(2))
    }
  }

  private static func isReady(_ object: Value) -> Bool {
    let status = object["status"]
    let wanted = object[path: "spec", "replicas"]?.int ?? 1
    let observed = status?["observedGeneration"]?.int ?? 0
    let isSeen = observed >= object[path: "metadata", "generation"]?.int ?? 0
    switch object["kind"]?.string {
    case "Deployment":
      return isSeen && hasNewPods(object["spec"], status, wanted)
    case "StatefulSet":
      return isSeen && status?["readyReplicas"]?.int ?? 0 >= wanted
        && status?["updateRevision"] == status?["currentRevision"]
    case "ReplicaSet":
      return isSeen && status?["readyReplicas"]?.int ?? 0 >= wanted
    case "DaemonSet":
      return isSeen
        && status?["numberReady"]?.int ?? 0 >= status?["desiredNumberScheduled"]?.int ?? 0
    case "Pod":
      return (status?["conditions"]?.array ?? []).contains {
        $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
      }
    case "PersistentVolumeClaim": return status?["phase"]?.string == "Bound"
    case "Service":
      return object[path: "spec", "type"]?.string != "LoadBalancer"
        || status?[path: "loadBalancer", "ingress"]?.array?.isEmpty == false
    case "Job":
      return true
    default: return true
    }
  }

  /// Whether so many Pods of the new template are ready as a rolling update keeps; those of the old
  /// one do not count (ReadyChecker.deploymentReady).
  private static func hasNewPods(_ spec: Value?, _ status: Value?, _ wanted: Int64) -> Bool {
    func number(_ name: String) -> Int64 { status?[name]?.int ?? 0 }
    let old = max(0, number("replicas") - number("updatedReplicas"))
    var spare: Int64 = 0
    if spec?[path: "strategy", "type"]?.string != "Recreate" {
      switch spec?[path: "strategy", "rollingUpdate", "maxUnavailable"] {
      case .int(let count)?: spare = count
      case .string(let text)?:
        spare =
          (Int64(text.filter { $0 != "%" }) ?? 0).multipliedReportingOverflow(by: wanted)
          .partialValue / 100
      default: spare = wanted / 4
      }
    }
    return number("readyReplicas") - old >= wanted - min(max(0, spare), wanted)
  }
}
