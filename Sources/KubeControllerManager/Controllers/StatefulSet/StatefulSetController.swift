import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Keeps numbered Pods with names, addresses and claims of their own.
final class StatefulSetController: Reconciler {
  static let name = "statefulset-controller"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  let claims: Informer
  private let sets: Informer
  private let revisions: InformerIndex
  private var queue: WorkQueue<Informer.Key>!
  var pacing = Pacing()

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, Self.name)
    sets = context.informer(.statefulSets)
    claims = context.informer(.persistentVolumeClaims)
    revisions = InformerIndex(context.informer(.controllerRevisions), by: RevisionHistory.key)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    sets.onChange { [weak self] old, new in
      guard let object = new ?? old else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: object.name))
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let pod = new ?? old else { return }
      if let owner = pod.owner {
        guard owner.kind == "StatefulSet" else { return }
        queue.add(Informer.Key(namespace: pod.namespace, name: owner.name))
      } else if old == nil || old?.owner != nil {
        for (key, set) in sets.objects.sorted(by: { $0.key < $1.key })
        where key.namespace == pod.namespace && selector(of: set)?.matches(pod.labels) == true {
          queue.add(key)
        }
      }
    }
  }

  private func selector(of set: Value) -> LabelSelector? {
    try? LabelSelector(object: set[path: "spec", "selector"])
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let set = sets.objects[key], let selector = selector(of: set) else { return .done }
    var collisions = set[path: "status", "collisionCount"]?.int ?? 0
    var history = try RevisionHistory(client, owner: set, selector: selector, index: revisions)
    let pods = try PodClaims(client: client, pods: context.pods).claim(
      for: set, selector: selector,
      accepts: { StatefulIdentity.ordinal(of: $0.name, in: set) != nil })
    pacing.note(key, size: pods.count)
    let data = RevisionHistory.data(of: set)
    func hash(_ collisions: Int64) -> String {
      RevisionHistory.hash(of: data, collisionCount: collisions)
    }
    var labels = set[path: "spec", "template", "metadata", "labels"] ?? .emptyObject
    labels["controller.kubernetes.io/hash"] = .string(hash(collisions))
    let update =
      set.isBeingDeleted
      ? history.revisions.last
      : try history.current(collisions: &collisions, retries: true, labels: labels, hash: hash)
    guard let update else { return .done }
    let known = set[path: "status", "currentRevision"]?.string ?? ""
    let current = history.revisions.first { $0.name == known } ?? update
    var round = StatefulRound(
      controller: self, set: set, current: current, update: update, collisions: collisions,
      pods: pods)
    do throws(StatusError) {
      try round.run()
    } catch {
      try round.writeStatus()
      throw error
    }
    try round.writeStatus()
    let limit = Int(clamping: set[path: "spec", "revisionHistoryLimit"]?.int ?? 10)
    var used: Set<String> = [current.name, update.name]
    for pod in pods { used.insert(StatefulIdentity.revision(of: pod)) }
    try history.trim(keeping: limit, inUse: used)
    return round.nextLook.map { .again(after: $0) } ?? .done
  }
}
