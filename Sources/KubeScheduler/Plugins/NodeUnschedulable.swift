import KubeObjects

/// Keeps Pods off cordoned nodes, unless they tolerate the cordon's taint.
struct NodeUnschedulable: FilterPlugin, NodeFilter {
  let name = "NodeUnschedulable"
  private var tolerates = false

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    if cluster.cordonedCount == 0 { return .skip }
    var filter = self
    filter.tolerates = pod.tolerations.tolerate(
      Taint(key: "node.kubernetes.io/unschedulable", effect: "NoSchedule"))
    return filter.tolerates ? .skip : .filter(filter)
  }

  var isLocal: Bool { true }

  func check(_ node: NodeInfo) -> Rejection? {
    node.facts.isUnschedulable ? unresolvable("node(s) were unschedulable") : nil
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .node(let old, let new): !new.isUnschedulable && (old?.isUnschedulable ?? true)
    case .ownUpdate: true
    default: false
    }
  }
}
