/// What the scheduler decided about a Pod, and why: node by node who refused, or the scores.
package struct Decision {
  /// The chosen node, or nil when none suited.
  package var node: String?
  /// Nodes that were known when the decision was made.
  package var nodeCount = 0
  var refusals = Refusals()
  /// A refusal of the Pod as a whole, before any node was looked at.
  package var preFilter: Rejection?
  /// Why all nodes that are not among the refusals were not even examined.
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

  /// Why each examined node was refused, by node.
  package var rejections: [(node: String, rejection: Rejection)] {
    refusals.parts.flatMap { part in part.nodes.map { ($0.name, part.rejection) } }
  }

  /// What is kept of a decision that was made: of a large cluster a part of the refusals.
  func kept() -> Decision {
    guard refusals.count > Self.keptRefusals else { return self }
    var kept = self
    kept.wording = message
    kept.refusals = refusals.prefix(Self.keptRefusals)
    return kept
  }
  private static let keptRefusals = 500
  var wording: String?

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
    for run in refusals.runs {
      for reason in run.rejection.reasons { counts[reason, default: 0] += run.count }
    }
    let absent = nodeCount - refusals.count
    if absent > 0, let unexamined {
      for reason in unexamined.reasons { counts[reason, default: 0] += absent }
    }
    return counts.map { "\($0.value) \($0.key)" }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }
}
