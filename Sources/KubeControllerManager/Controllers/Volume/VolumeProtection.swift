import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Lets deleted claims and volumes go once nobody uses them.
final class VolumeProtection: Reconciler {
  static let name = "persistentvolumeclaim-protection-controller"

  private let context: ControllerContext
  private let claimClient: ComponentClient
  private let volumeClient: ComponentClient
  private let claims: Informer
  private let volumes: Informer
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    claimClient = context.client("pvc-protection-controller")
    volumeClient = context.client("pv-protection-controller")
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
  }

  func start() {
    // A volume has no namespace, so one queue serves both.
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      if key.namespace.isEmpty {
        try self?.releaseVolume(key.name)
      } else {
        try self?.releaseClaim(key)
      }
      return .done
    }
    for informer in [claims, volumes] {
      informer.onChange { [weak self] _, new in
        guard let new, new.isBeingDeleted else { return }
        self?.queue.add(Informer.Key(namespace: new.namespace, name: new.name))
      }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let old, new.map(Self.isShutDown) ?? true else { return }
      for name in VolumeUse.claimNames(old)
      where claims[old.namespace, name]?.isBeingDeleted == true {
        queue.add(Informer.Key(namespace: old.namespace, name: name))
      }
    }
  }

  /// Whether the kubelet is done with a Pod that is to go (podIsShutDown).
  private static func isShutDown(_ pod: PodRecord) -> Bool { pod.isTerminating && pod.isFinished }

  // podUsesPVC: only Pods on a node count, since no kubelet starts one whose claim is to go; those
  // that are finished count too, but for the claims that were made for them alone.
  private static func uses(_ pod: PodRecord, _ claim: Value) -> Bool {
    guard !pod.nodeName.isEmpty else { return false }
    let isOwn = claim.controllerReference?.uid == pod.value.uid
    return VolumeUse.claimNames(pod).contains(claim.name) && !(isOwn && isShutDown(pod))
  }

  private func releaseClaim(_ key: Informer.Key) throws(StatusError) {
    guard let claim = claims.objects[key], claim.isBeingDeleted,
      claim.finalizers.contains("kubernetes.io/pvc-protection")
    else { return }
    let isUsed = context.pods.inNamespace(key.namespace).contains { Self.uses($0, claim) }
    guard !isUsed else { return }
    try drop("kubernetes.io/pvc-protection", claim, .persistentVolumeClaims, claimClient)
  }

  private func releaseVolume(_ name: String) throws(StatusError) {
    guard let volume = volumes["", name], volume.isBeingDeleted,
      volume.finalizers.contains("kubernetes.io/pv-protection"),
      volume[path: "status", "phase"]?.string != "Bound"
    else { return }
    try drop("kubernetes.io/pv-protection", volume, .persistentVolumes, volumeClient)
  }

  private func drop(
    _ finalizer: String, _ object: Value, _ resource: GroupVersionResource,
    _ client: ComponentClient
  ) throws(StatusError) {
    let left = object.finalizers.filter { $0 != finalizer }
    var changed = object
    changed["metadata"]?["finalizers"] =
      left.isEmpty ? nil : .array(left.map { .string($0) })
    do throws(StatusError) {
      // These controllers may update, not patch.
      _ = try client.update(resource, changed)
    } catch { if !error.isNotFound { throw error } }
  }
}
