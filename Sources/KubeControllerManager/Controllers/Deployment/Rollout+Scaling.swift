import Documents
import KubeAPIServer
import KubeObjects

extension Rollout {
  /// Gives a set another size and says so; true when it was not that already.
  func scale(_ set: Value, to size: Int) throws(StatusError) -> Bool {
    guard set.specReplicas != size else { return false }
    _ = try resize(set, to: size)
    return true
  }

  @discardableResult
  private func resize(_ set: Value, to size: Int) throws(StatusError) -> Value {
    let before = set.specReplicas
    let desired = String(replicas)
    let most = String(replicas + maxSurge)
    let isSized = before != size
    let isAnnotated =
      set.annotation(RevisionAnnotations.desired) == desired
      && set.annotation(RevisionAnnotations.most) == most
    guard isSized || !isAnnotated else { return set }
    var changed = set
    changed["spec"]?["replicas"] = .int(Int64(size))
    changed.setAnnotation(RevisionAnnotations.desired, desired)
    changed.setAnnotation(RevisionAnnotations.most, most)
    let written = try client.update(.replicaSets, changed)
    replace(written)
    if isSized {
      let direction = size > before ? "up" : "down"
      events.record(
        .normal, deployment, reason: "ScalingReplicaSet",
        message: "Scaled \(direction) replica set \(set.name) from \(before) to \(size)")
    }
    return written
  }

  /// Carries a change of spec.replicas over to the sets: in proportion when several have Pods.
  func scale(_ new: Value?, _ old: [Value]) throws(StatusError) {
    if let only = activeOrLatest(new, old) {
      guard only.specReplicas != replicas else { return }
      try resize(only, to: replicas)
      return
    }
    if let new, isSaturated(new) {
      for set in old where set.specReplicas > 0 { try resize(set, to: 0) }
      return
    }
    guard isRolling else { return }
    try scaleInProportion(old + (new.map { [$0] } ?? []))
  }

  /// The set to scale when there is no choice (FindActiveOrLatest).
  private func activeOrLatest(_ new: Value?, _ old: [Value]) -> Value? {
    let all = old + (new.map { [$0] } ?? [])
    let active = all.filter { $0.specReplicas > 0 }
    if all.isEmpty { return nil }
    switch active.count {
    case 0: return new ?? old.sorted(by: DeploymentController.isOlder).last
    case 1: return active[0]
    default: return nil
    }
  }

  private func isSaturated(_ set: Value) -> Bool {
    guard let desired = set.annotation(RevisionAnnotations.desired).flatMap({ Int($0) }) else {
      return false
    }
    return set.specReplicas == replicas && desired == replicas && set.availableReplicas == replicas
  }

  private func scaleInProportion(_ all: [Value]) throws(StatusError) {
    var active = all.filter { $0.specReplicas > 0 }
    let total = active.reduce(0) { $0 + $1.specReplicas }
    let allowed = replicas > 0 ? replicas + maxSurge : 0
    let toAdd = allowed - total
    // Larger sets first; of equals the newer when growing, the older when shrinking.
    active.sort { a, b in
      if a.specReplicas != b.specReplicas { return a.specReplicas > b.specReplicas }
      return toAdd > 0
        ? DeploymentController.isOlder(b, a) : DeploymentController.isOlder(a, b)
    }
    var added = 0
    var sizes: [Int] = []
    for set in active {
      var size = set.specReplicas
      if toAdd != 0 {
        let share = proportion(set, toAdd: toAdd, added: added)
        size += share
        added += share
      }
      sizes.append(size)
    }
    for (index, set) in active.enumerated() {
      // What rounding left over goes to the first.
      if index == 0, toAdd != 0 { sizes[0] = max(sizes[0] + toAdd - added, 0) }
      try resize(set, to: sizes[index])
    }
  }

  /// The share of one set in a change of size (GetReplicaSetProportion).
  private func proportion(_ set: Value, toAdd: Int, added: Int) -> Int {
    guard set.specReplicas != 0, toAdd != 0, toAdd != added else { return 0 }
    let fraction = fraction(of: set)
    let left = toAdd - added
    return toAdd > 0 ? min(fraction, left) : max(fraction, left)
  }

  private func fraction(of set: Value) -> Int {
    if replicas == 0 { return -set.specReplicas }
    let size = Double(replicas + maxSurge)
    // The size that the set's Deployment had when it was last scaled.
    let before =
      set.annotation(RevisionAnnotations.most).flatMap { Double($0) }.flatMap { $0 == 0 ? nil : $0 }
      ?? Double(deployment[path: "status", "replicas"]?.int ?? 0)
    guard before != 0 else { return 0 }
    let scaled = Double(set.specReplicas) * size / before
    guard scaled.isFinite, abs(scaled) < 1e9 else { return 0 }
    return Int(scaled.rounded(.toNearestOrAwayFromZero)) - set.specReplicas
  }
}

extension Value {
  /// Sets an annotation, or takes it away.
  mutating func setAnnotation(_ key: String, _ value: String?) {
    if value == nil, annotation(key) == nil { return }
    var annotations = self["metadata"]?["annotations"] ?? .emptyObject
    annotations[key] = value.map { .string($0) }
    self["metadata"]?["annotations"] = annotations
  }
}
