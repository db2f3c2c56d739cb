import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes Pods whose node is gone, and the oldest finished ones when there are too many.
final class PodGarbageCollector: Reconciler {
  static let name = "pod-garbage-collector-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let nodes: Informer
  private var isScheduled = false
  private var goneSince: [String: Moment] = [:]
  private var finished = 0

  private static let period = Span.seconds(20)
  /// A node must be missing so long before its Pods are given up.
  private static let quarantine = Span.seconds(40)
  /// --terminated-pod-gc-threshold.
  private static let threshold = 12_500

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("pod-garbage-collector")
    nodes = context.informer(.nodes)
  }

  func start() {
    nodes.onChange { [weak self] old, new in
      guard let self else { return }
      if let new { goneSince[new.name] = nil }
      if new == nil, let old { noteMissing(old.name) }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self else { return }
      let (before, after) = (old?.isFinished == true, new?.isFinished == true)
      if before != after { finished += after ? 1 : -1 }
      if finished > Self.threshold { schedule() }
      guard let new, old?.nodeName != new.nodeName, !new.nodeName.isEmpty,
        nodes["", new.nodeName] == nil
      else { return }
      noteMissing(new.nodeName)
    }
  }

  private func noteMissing(_ node: String) {
    if goneSince[node] == nil { goneSince[node] = context.timeline.now }
    schedule()
  }

  private func schedule() {
    guard !isScheduled else { return }
    isScheduled = true
    context.timeline.after(Self.period) { [weak self] in
      self?.isScheduled = false
      self?.collect()
    }
  }

  private func collect() {
    let now = context.timeline.now
    for (node, since) in goneSince.sorted(by: { $0.key < $1.key }) {
      let pods = context.pods.onNode(node)
      guard !pods.isEmpty else {
        goneSince[node] = nil
        continue
      }
      guard now - since >= Self.quarantine else { continue }
      for pod in pods {
        if !pod.isFinished {
          try? DisruptionMark(
            reason: "DeletionByPodGC", message: "PodGC: node no longer exists"
          ).set(on: pod, client, now: now)
        }
        delete(pod)
      }
    }
    if finished > Self.threshold { trimFinished() }
    if !goneSince.isEmpty || finished > Self.threshold { schedule() }
  }

  private func trimFinished() {
    let all = context.pods.records.values.filter(\.isFinished).sorted {
      $0.creation == $1.creation ? $0.key < $1.key : $0.creation < $1.creation
    }
    for pod in all.prefix(all.count - Self.threshold) { delete(pod) }
  }

  private func delete(_ pod: PodRecord) {
    _ = try? client.delete(
      .pods, pod.name, namespace: pod.namespace, options: ["gracePeriodSeconds": 0])
  }
}
