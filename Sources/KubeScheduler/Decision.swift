/// What the scheduler decided about a Pod, and why: node by node who refused, or the scores.
package struct Decision {
  /// The chosen node, or nil when none suited.
  package var node: String?
  /// Nodes that were known when the decision was made.
  package var nodeCount = 0
  /// Why each examined node was refused, by node.
  package var rejections: [(node: String, rejection: Rejection)] = []
  /// The nodes of `rejections`, while the decision is being made.
  var refused: [NodeInfo] = []
  /// A refusal of the Pod as a whole, before any node was looked at.
  package var preFilter: Rejection?
  /// Why all nodes not in `rejections` were not even examined.
  package var unexamined: Rejection?
  /// What was said of making room by removing other Pods.
  package var postFilter = ""
  /// Scores of the feasible nodes, weighted, by plugin; the total decides.
  package var scores: [NodeScore] = []
  package var nominatedNode = ""

  package struct NodeScore {
    package var node: String
    package var total: Int64
    package var byPlugin: [(plugin: String, score: Int64)]
  }

  package var isScheduled: Bool { node != nil }

  /// What is kept of a decision that was made: of a large cluster a part of the refusals.
  func kept() -> Decision {
    var kept = self
    kept.refused = []
    if rejections.count > 500 {
      kept.wording = message
      kept.rejections = Array(rejections.prefix(500))
    }
    return kept
  }
  var wording: String?

  mutating func forgetRefusals() {
    rejections = []
    refused = []
  }

  /// The message of the PodScheduled condition and of FailedScheduling (framework.FitError).
  package var message: String {
    if let wording { return wording }
    if nodeCount == 0 { return "no nodes available to schedule pods" }
    var text = "0/\(nodeCount) nodes are available:"
    if let preFilter {
      text += " \(preFilter.reasons.joined(separator: ", "))."
    } else {
      let listed = histogram
      if !listed.isEmpty { text += " \(listed.joined(separator: ", "))." }
    }
    return postFilter.isEmpty ? text : "\(text) \(postFilter)"
  }

  /// Each reason with how many nodes gave it, sorted as text.
  private var histogram: [String] {
    var counts: [String: Int] = [:]
    for (reasons, count) in rejections.runs(of: \.reasons) {
      for reason in reasons { counts[reason, default: 0] += count }
    }
    let absent = nodeCount - rejections.count
    if absent > 0, let unexamined {
      for reason in unexamined.reasons { counts[reason, default: 0] += absent }
    }
    return counts.map { "\($0.value) \($0.key)" }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }
}

extension [(node: String, rejection: Rejection)] {
  /// Neighbours that were refused alike, together: thousands of nodes mostly are.
  func runs<Part: Equatable>(of part: (Rejection) -> Part) -> [(Part, Int)] {
    var runs: [(Part, Int)] = []
    for (_, rejection) in self {
      let own = part(rejection)
      if let last = runs.last, last.0 == own {
        runs[runs.count - 1].1 += 1
      } else {
        runs.append((own, 1))
      }
    }
    return runs
  }
}
