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

    func change(_ pod: PodInfo, _ node: NodeInfo, _ amount: Int64, _ labels: NamespaceLabels) {
      guard terms.allSatisfy({ $0.matches(pod, labels) }) else { return }
      for term in terms { counts.add(term.topologyKey, node, amount) }
    }
  }

  typealias NamespaceLabels = (String) -> Mapping

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

  func change(_ pod: PodInfo, _ node: NodeInfo, _ amount: Int64, _ labels: NamespaceLabels) {
    guard !isStale else { return }
    note(pod, node, amount)
    for tally in tallies.values { tally.change(pod, node, amount, labels) }
  }

  private func note(_ pod: PodInfo, _ node: NodeInfo, _ amount: Int64) {
    let affinity = pod.affinity
    if affinity.isEmpty { return }
    for term in affinity.requiredAnti { Self.add(term, node, amount, to: &refused) }
    for term in affinity.required {
      Self.add(term.weighted(Self.hardWeight), node, amount, to: &liked)
    }
    for term in affinity.preferred { Self.add(term, node, amount, to: &liked) }
    for term in affinity.preferredAnti {
      Self.add(term.weighted(-term.weight), node, amount, to: &liked)
    }
  }

  private static func add(
    _ term: AffinityTerm, _ node: NodeInfo, _ amount: Int64,
    to list: inout [AffinityTerm: TopologyCounts]
  ) {
    list[term, default: TopologyCounts()].add(term.topologyKey, node, amount)
    if list[term]?.isEmpty == true { list[term] = nil }
  }

  private func refresh(_ cluster: ClusterCache) {
    guard isStale else { return }
    isStale = false
    (refused, liked, tallies) = ([:], [:], [:])
    for node in cluster.nodesInOrder() {
      for pod in node.podsWithAffinity { note(pod, node, 1) }
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
      for pod in node.pods { tally.change(pod, node, 1, cluster.labels(ofNamespace:)) }
    }
    tallies[terms] = tally
    return tally.counts
  }
}

/// Numbers of Pods by topology key and value.
struct TopologyCounts {
  private(set) var counts: [String: [String: Int64]] = [:]

  var isEmpty: Bool { counts.isEmpty }

  mutating func add(_ key: String, _ node: NodeInfo, _ amount: Int64) {
    guard amount != 0, let value = node.topology(key) else { return }
    add(key, value, amount)
  }

  private mutating func add(_ key: String, _ value: String, _ amount: Int64) {
    let sum = (counts[key]?[value] ?? 0) + amount
    if sum == 0 {
      counts[key]?[value] = nil
      if counts[key]?.isEmpty == true { counts[key] = nil }
    } else {
      counts[key, default: [:]][value] = sum
    }
  }

  mutating func merge(_ other: TopologyCounts, times factor: Int64) {
    for (key, values) in other.counts {
      if counts[key] == nil {
        counts[key] = factor == 1 ? values : values.mapValues { $0 * factor }
      } else {
        for (value, amount) in values { add(key, value, amount * factor) }
      }
    }
  }

  func at(_ key: String, _ node: NodeInfo) -> Int64 {
    guard let values = counts[key], let value = node.topology(key) else { return 0 }
    return values[value] ?? 0
  }

  /// The sum over all keys for a node.
  func total(_ node: NodeInfo) -> Int64 {
    var sum: Int64 = 0
    for (key, values) in counts {
      if let value = node.topology(key) { sum += values[value] ?? 0 }
    }
    return sum
  }
}
