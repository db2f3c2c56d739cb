package import Documents

/// Which volume suits a claim, for the binder and the scheduler alike.
package enum VolumeMatch {
  /// The smallest free volume that suits, or the one reserved for the claim (FindMatchingVolume).
  /// `node` are the labels and the name of the node where it must be reachable; nil: anywhere.
  package static func find(
    for claim: Value, among volumes: [Value], node: (labels: Mapping, name: String)?,
    excluding taken: Set<String> = [], isDelayed: Bool
  ) -> Value? {
    guard let wanted = request(of: claim) else { return nil }
    let selector = try? LabelSelector(object: claim[path: "spec", "selector"] ?? .emptyObject)
    var best: (volume: Value, size: Quantity)?
    for volume in volumes where !taken.contains(volume.name) {
      let isReserved = isBound(volume, to: claim)
      let claimRef = volume[path: "spec", "claimRef"]
      if claimRef != nil, claimRef?.isNull == false, !isReserved { continue }
      guard let size = capacity(of: volume), !(size < wanted),
        mode(volume) == mode(claim), sameAttributes(volume, claim), !volume.isBeingDeleted
      else { continue }
      let isReachable = node.map { reaches(volume, labels: $0.labels, name: $0.name) } ?? true
      if isReserved {
        // Not `? volume : nil`, which would be a null that is there.
        guard isReachable else { return nil }
        return volume
      }
      if node == nil, isDelayed { continue }
      guard volume[path: "status", "phase"]?.string == "Available",
        selector?.matches(volume.labels) ?? false,
        className(volume) == className(claim), isReachable, offersModes(volume, claim)
      else { continue }
      if let known = best, !(size < known.size) { continue }
      best = (volume, size)
    }
    return best?.volume
  }

  package static func request(of claim: Value) -> Quantity? {
    claim[path: "spec", "resources", "requests", "storage"].flatMap {
      try? Quantity(parsing: $0)
    }
  }

  package static func capacity(of volume: Value) -> Quantity? {
    volume[path: "spec", "capacity", "storage"].flatMap { try? Quantity(parsing: $0) }
  }

  /// The class of a volume or a claim; empty: none.
  package static func className(_ object: Value) -> String {
    object.annotation("volume.beta.kubernetes.io/storage-class")
      ?? object[path: "spec", "storageClassName"]?.string ?? ""
  }

  private static func mode(_ object: Value) -> String {
    object[path: "spec", "volumeMode"]?.string ?? "Filesystem"
  }

  package static func sameMode(_ volume: Value, _ claim: Value) -> Bool {
    mode(volume) == mode(claim)
  }

  package static func sameAttributes(_ volume: Value, _ claim: Value) -> Bool {
    func name(_ object: Value) -> String {
      object[path: "spec", "volumeAttributesClassName"]?.string ?? ""
    }
    return name(volume) == name(claim)
  }

  /// Whether the volume offers every access mode that the claim wants.
  package static func offersModes(_ volume: Value, _ claim: Value) -> Bool {
    let offered = volume[path: "spec", "accessModes"]?.array ?? []
    return (claim[path: "spec", "accessModes"]?.array ?? []).allSatisfy(offered.contains)
  }

  /// Whether the volume is bound to, or reserved for, this claim.
  package static func isBound(_ volume: Value, to claim: Value) -> Bool {
    guard let reference = volume[path: "spec", "claimRef"], !reference.isNull,
      reference["name"]?.string == claim.name, reference["namespace"]?.string == claim.namespace
    else { return false }
    let uid = reference["uid"]?.string ?? ""
    return uid.isEmpty || uid == claim.uid
  }

  /// Whether a node can reach the volume.
  package static func reaches(_ volume: Value, labels: Mapping, name: String) -> Bool {
    guard let selector = NodeSelector(volume[path: "spec", "nodeAffinity", "required"]) else {
      return true
    }
    return selector.matches(labels: labels, name: name)
  }

  /// Whether claims of this class wait for the first Pod that uses them.
  package static func isDelayed(_ storageClass: Value?) -> Bool {
    storageClass?["volumeBindingMode"]?.string == "WaitForFirstConsumer"
  }

  package static let selectedNode = "volume.kubernetes.io/selected-node"
  package static let boundByController = "pv.kubernetes.io/bound-by-controller"
  package static let noProvisioner = "kubernetes.io/no-provisioner"
}
