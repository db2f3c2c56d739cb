import Simulation

/// One attempt to find a node for one Pod: filters, then scores.
struct SchedulingCycle {
  let pod: PodInfo
  let cache: ClusterCache
  /// The plugins that have something to say about this Pod, in order.
  private(set) var filters: [any NodeFilter] = []
  /// Places of those filters that count Pods.
  private(set) var counting: [Int] = []
  private(set) var rejection: Rejection?
  /// What the filters judge by, when it is nothing but the node.
  private(set) var signature: PodSignature?
  /// Where the Pod itself was promised room.
  private let promised: String?
  /// Only these nodes can do; nil: all.
  private(set) var nodes: Set<String>?
  /// NodeAffinity, the one plugin that narrows the search.
  private(set) var narrowedBy = ""

  init(pod: PodInfo, cache: ClusterCache) {
    self.pod = pod
    self.cache = cache
    promised = cache.nominations.node(of: pod.uid)
    prepare()
    if filters.allSatisfy(\.isLocal) { signature = PodSignature(pod) }
  }

  private mutating func prepare() {
    for plugin in Plugins.filters {
      switch plugin.prepare(pod, cache) {
      case .skip: continue
      case .rejected(let refusal):
        rejection = refusal
        return
      case .filter(let filter, let only):
        if filter.countsPods { counting.append(filters.count) }
        filters.append(filter)
        guard let only else { continue }
        nodes = only
        narrowedBy = plugin.name
      }
    }
  }

  func decide(start: inout Int, random: inout SeededRandom) -> Decision {
    let all = cache.nodesInOrder()
    var decision = Decision(nodeCount: all.count)
    guard !all.isEmpty else { return decision }
    if let rejection {
      decision.preFilter = rejection
      return decision
    }
    let feasible = findFeasible(all, &start, &decision)
    if feasible.count == 1 {
      decision.node = feasible[0].name
    } else if feasible.count > 1 {
      decision.refusals = Refusals()
      decision.node = choose(feasible, &decision, &random)
    }
    return decision
  }

  private func findFeasible(
    _ all: [NodeInfo], _ start: inout Int, _ decision: inout Decision
  ) -> [NodeInfo] {
    if let promised, let node = cache.nodes[promised], node.exists,
      nodes?.contains(promised) ?? true
    {
      // A node that was cleared for this Pod is tried alone first.
      if judge(node, filters) == nil { return [node] }
    }
    var candidates = all
    if let nodes {
      candidates = nodes.sorted().compactMap { cache.nodes[$0] }.filter(\.exists)
      decision.unexamined = Rejection(
        .unresolvable, plugin: narrowedBy,
        reasons: ["node(s) didn't satisfy plugin(s) [\(narrowedBy)]"])
    }
    guard !candidates.isEmpty else { return [] }
    let wanted = Self.feasibleNodesToFind(candidates.count)
    let offset = start % candidates.count
    var feasible: [NodeInfo] = []
    var examined = 0
    let verdicts = signature.map { signature in
      cache.verdicts.ask(signature)
      return cache.verdicts
    }
    for step in 0..<candidates.count {
      let node = candidates[(offset + step) % candidates.count]
      examined += 1
      if let rejection = check(node, verdicts) {
        decision.refusals.append(node, rejection)
      } else {
        feasible.append(node)
        if feasible.count >= wanted { break }
      }
    }
    start = (start + examined) % all.count
    return feasible
  }

  /// numFeasibleNodesToFind: all of up to 100 nodes; of more a share that shrinks with their number.
  static func feasibleNodesToFind(_ count: Int) -> Int {
    guard count > 100 else { return count }
    let percentage = max(50 - count / 125, 5)
    return max(count * percentage / 100, 100)
  }

  private func check(
    _ node: NodeInfo, _ verdicts: NodeMemo<PodSignature, Rejection?>?
  ) -> Rejection? {
    // To ask again costs less than to remember, but where promises are to be counted in.
    guard node.isPromised else { return Self.run(filters, node) }
    // Others see on that node the promise to this Pod.
    guard let verdicts, node.name != promised else { return judge(node, filters) }
    if let known = verdicts[node] { return known }
    let verdict = judge(node, filters)
    verdicts[node] = .some(verdict)
    return verdict
  }

  /// Whether the node does, also with the Pods that were promised room on it.
  func judge(_ node: NodeInfo, _ filters: [any NodeFilter]) -> Rejection? {
    if node.isPromised {
      let promised = cache.nominations.pods(on: node.name).filter {
        $0.uid != pod.uid && $0.priority >= pod.priority
      }
      if !promised.isEmpty {
        let full = node.copy()
        var tried = filters
        for other in promised {
          full.add(other)
          for index in counting { tried[index].add(other, to: full) }
        }
        if let rejection = Self.run(tried, full) { return rejection }
      }
    }
    return Self.run(filters, node)
  }

  private static func run(_ filters: [any NodeFilter], _ node: NodeInfo) -> Rejection? {
    for filter in filters {
      if let rejection = filter.check(node) { return rejection }
    }
    return nil
  }

  private func choose(
    _ feasible: [NodeInfo], _ decision: inout Decision, _ random: inout SeededRandom
  ) -> String {
    var totals = [Int64](repeating: 0, count: feasible.count)
    var parts: [(plugin: String, scores: [Int64])] = []
    for (plugin, weight) in Plugins.scores {
      guard let scorer = plugin.scorer(for: pod, among: feasible, cache) else { continue }
      var scores = feasible.map { scorer.score($0) }
      scorer.normalize(&scores, feasible)
      for index in scores.indices {
        scores[index] *= weight
        totals[index] += scores[index]
      }
      parts.append((plugin.name, scores))
    }
    // selectHost: one of the best at random, each with the same chance.
    let best = totals.max() ?? 0
    let winners = totals.indices.filter { totals[$0] == best }
    let chosen = winners[winners.count == 1 ? 0 : random.below(winners.count)]
    // Scores of a whole large cluster would only fill memory: the winner's tell enough.
    let shown =
      feasible.count > 20
      ? [chosen]
      : totals.indices.sorted { totals[$0] == totals[$1] ? $0 < $1 : totals[$0] > totals[$1] }
    decision.scores = shown.map { index in
      Decision.NodeScore(
        node: feasible[index].name, total: totals[index],
        byPlugin: parts.map { ($0.plugin, $0.scores[index]) })
    }
    return feasible[chosen].name
  }
}
