import Documents
import KubeObjects

/// Where Pods stand that affinity terms speak of, kept up to date as Pods come and go, so that one
/// more Pod costs no look at all that run.
final class AffinityTallies {
  /// Pods that match all terms of a list.
  private final class Tally {
    let terms: [AffinityTerm]
    var counts = TopologyCounts()
    var lastUse = 0

    init(_ terms: [AffinityTerm]) { self.terms = terms }

    func change(_ pod: PodInfo, _ node: NodeInfo, _ amount: Int64, _ cluster: ClusterCache) {
      guard terms.allSatisfy({ $0.matches(pod, cluster.labels(ofNamespace:)) }) else { return }
      for term in terms { counts.add(cluster.column(term.topologyKey), node, amount) }
    }
  }

  /// What running Pods will not have near them, and where.
  private var refused: [AffinityTerm: TopologyCounts] = [:]
  /// What running Pods like (or not, by a negative weight), and where.
  private var liked: [AffinityTerm: TopologyCounts] = [:]
  private var tallies: [[AffinityTerm]: Tally] = [:]
  private var uses = 0
  private var isStale = false
  private static let capacity = 64
  /// What the required affinity of a running Pod counts for (hardPodAffinityWeight).
  private static let hardWeight: Int64 = 1

  /// Labels of nodes or namespaces changed: everything is to be counted anew.
  func forget() { isStale = true }

  func change(_ pod: PodInfo, _ node: NodeInfo, _ amount: Int64, _ cluster: ClusterCache) {
    guard !isStale else { return }
    note(pod, node, amount, cluster)
    for tally in tallies.values { tally.change(pod, node, amount, cluster) }
  }

  private func note(
    _ pod: PodInfo, _ node: NodeInfo, _ amount: Int64, _ cluster: ClusterCache
  ) {
    let affinity = pod.affinity
    if affinity.isEmpty { return }
    func add(_ term: AffinityTerm, to list: inout [AffinityTerm: TopologyCounts]) {
      var counts = list.removeValue(forKey: term) ?? TopologyCounts()
      counts.add(cluster.column(term.topologyKey), node, amount)
      if !counts.isEmpty { list[term] = counts }
    }
    for term in affinity.requiredAnti { add(term, to: &refused) }
    for term in affinity.required { add(term.weighted(Self.hardWeight), to: &liked) }
    for term in affinity.preferred { add(term, to: &liked) }
    for term in affinity.preferredAnti { add(term.weighted(-term.weight), to: &liked) }
  }

  private func refresh(_ cluster: ClusterCache) {
    guard isStale else { return }
    isStale = false
    (refused, liked, tallies) = ([:], [:], [:])
    for node in cluster.nodesInOrder() {
      for pod in node.podsWithAffinity { note(pod, node, 1, cluster) }
    }
  }

  /// Where running Pods stand that refuse to have `pod` near them.
  func refusing(_ pod: PodInfo, _ cluster: ClusterCache) -> TopologyCounts {
    refresh(cluster)
    var sum = TopologyCounts()
    for (term, counts) in refused where term.matches(pod, cluster.labels(ofNamespace:)) {
      sum.merge(counts, times: 1)
    }
    return sum
  }

  /// How much running Pods like to have `pod` near them, by place.
  func liking(_ pod: PodInfo, _ cluster: ClusterCache) -> TopologyCounts {
    refresh(cluster)
    var sum = TopologyCounts()
    for (term, counts) in liked where term.matches(pod, cluster.labels(ofNamespace:)) {
      sum.merge(counts, times: term.weight)
    }
    return sum
  }

  /// Where Pods stand that match all the terms.
  func matching(_ terms: [AffinityTerm], _ cluster: ClusterCache) -> TopologyCounts {
    refresh(cluster)
    if terms.isEmpty { return TopologyCounts() }
    uses += 1
    if let known = tallies[terms] {
      known.lastUse = uses
      return known.counts
    }
    if tallies.count >= Self.capacity,
      let oldest = tallies.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      tallies[oldest] = nil
    }
    let tally = Tally(terms)
    tally.lastUse = uses
    for node in cluster.nodesInOrder() {
      for pod in node.pods { tally.change(pod, node, 1, cluster) }
    }
    tallies[terms] = tally
    return tally.counts
  }
}
