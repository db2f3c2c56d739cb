import Documents
import KubeObjects

/// Keeps claims that one Pod alone may use, and disks that one node alone may write, from others.
struct VolumeRestrictions: FilterPlugin {
  let name = "VolumeRestrictions"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    var exclusive: [String] = []
    for claim in pod.claims {
      guard let object = cluster.storage.claim(pod.namespace, claim.name) else { continue }
      let modes = object[path: "spec", "accessModes"]?.array ?? []
      if modes.contains("ReadWriteOncePod") { exclusive.append("\(pod.namespace)/\(claim.name)") }
    }
    guard !exclusive.isEmpty || !pod.disks.isEmpty else { return .skip }
    var uses = 0
    for node in cluster.nodes.values {
      for key in exclusive { uses += node.claimUses[key] ?? 0 }
    }
    return .filter(
      Filter(disks: pod.disks, exclusive: exclusive, uses: uses, plugin: self))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .assignedPod(let old?, nil):
      old.namespace == pod.namespace
        && old.claims.contains { one in pod.claims.contains { $0.name == one.name } }
        || old.disks.contains { disk in pod.disks.contains { $0.collides(with: disk) } }
    case .node(nil, _), .claim: true
    default: false
    }
  }

  private struct Filter: NodeFilter {
    let disks: [AttachedDisk]
    let exclusive: [String]
    /// By how many other Pods, on any node, the claims are used.
    var uses: Int
    let plugin: VolumeRestrictions

    func check(_ node: NodeInfo) -> Rejection? {
      for pod in disks.isEmpty ? [] : node.pods
      where pod.disks.contains(where: { disk in disks.contains { $0.collides(with: disk) } }) {
        return plugin.unschedulable("node(s) had no available disk")
      }
      guard uses > 0 else { return nil }
      return plugin.unschedulable(
        "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode "
          + "already in-use by another pod")
    }

    var countsPods: Bool { true }
    mutating func add(_ other: PodInfo, to node: NodeInfo) { uses += count(other) }
    mutating func remove(_ other: PodInfo, from node: NodeInfo) { uses -= count(other) }

    private func count(_ other: PodInfo) -> Int {
      other.claims.count { exclusive.contains("\(other.namespace)/\($0.name)") }
    }
  }
}
