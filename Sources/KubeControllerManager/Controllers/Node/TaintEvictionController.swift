import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes Pods from nodes with NoExecute taints that they do not tolerate, or not for so long.
final class TaintEvictionController: Reconciler {
  static let name = "taint-eviction-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let nodes: Informer
  /// Pods that are to go, and since when; without a timer: that were told to.
  private var pending: [Informer.Key: (start: Moment, timer: Timeline.Timer?)] = [:]
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("node-controller")
    events = context.recorder(client, Self.name)
    nodes = context.informer(.nodes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      self?.judge(key)
      return .done
    }
    nodes.onChange { [weak self] old, new in
      guard let self, let new, Self.taints(old) != Self.taints(new) else { return }
      for pod in context.pods.onNode(new.name) { queue.add(pod.key) }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self else { return }
      guard let new else {
        if let old { cancel(old.key) }
        return
      }
      let isNews =
        old?.nodeName != new.nodeName
        || old?.value[path: "spec", "tolerations"] != new.value[path: "spec", "tolerations"]
      guard isNews, !new.nodeName.isEmpty, !Self.taints(nodes["", new.nodeName]).isEmpty else {
        return
      }
      queue.add(new.key)
    }
  }

  private static func taints(_ node: Value?) -> [Value] {
    (node?[path: "spec", "taints"]?.array ?? []).filter { $0["effect"]?.string == "NoExecute" }
  }

  /// Forgets that a Pod was to go.
  private func cancel(_ key: Informer.Key) {
    guard let known = pending.removeValue(forKey: key), let timer = known.timer else { return }
    context.timeline.cancel(timer)
    record(key, "Cancelling deletion of Pod")
  }

  /// Events name the Pod and not its uid, as upstream's.
  private func record(_ key: Informer.Key, _ words: String) {
    events.record(
      .normal,
      [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
      ], reason: "TaintManagerEviction", message: "\(words) \(key.namespace)/\(key.name)")
  }

  /// Of a Pod or its node something changed (processPodOnNode).
  private func judge(_ key: Informer.Key) {
    guard let pod = context.pods.records[key] else { return cancel(key) }
    if pod.nodeName.isEmpty { return }
    let taints = Self.taints(nodes["", pod.nodeName])
    guard !taints.isEmpty else { return cancel(key) }
    let tolerations = (pod.value[path: "spec", "tolerations"]?.array ?? []).map {
      (toleration: Toleration($0), seconds: $0["tolerationSeconds"]?.int)
    }
    let now = context.timeline.now
    var shortest: Int64?
    for taint in taints {
      // Only the first that matches a taint counts (GetMatchingTolerations).
      guard let match = tolerations.first(where: { $0.toleration.tolerates(Taint(taint)) }) else {
        cancel(key)
        return plan(key, from: now, after: 0)
      }
      if let seconds = match.seconds { shortest = min(shortest ?? seconds, max(seconds, 0)) }
    }
    guard let shortest else { return cancel(key) }
    var start = now
    if let known = pending[key], known.timer != nil {
      // Who waits already goes as was said first.
      if known.start < now { return }
      start = known.start
      cancel(key)
    }
    plan(key, from: start, after: shortest)
  }

  private func plan(_ key: Informer.Key, from start: Moment, after seconds: Int64) {
    // Once it was told to go it is not told again.
    guard pending[key] == nil else { return }
    guard seconds > 0 else { return evict(key, start) }
    let timer = context.timeline.at(start + .seconds(seconds)) { [weak self] in
      self?.evict(key, start)
    }
    pending[key] = (start, timer)
  }

  private func evict(_ key: Informer.Key, _ start: Moment) {
    pending[key] = nil
    guard let pod = context.pods.records[key] else { return }
    record(key, "Marking for deletion Pod")
    do throws(StatusError) {
      try DisruptionMark(
        reason: "DeletionByTaintManager",
        message: "Taint manager: deleting due to NoExecute taint"
      ).write(on: pod, client, now: context.timeline.now)
      try client.delete(.pods, pod.name, namespace: pod.namespace)
      pending[key] = (start, nil)
    } catch {}
  }
}
