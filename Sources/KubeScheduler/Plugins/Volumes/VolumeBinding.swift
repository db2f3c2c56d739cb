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
      if claim.isEphemeral, object.controllerReference?.uid != pod.uid {
        return .rejected(
          unresolvable(
            "PVC \(object.namespacedName) was not created for pod \(pod.namespace)/\(pod.name) "
              + "(pod is not owner)"))
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
      var obstacles: Set<Obstacle> = []
      if let obstacle = obstacle(on: node) { obstacles.insert(obstacle) }
      if !waiting.isEmpty {
        do throws(Obstacle) {
          _ = try VolumeBinding.plan(waiting, on: node.facts, storage)
        } catch { obstacles.insert(error) }
      }
      // All that is wrong is told, in one order (FindPodVolumes).
      let reasons = Obstacle.allCases.filter(obstacles.contains).map(\.rawValue)
      return reasons.isEmpty
        ? nil : Rejection(.unresolvable, plugin: plugin.name, reasons: reasons)
    }

    /// What is wrong with the first bound claim that does not suit the node.
    private func obstacle(on node: NodeInfo) -> Obstacle? {
      for claim in bound {
        let name = claim[path: "spec", "volumeName"]?.string ?? ""
        guard let volume = storage.volumes[name] else { return .absentVolume }
        if !VolumeMatch.reaches(volume, labels: node.labels, name: node.name) {
          return .unreachableVolume
        }
      }
      return nil
    }
  }

  /// Why a node cannot have a Pod's volumes.
  enum Obstacle: String, Error, CaseIterable {
    case unreachableVolume = "node(s) didn't match PersistentVolume's node affinity"
    case noVolume = "node(s) didn't find available persistent volumes to bind"
    case noSpace = "node(s) did not have enough free storage"
    case absentVolume =
      "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
  }

  /// How claims would be bound on a node.
  static func plan(
    _ claims: [Value], on node: NodeInfo.Facts, _ storage: StorageCache
  ) throws(Obstacle) -> Plan {
    var plan = Plan()
    var taken: Set<String> = []
    let volumes = storage.volumes.values.sorted { $0.name < $1.name }
    // Small claims first, so that they do not take what larger ones need.
    let sorted = claims.sorted {
      let (a, b) = (VolumeMatch.request(of: $0), VolumeMatch.request(of: $1))
      guard let a, let b, a != b else { return $0.name < $1.name }
      return a < b
    }
    for claim in claims {
      // Being provisioned for a node already.
      guard let selected = claim.annotation(VolumeMatch.selectedNode) else { continue }
      guard selected == node.name else { throw .noVolume }
      plan.provisions.append(claim)
    }
    for claim in sorted where claim.annotation(VolumeMatch.selectedNode) == nil {
      if let volume = VolumeMatch.find(
        for: claim, among: volumes, node: (node.labels, node.name), excluding: taken,
        isDelayed: true)
      {
        taken.insert(volume.name)
        plan.reservations.append((volume, claim))
      } else {
        plan.provisions.append(claim)
      }
    }
    for claim in plan.provisions { try checkProvision(of: claim, on: node, storage) }
    return plan
  }

  /// Whether a volume can be made for a claim where a node reaches it (checkVolumeProvisions).
  private static func checkProvision(
    of claim: Value, on node: NodeInfo.Facts, _ storage: StorageCache
  ) throws(Obstacle) {
    let storageClass = storage.classes[VolumeMatch.className(claim)]
    let provisioner = storageClass?["provisioner"]?.string ?? ""
    guard !provisioner.isEmpty, provisioner != VolumeMatch.noProvisioner,
      isAllowed(storageClass, node)
    else { throw .noVolume }
    // Drivers that tell how much space is left where are held to it.
    guard storage.drivers[provisioner]?[path: "spec", "storageCapacity"]?.bool == true,
      let size = VolumeMatch.request(of: claim)
    else { return }
    let hasSpace = storage.capacities.values.contains { capacity in
      capacity["storageClassName"] == storageClass?[path: "metadata", "name"]
        && (try? Quantity(parsing: capacity["maximumVolumeSize"] ?? capacity["capacity"] ?? .null))
          .map { $0 >= size } ?? false
        && capacity["nodeTopology"].flatMap { LabelSelector($0) }?.matches(node.labels) ?? false
    }
    if !hasSpace { throw .noSpace }
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
