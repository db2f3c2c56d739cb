import KubeScheduler

/// What the scheduler decided about a Pod: who refused which node, or how the nodes scored.
package struct Placement {
  package struct Refusal: Hashable, Sendable {
    package var node: String
    package var plugin: String
    package var reasons: [String]
  }

  package struct Score: Sendable {
    package var node: String
    package var total: Int64
    package var byPlugin: [(plugin: String, score: Int64)]
  }

  /// The chosen node; nil: none suited.
  package var node: String?
  package var refusals: [Refusal] = []
  /// Highest first; empty when only one node was left.
  package var scores: [Score] = []
}

extension Cluster {
  /// The latest decision about a Pod that still waits, or was placed not long ago.
  package func placement(of uid: String) -> Placement? {
    guard let decision = scheduler?.decision(about: uid) else { return nil }
    var placement = Placement(node: decision.node)
    if let refusal = decision.preFilter {
      placement.refusals.append(
        .init(node: "", plugin: refusal.plugin, reasons: refusal.reasons))
    }
    placement.refusals += decision.rejections.map {
      .init(node: $0.node, plugin: $0.rejection.plugin, reasons: $0.rejection.reasons)
    }
    placement.scores = decision.scores.map {
      .init(node: $0.node, total: $0.total, byPlugin: $0.byPlugin)
    }
    return placement
  }
}
