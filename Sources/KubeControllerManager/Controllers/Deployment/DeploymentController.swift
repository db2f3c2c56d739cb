import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Rolls Pods from one template to the next by growing one ReplicaSet and shrinking others.
final class DeploymentController: Reconciler {
  static let name = "deployment-controller"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  private let deployments: Informer
  private let sets: Informer
  private let setsByOwner: InformerIndex
  private let orphanSets: InformerIndex
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, Self.name)
    deployments = context.informer(.deployments)
    sets = context.informer(.replicaSets)
    setsByOwner = InformerIndex(sets) { $0.controllerReference.map { [$0.uid] } ?? [] }
    orphanSets = InformerIndex(sets) { $0.controllerReference == nil ? [$0.namespace] : [] }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    deployments.onChange { [weak self] old, new in
      guard let object = new ?? old else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: object.name))
    }
    sets.onChange { [weak self] old, new in self?.setChanged(old, new) }
    context.pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func setChanged(_ old: Value?, _ new: Value?) {
    if let old, let key = key(ownerOf: old) { queue.add(key) }
    guard let new, new.controllerReference != old?.controllerReference || old == nil else {
      return
    }
    if let key = key(ownerOf: new) {
      queue.add(key)
    } else if new.controllerReference == nil {
      for (key, deployment) in deployments.objects.sorted(by: { $0.key < $1.key })
      where key.namespace == new.namespace && selector(of: deployment)?.matches(new.labels) == true
      {
        queue.add(key)
      }
    }
  }

  /// Only Recreate waits for Pods to be gone; all else it hears through ReplicaSets.
  private func podChanged(_ old: PodRecord?, _ new: PodRecord?) {
    guard let old, new == nil, let owner = old.owner, owner.kind == "ReplicaSet",
      let set = sets[old.namespace, owner.name], let key = key(ownerOf: set),
      deployments.objects[key]?[path: "spec", "strategy", "type"]?.string == "Recreate"
    else { return }
    queue.add(key)
  }

  private func key(ownerOf set: Value) -> Informer.Key? {
    guard let owner = set.controllerReference, owner.kind == "Deployment" else { return nil }
    let key = Informer.Key(namespace: set.namespace, name: owner.name)
    return deployments.objects[key]?.uid == owner.uid ? key : nil
  }

  func selector(of deployment: Value) -> LabelSelector? {
    try? LabelSelector(object: deployment[path: "spec", "selector"])
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let object = deployments.objects[key] else { return .done }
    guard let selector = selector(of: object) else { return .done }
    if selector.isEmpty {
      events.record(
        .warning, object, reason: "SelectingAll",
        message: "This deployment is selecting all pods. A non-empty selector is required.")
      return .done
    }
    let owned = try claimSets(object, selector)
    let rollout = Rollout(self, object, owned)
    try rollout.run()
    return rollout.nextLook.map { .again(after: $0) } ?? .done
  }

  /// The Deployment's ReplicaSets, orphans that match adopted, others let go; oldest first.
  private func claimSets(
    _ deployment: Value, _ selector: LabelSelector
  ) throws(StatusError) -> [Value] {
    var claimed: [Value] = []
    for set in setsByOwner[deployment.uid] {
      if selector.matches(set.labels) {
        claimed.append(set)
      } else if !deployment.isBeingDeleted, !set.isBeingDeleted {
        let owners = set.ownerReferences.filter { $0.uid != deployment.uid }
        _ = try? client.patch(
          .replicaSets, set.name, namespace: set.namespace, .merge, .owners(owners, uid: set.uid))
      }
    }
    if !deployment.isBeingDeleted {
      for set in orphanSets[deployment.namespace]
      where selector.matches(set.labels) && !set.isBeingDeleted {
        let owners = set.ownerReferences + [OwnerReference.controller(deployment)]
        claimed.append(
          try client.patch(
            .replicaSets, set.name, namespace: set.namespace, .merge, .owners(owners, uid: set.uid))
        )
      }
    }
    return claimed.sorted(by: Self.isOlder)
  }

  static func isOlder(_ a: Value, _ b: Value) -> Bool {
    let (timeA, timeB) = (a.creationTimestamp, b.creationTimestamp)
    if timeA == timeB { return a.name < b.name }
    return (timeA ?? Moment(seconds: 0)) < (timeB ?? Moment(seconds: 0))
  }

  /// A second's grace after a deadline, for rounding's sake.
  static let slack = Span.seconds(1)
}
