import Documents

/// Brings Pods together or keeps them apart by what the Pods, waiting or running, ask for.
struct InterPodAffinity: FilterPlugin, ScorePlugin {
  let name = "InterPodAffinity"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    let filter = AffinityFilter(pod, cluster, plugin: self)
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
  private let plugin: InterPodAffinity
  private let namespaceLabels: (String) -> Mapping
  private var existingAnti = TopologyCounts()
  private var affinity = TopologyCounts()
  private var anti = TopologyCounts()

  init(_ pod: PodInfo, _ cluster: ClusterCache, plugin: InterPodAffinity) {
    self.pod = pod
    self.plugin = plugin
    namespaceLabels = { cluster.labels(ofNamespace: $0) }
    existingAnti = cluster.affinities.refusing(pod, cluster)
    affinity = cluster.affinities.matching(pod.affinity.required, cluster)
    for term in pod.affinity.requiredAnti {
      anti.merge(cluster.affinities.matching([term], cluster), times: 1)
    }
  }

  var isIdle: Bool {
    existingAnti.isEmpty && pod.affinity.required.isEmpty && pod.affinity.requiredAnti.isEmpty
  }

  private mutating func countExisting(_ other: PodInfo, _ node: NodeInfo, _ amount: Int64) {
    for term in other.affinity.requiredAnti where term.matches(pod, namespaceLabels) {
      existingAnti.add(term.topologyKey, node, amount)
    }
  }

  private mutating func count(_ other: PodInfo, _ node: NodeInfo, _ amount: Int64) {
    if matchesAll(other) {
      for term in pod.affinity.required { affinity.add(term.topologyKey, node, amount) }
    }
    for term in pod.affinity.requiredAnti where term.matches(other, namespaceLabels) {
      anti.add(term.topologyKey, node, amount)
    }
  }

  private func matchesAll(_ other: PodInfo) -> Bool {
    !pod.affinity.required.isEmpty
      && pod.affinity.required.allSatisfy { $0.matches(other, namespaceLabels) }
  }

  func check(_ node: NodeInfo) -> Rejection? {
    if !isNearWanted(node) {
      return plugin.unresolvable("node(s) didn't match pod affinity rules")
    }
    for term in pod.affinity.requiredAnti where anti.at(term.topologyKey, node) > 0 {
      return plugin.unschedulable("node(s) didn't match pod anti-affinity rules")
    }
    if !existingAnti.isEmpty {
      for key in existingAnti.counts.keys where existingAnti.at(key, node) > 0 {
        return plugin.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")
      }
    }
    return nil
  }

  private func isNearWanted(_ node: NodeInfo) -> Bool {
    var isNear = true
    for term in pod.affinity.required {
      guard node.topology(term.topologyKey) != nil else { return false }
      if affinity.at(term.topologyKey, node) <= 0 { isNear = false }
    }
    // The first of a group that wants to be together may go anywhere.
    return isNear || affinity.isEmpty && matchesAll(pod)
  }

  mutating func add(_ other: PodInfo, to node: NodeInfo) {
    countExisting(other, node, 1)
    count(other, node, 1)
  }

  mutating func remove(_ other: PodInfo, from node: NodeInfo) {
    countExisting(other, node, -1)
    count(other, node, -1)
  }
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
