import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Makes volumes in the place of the external provisioners whose Pods run.
final class ProvisioningController: Reconciler {
  static let name = "external-provisioner"

  private let context: ControllerContext
  private let client: ComponentClient
  private let claims: Informer
  private let volumes: Informer
  private let classes: Informer
  private let nodes: Informer
  private var queue: WorkQueue<Informer.Key>!
  private var volumeQueue: WorkQueue<String>!
  private var recorders: [String: EventRecorder] = [:]
  private var begun: Set<String> = []

  /// How long a volume takes to be made.
  private static let duration = Span.seconds(2)
  private static let maker = "pv.kubernetes.io/provisioned-by"
  private static let key = "volume.kubernetes.io/storage-provisioner"

  init(_ context: ControllerContext) {
    self.context = context
    client = ComponentClient(
      server: context.server,
      user: UserInfo(name: "external-provisioner", groups: ["system:masters"]),
      manager: "external-provisioner")
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
    classes = context.informer(.storageClasses)
    nodes = context.informer(.nodes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    volumeQueue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reclaim(name) ?? .done
    }
    volumes.onChange { [weak self] _, new in
      guard let self, let new, new.annotation(Self.maker) != nil else { return }
      if new.isBeingDeleted || new[path: "status", "phase"]?.string == "Released" {
        volumeQueue.add(new.name)
      }
    }
    claims.onChange { [weak self] old, new in
      guard let self else { return }
      if let old, new == nil { begun.remove(old.uid) }
      guard let new, new.annotation(Self.key) != nil else { return }
      queue.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
  }

  /// Removes a volume that it made, and what was on it, once its claim is gone.
  private func reclaim(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    guard let volume = volumes["", name], let maker = volume.annotation(Self.maker),
      let provisioner = Provisioners.all.first(where: { $0.name == maker })
    else { return .done }
    let isHeld = volume.finalizers.contains(Provisioner.finalizer)
    guard volume[path: "spec", "persistentVolumeReclaimPolicy"]?.string == "Delete" else {
      // HonorPVReclaimPolicy: it has nothing to do with a volume that is to be retained.
      if isHeld, volume.isBeingDeleted { try unhold(volume) }
      return .done
    }
    guard volume[path: "status", "phase"]?.string == "Released",
      isHeld || !volume.isBeingDeleted
    else { return .done }
    guard let pod = pod(of: provisioner) else { return .again(after: .seconds(15)) }
    let holder = try client.list(.volumeAttachments).first {
      $0[path: "spec", "source", "persistentVolumeName"]?.string == name
    }
    if let node = holder?[path: "spec", "nodeName"]?.string {
      recorder(provisioner, pod).record(
        .warning, volume, reason: "VolumeFailedDelete",
        message: "persistentvolume \(name) is still attached to node \(node)")
      return .again(after: .seconds(5))
    }
    discard(volume, provisioner)
    if !volume.isBeingDeleted {
      do throws(StatusError) {
        try client.delete(.persistentVolumes, name)
      } catch { if !error.isNotFound { throw error } }
    }
    if isHeld, let left = volumes["", name] { try unhold(left) }
    return .done
  }

  private func unhold(_ volume: Value) throws(StatusError) {
    let live = try client.get(.persistentVolumes, volume.name)
    var changed = live
    changed.finalizers.removeAll { $0 == Provisioner.finalizer }
    do throws(StatusError) {
      _ = try client.update(.persistentVolumes, changed)
    } catch { if !error.isNotFound { throw error } }
  }

  private func discard(_ volume: Value, _ provisioner: Provisioner) {
    let data = context.configuration.volumeData
    if let driver = volume[path: "spec", "csi", "driver"]?.string,
      let handle = volume[path: "spec", "csi", "volumeHandle"]?.string
    {
      data?.discard(driver: driver, handle: handle)
    } else if let path = volume[path: "spec", "hostPath", "path"]?.string {
      let terms = volume[path: "spec", "nodeAffinity", "required", "nodeSelectorTerms"]
      let host = terms?[0]?["matchExpressions"]?[0]?["values"]?[0]?.string
      let homes = nodes.objects.values.filter {
        host == nil || $0.label("kubernetes.io/hostname") == host
      }
      for node in homes { data?.discard(path: path, onNode: node.name) }
    }
  }

  private func pod(of provisioner: Provisioner) -> PodRecord? {
    context.driverPods.pod(of: provisioner)
  }

  private func recorder(_ provisioner: Provisioner, _ pod: PodRecord) -> EventRecorder {
    let component = "\(provisioner.name)_\(pod.name)_\(pod.uid)"
    if let known = recorders[component] { return known }
    let made = EventRecorder(client, source: .component(component))
    recorders[component] = made
    return made
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let claim = claims.objects[key], !claim.isBeingDeleted,
      let name = claim.annotation(Self.key),
      let provisioner = Provisioners.all.first(where: { $0.name == name }),
      let storageClass = classes["", VolumeMatch.className(claim)]
    else { return .done }
    guard (claim[path: "spec", "volumeName"]?.string ?? "").isEmpty else { return .done }
    // It may be installed later: claims wait for it.
    guard let pod = pod(of: provisioner) else { return .again(after: .seconds(15)) }
    let node = claim.annotation(VolumeMatch.selectedNode).flatMap { nodes["", $0] }
    if VolumeMatch.isDelayed(storageClass), node == nil { return .done }
    let recorder = recorder(provisioner, pod)
    let server = Self.server(pod)
    guard
      let volume = provisioner.volume(
        for: claim, storageClass, node: node, root: configuredRoot(pod), server: server)
    else {
      recorder.record(
        .warning, claim, reason: "ProvisioningFailed",
        message: "failed to provision volume with StorageClass \(storageClass.name.goQuoted): "
          + "configuration error, no node was specified")
      return .again(after: .seconds(15))
    }
    if volumes["", volume.name] != nil { return .done }
    let origin: VolumeOrigin?
    do throws(VolumeOrigin.Refusal) {
      origin = try VolumeOrigin.of(claim, client)
    } catch {
      recorder.record(
        .warning, claim, reason: "ProvisioningFailed",
        message: "failed to provision volume with StorageClass \(storageClass.name.goQuoted): "
          + error.message)
      return .again(after: .seconds(15))
    }
    if begun.insert(claim.uid).inserted {
      recorder.record(
        .normal, claim, reason: "Provisioning",
        message: "External provisioner is provisioning volume for claim "
          + claim.namespacedName.goQuoted)
      return .again(after: Self.duration)
    }
    do throws(StatusError) {
      _ = try client.create(.persistentVolumes, volume)
    } catch { if !error.isAlreadyExists { throw error } }
    if let origin, let handle = volume[path: "spec", "csi", "volumeHandle"]?.string {
      context.configuration.volumeData?.copy(
        driver: provisioner.name, from: origin.handle, to: handle)
    }
    recorder.record(
      .normal, claim, reason: "ProvisioningSucceeded",
      message: "Successfully provisioned volume \(volume.name)")
    return .done
  }

  /// The first path of local-path-provisioner's config.json for nodes that it does not list.
  private func configuredRoot(_ pod: PodRecord) -> String? {
    guard
      let map = try? client.get(
        .configMaps, "local-path-config", namespace: pod.value.namespace),
      let text = map[path: "data", "config.json"]?.string,
      let config = try? JSON.parse(Array(text.utf8))
    else { return nil }
    let rest = (config["nodePathMap"]?.array ?? []).first {
      $0["node"]?.string == "DEFAULT_PATH_FOR_NON_LISTED_NODES"
    }
    return rest?["paths"]?.array?.first?.string
  }

  private static func server(_ pod: PodRecord) -> (address: String, path: String) {
    let variables = (pod.value[path: "spec", "containers"]?.array ?? []).flatMap {
      $0.items("env")
    }
    func value(_ name: String) -> String? {
      variables.first { $0.text("name") == name }?["value"]?.string
    }
    return (value("NFS_SERVER") ?? "nfs", value("NFS_PATH") ?? "/srv/nfs")
  }
}
