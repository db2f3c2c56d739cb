import KubeObjects

/// Keeps Pods off nodes whose taints they do not tolerate, and prefers nodes with fewer soft ones.
struct TaintToleration: FilterPlugin, ScorePlugin, NodeFilter {
  let name = "TaintToleration"
  private var tolerations: [Toleration] = []

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    if cluster.taintedCount == 0 { return .skip }
    var filter = self
    filter.tolerations = pod.tolerations
    return .filter(filter)
  }

  var isLocal: Bool { true }

  func check(_ node: NodeInfo) -> Rejection? {
    guard !node.facts.taints.isEmpty else { return nil }
    return Self.untolerated(node.facts, tolerations) == nil
      ? nil : unresolvable("node(s) had untolerated taint(s)")
  }

  static func untolerated(_ node: NodeInfo.Facts, _ tolerations: [Toleration]) -> Taint? {
    node.taints.first {
      ($0.effect == "NoSchedule" || $0.effect == "NoExecute") && !tolerations.tolerate($0)
    }
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .node(let old, let new):
      Self.untolerated(new, pod.tolerations) == nil
        && old.map { Self.untolerated($0, pod.tolerations) != nil } ?? true
    case .ownUpdate: true
    default: false
    }
  }

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    if cluster.taintedCount == 0 { return nil }
    let isSoft = nodes.contains { $0.facts.taints.contains { $0.effect == "PreferNoSchedule" } }
    guard isSoft else { return nil }
    return Scorer(
      tolerations: pod.tolerations.filter {
        $0.effect.isEmpty || $0.effect == "PreferNoSchedule"
      })
  }

  private struct Scorer: NodeScorer {
    let tolerations: [Toleration]

    func score(_ node: NodeInfo) -> Int64 {
      Int64(
        node.facts.taints.count {
          $0.effect == "PreferNoSchedule" && !tolerations.tolerate($0)
        })
    }

    func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo]) {
      scores.scaleToMaximum(reversed: true)
    }
  }
}
