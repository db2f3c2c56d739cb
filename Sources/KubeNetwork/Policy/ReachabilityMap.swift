package import Documents
import KubeObjects

/// Who reaches whom among many Pods, for one port after another.
///
/// Selectors become sets of bits once; Pods that the same rules concern share one set of peers. So
/// the cost is that of policies times Pods, and a few words for each pair of 64 Pods.
package struct ReachabilityMap {
  private let parties: [PolicyParty]
  private let policies: [Compiled]
  private let everybody: BitSet

  private struct Rule {
    let action: CompiledPolicy.Action
    let peers: BitSet
    let rule: CompiledPolicy.Rule
    /// The Pods of the policy that the rule is for; nil: all of them.
    let own: BitSet?
  }

  private struct Compiled {
    let tier: PolicyTier
    let subjects: BitSet
    let ingress: [Rule]?
    let egress: [Rule]?
  }

  /// `policies` are of any kind, as `PolicyEngine` takes them.
  package init(policies: [Value], parties: [PolicyParty]) {
    self.parties = parties
    everybody = BitSet(count: parties.count, isFull: true)
    let chooser = Chooser(parties)
    self.policies = PolicyEngine.compiled(policies).map { policy in
      func rules(_ rules: [CompiledPolicy.Rule]?) -> [Rule]? {
        rules?.map { rule in
          Rule(
            action: rule.action,
            peers: rule.peers.isEmpty
              ? BitSet(count: parties.count, isFull: true)
              : chooser.members(.any(rule.peers), policy.namespace),
            rule: rule, own: rule.own.map { chooser.members($0, policy.namespace) })
        }
      }
      return Compiled(
        tier: policy.tier, subjects: chooser.members(policy.subject, policy.namespace),
        ingress: rules(policy.ingress), egress: rules(policy.egress))
    }
  }

  /// Finds the parties that a selector means.
  private struct Chooser {
    private let parties: [PolicyParty]
    private let labels: LabelIndex
    private let namespaceLabels: LabelIndex
    private var pods: BitSet
    private var homes: [String: BitSet] = [:]

    init(_ parties: [PolicyParty]) {
      self.parties = parties
      labels = LabelIndex(parties.map { $0.pod?.labels })
      namespaceLabels = LabelIndex(parties.map { $0.pod?.namespaceLabels })
      pods = BitSet(count: parties.count)
      for (number, party) in parties.enumerated() {
        guard let pod = party.pod else { continue }
        pods.insert(number)
        homes[pod.namespace, default: BitSet(count: parties.count)].insert(number)
      }
    }

    func members(_ peer: PolicyPeer, _ home: String) -> BitSet {
      switch peer {
      case .any(let peers):
        return peers.reduce(into: BitSet(count: parties.count)) {
          $0.formUnion(members($1, home))
        }
      case .all(let peers):
        return peers.reduce(into: BitSet(count: parties.count, isFull: true)) {
          $0.formIntersection(members($1, home))
        }
      case .not(let peer):
        var all = BitSet(count: parties.count, isFull: true)
        all.subtract(members(peer, home))
        return all
      case .pods(let namespaces, let selector):
        var some = pods
        if let namespaces {
          some.formIntersection(namespaceLabels.matching(namespaces))
        } else if !home.isEmpty {
          some = homes[home] ?? BitSet(count: parties.count)
        }
        if let selector { some.formIntersection(labels.matching(selector)) }
        return some
      case .addresses, .outside, .entity, .nodes, .domain, .service, .expression:
        var some = BitSet(count: parties.count)
        for (number, party) in parties.enumerated() where peer.matches(party, home: home) {
          some.insert(number)
        }
        return some
      }
    }
  }

  /// For each Pod the set of those that it reaches at a port.
  package func reachable(port: Int, transport: String) -> [BitSet] {
    var rows = egress(port, transport)
    for (subjects, sources) in ingress(port, transport) {
      for row in rows.indices where !sources.contains(row) { rows[row].subtract(subjects) }
    }
    // A Pod always reaches itself.
    for row in rows.indices { rows[row].insert(row) }
    return rows
  }

  /// The Pods at which a rule's ports hold that port, which names decide Pod by Pod.
  private func holders(_ rule: CompiledPolicy.Rule, _ port: Int, _ transport: String) -> BitSet {
    let nowhere = rule.holds(port, transport) { _ in false }
    let isNamed = (rule.ports + rule.otherPorts).contains {
      if case .string? = $0.port { true } else { false }
    }
    guard isNamed else { return nowhere ? everybody : BitSet(count: parties.count) }
    var found = BitSet(count: parties.count)
    for (number, party) in parties.enumerated()
    where rule.holds(port, transport, isNamed: { party.names(port, transport, as: $0) }) {
      found.insert(number)
    }
    return found
  }

  private func egress(_ port: Int, _ transport: String) -> [BitSet] {
    let targets = policies.map { policy in
      policy.egress.map { rules in
        rules.map { rule in
          var targets = rule.peers
          targets.formIntersection(holders(rule.rule, port, transport))
          return targets
        }
      }
    }
    var shared: [[Int]: BitSet] = [:]
    return parties.indices.map { number in
      var key: [Int] = []
      for (index, policy) in policies.enumerated() {
        guard let rules = policy.egress, policy.subjects.contains(number) else { continue }
        key.append(-1 - index)
        for (place, rule) in rules.enumerated() where rule.own?.contains(number) ?? true {
          key.append(index << 20 | place)
        }
      }
      if let known = shared[key] { return known }
      let all = decide(key) {
        targets[$0]?[$1]
      } action: {
        policies[$0].egress?[$1].action
      }
      shared[key] = all
      return all
    }
  }

  /// Classes of Pods that the same rules concern, with those whom they let in.
  private func ingress(_ port: Int, _ transport: String) -> [(subjects: BitSet, sources: BitSet)] {
    let holding = policies.map { policy in
      policy.ingress.map { $0.map { holders($0.rule, port, transport) } }
    }
    var classes: [[Int]: BitSet] = [:]
    for number in parties.indices {
      // The rules that are open at this Pod; policies that isolate it without one count too.
      var key: [Int] = []
      for (index, policy) in policies.enumerated() {
        guard let open = holding[index], let rules = policy.ingress,
          policy.subjects.contains(number)
        else { continue }
        key.append(-1 - index)
        for (place, rule) in rules.enumerated()
        where open[place].contains(number) && rule.own?.contains(number) ?? true {
          key.append(index << 20 | place)
        }
      }
      if !key.isEmpty {
        classes[key, default: BitSet(count: parties.count)].insert(number)
      }
    }
    return classes.map { key, subjects in
      let sources = decide(key) {
        policies[$0].ingress?[$1].peers
      } action: {
        policies[$0].ingress?[$1].action
      }
      return (subjects, sources)
    }
  }

  /// Whom some rules let pass, asked in the order of `key`: policies below zero, and after each
  /// its rules.
  private func decide(
    _ key: [Int], peers: (Int, Int) -> BitSet?, action: (Int, Int) -> CompiledPolicy.Action?
  ) -> BitSet {
    var open = BitSet(count: parties.count)
    var rest = everybody
    var passed = BitSet(count: parties.count)
    var tier: PolicyTier?
    func leave(_ tier: PolicyTier?) {
      guard let tier else { return }
      if tier.refuses { rest = passed } else { rest.formUnion(passed) }
      passed = BitSet(count: parties.count)
    }
    for mark in key {
      guard mark >= 0 else {
        let next = policies[-1 - mark].tier
        if tier != next { leave(tier) }
        tier = next
        continue
      }
      let (policy, rule) = (mark >> 20, mark & 0xfffff)
      guard var some = peers(policy, rule), let action = action(policy, rule) else { continue }
      some.formIntersection(rest)
      rest.subtract(some)
      switch action {
      case .allow: open.formUnion(some)
      case .pass: passed.formUnion(some)
      case .deny: break
      }
    }
    leave(tier)
    open.formUnion(rest)
    return open
  }
}
