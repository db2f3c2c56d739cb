import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Scheduler {
  /// DefaultPreemption: the node where the least important Pods would have to go, or why none;
  /// `decision` gets what is said of it.
  func makeRoom(
    for pod: PodInfo, _ cycle: SchedulingCycle, _ decision: inout Decision
  ) -> PreemptionOutcome {
    guard decision.nodeCount > 0 else { return .undecided }
    if let refusal = cycle.rejection, refusal.plugin != "DynamicResources" {
      // The DynamicResources plugin, asked first, finds no state of its own when a Pod was refused
      // before it was prepared, and upstream shows that error.
      decision.postFilter = "not found"
      return .undecided
    }
    let prefix =
      (cycle.rejection == nil ? freeDevices(for: pod, decision) : Self.noClaims)
      + ", preemption: "
    if let obstacle = obstacle(to: pod, decision) {
      decision.postFilter = prefix + obstacle
      return .undecided
    }
    let search = search(for: pod, cycle, decision)
    if let best = Self.best(of: search.candidates) { return .room(best) }
    var said = Decision(nodeCount: decision.nodeCount)
    said.rejections = search.refusals
    decision.postFilter = prefix + said.message
    return .helpless
  }

  /// Why a Pod may not make room at all (PodEligibleToPreemptOthers).
  private func obstacle(to pod: PodInfo, _ decision: Decision) -> String? {
    if !pod.mayPreempt { return "not eligible due to preemptionPolicy=Never." }
    guard let name = cache.nominations.node(of: pod.uid), let node = cache.nodes[name],
      // A node that will never do is not waited for.
      decision.rejections.first(where: { $0.node == name })?.rejection.kind != .unresolvable
    else { return nil }
    let isWaiting = node.pods.contains {
      $0.isTerminating && $0.priority < pod.priority && Self.isPreempted($0)
    }
    return isWaiting ? "not eligible due to a terminating pod on the nominated node." : nil
  }

  private static func isPreempted(_ pod: PodInfo) -> Bool {
    pod.value.condition("DisruptionTarget")?["reason"]?.string == "PreemptionByScheduler"
  }

  private func search(
    for pod: PodInfo, _ cycle: SchedulingCycle, _ decision: Decision
  ) -> PreemptionSearch {
    var search = PreemptionSearch()
    let hopeless = Rejection(
      .unresolvable, plugin: "DefaultPreemption",
      reasons: ["Preemption is not helpful for scheduling"])
    var possible: [NodeInfo] = []
    for (node, (name, rejection)) in zip(decision.refused, decision.rejections) {
      if rejection.kind == .unschedulable {
        possible.append(node)
      } else {
        search.refusals.append((name, hopeless))
      }
    }
    if decision.rejections.count < decision.nodeCount {
      let examined = Set(decision.rejections.map(\.node))
      for node in cache.nodesInOrder() where !examined.contains(node.name) {
        search.refusals.append((node.name, hopeless))
      }
    }
    guard !possible.isEmpty else { return search }
    let budgets = disruptionBudgets()
    // A tenth of the nodes, at least a hundred, from a place chosen by chance.
    let wanted = min(max(possible.count / 10, 100), possible.count)
    let offset = random.below(possible.count)
    for step in possible.indices {
      let node = possible[(offset + step) % possible.count]
      switch victims(on: node, for: pod, cycle, budgets) {
      case .success(let candidate): search.candidates.append(candidate)
      case .failure(let refusal): search.refusals.append((node.name, refusal.rejection))
      }
      if search.candidates.count >= wanted,
        search.candidates.contains(where: { $0.violations == 0 })
      {
        break
      }
    }
    return search
  }

  private struct Refusal: Error { var rejection: Rejection }

  /// The fewest and least important Pods whose removal lets `pod` run here.
  private func victims(
    on node: NodeInfo, for pod: PodInfo, _ cycle: SchedulingCycle, _ budgets: [DisruptionBudget]
  ) -> Result<Preemption, Refusal> {
    let lower = node.pods.filter { $0.priority < pod.priority }
    guard !lower.isEmpty else {
      return .failure(
        Refusal(
          rejection: Rejection(
            .unresolvable, plugin: "DefaultPreemption",
            reasons: ["No preemption victims found for incoming pod"])))
    }
    let trial = node.copy()
    var filters = cycle.filters
    func remove(_ victim: PodInfo) {
      trial.remove(victim)
      for index in cycle.counting { filters[index].remove(victim, from: trial) }
    }
    func add(_ victim: PodInfo) {
      trial.add(victim)
      for index in cycle.counting { filters[index].add(victim, to: trial) }
    }
    for victim in lower { remove(victim) }
    if let rejection = SchedulingCycle.run(filters, trial) {
      return .failure(Refusal(rejection: rejection))
    }
    let sorted = lower.sorted(by: Self.isMoreImportant)
    let (breaking, free) = DisruptionBudget.split(sorted, budgets)
    var chosen: [PodInfo] = []
    var violations = 0
    // Spare as many as possible, those that a budget protects first.
    for (group, isBreaking) in [(breaking, true), (free, false)] {
      for victim in group {
        add(victim)
        guard SchedulingCycle.run(filters, trial) != nil else { continue }
        remove(victim)
        chosen.append(victim)
        if isBreaking { violations += 1 }
      }
    }
    // If everything fits again, nothing was in the way but a promise to another Pod.
    guard !chosen.isEmpty else {
      return .failure(
        Refusal(
          rejection: Rejection(
            .unresolvable, plugin: "DefaultPreemption",
            reasons: ["No preemption victims found for incoming pod"])))
    }
    if violations > 0, chosen.count > violations { chosen.sort(by: Self.isMoreImportant) }
    return .success(Preemption(node: node.name, victims: chosen, violations: violations))
  }

  /// MoreImportantPod: higher priority, then the longer running.
  private static func isMoreImportant(_ a: PodInfo, _ b: PodInfo) -> Bool {
    if a.priority != b.priority { return a.priority > b.priority }
    return a.began == b.began ? a.key < b.key : a.began < b.began
  }

  /// pickOneNodeForPreemption: rule after rule until one node is left.
  private static func best(of candidates: [Preemption]) -> Preemption? {
    var left = Array(candidates.indices)
    func keep(highest score: (Preemption) -> Double) {
      guard left.count > 1 else { return }
      let scores = left.map { score(candidates[$0]) }
      guard let best = scores.max() else { return }
      left = zip(left, scores).filter { $0.1 == best }.map(\.0)
    }
    keep { -Double($0.violations) }
    keep { -Double($0.victims.first?.priority ?? 0) }
    keep { candidate in
      // Offset so that negative priorities do not make more victims look better.
      -candidate.victims.reduce(0) { $0 + Double($1.priority) + 2_147_483_648 }
    }
    keep { -Double($0.victims.count) }
    // The youngest of the most important victims: its start, the latest of all nodes.
    keep { candidate in
      let top = candidate.victims.map(\.priority).max() ?? 0
      return Double(
        candidate.victims.filter { $0.priority == top }.map(\.began.nanoseconds).min() ?? 0)
    }
    return left.first.map { candidates[$0] }
  }

  private func disruptionBudgets() -> [DisruptionBudget] {
    ((try? client.list(.podDisruptionBudgets)) ?? []).map(DisruptionBudget.init)
  }

  /// Removes the victims a moment later (async preemption); until then the Pod is not tried.
  func begin(_ preemption: Preemption, for queued: QueuedPod) {
    queued.isPreempting = true
    timeline.after(.zero) { [weak self] in
      guard let self else { return }
      // Less important Pods that were promised the node may no longer fit.
      for other in cache.nominations.pods(on: preemption.node)
      where other.priority < queued.pod.priority {
        cache.clearNomination(other.uid)
        _ = try? client.patch(
          .pods, other.name, namespace: other.namespace, .merge,
          ["status": ["nominatedNodeName": .null]], subresource: "status")
      }
      for victim in preemption.victims.reversed() {
        evict(victim, for: queued.pod, preemption.node)
      }
      queued.isPreempting = false
    }
  }

  private func evict(_ victim: PodInfo, for pod: PodInfo, _ node: String) {
    guard !victim.isTerminating else { return }
    patchStatus(
      victim,
      [
        "type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler",
        "message": .string(
          "\(pod.schedulerName): preempting to accommodate a higher priority pod"),
        "lastProbeTime": .null,
      ])
    _ = try? client.delete(.pods, victim.name, namespace: victim.namespace)
    events.record(
      .normal, victim.value, reason: "Preempted",
      message: "Preempted by pod \(pod.uid) on node \(node)", action: "Preempting",
      related: pod.value)
  }
}
