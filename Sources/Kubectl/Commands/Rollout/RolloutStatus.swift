import Documents
import Simulation

/// kubectl rollout status.
enum RolloutStatus {
  static func run(_ call: Invocation) async throws {
    let values = call.values
    if values.int("revision") < 0 {
      throw CommandError.text(
        "revision must be a positive integer: \(values.int("revision"))")
    }
    var findings = try await RolloutCommand.infos(call)
    let infos = findings.flattened
    if infos.isEmpty, findings.errors.isEmpty {
      let space = try await call.namespace().name
      return call.output.complainLine("No resources found in \(space) namespace.")
    }
    for info in infos {
      do {
        guard ["Deployment", "DaemonSet", "StatefulSet"].contains(info.resource.kind) else {
          throw CommandError.text(
            "no status viewer has been implemented for \(info.resource.groupKind)")
        }
        try await follow(info, call)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  private static func follow(_ info: ResourceInfo, _ call: Invocation) async throws {
    let follower = ObjectFollower(
      call: call, resource: info.resource, namespace: info.namespace, name: info.name)
    let span = call.values.span("timeout")
    let revision = call.values.int("revision")
    let watches = call.values.bool("watch")
    let ending = try await follower.wait(timeout: span > .zero ? span : nil) { object in
      guard let object else { throw CommandError.text("object has been deleted") }
      let (text, isDone) = try status(of: object, revision: revision)
      call.output.print(text)
      return isDone || !watches
    }
    if ending == .timedOut { throw CommandError.text("timed out waiting for the condition") }
  }

  /// What is said of an object and whether its rollout is over.
  static func status(of object: Value, revision: Int) throws -> (text: String, isDone: Bool) {
    switch object["kind"]?.string {
    case "Deployment": return try deployment(object, revision: revision)
    case "DaemonSet": return try daemonSet(object)
    default: return try statefulSet(object)
    }
  }

  private static func isObserved(_ object: Value) -> Bool {
    (object[path: "metadata", "generation"]?.int ?? 0)
      <= (object[path: "status", "observedGeneration"]?.int ?? 0)
  }

  private static func deployment(_ object: Value, revision: Int) throws -> (String, Bool) {
    let name = Go.quoted(DescribeText.name(object))
    func count(_ member: String) -> Int64 { object[path: "status", member]?.int ?? 0 }
    if revision > 0 {
      let text =
        object[path: "metadata", "annotations", "deployment.kubernetes.io/revision"]?.string ?? "0"
      if Int(text) != revision {
        throw CommandError.text(
          "desired revision (\(revision)) is different from the running revision (\(text))")
      }
    }
    guard isObserved(object) else {
      return ("Waiting for deployment spec update to be observed...\n", false)
    }
    let progressing = (object[path: "status", "conditions"]?.array ?? []).first {
      $0["type"]?.string == "Progressing"
    }
    if progressing?["reason"]?.string == "ProgressDeadlineExceeded" {
      throw CommandError.text("deployment \(name) exceeded its progress deadline")
    }
    let wanted = object[path: "spec", "replicas"]?.int ?? 1
    let updated = count("updatedReplicas")
    if updated < wanted {
      return (
        "Waiting for deployment \(name) rollout to finish: \(updated) out of \(wanted) new "
          + "replicas "
          + "have been updated...\n", false
      )
    }
    if count("replicas") > updated {
      return (
        "Waiting for deployment \(name) rollout to finish: \(count("replicas") - updated) old "
          + "replicas are pending termination...\n", false
      )
    }
    if count("availableReplicas") < updated {
      return (
        "Waiting for deployment \(name) rollout to finish: \(count("availableReplicas")) of "
          + "\(updated) updated replicas are available...\n", false
      )
    }
    return ("deployment \(name) successfully rolled out\n", true)
  }

  private static func daemonSet(_ object: Value) throws -> (String, Bool) {
    let name = Go.quoted(DescribeText.name(object))
    func count(_ member: String) -> Int64 { object[path: "status", member]?.int ?? 0 }
    guard object[path: "spec", "updateStrategy", "type"]?.string == "RollingUpdate" else {
      throw CommandError.text("rollout status is only available for RollingUpdate strategy type")
    }
    guard isObserved(object) else {
      return ("Waiting for daemon set spec update to be observed...\n", false)
    }
    let wanted = count("desiredNumberScheduled")
    if count("updatedNumberScheduled") < wanted {
      return (
        "Waiting for daemon set \(name) rollout to finish: \(count("updatedNumberScheduled")) out "
          + "of \(wanted) new pods have been updated...\n", false
      )
    }
    if count("numberAvailable") < wanted {
      return (
        "Waiting for daemon set \(name) rollout to finish: \(count("numberAvailable")) of "
          + "\(wanted) "
          + "updated pods are available...\n", false
      )
    }
    return ("daemon set \(name) successfully rolled out\n", true)
  }

  private static func statefulSet(_ object: Value) throws -> (String, Bool) {
    func count(_ member: String) -> Int64 { object[path: "status", member]?.int ?? 0 }
    let strategy = object[path: "spec", "updateStrategy"]
    guard strategy?["type"]?.string == "RollingUpdate" else {
      throw CommandError.text("rollout status is only available for RollingUpdate strategy type")
    }
    guard count("observedGeneration") != 0, isObserved(object) else {
      return ("Waiting for statefulset spec update to be observed...\n", false)
    }
    let wanted = object[path: "spec", "replicas"]?.int ?? 1
    if count("readyReplicas") < wanted {
      return ("Waiting for \(wanted - count("readyReplicas")) pods to be ready...\n", false)
    }
    if let rolling = strategy?["rollingUpdate"], rolling.object != nil,
      let partition = rolling["partition"]?.int
    {
      if count("updatedReplicas") < wanted - partition {
        return (
          "Waiting for partitioned roll out to finish: \(count("updatedReplicas")) out of "
            + "\(wanted - partition) new pods have been updated...\n", false
        )
      }
      return (
        "partitioned roll out complete: \(count("updatedReplicas")) new pods have been "
          + "updated...\n",
        true
      )
    }
    let update = object[path: "status", "updateRevision"]?.string ?? ""
    let current = object[path: "status", "currentRevision"]?.string ?? ""
    if update != current {
      return (
        "waiting for statefulset rolling update to complete \(count("updatedReplicas")) pods at "
          + "revision \(update)...\n", false
      )
    }
    return (
      "statefulset rolling update complete \(count("currentReplicas")) pods at revision "
        + "\(current)...\n", true
    )
  }
}
