import KubeObjects

/// Keeps two Pods from wanting the same port of one node.
struct NodePorts: FilterPlugin, NodeFilter {
  let name = "NodePorts"
  private var ports: [HostPort] = []

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard !pod.hostPorts.isEmpty else { return .skip }
    var filter = self
    filter.ports = pod.hostPorts
    return .filter(filter)
  }

  var isLocal: Bool { true }

  func check(_ node: NodeInfo) -> Rejection? {
    guard !node.hostPorts.isEmpty else { return nil }
    let isTaken = ports.contains { port in node.hostPorts.contains { $0.collides(with: port) } }
    return isTaken
      ? unschedulable("node(s) didn't have free ports for the requested pod ports") : nil
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .node(nil, _): true
    case .assignedPod(let old?, nil):
      old.hostPorts.contains { port in pod.hostPorts.contains { $0.collides(with: port) } }
    default: false
    }
  }
}
