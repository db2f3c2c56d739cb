import Documents
import KubeObjects

/// Keeps Pods of a kind evenly spread over zones, nodes or other domains.
struct PodTopologySpread: FilterPlugin, ScorePlugin {
  let name = "PodTopologySpread"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    let hard = pod.spreadConstraints.filter(\.isHard)
    guard !hard.isEmpty else { return .skip }
    return .filter(SpreadFilter(pod, hard, cluster))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    let hard = pod.spreadConstraints.filter(\.isHard)
    func hasKeys(_ facts: NodeInfo.Facts) -> Bool {
      hard.allSatisfy { facts.labels[$0.topologyKey] != nil }
    }
    switch event.subject {
    case .assignedPod(let old, let new):
      guard let other = new ?? old, other.namespace == pod.namespace else { return false }
      func matches(_ candidate: PodInfo?) -> Bool {
        candidate.map { one in hard.contains { $0.selector.matches(one.labels) } } ?? false
      }
      return matches(new) || matches(old)
    case .node(let old, let new):
      guard let old else { return hasKeys(new) }
      let hasMoved = hard.contains { old.labels[$0.topologyKey] != new.labels[$0.topologyKey] }
      return hasMoved || hard.contains(where: \.honoursNodeTaints) && old.taints != new.taints
    // The emptiest domain may have gone with it.
    case .nodeGone(let node): return hasKeys(node)
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

  /// Whether every node takes part, so that none need be asked.
  static func countsAll(
    _ constraint: SpreadConstraint, _ pod: PodInfo, _ cluster: ClusterCache
  ) -> Bool {
    (!constraint.honoursNodeAffinity || pod.nodeSelector.isEmpty && pod.requiredNodes == nil)
      && (!constraint.honoursNodeTaints || cluster.taintedCount == 0)
  }

  static func tally(
    of constraint: SpreadConstraint, _ pod: PodInfo, _ cluster: ClusterCache
  ) -> [Int64] {
    cluster.tallies.counts(
      namespace: pod.namespace, selector: constraint.selector, key: constraint.selectorKey,
      nodes: Array(cluster.nodes.values))
  }
}

/// Matching Pods by domain of one constraint; domains that do not take part have none.
private struct DomainCounts {
  let constraint: SpreadConstraint
  let column: TopologyIndex.Column
  /// By domain; -1: no node of it takes part.
  private(set) var counts: [Int64] = []
  /// How many domains take part.
  private(set) var size: Int64 = 0

  init(_ constraint: SpreadConstraint, _ cluster: ClusterCache) {
    self.constraint = constraint
    column = cluster.column(constraint.topologyKey)
    counts = [Int64](repeating: -1, count: column.names.count)
  }

  /// A domain takes part, with so many Pods more.
  mutating func add(_ domain: Int, _ amount: Int64) {
    while counts.count <= domain { counts.append(-1) }
    if counts[domain] < 0 {
      counts[domain] = 0
      size += 1
    }
    counts[domain] = counts[domain].saturatingAdd(amount)
  }

  func has(_ domain: Int) -> Bool { domain < counts.count && counts[domain] >= 0 }
  func at(_ domain: Int) -> Int64 { domain < counts.count ? max(counts[domain], 0) : 0 }

  var least: Int64 { counts.reduce(Int64.max) { $1 < 0 ? $0 : min($0, $1) } }
}

extension [DomainCounts] {
  fileprivate func haveAllKeys(_ node: NodeInfo) -> Bool {
    allSatisfy { $0.column.domain(of: node) != nil }
  }
}

/// The required spreading, judged for one Pod.
private struct SpreadFilter: NodeFilter {
  private let pod: PodInfo
  private var domains: [DomainCounts]
  /// By constraint: the fewest Pods of any domain.
  private var least: [Int64] = []
  private let isSelfMatching: [Bool]

  init(_ pod: PodInfo, _ constraints: [SpreadConstraint], _ cluster: ClusterCache) {
    self.pod = pod
    isSelfMatching = constraints.map { $0.selector.matches(pod.labels) }
    domains = constraints.map { DomainCounts($0, cluster) }
    let nodes = cluster.nodesInOrder()
    for index in domains.indices {
      var counted = domains[index]
      let tally = PodTopologySpread.tally(of: counted.constraint, pod, cluster)
      let all = PodTopologySpread.countsAll(counted.constraint, pod, cluster)
      let isAlone = domains.count == 1
      for node in nodes {
        guard let domain = counted.column.domain(of: node), isAlone || domains.haveAllKeys(node),
          all || PodTopologySpread.counts(node, counted.constraint, pod)
        else { continue }
        counted.add(domain, node.slot < tally.count ? tally[node.slot] : 0)
      }
      domains[index] = counted
    }
    least = domains.map(Self.least)
  }

  /// Too few domains are taken as if there were one more, an empty one (minDomains).
  private static func least(_ domains: DomainCounts) -> Int64 {
    domains.size == 0 || domains.size < domains.constraint.minDomains ? 0 : domains.least
  }

