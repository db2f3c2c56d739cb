/// A rule that some nodes do not satisfy.
protocol FilterPlugin: Sendable {
  var name: String { get }

  /// Looks at the Pod once, before any node.
  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation

  /// Whether what happened might make a Pod schedulable that this plugin refused before.
  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool
}

extension FilterPlugin {
  func unschedulable(_ reasons: String...) -> Rejection {
    Rejection(.unschedulable, plugin: name, reasons: reasons)
  }
  func unresolvable(_ reasons: String...) -> Rejection {
    Rejection(.unresolvable, plugin: name, reasons: reasons)
  }
}

/// What a filter plugin makes of a Pod before it sees nodes.
enum FilterPreparation {
  /// The plugin has nothing to say about this Pod.
  case skip
  /// No node can do.
  case rejected(Rejection)
  /// Each node is to be asked; if `nodes` is there, only those can do.
  case filter(any NodeFilter, nodes: Set<String>? = nil)
}

/// One plugin's judgement of nodes for one Pod; a value, so that preemption can try out changes.
protocol NodeFilter {
  func check(_ node: NodeInfo) -> Rejection?
  /// Whether it looks at nothing but the node, and at what `PodSignature` says of the Pod.
  var isLocal: Bool { get }
  /// Whether it counts Pods itself, so that it must hear of those that come and go.
  var countsPods: Bool { get }
  /// The judgement if `other` also ran on `node`.
  mutating func add(_ other: PodInfo, to node: NodeInfo)
  /// The judgement if `other` no longer ran on `node`.
  mutating func remove(_ other: PodInfo, from node: NodeInfo)
}

extension NodeFilter {
  var isLocal: Bool { false }
  // Filters that look only at the node itself need no bookkeeping.
  var countsPods: Bool { false }
  mutating func add(_ other: PodInfo, to node: NodeInfo) {}
  mutating func remove(_ other: PodInfo, from node: NodeInfo) {}
}
