import KubeObjects
import Simulation

/// Room to be made on one node for one Pod by removing others.
package struct Preemption {
  var node: String
  /// Most important first.
  var victims: [PodInfo]
  /// How many disruption budgets the removal would break.
  var violations: Int
  let cost: Cost

  init(node: String, victims: [PodInfo], violations: Int) {
    self.node = node
    self.victims = victims
    self.violations = violations
    cost = Cost(victims, violations)
  }

  /// The rules of pickOneNodeForPreemption, the first that tells two nodes apart deciding.
  struct Cost: Comparable {
    private let violations: Int
    private let highestPriority: Int64
    private let prioritySum: Int64
    private let count: Int
    /// The youngest of the most important victims: its start, the latest of all nodes.
    private let start: Moment

    init(_ victims: [PodInfo], _ violations: Int) {
      self.violations = violations
      count = victims.count
      let highest = victims.map(\.priority).max() ?? 0
      highestPriority = victims.first?.priority ?? 0
      // Offset so that negative priorities do not make more victims look better.
      prioritySum = victims.reduce(0) {
        $0.saturatingAdd($1.priority.saturatingAdd(2_147_483_648))
      }
      start =
        victims.filter { $0.priority == highest }.map(\.began).min() ?? Moment(seconds: 0)
    }

    static func < (a: Cost, b: Cost) -> Bool {
      if a.violations != b.violations { return a.violations < b.violations }
      if a.highestPriority != b.highestPriority { return a.highestPriority < b.highestPriority }
      if a.prioritySum != b.prioritySum { return a.prioritySum < b.prioritySum }
      if a.count != b.count { return a.count < b.count }
      return a.start > b.start
    }
  }
}

/// What came of making room; it decides about the node that the Pod was promised before.
enum PreemptionOutcome {
  case room(Preemption)
  /// Nothing helps: an earlier promise is void.
  case helpless
  /// Nothing was tried: an earlier promise stands.
  case undecided
}

/// What is asked of a node about making room.
struct DryRun: Equatable {
  var pod: PodSignature
  var budgets: [DisruptionBudget]
}

/// What looking for room came to, node by node.
struct PreemptionSearch {
  var candidates: [Preemption] = []
  var refusals = Refusals()
}
