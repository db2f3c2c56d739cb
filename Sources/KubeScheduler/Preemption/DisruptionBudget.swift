import Documents
import KubeObjects

/// A PodDisruptionBudget as preemption respects it.
struct DisruptionBudget: Equatable {
  let namespace: String
  let selector: LabelSelector
  let allowed: Int64
  let disrupted: Set<String>

  init(_ value: Value) {
    namespace = value.namespace
    let selector = value[path: "spec", "selector"].flatMap { LabelSelector($0) } ?? .nothing
    // A selector that selects everything is taken as none here, as upstream.
    self.selector = selector.isEmpty ? .nothing : selector
    allowed = value[path: "status", "disruptionsAllowed"]?.int ?? 0
    disrupted = Set(value[path: "status", "disruptedPods"]?.object?.keys ?? [])
  }

  /// Parts Pods into those whose removal would break a budget and the others, in their order.
  static func split(
    _ pods: [PodInfo], _ budgets: [DisruptionBudget]
  ) -> (breaking: [PodInfo], free: [PodInfo]) {
    guard !budgets.isEmpty else { return ([], pods) }
    var left = budgets.map(\.allowed)
    var breaking: [PodInfo] = []
    var free: [PodInfo] = []
    for pod in pods {
      var isBreaking = false
      if !pod.labels.isEmpty {
        for (index, budget) in budgets.enumerated()
        where budget.namespace == pod.namespace && budget.selector.matches(pod.labels)
          && !budget.disrupted.contains(pod.name)
        {
          left[index] -= 1
          if left[index] < 0 { isBreaking = true }
        }
      }
      if isBreaking { breaking.append(pod) } else { free.append(pod) }
    }
    return (breaking, free)
  }
}
