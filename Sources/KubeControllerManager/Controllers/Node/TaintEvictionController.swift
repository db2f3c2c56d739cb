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
  private var pending: [Informer.Key: (moment: Moment, timer: Timeline.Timer)] = [:]
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("node-controller")
    events = context.recorder(client, Self.name)
    nodes = context.informer(.nodes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.judge(key)
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

  private func cancel(_ key: Informer.Key) {
    if let entry = pending.removeValue(forKey: key) { context.timeline.cancel(entry.timer) }
  }

  private func judge(_ key: Informer.Key) throws(StatusError) {
    guard let pod = context.pods.records[key], !pod.isTerminating, !pod.nodeName.isEmpty else {
      return cancel(key)
    }
    let taints = Self.taints(nodes["", pod.nodeName])
    guard !taints.isEmpty else {
      if pending[key] != nil {
        cancel(key)
        events.record(
          .normal, pod.value, reason: "TaintManagerEviction",
          message: "Cancelling deletion of Pod \(key.namespace)/\(key.name)")
      }
      return
    }
    var shortest: Int64?
    for taint in taints {
      let matching = (pod.value[path: "spec", "tolerations"]?.array ?? []).filter {
        Toleration($0).tolerates(Taint(taint))
      }
      guard !matching.isEmpty else {
        cancel(key)
        return try evict(pod)
      }
      for seconds in matching.compactMap({ $0["tolerationSeconds"]?.int }) {
        shortest = min(shortest ?? seconds, seconds)
      }
    }
    guard let shortest else { return cancel(key) }
    if shortest <= 0 { return try evict(pod) }
    let moment = context.timeline.now + .seconds(shortest)
    if let known = pending[key], known.moment <= moment { return }
    cancel(key)
    pending[key] = (
      moment,
      context.timeline.at(moment) { [weak self] in
        guard let self else { return }
        pending[key] = nil
        guard let pod = context.pods.records[key], !pod.isTerminating else { return }
        try? evict(pod)
      }
    )
  }

  private func evict(_ pod: PodRecord) throws(StatusError) {
    events.record(
      .normal, pod.value, reason: "TaintManagerEviction",
      message: "Marking for deletion Pod \(pod.namespace)/\(pod.name)")
    do throws(StatusError) {
      try DisruptionMark(
        reason: "DeletionByTaintManager",
        message: "Taint manager: deleting due to NoExecute taint"
      ).set(on: pod, client, now: context.timeline.now)
      try client.delete(.pods, pod.name, namespace: pod.namespace)
    } catch { if !error.isNotFound { throw error } }
  }
}

/// The condition DisruptionTarget, which says who is about to remove a Pod.
struct DisruptionMark {
  var reason: String
  var message: String

  func set(
    on pod: PodRecord, _ client: ComponentClient, now: Moment
  ) throws(StatusError) {
    var conditions = pod.value[path: "status", "conditions"]?.array ?? []
    if conditions.contains(where: {
      $0["type"]?.string == "DisruptionTarget" && $0["reason"]?.string == reason
    }) {
      return
    }
    conditions.removeAll { $0["type"]?.string == "DisruptionTarget" }
    conditions.append([
      "type": "DisruptionTarget", "status": "True", "reason": .string(reason),
      "message": .string(message), "lastProbeTime": .null,
      "lastTransitionTime": .string(now.rfc3339),
    ])
    _ = try client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge,
      ["status": ["conditions": .array(conditions)]], subresource: "status")
  }
}
