import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Rollout {
  var hasProgressDeadline: Bool {
    guard let seconds = deployment[path: "spec", "progressDeadlineSeconds"]?.int else {
      return false
    }
    return seconds != Int64(Int32.max)
  }

  /// Sets a condition; its transition time changes only with its status.
  func setCondition(_ type: String, _ status: String, _ reason: String, _ message: String) {
    var all = deployment["status"] ?? .emptyObject
    Self.setCondition(&all, type, status, reason, message, now: now)
    deployment["status"] = all
  }

  static func setCondition(
    _ status: inout Value, _ type: String, _ value: String, _ reason: String, _ message: String,
    now: Moment
  ) {
    var conditions = status["conditions"]?.array ?? []
    let known = conditions.first { $0["type"]?.string == type }
    if known?["status"]?.string == value, known?["reason"]?.string == reason { return }
    let stamp = Value.string(now.rfc3339)
    let isSame = known?["status"]?.string == value
    conditions.removeAll { $0["type"]?.string == type }
    conditions.append([
      "type": .string(type), "status": .string(value), "reason": .string(reason),
      "message": .string(message), "lastUpdateTime": stamp,
      "lastTransitionTime": isSame ? known?["lastTransitionTime"] ?? stamp : stamp,
    ])
    status["conditions"] = .array(conditions)
  }

  /// Writes what the sets have come to, and how the rollout gets on (syncRolloutStatus); while no
  /// rollout runs, only the first (syncDeploymentStatus).
  func updateStatus(
    newSet new: Value?, oldSets old: [Value], isRollingOut: Bool = true
  ) throws(StatusError) {
    let all = old + (new.map { [$0] } ?? [])
    var status = computeStatus(new, all)
    if isRollingOut { noteProgress(&status, new, all) }
    guard status != deployment["status"] else { return }
    var changed = deployment
    changed["status"] = status
    deployment = try client.update(.deployments, changed, subresource: "status")
  }

  private func computeStatus(_ new: Value?, _ all: [Value]) -> Value {
    var status = deployment["status"] ?? .emptyObject
    func sum(_ name: String) -> Int64 {
      all.reduce(0) { $0 + ($1[path: "status", name]?.int ?? 0) }
    }
    let available = sum("availableReplicas")
    let total = all.reduce(0) { $0 + Int64($1.specReplicas) }
    status["observedGeneration"] = .int(deployment.generation)
    for (name, count) in [
      ("replicas", sum("replicas")),
      ("updatedReplicas", new?[path: "status", "replicas"]?.int ?? 0),
      ("readyReplicas", sum("readyReplicas")), ("availableReplicas", available),
      ("unavailableReplicas", max(total - available, 0)),
    ] {
      status[name] = count == 0 ? nil : .int(count)
    }
    if all.allSatisfy({ $0[path: "status", "terminatingReplicas"] != nil }) {
      status["terminatingReplicas"] = .int(sum("terminatingReplicas"))
    }
    if available >= Int64(replicas - maxUnavailable) {
      Self.setCondition(
        &status, "Available", "True", "MinimumReplicasAvailable",
        "Deployment has minimum availability.", now: now)
    } else {
      Self.setCondition(
        &status, "Available", "False", "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.", now: now)
    }
    return status
  }

  /// The condition Progressing (syncRolloutStatus).
  private func noteProgress(_ status: inout Value, _ new: Value?, _ all: [Value]) {
    guard hasProgressDeadline else {
      if let conditions = status["conditions"]?.array {
        status["conditions"] = .array(conditions.filter { $0["type"]?.string != "Progressing" })
      }
      return copyFailure(&status, new, all)
    }
    let known = status.progressing
    let isDone =
      (status["replicas"]?.int ?? 0) == (status["updatedReplicas"]?.int ?? 0)
      && known?["reason"]?.string == "NewReplicaSetAvailable"
    if !isDone {
      let subject =
        new.map { "ReplicaSet \"\($0.name)\"" } ?? "Deployment \"\(deployment.name)\""
      if Self.isComplete(deployment, status: status) {
        Self.setCondition(
          &status, "Progressing", "True", "NewReplicaSetAvailable",
          "\(subject) has successfully progressed.", now: now)
      } else if isProgressing(status) {
        setProgressing(&status, known, "\(subject) is progressing.")
      } else if hasTimedOut(status) {
        Self.setCondition(
          &status, "Progressing", "False", "ProgressDeadlineExceeded",
          "\(subject) has timed out progressing.", now: now)
      }
    }
    copyFailure(&status, new, all)
    scheduleCheck(status)
  }

  private func setProgressing(_ status: inout Value, _ known: Value?, _ message: String) {
    let stamp = Value.string(now.rfc3339)
    var condition: Value = [
      "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated",
      "message": .string(message), "lastUpdateTime": stamp, "lastTransitionTime": stamp,
    ]
    if known?["status"]?.string == "True", let since = known?["lastTransitionTime"] {
      condition["lastTransitionTime"] = since
    }
    // Even without another reason the time of the last progress is new.
    var conditions = status["conditions"]?.array ?? []
    conditions.removeAll { $0["type"]?.string == "Progressing" }
    conditions.append(condition)
    status["conditions"] = .array(conditions)
  }

  /// A failure to make Pods shows on the Deployment too.
  private func copyFailure(_ status: inout Value, _ new: Value?, _ all: [Value]) {
    let failures = ([new].compactMap { $0 } + all).compactMap { $0.condition("ReplicaFailure") }
    if let failure = failures.first {
      Self.setCondition(
        &status, "ReplicaFailure", failure["status"]?.string ?? "True",
        failure["reason"]?.string ?? "", failure["message"]?.string ?? "", now: now)
    } else if status["conditions"]?.array?.contains(where: {
      $0["type"]?.string == "ReplicaFailure"
    }) == true {
      status["conditions"] = .array(
        (status["conditions"]?.array ?? []).filter { $0["type"]?.string != "ReplicaFailure" })
    }
  }

  private func isProgressing(_ status: Value) -> Bool {
    let before = deployment["status"] ?? .null
    func count(_ value: Value, _ name: String) -> Int64 { value[name]?.int ?? 0 }
    func old(_ value: Value) -> Int64 { count(value, "replicas") - count(value, "updatedReplicas") }
    return count(status, "updatedReplicas") > count(before, "updatedReplicas")
      || old(status) < old(before)
      || count(status, "readyReplicas") > count(before, "readyReplicas")
      || count(status, "availableReplicas") > count(before, "availableReplicas")
  }

  private func hasTimedOut(_ status: Value) -> Bool {
    guard let condition = status.progressing else { return false }
    let reason = condition["reason"]?.string
    if reason == "NewReplicaSetAvailable" { return false }
    if reason == "ProgressDeadlineExceeded" { return true }
    guard let since = condition["lastUpdateTime"]?.string.flatMap({ Moment(rfc3339: $0) }),
      let seconds = deployment[path: "spec", "progressDeadlineSeconds"]?.int
    else { return false }
    return since + .seconds(seconds) < now
  }

  /// Looks again when the deadline will have passed (requeueStuckDeployment).
  private func scheduleCheck(_ status: Value) {
    guard let condition = status.progressing,
      !Self.isComplete(deployment, status: status),
      condition["reason"]?.string != "ProgressDeadlineExceeded",
      condition["reason"]?.string != "NewReplicaSetAvailable",
      let since = condition["lastUpdateTime"]?.string.flatMap({ Moment(rfc3339: $0) }),
      let seconds = deployment[path: "spec", "progressDeadlineSeconds"]?.int
    else { return }
    let left = since + .seconds(seconds) - now
    nextLook = left < .seconds(1) ? DeploymentController.slack : left + DeploymentController.slack
  }
}

extension Value {
  /// Of a status: its condition Progressing.
  fileprivate var progressing: Value? {
    self["conditions"]?.array?.first { $0["type"]?.string == "Progressing" }
  }
}