  func check(_ node: NodeInfo) -> Rejection? {
    for (index, domain) in domains.enumerated() {
      guard let place = domain.column.domain(of: node) else { return Self.missingLabel }
      let skew = domain.at(place) + (isSelfMatching[index] ? 1 : 0) - least[index]
      if skew > domain.constraint.maxSkew { return Self.refusal }
    }
    return nil
  }

  private static let missingLabel = PodTopologySpread().unresolvable(
    "node(s) didn't match pod topology spread constraints (missing required label)")
  private static let refusal = PodTopologySpread().unschedulable(
    "node(s) didn't match pod topology spread constraints")

  var countsPods: Bool { true }
  mutating func add(_ other: PodInfo, to node: NodeInfo) { change(other, node, by: 1) }
  mutating func remove(_ other: PodInfo, from node: NodeInfo) { change(other, node, by: -1) }

  private mutating func change(_ other: PodInfo, _ node: NodeInfo, by amount: Int64) {
    guard other.namespace == pod.namespace, domains.haveAllKeys(node) else { return }
    for index in domains.indices {
      let constraint = domains[index].constraint
      guard constraint.selector.matches(other.labels),
        PodTopologySpread.counts(node, constraint, pod),
        let domain = domains[index].column.domain(of: node)
      else { continue }
      domains[index].add(domain, amount)
      least[index] = Self.least(domains[index])
    }
  }
}

/// The preferred spreading: fewer matching Pods in a node's domains is better.
private struct SpreadScorer: NodeScorer {
  private struct Part {
    var domains: DomainCounts
    var tally: [Int64]
    var weight: Double
    /// Each node is a domain of its own.
    var isHostname: Bool
  }

  private var parts: [Part] = []
  /// Slots of nodes that lack a label where all are needed.
  private var ignored: Set<Int> = []

  init(
    _ pod: PodInfo, _ constraints: [SpreadConstraint], _ nodes: [NodeInfo],
    _ cluster: ClusterCache, requiresAllTopologies: Bool
  ) {
    let empty = constraints.map { DomainCounts($0, cluster) }
    if requiresAllTopologies {
      for node in nodes where !empty.haveAllKeys(node) { ignored.insert(node.slot) }
    }
    for var domains in empty {
      let constraint = domains.constraint
      let isHostname = constraint.topologyKey == "kubernetes.io/hostname"
      let tally = PodTopologySpread.tally(of: constraint, pod, cluster)
      var size = Int64(nodes.count - ignored.count)
      if !isHostname {
        size = count(&domains, tally, nodes, pod, cluster, requiresAllTopologies ? empty : [])
      }
      parts.append(
        Part(
          domains: domains, tally: tally, weight: Double(size + 2).naturalLogarithm,
          isHostname: isHostname))
    }
  }

  /// Counts over all nodes, for the domains of the feasible ones; returns how many those are.
  private func count(
    _ domains: inout DomainCounts, _ tally: [Int64], _ nodes: [NodeInfo], _ pod: PodInfo,
    _ cluster: ClusterCache, _ needed: [DomainCounts]
  ) -> Int64 {
    var isAnyOutside = false
    for node in nodes where ignored.isEmpty || !ignored.contains(node.slot) {
      if let domain = domains.column.domain(of: node) {
        domains.add(domain, 0)
      } else {
        isAnyOutside = true
      }
    }
    let all = PodTopologySpread.countsAll(domains.constraint, pod, cluster)
    for node in cluster.nodesInOrder() {
      guard let domain = domains.column.domain(of: node), domains.has(domain),
        needed.count < 2 || needed.haveAllKeys(node),
        all || PodTopologySpread.counts(node, domains.constraint, pod)
      else { continue }
      if node.slot < tally.count { domains.add(domain, tally[node.slot]) }
    }
    // Nodes without the label are a domain, too.
    return domains.size + (isAnyOutside ? 1 : 0)
  }

  func score(_ node: NodeInfo) -> Int64 {
    if !ignored.isEmpty, ignored.contains(node.slot) { return 0 }
    var sum = 0.0
    for part in parts {
      guard let domain = part.domains.column.domain(of: node) else { continue }
      let count =
        part.isHostname
        ? (node.slot < part.tally.count ? part.tally[node.slot] : 0) : part.domains.at(domain)
      sum += Double(count) * part.weight + Double(part.domains.constraint.maxSkew - 1)
    }
    return Int64(sum.rounded(.toNearestOrAwayFromZero))
  }

  func normalize(_ scores: inout [Int64], _ nodes: [NodeInfo]) {
    func isIgnored(_ node: NodeInfo) -> Bool { !ignored.isEmpty && ignored.contains(node.slot) }
    var least = Int64.max
    var most: Int64 = 0
    for (index, node) in nodes.enumerated() where !isIgnored(node) {
      least = min(least, scores[index])
      most = max(most, scores[index])
    }
    for (index, node) in nodes.enumerated() {
      if isIgnored(node) {
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
