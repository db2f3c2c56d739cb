import Documents
import KubeObjects

/// Keeps Pods of a kind evenly spread over zones, nodes or other domains.
struct PodTopologySpread: FilterPlugin, ScorePlugin {
  let name = "PodTopologySpread"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    let hard = pod.spreadConstraints.filter(\.isHard)
    guard !hard.isEmpty else { return .skip }
    return .filter(SpreadFilter(pod, hard, cluster, plugin: self))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    let hard = pod.spreadConstraints.filter(\.isHard)
    switch event.subject {
    case .assignedPod(let old, let new):
      guard let other = new ?? old, other.namespace == pod.namespace else { return false }
      func matches(_ candidate: PodInfo?) -> Bool {
        candidate.map { one in hard.contains { $0.selector.matches(one.labels) } } ?? false
      }
      return matches(new) || matches(old)
    case .node(let old, let new):
      func hasKeys(_ facts: NodeInfo.Facts) -> Bool {
        hard.allSatisfy { facts.labels[$0.topologyKey] != nil }
      }
      guard let old else { return hasKeys(new) }
      let hasMoved = hard.contains { old.labels[$0.topologyKey] != new.labels[$0.topologyKey] }
      return hasMoved || hard.contains(where: \.honoursNodeTaints) && old.taints != new.taints
    case .ownUpdate: return true
    default: return false
    }
  }

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    if !pod.spreadConstraints.isEmpty {
      let soft = pod.spreadConstraints.filter { !$0.isHard }
      return soft.isEmpty
        ? nil : SpreadScorer(pod, soft, nodes, cluster, requiresAllTopologies: true)
    }
    guard let (selector, key) = cluster.owners.selector(for: pod) else { return nil }
    // The default constraints of the default profile: defaultingType System.
    let defaults = [
      SpreadConstraint(
        defaultOn: "kubernetes.io/hostname", maxSkew: 3, selector: selector, key: key),
      SpreadConstraint(
        defaultOn: "topology.kubernetes.io/zone", maxSkew: 5, selector: selector, key: key),
    ]
    return SpreadScorer(pod, defaults, nodes, cluster, requiresAllTopologies: false)
  }

  /// Whether a node takes part in the counting for a constraint.
  static func counts(_ node: NodeInfo, _ constraint: SpreadConstraint, _ pod: PodInfo) -> Bool {
    if constraint.honoursNodeAffinity,
      !NodeAffinity.matches(
        node.facts, selector: pod.nodeSelector, required: pod.requiredNodes)
    {
      return false
    }
    if constraint.honoursNodeTaints,
      TaintToleration.untolerated(node.facts, pod.tolerations) != nil
    {
      return false
    }
    return true
  }

  static func counts(
    of constraint: SpreadConstraint, _ pod: PodInfo, _ cluster: ClusterCache
  ) -> [Int64] {
    cluster.tallies.counts(
      namespace: pod.namespace, selector: constraint.selector, key: constraint.selectorKey,
      nodes: Array(cluster.nodes.values))
  }
}

/// The required spreading, judged for one Pod.
private struct SpreadFilter: NodeFilter {
  private struct Domains {
    var constraint: SpreadConstraint
    var counts: [String: Int64] = [:]
    var least: Int64 = 0
    var isSelfMatching: Bool

    mutating func update() {
      least = counts.values.min() ?? 0
      if Int64(counts.count) < constraint.minDomains { least = 0 }
    }
  }

  private let pod: PodInfo
  private let plugin: PodTopologySpread
  private var domains: [Domains]

  init(
    _ pod: PodInfo, _ constraints: [SpreadConstraint], _ cluster: ClusterCache,
    plugin: PodTopologySpread
  ) {
    self.pod = pod
    self.plugin = plugin
    domains = constraints.map {
      Domains(constraint: $0, isSelfMatching: $0.selector.matches(pod.labels))
    }
    let nodes = cluster.nodesInOrder()
    for index in domains.indices {
      let constraint = domains[index].constraint
      let tally = PodTopologySpread.counts(of: constraint, pod, cluster)
      for node in nodes where hasAllKeys(node) {
        guard let value = node.topology(constraint.topologyKey),
          PodTopologySpread.counts(node, constraint, pod)
        else { continue }
        domains[index].counts[value, default: 0] += node.slot < tally.count ? tally[node.slot] : 0
      }
      domains[index].update()
    }
  }

  private func hasAllKeys(_ node: NodeInfo) -> Bool {
    domains.allSatisfy { node.facts.labels[$0.constraint.topologyKey] != nil }
  }

