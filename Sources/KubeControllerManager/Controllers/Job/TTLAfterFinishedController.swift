import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes finished Jobs when their time to live is over.
final class TTLAfterFinishedController: Reconciler {
  static let name = "ttl-after-finished-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let jobs: Informer
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    jobs = context.informer(.jobs)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    jobs.onChange { [weak self] _, new in
      guard let new, new[path: "spec", "ttlSecondsAfterFinished"] != nil else { return }
      self?.queue.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let job = jobs.objects[key], !job.isBeingDeleted,
      let seconds = job[path: "spec", "ttlSecondsAfterFinished"]?.int,
      let condition = ["Complete", "Failed"].compactMap({ job.condition($0) }).first(where: {
        $0["status"]?.string == "True"
      }), let end = condition["lastTransitionTime"]?.string.flatMap({ Moment(rfc3339: $0) })
    else { return .done }
    let left = end + .seconds(seconds) - context.timeline.now
    if left > .zero { return .again(after: left) }
    do throws(StatusError) {
      try client.delete(
        .jobs, key.name, namespace: key.namespace,
        options: [
          "propagationPolicy": "Foreground", "preconditions": ["uid": .string(job.uid)],
        ])
    } catch { if !error.isNotFound { throw error } }
    return .done
  }
}
