import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Makes and enlarges volumes in the place of the external provisioners whose Pods run.
final class ProvisioningController: Reconciler {
  static let name = "external-provisioner"

  private let context: ControllerContext
  private let client: ComponentClient
  private let claims: Informer
  private let volumes: Informer
  private let classes: Informer
  private let nodes: Informer
  private var queue: WorkQueue<Informer.Key>!
  private var recorders: [String: EventRecorder] = [:]
  private var begun: Set<String> = []

  /// How long a volume takes to be made.
  private static let duration = Span.seconds(2)
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
    claims.onChange { [weak self] old, new in
      guard let self else { return }
      if let old, new == nil { begun.remove(old.uid) }
      guard let new, new.annotation(Self.key) != nil else { return }
      queue.add(Informer.Key(namespace: new.namespace, name: new.name))
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
    if !(claim[path: "spec", "volumeName"]?.string ?? "").isEmpty {
      try expand(claim, provisioner, storageClass)
      return .done
    }
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

  /// The volume grows, then its file system, as the external resizer and the kubelet do it.
  private func expand(
    _ claim: Value, _ provisioner: Provisioner, _ storageClass: Value
  ) throws(StatusError) {
    guard claim[path: "status", "phase"]?.string == "Bound",
      storageClass["allowVolumeExpansion"]?.bool == true, provisioner.isDriver,
      let pod = pod(of: provisioner),
      let wanted = VolumeMatch.request(of: claim),
      let text = claim[path: "spec", "resources", "requests", "storage"],
      let present = claim[path: "status", "capacity", "storage"].flatMap({
        try? Quantity(parsing: $0)
      }), present < wanted,
      let volume = volumes["", claim[path: "spec", "volumeName"]?.string ?? ""]
    else { return }
    let recorder = recorder(provisioner, pod)
    recorder.record(
      .normal, claim, reason: "Resizing",
      message: "External resizer is resizing volume \(volume.name)")
    if VolumeMatch.capacity(of: volume).map({ $0 < wanted }) ?? true {
      _ = try client.patch(
        .persistentVolumes, volume.name, .merge, ["spec": ["capacity": ["storage": text]]])
    }
    _ = try client.patch(
      .persistentVolumeClaims, claim.name, namespace: claim.namespace, .merge,
      ["status": ["capacity": ["storage": text], "conditions": .null]], subresource: "status")
    recorder.record(
      .normal, claim, reason: "VolumeResizeSuccessful", message: "Resize volume succeeded")
  }
}
