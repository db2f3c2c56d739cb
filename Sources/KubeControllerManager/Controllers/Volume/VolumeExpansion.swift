import Documents
import KubeAPIServer
import KubeObjects

/// Tells of claims that ask for more than they have that somebody else has to see to it: no volume
/// plugin of the controller manager itself enlarges volumes any more.
final class VolumeExpansion: Reconciler {
  static let name = "persistentvolume-expander-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let claims: Informer
  private let volumes: Informer
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("expand-controller")
    events = context.recorder(client, "volume_expand")
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      self?.reconcile(key)
      return .done
    }
    claims.onChange { [weak self] old, new in
      guard let self, let new, let old, let before = VolumeMatch.request(of: old),
        let now = VolumeMatch.request(of: new), before < now
      else { return }
      queue.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
  }

  private func reconcile(_ key: Informer.Key) {
    guard let claim = claims.objects[key], claim[path: "status", "phase"]?.string == "Bound",
      let wanted = VolumeMatch.request(of: claim),
      let present = claim[path: "status", "capacity", "storage"].flatMap({
        try? Quantity(parsing: $0)
      }), present < wanted,
      volumes["", claim[path: "spec", "volumeName"]?.string ?? ""] != nil
    else { return }
    events.record(
      .normal, claim, reason: "ExternalExpanding",
      message: "waiting for an external controller to expand this PVC")
  }
}
