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
    let peers: BitSet
    let ports: [CompiledPolicy.Port]
  }

  private struct Compiled {
    let subjects: BitSet
    let ingress: [Rule]?
    let egress: [Rule]?
  }

  package init(policies: [Value], parties: [PolicyParty]) {
    self.parties = parties
    everybody = BitSet(count: parties.count, isFull: true)
    let labels = LabelIndex(parties.map { $0.pod?.labels })
    let namespaceLabels = LabelIndex(parties.map { $0.pod?.namespaceLabels })
    var pods = BitSet(count: parties.count)
    var homes: [String: BitSet] = [:]
    for (number, party) in parties.enumerated() {
      guard let pod = party.pod else { continue }
      pods.insert(number)
      homes[pod.namespace, default: BitSet(count: parties.count)].insert(number)
    }
    let none = BitSet(count: parties.count)

    func peers(_ rule: CompiledPolicy.Rule, _ home: String) -> BitSet {
      guard !rule.peers.isEmpty else { return BitSet(count: parties.count, isFull: true) }
      var all = none
      for peer in rule.peers {
        switch peer {
        // Those two are Cilium's, and none of these policies has them.
        case .outsideBlock, .entity: break
        case .block(let prefix, let except):
          for (number, party) in parties.enumerated() {
            guard let address = party.address, prefix.contains(address),
              !except.contains(where: { $0.contains(address) })
            else { continue }
            all.insert(number)
          }
        case .pods(let namespaces, let selector):
          var some = namespaces.map(namespaceLabels.matching) ?? homes[home] ?? none
          some.formIntersection(pods)
          if let selector { some.formIntersection(labels.matching(selector)) }
          all.formUnion(some)
        }
      }
      return all
    }

    self.policies = policies.map { object in
      let policy = CompiledPolicy(object)
      var subjects = labels.matching(policy.selector)
      subjects.formIntersection(homes[policy.namespace] ?? none)
      func rules(_ rules: [CompiledPolicy.Rule]?) -> [Rule]? {
        rules?.map { Rule(peers: peers($0, policy.namespace), ports: $0.ports) }
      }
      return Compiled(
        subjects: subjects, ingress: rules(policy.ingress), egress: rules(policy.egress))
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
  private func holders(_ ports: [CompiledPolicy.Port], _ port: Int, _ transport: String) -> BitSet {
    guard !ports.isEmpty else { return everybody }
    if ports.contains(where: { $0.matches(port, transport, named: { _ in nil }) }) {
      return everybody
    }
    var found = BitSet(count: parties.count)
    let names = ports.compactMap { entry -> String? in
      guard entry.transport == transport, case .string(let name)? = entry.port else { return nil }
      return name
    }
    guard !names.isEmpty else { return found }
    for (number, party) in parties.enumerated() {
      let holds = party.pod?.ports.contains {
        $0.number == port && $0.transport == transport && names.contains($0.name)
      }
      if holds == true { found.insert(number) }
    }
    return found
  }

  private func egress(_ port: Int, _ transport: String) -> [BitSet] {
    let rules = policies.map { policy in
      policy.egress.map { rules in
        rules.reduce(into: BitSet(count: parties.count)) { all, rule in
          var targets = rule.peers
          targets.formIntersection(holders(rule.ports, port, transport))
          all.formUnion(targets)
        }
      }
    }
    var shared: [[Int]: BitSet] = [:]
    return parties.indices.map { number in
      let own = policies.indices.filter {
        rules[$0] != nil && policies[$0].subjects.contains(number)
      }
      if own.isEmpty { return everybody }
      if let known = shared[own] { return known }
      var all = BitSet(count: parties.count)
      for policy in own { if let targets = rules[policy] { all.formUnion(targets) } }
      shared[own] = all
      return all
    }
  }

  /// Classes of isolated Pods with those whom they let in.
  private func ingress(_ port: Int, _ transport: String) -> [(subjects: BitSet, sources: BitSet)] {
    let holding = policies.map { policy in
      policy.ingress.map { $0.map { holders($0.ports, port, transport) } }
    }
    var classes: [[Int]: BitSet] = [:]
    for number in parties.indices {
      // The rules that are open at this Pod; policies that isolate it without one count too.
      var key: [Int] = []
      for (index, policy) in policies.enumerated() {
        guard let open = holding[index], policy.subjects.contains(number) else { continue }
        key.append(-1 - index)
        for (rule, holders) in open.enumerated() where holders.contains(number) {
          key.append(index << 20 | rule)
        }
      }
      if !key.isEmpty {
        classes[key, default: BitSet(count: parties.count)].insert(number)
      }
    }
    return classes.map { key, subjects in
      var sources = BitSet(count: parties.count)
      for mark in key where mark >= 0 {
        if let rules = policies[mark >> 20].ingress {
          sources.formUnion(rules[mark & 0xfffff].peers)
        }
      }
      return (subjects, sources)
    }
  }
}
