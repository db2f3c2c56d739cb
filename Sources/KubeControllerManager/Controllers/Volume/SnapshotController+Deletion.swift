import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// What keeps snapshots, their contents and their claims until nobody needs them any more.
extension SnapshotController {
  static let protections = [
    "snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection",
    "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection",
  ]
  static let contentProtection =
    "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"
  private static let claimProtection = "snapshot.storage.kubernetes.io/pvc-as-source-protection"
  private static let isGoing = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted"

  /// Keeps a claim while a snapshot of it is taken.
  func protect(_ claim: Value, _ isNeeded: Bool) throws(StatusError) {
    guard claim.finalizers.contains(Self.claimProtection) != isNeeded else { return }
    var changed = claim
    if isNeeded {
      changed.finalizers += [Self.claimProtection]
    } else {
      changed.finalizers.removeAll { $0 == Self.claimProtection }
    }
    _ = try client.update(.persistentVolumeClaims, changed)
  }

  /// A snapshot is to go: first its content, unless that is to be retained.
  func finish(_ snapshot: Value) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard snapshot.finalizers.contains(where: Self.protections.contains) else { return .done }
    if try isRestored(snapshot) {
      events.record(
        .warning, snapshot, reason: "SnapshotDeletePending",
        message: "Snapshot is being used to restore a PVC")
      return .again(after: .seconds(15))
    }
    let name = snapshot[path: "status", "boundVolumeSnapshotContentName"]?.string ?? ""
    if var content = contents?["", name],
      content[path: "spec", "deletionPolicy"]?.string == "Delete"
    {
      if content.annotation(Self.isGoing) == nil {
        content.setAnnotation(Self.isGoing, "yes")
        _ = try client.update(.volumeSnapshotContents, content)
      }
      if !content.isBeingDeleted { try client.delete(.volumeSnapshotContents, name) }
      return .again(after: .seconds(1))
    }
    var changed = snapshot
    changed.finalizers.removeAll(where: Self.protections.contains)
    _ = try client.update(.volumeSnapshots, changed)
    return .done
  }

  /// Whether a claim waits for a volume that is made from the snapshot (isVolumeBeingCreatedFromSnapshot).
  private func isRestored(_ snapshot: Value) throws(StatusError) -> Bool {
    try client.list(.persistentVolumeClaims, namespace: snapshot.namespace).contains { claim in
      guard claim[path: "status", "phase"]?.string == "Pending" else { return false }
      return ["dataSource", "dataSourceRef"].contains {
        claim[path: "spec", $0, "kind"]?.string == "VolumeSnapshot"
          && claim[path: "spec", $0, "name"]?.string == snapshot.name
      }
    }
  }

  /// A content is to go: its driver deletes what it stands for, once its snapshot goes, too.
  func syncDeleted(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    guard let content = contents?["", name], content.isBeingDeleted,
      content.finalizers.contains(Self.contentProtection)
    else { return .done }
    let isBound = content[path: "spec", "volumeSnapshotRef", "uid"] != nil
    guard !isBound || content.annotation(Self.isGoing) != nil else { return .done }
    if content[path: "spec", "deletionPolicy"]?.string == "Delete",
      let driver = content[path: "spec", "driver"]?.string,
      let handle = content[path: "status", "snapshotHandle"]?.string
    {
      guard let provisioner = Provisioners.all.first(where: { $0.name == driver }),
        context.driverPods.pod(of: provisioner) != nil
      else { return .again(after: .seconds(15)) }
      context.configuration.volumeData?.discard(driver: driver, handle: handle)
    }
    var changed = content
    changed.finalizers.removeAll { $0 == Self.contentProtection }
    _ = try client.update(.volumeSnapshotContents, changed)
    return .done
  }
}
