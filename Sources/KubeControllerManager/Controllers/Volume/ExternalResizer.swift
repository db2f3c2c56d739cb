import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Stands in for the drivers' csi-resizer where their Pods run: enlarges volumes and gives them
/// other attributes; and for the kubelet, which enlarges the file system of a volume in use.
final class ExternalResizer: Reconciler {
  static let name = "external-resizer"

  private let context: ControllerContext
  private let client: ComponentClient
  private let claims: Informer
  private let volumes: Informer
  private let attributeClasses: Informer
  private var queue: WorkQueue<Informer.Key>!
  private var recorders: [String: EventRecorder] = [:]
  /// What a driver has been asked for, by the claim's uid.
  private var begun: [String: String] = [:]

  /// How long a driver takes.
  private static let duration = Span.seconds(2)
  /// A kubelet sees that a volume grew when it syncs the Pod, which it does every 60 to 90 s.
  private static let nodeDelay = Span.seconds(30)

  init(_ context: ControllerContext) {
    self.context = context
    client = ComponentClient(
      server: context.server,
      user: UserInfo(name: "external-resizer", groups: ["system:masters"]),
      manager: "csi-resizer")
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
    attributeClasses = context.informer(.volumeAttributesClasses)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    claims.onChange { [weak self] old, new in
      guard let self else { return }
      if let old, new == nil { begun[old.uid] = nil }
      guard let new, new[path: "status", "phase"]?.string == "Bound" else { return }
      queue.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
    attributeClasses.onChange { [weak self] old, new in
      guard let self, old == nil, let new else { return }
      for (key, claim) in claims.objects.sorted(by: { $0.key < $1.key })
      where claim[path: "spec", "volumeAttributesClassName"]?.string == new.name {
        queue.add(key)
      }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let new, new.phase == "Running", old?.phase != "Running" else { return }
      for name in VolumeUse.claimNames(new)
      where claims[new.namespace, name].map(Self.awaitsNode) == true {
        queue.add(Informer.Key(namespace: new.namespace, name: name))
      }
    }
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let claim = claims.objects[key], !claim.isBeingDeleted,
      claim[path: "status", "phase"]?.string == "Bound",
      let volume = volumes["", claim[path: "spec", "volumeName"]?.string ?? ""],
      let driver = volume[path: "spec", "csi", "driver"]?.string,
      let provisioner = Provisioners.all.first(where: { $0.name == driver && $0.isDriver }),
      context.driverPods.pod(of: provisioner) != nil
    else { return .done }
    if Self.awaitsNode(claim) { return try growFileSystem(claim, volume) }
    let wanted = claim[path: "spec", "resources", "requests", "storage"] ?? "0"
    if let size = VolumeMatch.request(of: claim),
      let present = claim[path: "status", "capacity", "storage"].flatMap({
        try? Quantity(parsing: $0)
      }), present < size
    {
      return try grow(claim, volume, driver, wanted, size)
    }
    return try modify(claim, volume, driver)
  }

  // MARK: sizes

  private func grow(
    _ claim: Value, _ volume: Value, _ driver: String, _ wanted: Value, _ size: Quantity
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    let recorder = recorder("external-resizer \(driver)")
    if begun[claim.uid] != "size \(size.value)" {
      begun[claim.uid] = "size \(size.value)"
      try write(
        [
          "allocatedResources": ["storage": wanted],
          "allocatedResourceStatuses": ["storage": "ControllerResizeInProgress"],
          "conditions": .array([condition("Resizing")]),
        ], to: claim)
      recorder.record(
        .normal, claim, reason: "Resizing",
        message: "External resizer is resizing volume \(volume.name)")
      return .again(after: Self.duration)
    }
    if VolumeMatch.capacity(of: volume).map({ $0 < size }) ?? true {
      _ = try client.patch(
        .persistentVolumes, volume.name, .merge, ["spec": ["capacity": ["storage": wanted]]])
    }
    // A device has no file system that would have to grow with it.
    guard volume[path: "spec", "volumeMode"]?.string != "Block" else {
      try finish(claim, wanted)
      recorder.record(
        .normal, claim, reason: "VolumeResizeSuccessful", message: "Resize volume succeeded")
      return .done
    }
    let waiting = condition(
      "FileSystemResizePending",
      "Waiting for user to (re-)start a pod to finish file system resize of volume on node.")
    try write(
      [
        "allocatedResourceStatuses": ["storage": "NodeResizePending"],
        "conditions": .array([waiting]),
      ], to: claim)
    recorder.record(
      .normal, claim, reason: "FileSystemResizeRequired",
      message: "Require file system resize of volume on node")
    return .again(after: Self.nodeDelay)
  }

  private static func awaitsNode(_ claim: Value) -> Bool {
    claim[path: "status", "allocatedResourceStatuses", "storage"]?.string == "NodeResizePending"
  }

  /// The kubelet's part (NodeExpandVolume), on the node of a Pod that runs with the volume.
  private func growFileSystem(
    _ claim: Value, _ volume: Value
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    let users = context.pods.inNamespace(claim.namespace).filter {
      $0.phase == "Running" && VolumeUse.claimNames($0).contains(claim.name)
    }
    guard let pod = users.min(by: { $0.key < $1.key }) else { return .done }
    // It has just been told; a Pod that starts later finds the volume as large as it is.
    if begun[claim.uid] != "node" {
      begun[claim.uid] = "node"
      return .again(after: Self.nodeDelay)
    }
    begun[claim.uid] = nil
    try finish(claim, volume[path: "spec", "capacity", "storage"] ?? "0")
    let recorder = recorder("kubelet", host: pod.nodeName)
    for object in [pod.value, claim] {
      recorder.record(
        .normal, object, reason: "FileSystemResizeSuccessful",
        message: "MountVolume.NodeExpandVolume succeeded for volume \(volume.name.goQuoted) "
          + pod.nodeName)
    }
    return .done
  }

  private func finish(_ claim: Value, _ size: Value) throws(StatusError) {
    try write(
      [
        "capacity": ["storage": size], "allocatedResourceStatuses": .null, "conditions": .null,
      ], to: claim)
  }

  // MARK: attributes

  /// Gives the volume what its claim's VolumeAttributesClass wants (modify_volume.go).
  private func modify(
    _ claim: Value, _ volume: Value, _ driver: String
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    let wanted = claim[path: "spec", "volumeAttributesClassName"]?.string ?? ""
    let present = claim[path: "status", "currentVolumeAttributesClassName"]?.string ?? ""
    guard !wanted.isEmpty, wanted != present else { return .done }
    let status = claim[path: "status", "modifyVolumeStatus", "status"]?.string
    guard let attributes = attributeClasses["", wanted] else {
      if status != "Pending" { try write(progress(wanted, "Pending", nil), to: claim) }
      return .done
    }
    let recorder = recorder("external-resizer \(driver)")
    if attributes.text("driverName") != driver {
      let message = "VAC \(wanted) is of driver \(attributes.text("driverName")), not of \(driver)"
      guard status != "Infeasible" else { return .done }
      try write(progress(wanted, "Infeasible", message), to: claim)
      recorder.record(.warning, claim, reason: "VolumeModifyFailed", message: message)
      return .done
    }
    if begun[claim.uid] != "class \(wanted)" {
      begun[claim.uid] = "class \(wanted)"
      try write(progress(wanted, "InProgress", nil), to: claim)
      recorder.record(
        .normal, claim, reason: "VolumeModify",
        message: "external resizer is modifying volume \(claim.name) with vac \(wanted)")
      return .again(after: Self.duration)
    }
    begun[claim.uid] = nil
    _ = try client.patch(
      .persistentVolumes, volume.name, .merge,
      ["spec": ["volumeAttributesClassName": .string(wanted)]])
    try write(
      [
        "currentVolumeAttributesClassName": .string(wanted), "modifyVolumeStatus": .null,
        "conditions": .null,
      ], to: claim)
    recorder.record(
      .normal, claim, reason: "VolumeModifySuccessful",
      message: "external resizer modified volume \(claim.name) with vac \(wanted) successfully ")
    return .done
  }

  private func progress(_ name: String, _ status: String, _ error: String?) -> Value {
    var conditions: [Value] = []
    if status == "InProgress" {
      conditions = [condition("ModifyingVolume", "ModifyVolume operation in progress.")]
    } else if let error {
      conditions = [condition("ModifyVolumeError", "ModifyVolume failed with error: \(error)")]
    }
    return [
      "modifyVolumeStatus": [
        "status": .string(status), "targetVolumeAttributesClassName": .string(name),
      ], "conditions": .array(conditions),
    ]
  }

  // MARK: parts

  private func condition(_ type: String, _ message: String = "") -> Value {
    var condition: Value = [
      "lastProbeTime": .null, "lastTransitionTime": .string(context.timeline.now.rfc3339),
      "status": "True", "type": .string(type),
    ]
    if !message.isEmpty { condition["message"] = .string(message) }
    return condition
  }

  private func write(_ status: Value, to claim: Value) throws(StatusError) {
    _ = try client.patch(
      .persistentVolumeClaims, claim.name, namespace: claim.namespace, .merge,
      ["status": status], subresource: "status")
  }

  private func recorder(_ component: String, host: String = "") -> EventRecorder {
    let key = "\(component)/\(host)"
    if let known = recorders[key] { return known }
    let made = EventRecorder(client, source: .component(component, host: host))
    recorders[key] = made
    return made
  }
}
