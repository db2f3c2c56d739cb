/// A preference among the nodes that passed the filters.
protocol ScorePlugin: Sendable {
  var name: String { get }
  /// Looks at the Pod and the feasible nodes once; nil when the plugin has no preference.
  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)?
}

/// One plugin's scores of nodes for one Pod, at last between 0 and 100.
protocol NodeScorer {
  func score(_ node: NodeInfo) -> Int64
  /// Brings the raw scores of all nodes, in the order of the nodes, into the range.
  func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo])
}

extension NodeScorer {
  func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo]) {}
}

extension [Int64] {
  /// Scales to 0…100 by the largest; turned round when less is better.
  mutating func scaleToMaximum(reversed: Bool) {
    let largest = self.max() ?? 0
    guard largest > 0 else {
      if reversed { for index in indices { self[index] = 100 } }
      return
    }
    for index in indices {
      let scaled = self[index] * 100 / largest
      self[index] = reversed ? 100 - scaled : scaled
    }
  }
}
