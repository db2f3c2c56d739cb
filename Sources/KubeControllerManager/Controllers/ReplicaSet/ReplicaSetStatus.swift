import Documents
import KubeObjects
import Simulation

/// What a ReplicaSet or ReplicationController says of its Pods.
enum ReplicaSetStatus {
  static func compute(
    _ set: Value, claimed: [PodRecord], active: [PodRecord], failure: StatusError?, now: Moment,
    countsTerminating: Bool
  ) -> Value {
    var status = set["status"] ?? .emptyObject
    let labels = set[path: "spec", "template", "metadata", "labels"]?.object ?? [:]
    let seconds = set[path: "spec", "minReadySeconds"]?.int ?? 0
    var labelled: Int64 = 0
    var ready: Int64 = 0
    var available: Int64 = 0
    var judgement = LabelJudgement { own in labels.allSatisfy { own?[$0.key] == $0.value } }
    for pod in active {
      if judgement.holds(for: pod.labels) { labelled += 1 }
      guard pod.isReady else { continue }
      ready += 1
      if pod.isAvailable(minReadySeconds: seconds, now: now) { available += 1 }
    }
    status["replicas"] = .int(Int64(active.count))
    for (name, count) in [
      ("fullyLabeledReplicas", labelled), ("readyReplicas", ready),
      ("availableReplicas", available),
    ] {
      status[name] = count == 0 ? nil : .int(count)
    }
    if countsTerminating {
      status["terminatingReplicas"] = .int(
        Int64(claimed.count { $0.isTerminating && !$0.isFinished }))
    }
    status["observedGeneration"] = .int(set.generation)
    setFailure(&status, set, active.count, failure, now)
    return status
  }

  /// The condition ReplicaFailure: there while Pods cannot be made or removed.
  private static func setFailure(
    _ status: inout Value, _ set: Value, _ count: Int, _ failure: StatusError?, _ now: Moment
  ) {
    var conditions = status["conditions"]?.array ?? []
    let known = conditions.contains { $0["type"]?.string == "ReplicaFailure" }
    if let failure, !known {
      let wanted = Int(clamping: set[path: "spec", "replicas"]?.int ?? 1)
      conditions.append([
        "type": "ReplicaFailure", "status": "True",
        "reason": wanted > count ? "FailedCreate" : "FailedDelete",
        "message": .string(failure.message), "lastTransitionTime": .string(now.rfc3339),
      ])
    } else if failure == nil, known {
      conditions.removeAll { $0["type"]?.string == "ReplicaFailure" }
    } else {
      return
    }
    status["conditions"] = conditions.isEmpty ? nil : .array(conditions)
  }
}
