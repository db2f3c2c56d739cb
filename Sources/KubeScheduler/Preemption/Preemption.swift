/// Room to be made on one node for one Pod by removing others.
package struct Preemption {
  var node: String
  /// Most important first.
  var victims: [PodInfo]
  /// How many disruption budgets the removal would break.
  var violations: Int
}

/// What came of making room; it decides about the node that the Pod was promised before.
enum PreemptionOutcome {
  case room(Preemption)
  /// Nothing helps: an earlier promise is void.
  case helpless
  /// Nothing was tried: an earlier promise stands.
  case undecided
}

/// What looking for room came to, node by node.
struct PreemptionSearch {
  var candidates: [Preemption] = []
  var refusals: [(node: String, rejection: Rejection)] = []
}
