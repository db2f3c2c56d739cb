import Documents
import KubeObjects

/// How many Pods of each node match a selector, kept up to date for the selectors in use, so that
/// spreading ten thousand Pods does not count ten thousand Pods each time.
final class PodTallies {
  private struct Key: Hashable {
    var namespace: String
    var selector: Value
  }

  private final class Tally {
    let namespace: String
    let selector: LabelSelector
    var counts: [Int64] = []
    var lastUse = 0

    init(_ namespace: String, _ selector: LabelSelector) {
      self.namespace = namespace
      self.selector = selector
    }

    func change(_ pod: PodInfo, _ slot: Int, by amount: Int64) {
      // A terminating Pod no longer counts (countPodsMatchSelector).
      guard pod.namespace == namespace, !pod.isTerminating, selector.matches(pod.labels) else {
        return
      }
      while counts.count <= slot { counts.append(0) }
      counts[slot] += amount
    }
  }

  private var tallies: [Key: Tally] = [:]
  private var uses = 0
  private static let capacity = 64

  /// Matching Pods by node slot; slots beyond the end have none.
  func counts(
    namespace: String, selector: LabelSelector, key: Value,
    nodes: @autoclosure () -> [NodeInfo]
  ) -> [Int64] {
    uses += 1
    let name = Key(namespace: namespace, selector: key)
    if let known = tallies[name] {
      known.lastUse = uses
      return known.counts
    }
    if tallies.count >= Self.capacity,
      let oldest = tallies.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      tallies[oldest] = nil
    }
    let tally = Tally(namespace, selector)
    tally.lastUse = uses
    for node in nodes() {
      for pod in node.pods { tally.change(pod, node.slot, by: 1) }
    }
    tallies[name] = tally
    return tally.counts
  }

  func add(_ pod: PodInfo, slot: Int) {
    for tally in tallies.values { tally.change(pod, slot, by: 1) }
  }

  func remove(_ pod: PodInfo, slot: Int) {
    for tally in tallies.values { tally.change(pod, slot, by: -1) }
  }

  func forget(slot: Int) {
    for tally in tallies.values where slot < tally.counts.count { tally.counts[slot] = 0 }
  }
}
