import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes Pods whose node is gone or given up, those that never had one, and the oldest finished
/// ones when there are too many.
final class PodGarbageCollector: Reconciler {
  static let name = "pod-garbage-collector-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let nodes: Informer
  private var isScheduled = false
  private var goneSince: [String: Moment] = [:]
  private var finished = 0
  /// Pods that end and that no kubelet may ever see through.
  private var ending: Set<Informer.Key> = []

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
      if let new {
        goneSince[new.name] = nil
        if !ending.isEmpty, Self.isGivenUp(new) { schedule() }
      } else if let old {
        noteMissing(old.name)
      }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self else { return }
      let (before, after) = (old?.isFinished == true, new?.isFinished == true)
      if before != after { finished += after ? 1 : -1 }
      if finished > Self.threshold { schedule() }
      guard let new else {
        if let old { ending.remove(old.key) }
        return
      }
      if new.isTerminating, ending.insert(new.key).inserted, isLeftAlone(new) { schedule() }
      guard old?.nodeName != new.nodeName, !new.nodeName.isEmpty, nodes["", new.nodeName] == nil
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

  private static func isGivenUp(_ node: Value) -> Bool {
    !node.isConditionTrue("Ready")
      && (node[path: "spec", "taints"]?.array ?? []).contains {
        $0["key"]?.string == "node.kubernetes.io/out-of-service"
      }
  }

  /// Whether a Pod ends without a node, or on one that somebody said is out of service.
  private func isLeftAlone(_ pod: PodRecord) -> Bool {
    pod.nodeName.isEmpty || nodes["", pod.nodeName].map(Self.isGivenUp) ?? false
  }

  private func collect() {
    if finished > Self.threshold { trimFinished() }
    let left = ending.sorted().compactMap { context.pods.records[$0] }.filter(isLeftAlone)
    for pod in left where !pod.nodeName.isEmpty { remove(pod) }
    collectOrphans()
    for pod in left where pod.nodeName.isEmpty { remove(pod) }
    if !goneSince.isEmpty || finished > Self.threshold || !left.isEmpty { schedule() }
  }

  private func collectOrphans() {
    for (node, since) in goneSince.sorted(by: { $0.key < $1.key }) {
      let pods = context.pods.onNode(node)
      guard !pods.isEmpty else {
        goneSince[node] = nil
        continue
      }
      guard context.timeline.now - since >= Self.quarantine else { continue }
      let mark = DisruptionMark(
        reason: "DeletionByPodGC", message: "PodGC: node no longer exists")
      for pod in pods { remove(pod, mark) }
    }
  }

  private func trimFinished() {
    let all = context.pods.records.values.filter(\.isFinished).sorted {
      let (a, b) = (Self.isEvicted($0), Self.isEvicted($1))
      if a != b { return a }
      return $0.creation == $1.creation ? $0.key < $1.key : $0.creation < $1.creation
    }
    for pod in all.prefix(all.count - Self.threshold) { remove(pod) }
  }

  private static func isEvicted(_ pod: PodRecord) -> Bool {
    pod.phase == "Failed" && pod.value[path: "status", "reason"]?.string == "Evicted"
  }

  /// Nobody else would tell that the Pod has failed (markFailedAndDeletePodWithCondition).
  private func remove(_ pod: PodRecord, _ mark: DisruptionMark? = nil) {
    if !pod.isFinished {
      if let mark {
        try? mark.write(on: pod, phase: "Failed", client, now: context.timeline.now)
      } else {
        _ = try? client.patch(
          .pods, pod.name, namespace: pod.namespace, .merge, ["status": ["phase": "Failed"]],
          subresource: "status")
      }
    }
    _ = try? client.delete(
      .pods, pod.name, namespace: pod.namespace, options: ["gracePeriodSeconds": 0])
  }
}
