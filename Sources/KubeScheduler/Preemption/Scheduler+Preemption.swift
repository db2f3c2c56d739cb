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
    // The first of equals, as upstream takes it.
    if let best = search.candidates.min(by: { $0.cost < $1.cost }) { return .room(best) }
    var said = Decision(nodeCount: decision.nodeCount)
    said.refusals = search.refusals
    decision.postFilter = prefix + said.message
    return .helpless
  }

  /// Why a Pod may not make room at all (PodEligibleToPreemptOthers).
  private func obstacle(to pod: PodInfo, _ decision: Decision) -> String? {
    if !pod.mayPreempt { return "not eligible due to preemptionPolicy=Never." }
    guard let name = cache.nominations.node(of: pod.uid), let node = cache.nodes[name],
      // A node that will never do is not waited for.
      !decision.refusals.parts.contains(where: {
        $0.rejection.kind == .unresolvable && $0.nodes.contains { $0 === node }
      })
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
    var possible: [NodeInfo] = []
    for (rejection, nodes) in decision.refusals.parts {
      if rejection.kind == .unschedulable {
        possible += nodes
      } else {
        for node in nodes { search.refusals.append(node, Self.hopeless) }
      }
    }
    if decision.refusals.count < decision.nodeCount {
      let examined = Set(decision.refusals.nodes.map(\.slot))
      for node in cache.nodesInOrder() where !examined.contains(node.slot) {
        search.refusals.append(node, Self.hopeless)
      }
    }
    guard !possible.isEmpty else { return search }
    let budgets = disruptionBudgets()
    let dryRuns = cycle.signature.map { signature in
      cache.dryRuns.ask(DryRun(pod: signature, budgets: budgets))
      return cache.dryRuns
    }
    // A tenth of the nodes, at least a hundred, from a place chosen by chance.
    let wanted = min(max(possible.count / 10, 100), possible.count)
    let offset = random.below(possible.count)
    let promised = cache.nominations.node(of: pod.uid)
    var isHarmless = false
    for step in possible.indices {
      let node = possible[(offset + step) % possible.count]
      // Others see on that node the promise to this Pod.
      let memo = node.name == promised ? nil : dryRuns
      let found = memo?[node] ?? victims(on: node, for: pod, cycle, budgets)
      memo?[node] = found
      switch found {
      case .success(let candidate):
        search.candidates.append(candidate)
        if candidate.violations == 0 { isHarmless = true }
      case .failure(let rejection): search.refusals.append(node, rejection)
      }
      if isHarmless, search.candidates.count >= wanted { break }
    }
    return search
  }

  private static let hopeless = Rejection(
    .unresolvable, plugin: "DefaultPreemption",
    reasons: ["Preemption is not helpful for scheduling"])
  private static let noVictims = Rejection(
    .unresolvable, plugin: "DefaultPreemption",
    reasons: ["No preemption victims found for incoming pod"])

  /// The fewest and least important Pods whose removal lets `pod` run here.
  private func victims(
    on node: NodeInfo, for pod: PodInfo, _ cycle: SchedulingCycle, _ budgets: [DisruptionBudget]
  ) -> Result<Preemption, Rejection> {
    let lower = node.pods.filter { $0.priority < pod.priority }
    guard !lower.isEmpty else {
      return .failure(Self.noVictims)
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
    if let rejection = cycle.judge(trial, filters) { return .failure(rejection) }
    let sorted = lower.sorted(by: Self.isMoreImportant)
    let (breaking, free) = DisruptionBudget.split(sorted, budgets)
    var chosen: [PodInfo] = []
    var violations = 0
    // Spare as many as possible, those that a budget protects first.
    for (group, isBreaking) in [(breaking, true), (free, false)] {
      for victim in group {
        add(victim)
        guard cycle.judge(trial, filters) != nil else { continue }
        remove(victim)
        chosen.append(victim)
        if isBreaking { violations += 1 }
      }
    }
    guard !chosen.isEmpty else {
      return .failure(Self.noVictims)
    }
    if violations > 0, chosen.count > violations { chosen.sort(by: Self.isMoreImportant) }
    return .success(Preemption(node: node.name, victims: chosen, violations: violations))
  }

  /// MoreImportantPod: higher priority, then the longer running.
  private static func isMoreImportant(_ a: PodInfo, _ b: PodInfo) -> Bool {
    if a.priority != b.priority { return a.priority > b.priority }
    return a.began == b.began ? a.key < b.key : a.began < b.began
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
    record(
      .normal, for: pod, on: victim.value, reason: "Preempted",
      message: "Preempted by pod \(pod.uid) on node \(node)", action: "Preempting",
      related: pod.value)
  }
}
