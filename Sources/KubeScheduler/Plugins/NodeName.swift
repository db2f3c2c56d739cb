/// Holds a Pod to the node that it names itself.
struct NodeName: FilterPlugin, NodeFilter {
  let name = "NodeName"
  private var wanted = ""

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard !pod.nodeName.isEmpty else { return .skip }
    var filter = self
    filter.wanted = pod.nodeName
    return .filter(filter)
  }

  var isLocal: Bool { true }

  func check(_ node: NodeInfo) -> Rejection? {
    node.name == wanted ? nil : unresolvable("node(s) didn't match the requested node name")
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    if case .node(nil, _) = event.subject { true } else { false }
  }
}
