import Documents

/// Brings Pods together or keeps them apart by what the Pods, waiting or running, ask for.
struct InterPodAffinity: FilterPlugin, ScorePlugin {
  let name = "InterPodAffinity"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    let filter = AffinityFilter(pod, cluster)
    return filter.isIdle ? .skip : .filter(filter)
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .assignedPod(let old, let new):
      // A Pod that came may be the companion waited for; one that went may have been in the way.
      if let new {
        return pod.affinity.required.contains { $0.matches(new, cluster.labels(ofNamespace:)) }
          || old.map { $0.labels != new.labels } ?? false
      }
      guard let old else { return false }
      return pod.affinity.requiredAnti.contains { $0.matches(old, cluster.labels(ofNamespace:)) }
        || old.affinity.requiredAnti.contains { $0.matches(pod, cluster.labels(ofNamespace:)) }
    case .node(let old, let new):
      let keys = (pod.affinity.required + pod.affinity.requiredAnti).map(\.topologyKey)
      guard let old else { return true }
      return old.labels != new.labels
        && (keys.isEmpty || keys.contains { old.labels[$0] != new.labels[$0] })
    case .ownUpdate, .namespace: return true
    default: return false
    }
  }

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    AffinityScorer(pod, cluster)
  }
}

/// The required affinities, judged for one Pod.
private struct AffinityFilter: NodeFilter {
  private let pod: PodInfo
  private let cluster: ClusterCache
  /// The topology keys of the Pod's own terms.
  private let wanted: [TopologyIndex.Column]
  private let unwanted: [TopologyIndex.Column]
  private var existingAnti: TopologyCounts
  private var affinity: TopologyCounts
  private var anti = TopologyCounts()

  init(_ pod: PodInfo, _ cluster: ClusterCache) {
    self.pod = pod
    self.cluster = cluster
    wanted = pod.affinity.required.map { cluster.column($0.topologyKey) }
    unwanted = pod.affinity.requiredAnti.map { cluster.column($0.topologyKey) }
    existingAnti = cluster.affinities.refusing(pod, cluster)
    affinity = cluster.affinities.matching(pod.affinity.required, cluster)
    for term in pod.affinity.requiredAnti {
      anti.merge(cluster.affinities.matching([term], cluster), times: 1)
    }
  }

  var isIdle: Bool { existingAnti.isEmpty && wanted.isEmpty && unwanted.isEmpty }

  private func matches(_ term: AffinityTerm, _ other: PodInfo) -> Bool {
    term.matches(other, cluster.labels(ofNamespace:))
  }

  private mutating func change(_ other: PodInfo, _ node: NodeInfo, _ amount: Int64) {
    for term in other.affinity.requiredAnti where matches(term, pod) {
      existingAnti.add(cluster.column(term.topologyKey), node, amount)
    }
    if matchesAll(other) { for column in wanted { affinity.add(column, node, amount) } }
    for term in pod.affinity.requiredAnti where matches(term, other) {
      anti.add(cluster.column(term.topologyKey), node, amount)
    }
  }

  private func matchesAll(_ other: PodInfo) -> Bool {
    !wanted.isEmpty && pod.affinity.required.allSatisfy { matches($0, other) }
  }

  func check(_ node: NodeInfo) -> Rejection? {
    if !isNearWanted(node) { return Self.affinityRefusal }
    for column in unwanted where anti.at(column, node) > 0 { return Self.antiAffinityRefusal }
    for part in existingAnti.parts where part.at(node) > 0 { return Self.existingRefusal }
    return nil
  }

  private static let affinityRefusal = InterPodAffinity().unresolvable(
    "node(s) didn't match pod affinity rules")
  private static let antiAffinityRefusal = InterPodAffinity().unschedulable(
    "node(s) didn't match pod anti-affinity rules")
  private static let existingRefusal = InterPodAffinity().unschedulable(
    "node(s) didn't satisfy existing pods anti-affinity rules")

  private func isNearWanted(_ node: NodeInfo) -> Bool {
    var isNear = true
    for column in wanted {
      guard column.domain(of: node) != nil else { return false }
      if affinity.at(column, node) <= 0 { isNear = false }
    }
    // The first of a group that wants to be together may go anywhere.
    return isNear || affinity.isEmpty && matchesAll(pod)
  }

  var countsPods: Bool { true }
  mutating func add(_ other: PodInfo, to node: NodeInfo) { change(other, node, 1) }
  mutating func remove(_ other: PodInfo, from node: NodeInfo) { change(other, node, -1) }
}

/// The preferred affinities, of the Pod and of those that run.
private struct AffinityScorer: NodeScorer {
  private var scores = TopologyCounts()

  init?(_ pod: PodInfo, _ cluster: ClusterCache) {
    let affinity = pod.affinity
    guard affinity.hasPreferences || cluster.hasAffinityPods else { return nil }
    scores = cluster.affinities.liking(pod, cluster)
    for term in affinity.preferred {
      scores.merge(cluster.affinities.matching([term], cluster), times: term.weight)
    }
    for term in affinity.preferredAnti {
      scores.merge(cluster.affinities.matching([term], cluster), times: -term.weight)
    }
    if scores.isEmpty { return nil }
  }

  func score(_ node: NodeInfo) -> Int64 { scores.total(node) }

  func normalize(_ raw: inout [Int64], _ nodes: [NodeInfo]) {
    guard let least = raw.min(), let most = raw.max() else { return }
    let span = most - least
    for index in raw.indices {
      raw[index] =
        span > 0 ? Int64(100 * (Double(raw[index] - least) / Double(span))) : 0
    }
  }
}
