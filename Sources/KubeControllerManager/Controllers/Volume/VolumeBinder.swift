import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Binds claims to volumes, and sees to volumes whose claims are gone.
final class VolumeBinder: Reconciler {
  static let name = "persistentvolume-binder-controller"
  static let bindCompleted = "pv.kubernetes.io/bind-completed"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  let claims: Informer
  let volumes: Informer
  let classes: Informer
  /// Made before any other handler of the volumes, so that it knows what they are told of.
  private let free: FreeVolumes
  private var claimQueue: WorkQueue<Informer.Key>!
  private var volumeQueue: WorkQueue<String>!
  private var lastVolumeChange: Moment?
  /// Claims that are looked at once the volumes of this moment have been.
  private var waiting: [Informer.Key] = []
  /// How often nothing was to be done for volumes since.
  private var quietRounds = 0

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("persistent-volume-binder")
    events = context.recorder(client, "persistentvolume-controller")
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
    classes = context.informer(.storageClasses)
    free = FreeVolumes(volumes)
  }

  func start() {
    volumeQueue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.syncVolume(name)
      return .done
    }
    claimQueue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.syncClaim(key)
      return .done
    }
    volumes.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      volumeQueue.add(object.name)
      lastVolumeChange = context.timeline.now
      if let reference = object[path: "spec", "claimRef"], new == nil {
        claimQueue.add(Self.key(reference))
      }
    }
    claims.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      if new == nil {
        pending.remove(key)
        if let name = object[path: "spec", "volumeName"]?.string { volumeQueue.add(name) }
      } else {
        afterVolumes(key)
      }
    }
    context.pods.onChange { [weak self] old, new in
      guard let pod = new ?? old, let volume = VolumeRecycler.volume(of: pod) else { return }
      self?.volumeQueue.add(volume)
    }
    resync()
  }

  /// A claim that was made in one breath with volumes is looked at after these: from one request to
  /// the next a real cluster has the time to. All claims that wait do so together.
  private func afterVolumes(_ key: Informer.Key) {
    guard lastVolumeChange == context.timeline.now else { return claimQueue.add(key) }
    waiting.append(key)
    quietRounds = 0
    if waiting.count == 1 { awaitVolumes() }
  }

  private func awaitVolumes() {
    guard lastVolumeChange == context.timeline.now, quietRounds < 4 else {
      let ready = waiting
      waiting = []
      for key in ready { claimQueue.add(key) }
      return
    }
    context.timeline.after(.zero) { [weak self] in
      guard let self else { return }
      if volumeQueue.isIdle { quietRounds += 1 }
      awaitVolumes()
    }
  }

  private static func key(_ reference: Value) -> Informer.Key {
    Informer.Key(
      namespace: reference["namespace"]?.string ?? "", name: reference["name"]?.string ?? "")
  }

  private var isResyncing = false

  /// Unbound claims are tried again every 15 s (--pvclaimbinder-sync-period).
  private func resync() {
    guard !isResyncing else { return }
    isResyncing = true
    context.timeline.after(.seconds(15)) { [weak self] in
      guard let self else { return }
      isResyncing = false
      let open = claims.objects.filter { $0.value.annotation(Self.bindCompleted) == nil }
      for key in open.keys.sorted() { claimQueue.add(key) }
      for name in volumes.objects.keys.map(\.name).sorted()
      where volumes["", name]?[path: "status", "phase"]?.string != "Bound" {
        volumeQueue.add(name)
      }
      if !open.isEmpty { resync() }
    }
  }

  func record(
    _ object: Value, _ reason: String, _ message: String,
    _ kind: EventRecorder.Kind = .normal
  ) {
    events.record(kind, object, reason: reason, message: message)
  }

  private func syncClaim(_ key: Informer.Key) throws(StatusError) {
    guard let claim = claims.objects[key] else { return }
    if claim.annotation(Self.bindCompleted) == nil {
      pending.insert(key)
      try syncUnbound(claim)
      if claim[path: "status", "phase"]?.string != "Bound" { resync() }
    } else {
      pending.remove(key)
      try syncBound(claim)
    }
  }

  private func syncUnbound(_ claim: Value) throws(StatusError) {
    let name = claim[path: "spec", "volumeName"]?.string ?? ""
    guard name.isEmpty else { return try bindNamed(claim, name) }
    let storageClass = classes["", VolumeMatch.className(claim)]
    let isDelayed = VolumeMatch.isDelayed(storageClass)
    if let volume = free.find(for: claim, isDelayed: isDelayed) {
      pending.remove(Informer.Key(namespace: claim.namespace, name: claim.name))
      return try bind(volume, claim)
    }
    if try takeDefaultClass(claim) { return }
    if isDelayed, claim.annotation(VolumeMatch.selectedNode) == nil {
      announceWaiting(claim)
    } else if VolumeMatch.className(claim).isEmpty {
      record(
        claim, "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set")
    } else {
      try provision(claim, storageClass)
      return
    }
    try setPhase(claim, "Pending")
  }

  private func provision(_ claim: Value, _ storageClass: Value?) throws(StatusError) {
    guard let storageClass else {
      record(
        claim, "ProvisioningFailed",
        "storageclass.storage.k8s.io \"\(VolumeMatch.className(claim))\" not found", .warning)
      return try setPhase(claim, "Pending")
    }
    let stated = storageClass["provisioner"]?.string ?? ""
    let provisioner = Self.migrated[stated] ?? stated
    if provisioner.hasPrefix("kubernetes.io/") {
      record(
        claim, "ProvisioningFailed", "no volume plugin matched name: \(provisioner)", .warning)
      return try setPhase(claim, "Pending")
    }
    try setPhase(claim, "Pending")
    let keys = [
      "volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner",
    ]
    if keys.contains(where: { claim.annotation($0) != provisioner }) {
      // The binder may update claims, not patch them.
      var changed = try client.get(
        .persistentVolumeClaims, claim.name, namespace: claim.namespace)
      for key in keys { changed.setAnnotation(key, provisioner) }
      _ = try client.update(.persistentVolumeClaims, changed)
    }
    record(
      claim, "ExternalProvisioning",
      "Waiting for a volume to be created either by the external provisioner '\(provisioner)' or "
        + "manually by the system administrator. If volume creation is delayed, please verify "
        + "that the provisioner is running and correctly registered.")
  }

  /// Plug-ins that drivers took the place of (csi-translation-lib).
  private static let migrated = [
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com", "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
  ]

  private func bindNamed(_ claim: Value, _ name: String) throws(StatusError) {
    guard let volume = volumes["", name] else { return try setPhase(claim, "Pending") }
    let reference = volume[path: "spec", "claimRef"]
    if reference == nil || reference?.isNull == true {
      if let mismatch = mismatch(volume, claim) {
        record(
          claim, "VolumeMismatch", "Cannot bind to requested volume \"\(name)\": \(mismatch)",
          .warning)
        return try setPhase(claim, "Pending")
      }
      return try bind(volume, claim)
    }
    if VolumeMatch.isBound(volume, to: claim) { return try bind(volume, claim) }
    record(
      claim, "FailedBinding", "volume \"\(name)\" already bound to a different claim.", .warning)
    try setPhase(claim, "Pending")
  }

  private func mismatch(_ volume: Value, _ claim: Value) -> String? {
    if volume.isBeingDeleted { return "the volume is marked for deletion \"\(volume.name)\"" }
    if let size = VolumeMatch.capacity(of: volume), let wanted = VolumeMatch.request(of: claim),
      size < wanted
    {
      return "requested PV is too small"
    }
    if VolumeMatch.className(volume) != VolumeMatch.className(claim) {
      return "storageClassName does not match"
    }
    if !VolumeMatch.sameAttributes(volume, claim) {
      return "VolumeAttributesClassName does not match"
    }
    if !VolumeMatch.sameMode(volume, claim) { return "incompatible volumeMode" }
    if !VolumeMatch.offersModes(volume, claim) { return "incompatible accessMode" }
    return nil
  }

  private func syncBound(_ claim: Value) throws(StatusError) {
    let name = claim[path: "spec", "volumeName"]?.string ?? ""
    guard !name.isEmpty, let volume = volumes["", name] else {
      return try lose(
        claim, "ClaimLost",
        "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
    }
    let reference = volume[path: "spec", "claimRef"]
    if reference == nil || reference?.isNull == true || VolumeMatch.isBound(volume, to: claim) {
      return try bind(volume, claim)
    }
    try lose(
      claim, "ClaimMisbound",
      "Two claims are bound to the same volume, this one is bound incorrectly")
  }

  private func lose(
    _ claim: Value, _ reason: String, _ message: String
  ) throws(StatusError) {
    guard claim[path: "status", "phase"]?.string != "Lost" else { return }
    record(claim, reason, message, .warning)
    try setPhase(claim, "Lost")
  }

  func setPhase(_ claim: Value, _ phase: String) throws(StatusError) {
    guard claim[path: "status", "phase"]?.string != phase else { return }
    var changed = claim
    var status = changed["status"] ?? .emptyObject
    status["phase"] = .string(phase)
    status["accessModes"] = nil
    status["capacity"] = nil
    changed["status"] = status
    _ = try client.update(.persistentVolumeClaims, changed, subresource: "status")
  }

  private func bind(_ volume: Value, _ claim: Value) throws(StatusError) {
    var volume = volume
    let reference = volume[path: "spec", "claimRef"]
    if (reference?["uid"]?.string ?? "") != claim.uid {
      let isReserved = reference != nil && reference?.isNull == false
      volume["spec"]?["claimRef"] = [
        "kind": "PersistentVolumeClaim", "apiVersion": "v1",
        "namespace": .string(claim.namespace), "name": .string(claim.name),
        "uid": .string(claim.uid), "resourceVersion": .string(claim.resourceVersion),
      ]
      if !isReserved { volume.setAnnotation(VolumeMatch.boundByController, "yes") }
      volume = try client.update(.persistentVolumes, volume)
    }
    try setVolumePhase(volume, "Bound")
    var changed = claim
    if (claim[path: "spec", "volumeName"]?.string ?? "").isEmpty {
      changed["spec"]?["volumeName"] = .string(volume.name)
      changed.setAnnotation(VolumeMatch.boundByController, "yes")
    }
    changed.setAnnotation(Self.bindCompleted, "yes")
    if changed != claim { changed = try client.update(.persistentVolumeClaims, changed) }
    var status = changed["status"] ?? .emptyObject
    status["phase"] = "Bound"
    status["accessModes"] = volume[path: "spec", "accessModes"]
    // A claim that is bound already gets its size from whoever enlarges it (updateClaimStatus).
    if changed[path: "status", "phase"]?.string != "Bound" {
      status["capacity"] = volume[path: "spec", "capacity"]
      if let attributes = volume[path: "spec", "volumeAttributesClassName"], !attributes.isNull {
        status["currentVolumeAttributesClassName"] = attributes
      }
    }
    guard status != changed["status"] else { return }
    changed["status"] = status
    _ = try client.update(.persistentVolumeClaims, changed, subresource: "status")
  }

  func setVolumePhase(
    _ volume: Value, _ phase: String, _ message: String = ""
  ) throws(StatusError) {
    guard volume[path: "status", "phase"]?.string != phase else { return }
    var changed = volume
    var status = changed["status"] ?? .emptyObject
    status["phase"] = .string(phase)
    status["message"] = message.isEmpty ? nil : .string(message)
    changed["status"] = status
    _ = try client.update(.persistentVolumes, changed, subresource: "status")
  }

  private func syncVolume(_ name: String) throws(StatusError) {
    guard let volume = volumes["", name] else { return }
    let reference = volume[path: "spec", "claimRef"]
    guard let reference, !reference.isNull else {
      try setVolumePhase(volume, "Available")
      if volume[path: "status", "phase"]?.string == "Available" { retryClaims() }
      return
    }
    let key = Self.key(reference)
    guard let uid = reference["uid"]?.string, !uid.isEmpty else {
      if let claim = claims.objects[key], claim.annotation(Self.bindCompleted) == nil {
        claimQueue.add(key)
      }
      return try setVolumePhase(volume, "Available")
    }
    guard let claim = claims.objects[key], claim.uid == uid else {
      return try release(volume)
    }
    let bound = claim[path: "spec", "volumeName"]?.string ?? ""
    if bound == name {
      try setVolumePhase(volume, "Bound")
    } else if bound.isEmpty {
      if !VolumeMatch.sameMode(volume, claim) {
        let words = "due to incompatible volumeMode."
        record(
          volume, "VolumeMismatch",
          "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"\(claim.name)\" "
            + words, .warning)
        record(
          claim, "VolumeMismatch",
          "Cannot bind PersistentVolume \"\(name)\" to requested PersistentVolumeClaim " + words,
          .warning)
      }
      claimQueue.add(key)
    } else if volume.annotation("pv.kubernetes.io/provisioned-by") != nil,
      volume[path: "spec", "persistentVolumeReclaimPolicy"]?.string == "Delete"
    {
      // Made in vain: the claim found another meanwhile.
      try release(volume)
    } else {
      // Reserved in vain.
      try unbind(volume)
    }
  }

  private var isRetryDue = false

  /// Claims that were looked at and found no volume.
  private var pending: Set<Informer.Key> = []

  /// Volumes became free: claims that wait may want them, once for all volumes of a moment.
  private func retryClaims() {
    guard !isRetryDue else { return }
    isRetryDue = true
    context.timeline.after(.zero) { [weak self] in
      guard let self else { return }
      isRetryDue = false
      for key in pending.sorted() { claimQueue.add(key) }
    }
  }
}
