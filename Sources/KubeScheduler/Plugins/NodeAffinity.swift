import Documents
import KubeObjects

/// Holds a Pod to nodes that its selector and required affinity match, and prefers preferred ones.
struct NodeAffinity: FilterPlugin, ScorePlugin {
  let name = "NodeAffinity"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard !pod.nodeSelector.isEmpty || pod.requiredNodes != nil else { return .skip }
    let named = Self.namedNodes(pod.requiredNodes)
    if named?.isEmpty == true { return .rejected(unresolvable("pod affinity terms conflict")) }
    return .filter(
      Filter(selector: pod.nodeSelector, required: pod.requiredNodes, plugin: self), nodes: named)
  }

  /// Terms that all name nodes by metadata.name narrow the search to those.
  private static func namedNodes(_ selector: NodeSelector?) -> Set<String>? {
    guard let selector, !selector.terms.isEmpty else { return nil }
    var all: Set<String> = []
    for term in selector.terms {
      var named: Set<String>?
      for field in term.fields where field.key == "metadata.name" && field.comparison == .isIn {
        named = named?.intersection(field.values) ?? Set(field.values)
      }
      // One term without names leaves every node possible.
      guard let named else { return nil }
      all.formUnion(named)
    }
    return all
  }

  static func matches(
    _ facts: NodeInfo.Facts, selector: Mapping, required: NodeSelector?
  ) -> Bool {
    for (key, value) in selector where facts.labels[key] != value { return false }
    return required?.matches(labels: facts.labels, name: facts.name) ?? true
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    guard case .node(let old, let new) = event.subject else { return false }
    func matches(_ facts: NodeInfo.Facts) -> Bool {
      Self.matches(facts, selector: pod.nodeSelector, required: pod.requiredNodes)
    }
    return matches(new) && old.map { !matches($0) } ?? true
  }

  private struct Filter: NodeFilter {
    let selector: Mapping
    let required: NodeSelector?
    let plugin: NodeAffinity

    var isLocal: Bool { true }

    func check(_ node: NodeInfo) -> Rejection? {
      NodeAffinity.matches(node.facts, selector: selector, required: required)
        ? nil : plugin.unresolvable("node(s) didn't match Pod's node affinity/selector")
    }
  }

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    pod.preferredNodes.isEmpty ? nil : Scorer(preferences: pod.preferredNodes)
  }

  private struct Scorer: NodeScorer {
    let preferences: [(weight: Int64, term: NodeSelectorTerm)]

    func score(_ node: NodeInfo) -> Int64 {
      var sum: Int64 = 0
      for (weight, term) in preferences where term.matches(labels: node.labels, name: node.name) {
        sum = sum.saturatingAdd(weight)
      }
      return sum
    }

    func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo]) {
      scores.scaleToMaximum(reversed: false)
    }
  }
}
