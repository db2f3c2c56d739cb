import Documents
import KubeObjects

/// The counts that a kind's status holds: none is negative, and no part exceeds the whole.
struct StatusCounts {
  private let counts: [String]
  /// The part, the whole, and the whole's name in the message.
  private let limits: [(String, String, String)]
  private let countsCollisions: Bool

  private init(
    _ counts: String, _ limits: [(String, String, String)] = [], collisions: Bool = false
  ) {
    self.counts = counts.split(separator: " ").map(String.init)
    self.limits = limits
    countsCollisions = collisions
  }

  private static let copies: [(String, String, String)] = [
    ("fullyLabeledReplicas", "replicas", "status.replicas"),
    ("readyReplicas", "replicas", "status.replicas"),
    ("availableReplicas", "replicas", "status.replicas"),
    ("availableReplicas", "readyReplicas", "readyReplicas"),
  ]
  static let replicaSet = StatusCounts(
    "replicas fullyLabeledReplicas readyReplicas availableReplicas observedGeneration "
      + "terminatingReplicas", copies)
  static let replicationController = StatusCounts(
    "replicas fullyLabeledReplicas readyReplicas availableReplicas observedGeneration", copies)
  static let deployment = StatusCounts(
    "observedGeneration replicas updatedReplicas readyReplicas availableReplicas "
      + "unavailableReplicas terminatingReplicas collisionCount",
    [
      ("updatedReplicas", "replicas", "status.replicas"),
      ("readyReplicas", "replicas", "status.replicas"),
      ("availableReplicas", "replicas", "status.replicas"),
      ("availableReplicas", "readyReplicas", "readyReplicas"),
    ], collisions: true)
  static let statefulSet = StatusCounts(
    "replicas readyReplicas currentReplicas updatedReplicas availableReplicas "
      + "observedGeneration collisionCount",
    [
      ("readyReplicas", "replicas", "status.replicas"),
      ("currentReplicas", "replicas", "status.replicas"),
      ("updatedReplicas", "replicas", "status.replicas"),
      ("availableReplicas", "replicas", "status.replicas"),
      ("availableReplicas", "readyReplicas", "status.readyReplicas"),
    ], collisions: true)
  static let daemonSet = StatusCounts(
    "currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady "
      + "observedGeneration updatedNumberScheduled numberAvailable numberUnavailable "
      + "collisionCount", collisions: true)
  static let disruptionBudget = StatusCounts(
    "disruptionsAllowed currentHealthy desiredHealthy expectedPods")
  static let autoscaler = StatusCounts("currentReplicas desiredReplicas")

  /// Nothing unless the status itself is written.
  func errors(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError] {
    guard context.subresource == "status" else { return [] }
    let path = FieldPath("status")
    let status = object["status"] ?? [:]
    var errors = counts.flatMap { Checks.notNegative(status, $0, path) }
    for (part, whole, name) in limits where status.number(part) > status.number(whole) {
      errors.append(
        .invalid(
          path.child(part), .int(status.number(part)), "cannot be greater than \(name)"))
    }
    if countsCollisions, let before = old["status"]?["collisionCount"]?.int,
      status.number("collisionCount") < before
    {
      errors.append(
        .invalid(
          path.child("collisionCount"), .int(status.number("collisionCount")),
          "cannot be decremented"))
    }
    return errors
  }
}
