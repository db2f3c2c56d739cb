import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Stands in for the snapshot controller and the drivers' csi-snapshotter where their Pods run:
/// takes VolumeSnapshots of claims, once their kinds are there.
final class SnapshotController: Reconciler {
  static let name = "snapshot-controller"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  private let definitions: Informer
  private var snapshots: Informer?
  var contents: Informer?
  private var queue: WorkQueue<Informer.Key>!
  private var contentQueue: WorkQueue<String>!
  /// Snapshots that the driver has been asked for, by uid.
  private var begun: Set<String> = []

  /// How long a driver takes.
  private static let duration = Span.seconds(2)
  private static let isDefault = "snapshot.storage.kubernetes.io/is-default-class"

  init(_ context: ControllerContext) {
    self.context = context
    client = ComponentClient(
      server: context.server,
      user: UserInfo(name: "snapshot-controller", groups: ["system:masters"]),
      manager: "snapshot-controller")
    events = context.recorder(client, "snapshot-controller")
    definitions = context.informer(.customResourceDefinitions)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.sync(key) ?? .done
    }
    contentQueue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.syncDeleted(name) ?? .done
    }
    definitions.onChange { [weak self] _, definition in
      guard let definition, definition.isConditionTrue("Established") else { return }
      self?.follow(definition.name)
    }
  }

  private func follow(_ kind: String) {
    if kind == "volumesnapshots.snapshot.storage.k8s.io", snapshots == nil {
      let informer = context.manager.informer(.volumeSnapshots)
      snapshots = informer
      informer.onChange { [weak self] old, new in
        guard let self, let snapshot = new ?? old else { return }
        if new == nil {
          begun.remove(snapshot.uid)
        } else {
          queue.add(Informer.Key(namespace: snapshot.namespace, name: snapshot.name))
        }
      }
    }
    if kind == "volumesnapshotcontents.snapshot.storage.k8s.io", contents == nil {
      let informer = context.manager.informer(.volumeSnapshotContents)
      contents = informer
      informer.onChange { [weak self] _, new in
        guard let new, new.isBeingDeleted else { return }
        self?.contentQueue.add(new.name)
      }
    }
  }

  private func sync(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let snapshot = snapshots?.objects[key],
      snapshot.isBeingDeleted || snapshot[path: "status", "readyToUse"]?.bool != true
    else { return .done }
    // It may be installed later.
    guard !context.driverPods.pods(image: "snapshot-controller").isEmpty else {
      return .again(after: .seconds(15))
    }
    if snapshot.isBeingDeleted { return try finish(snapshot) }
    guard Set(Self.protections).isSubset(of: snapshot.finalizers) else {
      var changed = snapshot
      changed.finalizers += Self.protections.filter { !snapshot.finalizers.contains($0) }
      _ = try client.update(.volumeSnapshots, changed)
      return .done
    }
    if let name = snapshot[path: "spec", "source", "volumeSnapshotContentName"]?.string {
      return try bind(snapshot, toContent: name)
    }
    let claimName = snapshot[path: "spec", "source", "persistentVolumeClaimName"]?.string ?? ""
    guard
      let claim = try? client.get(
        .persistentVolumeClaims, claimName, namespace: snapshot.namespace),
      let volume = try? client.get(
        .persistentVolumes, claim[path: "spec", "volumeName"]?.string ?? ""),
      let driver = volume[path: "spec", "csi", "driver"]?.string,
      let handle = volume[path: "spec", "csi", "volumeHandle"]?.string
    else {
      try fail(
        snapshot, "SnapshotContentCreationFailed",
        "Failed to create snapshot content with error snapshot controller failed to update "
          + "\(snapshot.name) on API server: cannot get claim from snapshot")
      return .again(after: .seconds(15))
    }
    guard let snapshotClass = try snapshotClass(of: snapshot, driver: driver) else {
      return .again(after: .seconds(15))
    }
    let contentName = "snapcontent-\(snapshot.uid)"
    try protect(claim, true)
    guard let content = contents?["", contentName] else {
      try createContent(contentName, snapshot, volume, snapshotClass)
      return .again(after: .milliseconds(100))
    }
    return try take(snapshot, content, volume, driver: driver, handle: handle)
  }

  /// The class that it names, else the driver's default one; tells where there is none.
  private func snapshotClass(
    of snapshot: Value, driver: String
  ) throws(StatusError) -> Value? {
    if let name = snapshot[path: "spec", "volumeSnapshotClassName"]?.string {
      do throws(StatusError) {
        return try client.get(.volumeSnapshotClasses, name)
      } catch {
        try fail(
          snapshot, "GetSnapshotClassFailed",
          "Failed to get snapshot class with error \(error.message)")
        return nil
      }
    }
    let found = (try? client.list(.volumeSnapshotClasses))?.first {
      $0.annotation(Self.isDefault) == "true" && $0["driver"]?.string == driver
    }
    guard let found else {
      try fail(
        snapshot, "SetDefaultSnapshotClassFailed",
        "Failed to set default snapshot class with error cannot find default snapshot class")
      return nil
    }
    return found
  }

  private func createContent(
    _ name: String, _ snapshot: Value, _ volume: Value, _ snapshotClass: Value
  ) throws(StatusError) {
    events.record(
      .normal, snapshot, reason: "CreatingSnapshot",
      message: "Waiting for a snapshot \(snapshot.namespacedName) to be created by the CSI driver.")
    _ = try client.create(
      .volumeSnapshotContents,
      [
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotContent",
        "metadata": ["name": .string(name), "finalizers": [.string(Self.contentProtection)]],
        "spec": [
          "deletionPolicy": snapshotClass["deletionPolicy"] ?? "Delete",
          "driver": volume[path: "spec", "csi", "driver"] ?? "",
          "source": ["volumeHandle": volume[path: "spec", "csi", "volumeHandle"] ?? ""],
          "sourceVolumeMode": volume[path: "spec", "volumeMode"] ?? "Filesystem",
          "volumeSnapshotClassName": .string(snapshotClass.name),
          "volumeSnapshotRef": [
            "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
            "name": .string(snapshot.name), "namespace": .string(snapshot.namespace),
            "uid": .string(snapshot.uid), "resourceVersion": .string(snapshot.resourceVersion),
          ],
        ],
      ])
    var changed = snapshot
    changed["status"] = [
      "boundVolumeSnapshotContentName": .string(name), "readyToUse": false,
    ]
    _ = try client.update(.volumeSnapshots, changed, subresource: "status")
  }

  /// The driver copies the volume as it is now.
  private func take(
    _ snapshot: Value, _ content: Value, _ volume: Value, driver: String, handle: String
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let provisioner = Provisioners.all.first(where: { $0.name == driver && $0.isDriver }),
      context.driverPods.pod(of: provisioner) != nil
    else { return .again(after: .seconds(15)) }
    if begun.insert(snapshot.uid).inserted {
      context.configuration.volumeData?.copy(
        driver: driver, from: handle, to: "snap-\(snapshot.uid)")
      return .again(after: Self.duration)
    }
    let now = context.timeline.now
    let size = VolumeMatch.capacity(of: volume)?.value ?? 0
    var made = content
    made["status"] = [
      "creationTime": .int(now.nanoseconds), "readyToUse": true, "restoreSize": .int(size),
      "snapshotHandle": .string("snap-\(snapshot.uid)"),
    ]
    made = try client.update(.volumeSnapshotContents, made, subresource: "status")
    try ready(
      snapshot, made, created: now, size: volume[path: "spec", "capacity", "storage"] ?? "0")
    if let name = snapshot[path: "spec", "source", "persistentVolumeClaimName"]?.string,
      let claim = try? client.get(
        .persistentVolumeClaims, name, namespace: snapshot.namespace)
    {
      try protect(claim, false)
    }
    return .done
  }

  private func ready(
    _ snapshot: Value, _ content: Value, created: Moment, size: Value
  ) throws(StatusError) {
    events.record(
      .normal, snapshot, reason: "SnapshotCreated",
      message: "Snapshot \(snapshot.namespacedName) was successfully created by the CSI driver.")
    var changed = snapshot
    changed["status"] = [
      "boundVolumeSnapshotContentName": .string(content.name),
      "creationTime": .string(created.rfc3339), "readyToUse": true, "restoreSize": size,
    ]
    _ = try client.update(.volumeSnapshots, changed, subresource: "status")
    events.record(
      .normal, snapshot, reason: "SnapshotReady",
      message: "Snapshot \(snapshot.namespacedName) is ready to use.")
  }

  /// A content that somebody made for a snapshot which the storage has already.
  private func bind(
    _ snapshot: Value, toContent name: String
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard var content = contents?["", name] else {
      try fail(
        snapshot, "SnapshotContentMissing", "VolumeSnapshotContent is missing")
      return .again(after: .seconds(15))
    }
    let reference = content[path: "spec", "volumeSnapshotRef"]
    guard reference?["name"]?.string == snapshot.name,
      reference?["namespace"]?.string == snapshot.namespace
    else {
      try fail(
        snapshot, "SnapshotContentMisbound",
        "VolumeSnapshotContent [\(name)] is bound to a different snapshot")
      return .done
    }
    if content[path: "status", "snapshotHandle"] == nil,
      let handle = content[path: "spec", "source", "snapshotHandle"]
    {
      content["status"] = ["readyToUse": true, "restoreSize": 0, "snapshotHandle": handle]
      content = try client.update(.volumeSnapshotContents, content, subresource: "status")
    }
    let size = content[path: "status", "restoreSize"]?.int ?? 0
    try ready(snapshot, content, created: context.timeline.now, size: .string("\(size)"))
    return .done
  }

  private func fail(
    _ snapshot: Value, _ reason: String, _ message: String
  ) throws(StatusError) {
    events.record(.warning, snapshot, reason: reason, message: message)
    guard snapshot[path: "status", "error", "message"]?.string != message else { return }
    var changed = snapshot
    var status = snapshot["status"] ?? .emptyObject
    status["error"] = [
      "message": .string(message), "time": .string(context.timeline.now.rfc3339),
    ]
    status["readyToUse"] = false
    changed["status"] = status
    _ = try client.update(.volumeSnapshots, changed, subresource: "status")
  }
}

extension GroupVersionResource {
  static let volumeSnapshots = Self("snapshot.storage.k8s.io", "v1", "volumesnapshots")
  static let volumeSnapshotContents = Self(
    "snapshot.storage.k8s.io", "v1", "volumesnapshotcontents")
  static let volumeSnapshotClasses = Self(
    "snapshot.storage.k8s.io", "v1", "volumesnapshotclasses")
}