  func check(_ node: NodeInfo) -> Rejection? {
    for domain in domains {
      let constraint = domain.constraint
      guard let value = node.topology(constraint.topologyKey) else {
        return plugin.unresolvable(
          "node(s) didn't match pod topology spread constraints (missing required label)")
      }
      let count = domain.counts[value] ?? 0
      let skew = count + (domain.isSelfMatching ? 1 : 0) - domain.least
      if skew > constraint.maxSkew {
        return plugin.unschedulable("node(s) didn't match pod topology spread constraints")
      }
    }
    return nil
  }

  mutating func add(_ other: PodInfo, to node: NodeInfo) { change(other, node, by: 1) }
  mutating func remove(_ other: PodInfo, from node: NodeInfo) { change(other, node, by: -1) }

  private mutating func change(_ other: PodInfo, _ node: NodeInfo, by amount: Int64) {
    guard other.namespace == pod.namespace, hasAllKeys(node) else { return }
    for index in domains.indices {
      let constraint = domains[index].constraint
      guard constraint.selector.matches(other.labels),
        PodTopologySpread.counts(node, constraint, pod),
        let value = node.topology(constraint.topologyKey)
      else { continue }
      domains[index].counts[value, default: 0] += amount
      domains[index].update()
    }
  }
}

/// The preferred spreading: fewer matching Pods in a node's domains is better.
private struct SpreadScorer: NodeScorer {
  private struct Domains {
    var constraint: SpreadConstraint
    /// Matching Pods by topology value; unused where each node is a domain.
    var counts: [String: Int64] = [:]
    var tally: [Int64]
    var weight: Double
    var isHostname: Bool
  }

  private let domains: [Domains]
  private let ignored: Set<String>

  init(
    _ pod: PodInfo, _ constraints: [SpreadConstraint], _ nodes: [NodeInfo],
    _ cluster: ClusterCache, requiresAllTopologies: Bool
  ) {
    var ignored: Set<String> = []
    if requiresAllTopologies {
      for node in nodes
      where !constraints.allSatisfy({ node.facts.labels[$0.topologyKey] != nil }) {
        ignored.insert(node.name)
      }
    }
    let all = cluster.nodesInOrder()
    domains = constraints.map { constraint in
      let isHostname = constraint.topologyKey == "kubernetes.io/hostname"
      let tally = PodTopologySpread.counts(of: constraint, pod, cluster)
      var counts: [String: Int64] = [:]
      if !isHostname {
        for node in nodes where !ignored.contains(node.name) {
          counts[node.topology(constraint.topologyKey) ?? ""] = 0
        }
        for node in all {
          let value = node.topology(constraint.topologyKey) ?? ""
          guard let known = counts[value], PodTopologySpread.counts(node, constraint, pod) else {
            continue
          }
          if requiresAllTopologies,
            !constraints.allSatisfy({ node.facts.labels[$0.topologyKey] != nil })
          {
            continue
          }
          counts[value] = known + (node.slot < tally.count ? tally[node.slot] : 0)
        }
      }
      let size = isHostname ? nodes.count - ignored.count : counts.count
      return Domains(
        constraint: constraint, counts: counts, tally: tally,
        weight: Double(size + 2).naturalLogarithm, isHostname: isHostname)
    }
    self.ignored = ignored
  }

  func score(_ node: NodeInfo) -> Int64 {
    if ignored.contains(node.name) { return 0 }
    var sum = 0.0
    for domain in domains {
      guard let value = node.topology(domain.constraint.topologyKey) else { continue }
      let count =
        domain.isHostname
        ? (node.slot < domain.tally.count ? domain.tally[node.slot] : 0)
        : domain.counts[value] ?? 0
      sum += Double(count) * domain.weight + Double(domain.constraint.maxSkew - 1)
    }
    return Int64(sum.rounded(.toNearestOrAwayFromZero))
  }

  func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo]) {
    var least = Int64.max
    var most: Int64 = 0
    for (index, node) in nodes.enumerated() where !ignored.contains(node.name) {
      least = min(least, scores[index])
      most = max(most, scores[index])
    }
    for (index, node) in nodes.enumerated() {
      if ignored.contains(node.name) {
        scores[index] = 0
      } else {
        scores[index] = most == 0 ? 100 : 100 * (most + least - scores[index]) / most
      }
    }
  }
}

extension Double {
  /// By the series of the inverse hyperbolic tangent of the significand: exact to the last digits.
  fileprivate var naturalLogarithm: Double {
    guard self > 0, isFinite else { return 0 }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var term = ratio
    var sum = 0.0
    for step in 0..<24 {
      sum += term / Double(2 * step + 1)
      term *= square
    }
    return Double(exponent) * 0.693_147_180_559_945_309 + 2 * sum
  }
}
