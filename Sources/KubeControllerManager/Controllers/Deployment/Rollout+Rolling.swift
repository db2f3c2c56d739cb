import Documents
import KubeAPIServer
import KubeObjects

extension Rollout {
  private var total: Int { sets.reduce(0) { $0 + $1.specReplicas } }
  private var available: Int { sets.reduce(0) { $0 + $1.availableReplicas } }

  /// How large the new set may be now (NewRSNewReplicas).
  func newSize(of current: Int) -> Int {
    guard isRolling else { return replicas }
    let most = replicas + maxSurge
    if total >= most { return current }
    return current + min(most - total, replicas - current)
  }

  /// Brings the new set towards its size; true when it was changed.
  func reconcileNew(_ set: Value) throws(StatusError) -> Bool {
    if set.specReplicas == replicas { return false }
    if set.specReplicas > replicas { return try scale(set, to: replicas) }
    return try scale(set, to: newSize(of: set.specReplicas))
  }

  /// Shrinks old sets as far as enough Pods stay available; true when one was changed.
  func reconcileOld(_ old: [Value]) throws(StatusError) -> Bool {
    let oldCount = old.reduce(0) { $0 + $1.specReplicas }
    guard oldCount > 0 else { return false }
    let new = newSet
    let newUnavailable = (new?.specReplicas ?? 0) - (new?.availableReplicas ?? 0)
    let least = replicas - maxUnavailable
    let removable = total - least - newUnavailable
    guard removable > 0 else { return false }
    // Pods that never got ready go first: they cost no availability.
    let cleaned = try removeUnhealthy(old, most: removable)
    let shrunk = try shrinkOld(least: least)
    return cleaned + shrunk > 0
  }

  private func removeUnhealthy(_ old: [Value], most: Int) throws(StatusError) -> Int {
    var removed = 0
    for set in old {
      if removed >= most { break }
      let size = set.specReplicas
      let available = set.availableReplicas
      guard size > 0, size != available else { continue }
      let count = min(most - removed, size - available)
      let target = size - count
      guard target <= size else { continue }
      _ = try scale(set, to: target)
      removed += count
    }
    return removed
  }

  private func shrinkOld(least: Int) throws(StatusError) -> Int {
    let available = available
    guard available > least else { return 0 }
    let most = available - least
    var removed = 0
    for set in oldSets {
      if removed >= most { break }
      let size = set.specReplicas
      guard size > 0 else { continue }
      let count = min(size, most - removed)
      _ = try scale(set, to: size - count)
      removed += count
    }
    return removed
  }

  /// Whether all of the new and nothing of the old is left (DeploymentComplete).
  var isComplete: Bool { Self.isComplete(deployment, status: deployment["status"] ?? .null) }

  static func isComplete(_ deployment: Value, status: Value) -> Bool {
    let wanted = deployment[path: "spec", "replicas"]?.int ?? 1
    return (status["updatedReplicas"]?.int ?? 0) == wanted
      && (status["replicas"]?.int ?? 0) == wanted
      && (status["availableReplicas"]?.int ?? 0) == wanted
      && (status["observedGeneration"]?.int ?? 0) >= deployment.generation
  }

  /// Keeps only so many empty old sets as revisionHistoryLimit allows.
  func cleanUp(_ old: [Value]) throws(StatusError) {
    guard let limit = deployment[path: "spec", "revisionHistoryLimit"]?.int,
      limit < Int64(Int32.max)
    else { return }
    let candidates = old.filter { !$0.isBeingDeleted }.sorted {
      let (a, b) = (RevisionAnnotations.revision(of: $0), RevisionAnnotations.revision(of: $1))
      return a == b ? DeploymentController.isOlder($0, $1) : a < b
    }
    let surplus = candidates.count - Int(clamping: limit)
    guard surplus > 0 else { return }
    for set in candidates.prefix(surplus) {
      // One that still has Pods, or has not been looked at, stays.
      guard set.statusReplicas == 0, set.specReplicas == 0,
        (set[path: "status", "observedGeneration"]?.int ?? 0) >= set.generation
      else { continue }
      do throws(StatusError) {
        try client.delete(.replicaSets, set.name, namespace: set.namespace)
      } catch { if !error.isNotFound { throw error } }
    }
  }
}
