import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One look at one Deployment: what it is now, and the next step towards what is asked for.
final class Rollout {
  let controller: DeploymentController
  var deployment: Value
  /// All its ReplicaSets, oldest first, as last seen or written.
  var sets: [Value]
  /// When to look again though nothing may have happened until then.
  var nextLook: Span?

  var client: ComponentClient { controller.client }
  var events: EventRecorder { controller.events }
  var now: Moment { controller.context.timeline.now }

  init(_ controller: DeploymentController, _ deployment: Value, _ sets: [Value]) {
    self.controller = controller
    self.deployment = deployment
    self.sets = sets
  }

  func run() throws(StatusError) {
    if deployment.isBeingDeleted {
      return try updateStatus(newSet: newSet, oldSets: oldSets, isRollingOut: false)
    }
    try checkPaused()
    if isPaused { return try syncPaused() }
    if let revision = askedRevision { return try goBack(to: revision) }
    if isScalingEvent { return try syncPaused() }
    if deployment[path: "spec", "strategy", "type"]?.string == "Recreate" {
      try recreate()
    } else {
      try roll()
    }
  }

  // What is asked for.
  var isPaused: Bool { deployment[path: "spec", "paused"]?.bool ?? false }
  var replicas: Int { Int(clamping: deployment[path: "spec", "replicas"]?.int ?? 1) }
  var isRolling: Bool { deployment[path: "spec", "strategy", "type"]?.string != "Recreate" }

  private var fenceposts: (surge: Int, unavailable: Int) {
    let rolling = deployment[path: "spec", "strategy", "rollingUpdate"]
    func amount(_ name: String, up: Bool) -> Int {
      guard let value = IntOrString(rolling?[name]) else { return 0 }
      return Int(clamping: value.scaled(of: Int64(replicas), roundingUp: up) ?? 0)
    }
    let surge = amount("maxSurge", up: true)
    let unavailable = amount("maxUnavailable", up: false)
    // Both zero would never move: one may be missing.
    return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable)
  }

  var maxSurge: Int { isRolling ? fenceposts.surge : 0 }

  var maxUnavailable: Int {
    guard isRolling, replicas > 0 else { return 0 }
    return min(fenceposts.unavailable, replicas)
  }

  // What is there.
  var newSet: Value? {
    let wanted = Self.withoutHash(deployment[path: "spec", "template"] ?? .null)
    return sets.first { Self.withoutHash($0[path: "spec", "template"] ?? .null) == wanted }
  }

  var oldSets: [Value] {
    let uid = newSet?.uid
    return sets.filter { $0.uid != uid }
  }

  static func withoutHash(_ template: Value) -> Value {
    guard template[path: "metadata", "labels", "pod-template-hash"] != nil else {
      return template.withoutEmptyMaps
    }
    var plain = template
    plain["metadata"]?["labels"]?["pod-template-hash"] = nil
    return plain.withoutEmptyMaps
  }

  func replace(_ set: Value) {
    if let index = sets.firstIndex(where: { $0.uid == set.uid }) {
      sets[index] = set
    } else {
      sets.append(set)
      sets.sort(by: DeploymentController.isOlder)
    }
  }

  private var isScalingEvent: Bool {
    sets.contains { set in
      guard set.specReplicas > 0,
        let desired = set.annotation(RevisionAnnotations.desired).flatMap({ Int($0) })
      else { return false }
      return desired != replicas
    }
  }

  /// Pausing and resuming are told of in the condition Progressing.
  private func checkPaused() throws(StatusError) {
    guard hasProgressDeadline else { return }
    let known = deployment.condition("Progressing")
    if known?["reason"]?.string == "ProgressDeadlineExceeded" { return }
    let isMarked = known?["reason"]?.string == "DeploymentPaused"
    guard isPaused != isMarked else { return }
    setCondition(
      "Progressing", "Unknown", isPaused ? "DeploymentPaused" : "DeploymentResumed",
      isPaused ? "Deployment is paused" : "Deployment is resumed")
    deployment = try client.update(.deployments, deployment, subresource: "status")
  }

  private func syncPaused() throws(StatusError) {
    let (new, old) = try syncRevision(creating: false)
    try scale(new, old)
    if isPaused { try cleanUp(old) }
    try updateStatus(newSet: newSet, oldSets: oldSets, isRollingOut: false)
  }

  private func recreate() throws(StatusError) {
    var (new, old) = try syncRevision(creating: false)
    let active = old.filter { $0.specReplicas > 0 }
    var isScaledDown = false
    for set in active where try scale(set, to: 0) { isScaledDown = true }
    if isScaledDown { return try updateStatus(newSet: newSet, oldSets: oldSets) }
    if oldPodsRun(new) { return try updateStatus(newSet: newSet, oldSets: oldSets) }
    if new == nil { (new, old) = try syncRevision(creating: true) }
    if let new { _ = try scale(new, to: replicas) }
    if isComplete { try cleanUp(old) }
    try updateStatus(newSet: newSet, oldSets: oldSets)
  }

  /// Whether a Pod of another set than the new still runs or may yet.
  private func oldPodsRun(_ new: Value?) -> Bool {
    sets.contains { set in
      set.uid != new?.uid
        && controller.context.pods.unordered(ownedBy: set.uid).contains { !$0.isFinished }
    }
  }

  private func roll() throws(StatusError) {
    let (new, old) = try syncRevision(creating: true)
    guard let new else { return }
    if try reconcileNew(new) {
      return try updateStatus(newSet: newSet, oldSets: oldSets)
    }
    if try reconcileOld(old) {
      return try updateStatus(newSet: newSet, oldSets: oldSets)
    }
    if isComplete { try cleanUp(oldSets) }
    try updateStatus(newSet: newSet, oldSets: oldSets)
  }
}

extension Value {
  var specReplicas: Int { Int(clamping: self[path: "spec", "replicas"]?.int ?? 0) }
  var statusReplicas: Int { Int(clamping: self[path: "status", "replicas"]?.int ?? 0) }
  var availableReplicas: Int {
    Int(clamping: self[path: "status", "availableReplicas"]?.int ?? 0)
  }

  /// A template without empty labels or annotations: semantically the same.
  fileprivate var withoutEmptyMaps: Value {
    var plain = self
    for name in ["labels", "annotations"] {
      if case .object(let members)? = plain["metadata"]?[name], members.isEmpty {
        plain["metadata"]?[name] = nil
      }
    }
    if plain["metadata"]?["creationTimestamp"]?.isNull == true {
      plain["metadata"]?["creationTimestamp"] = nil
    }
    if case .object(let members)? = plain["metadata"], members.isEmpty { plain["metadata"] = nil }
    return plain
  }
}
