import Documents
import KubeObjects

/// Keeps a Pod where its volumes are, can be bound or can be made.
struct VolumeBinding: FilterPlugin {
  let name = "VolumeBinding"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard !pod.claims.isEmpty else { return .skip }
    var bound: [Value] = []
    var waiting: [Value] = []
    var hasImmediate = false
    for claim in pod.claims {
      let quoted = "\"\(claim.name)\""
      guard let object = cluster.storage.claim(pod.namespace, claim.name) else {
        return .rejected(
          unresolvable(
            claim.isEphemeral
              ? "waiting for ephemeral volume controller to create the persistentvolumeclaim "
                + quoted
              : "persistentvolumeclaim \(quoted) not found"))
      }
      if object[path: "status", "phase"]?.string == "Lost" {
        let volume = object[path: "spec", "volumeName"]?.string ?? ""
        return .rejected(
          unresolvable(
            "persistentvolumeclaim \(quoted) bound to non-existent persistentvolume "
              + "\"\(volume)\""))
      }
      if object.isBeingDeleted {
        return .rejected(unresolvable("persistentvolumeclaim \(quoted) is being deleted"))
      }
      let storageClass = cluster.storage.classes[VolumeMatch.className(object)]
      if Self.isBound(object) {
        bound.append(object)
      } else if VolumeMatch.isDelayed(storageClass),
        (object[path: "spec", "volumeName"]?.string ?? "").isEmpty
      {
        waiting.append(object)
      } else {
        hasImmediate = true
      }
    }
    if hasImmediate {
      return .rejected(unresolvable("pod has unbound immediate PersistentVolumeClaims"))
    }
    return .filter(
      Filter(bound: bound, waiting: waiting, storage: cluster.storage, plugin: self))
  }

  static func isBound(_ claim: Value) -> Bool {
    !(claim[path: "spec", "volumeName"]?.string ?? "").isEmpty
      && claim.annotation("pv.kubernetes.io/bind-completed") != nil
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .claim(_, let new):
      new.map { one in
        one.namespace == pod.namespace && pod.claims.contains { $0.name == one.name }
      } ?? false
    case .volume, .storageClass, .storageDriver: true
    case .node(let old, let new): old == nil || old?.labels != new.labels
    default: false
    }
  }

  /// What has to be written so that a Pod's claims get bound for its node.
  struct Plan {
    /// Volumes to reserve for claims.
    var reservations: [(volume: Value, claim: Value)] = []
    /// Claims whose volumes a provisioner is to make.
    var provisions: [Value] = []
  }

  private struct Filter: NodeFilter {
    let bound: [Value]
    let waiting: [Value]
    let storage: StorageCache
    let plugin: VolumeBinding

    func check(_ node: NodeInfo) -> Rejection? {
      for claim in bound {
        let name = claim[path: "spec", "volumeName"]?.string ?? ""
        guard let volume = storage.volumes[name] else {
          return plugin.unresolvable(
            "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)")
        }
        guard VolumeMatch.reaches(volume, labels: node.labels, name: node.name) else {
          return plugin.unresolvable("node(s) didn't match PersistentVolume's node affinity")
        }
      }
      guard !waiting.isEmpty else { return nil }
      return VolumeBinding.plan(waiting, on: node.facts, storage) == nil
        ? plugin.unresolvable("node(s) didn't find available persistent volumes to bind") : nil
    }
  }

  /// How claims would be bound on a node; nil: they cannot.
  static func plan(
    _ claims: [Value], on node: NodeInfo.Facts, _ storage: StorageCache
  ) -> Plan? {
    var plan = Plan()
    var taken: Set<String> = []
    let volumes = storage.volumes.values.sorted { $0.name < $1.name }
    // Small claims first, so that they do not take what larger ones need.
    let sorted = claims.sorted {
      let (a, b) = (VolumeMatch.request(of: $0), VolumeMatch.request(of: $1))
      guard let a, let b, a != b else { return $0.name < $1.name }
      return a < b
    }
    for claim in sorted {
      if let selected = claim.annotation(VolumeMatch.selectedNode) {
        // Being provisioned for a node already.
        guard selected == node.name else { return nil }
        plan.provisions.append(claim)
        continue
      }
      if let volume = VolumeMatch.find(
        for: claim, among: volumes, node: (node.labels, node.name), excluding: taken,
        isDelayed: true)
      {
        taken.insert(volume.name)
        plan.reservations.append((volume, claim))
        continue
      }
      let storageClass = storage.classes[VolumeMatch.className(claim)]
      let provisioner = storageClass?["provisioner"]?.string ?? ""
      guard !provisioner.isEmpty, provisioner != VolumeMatch.noProvisioner,
        isAllowed(storageClass, node)
      else { return nil }
      plan.provisions.append(claim)
    }
    return plan
  }

  /// Whether a class makes volumes for this node's topology.
  private static func isAllowed(_ storageClass: Value?, _ node: NodeInfo.Facts) -> Bool {
    guard let terms = storageClass?["allowedTopologies"]?.array, !terms.isEmpty else {
      return true
    }
    return terms.contains { term in
      let expressions = term["matchLabelExpressions"]?.array ?? []
      return !expressions.isEmpty
        && expressions.allSatisfy { expression in
          let own = node.labels[expression["key"]?.string ?? ""]
          return own.map { (expression["values"]?.array ?? []).contains($0) } ?? false
        }
    }
  }
}
