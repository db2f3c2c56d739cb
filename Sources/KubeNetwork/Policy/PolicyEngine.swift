package import Documents
import KubeObjects

/// Decides by the NetworkPolicies of a cluster: the union of all that select a Pod in a direction;
/// a Pod that none selects is open there.
package struct PolicyEngine {
  private var policies: [String: [CompiledPolicy]] = [:]

  package init(_ policies: [Value]) {
    for policy in policies.sorted(by: { $0.namespacedName < $1.namespacedName }) {
      self.policies[policy.namespace, default: []].append(CompiledPolicy(policy))
    }
  }

  package var isEmpty: Bool { policies.isEmpty }

  /// May the source's side send to the destination's port?
  package func egress(
    from source: PolicyParty, to destination: PolicyParty, port: Int, transport: String
  ) -> PolicyVerdict {
    decide(
      .egress, subject: source, peer: destination, portOwner: destination, port, transport)
  }

  /// May the destination's side receive from the source?
  package func ingress(
    from source: PolicyParty, to destination: PolicyParty, port: Int, transport: String
  ) -> PolicyVerdict {
    decide(
      .ingress, subject: destination, peer: source, portOwner: destination, port, transport)
  }

  /// The policies that isolate a Pod in a direction.
  package func isolating(
    _ pod: PolicyParty.Pod, _ direction: PolicyVerdict.Direction
  ) -> [String] {
    selecting(pod, direction).map { "\($0.policy.namespace)/\($0.policy.name)" }
  }

  private func selecting(
    _ pod: PolicyParty.Pod, _ direction: PolicyVerdict.Direction
  ) -> [(policy: CompiledPolicy, rules: [CompiledPolicy.Rule])] {
    (policies[pod.namespace] ?? []).compactMap { policy in
      guard let rules = direction == .egress ? policy.egress : policy.ingress,
        policy.selector.matches(pod.labels)
      else { return nil }
      return (policy, rules)
    }
  }

  private func decide(
    _ direction: PolicyVerdict.Direction, subject: PolicyParty, peer: PolicyParty,
    portOwner: PolicyParty, _ port: Int, _ transport: String
  ) -> PolicyVerdict {
    guard let pod = subject.pod else {
      return PolicyVerdict(direction, isAllowed: true, isolating: [])
    }
    let selecting = selecting(pod, direction)
    let names = selecting.map { "\($0.policy.namespace)/\($0.policy.name)" }
    guard !selecting.isEmpty else {
      return PolicyVerdict(direction, isAllowed: true, isolating: [])
    }
    func named(_ name: String) -> Int? {
      portOwner.pod?.ports.first { $0.name == name && $0.transport == transport }?.number
    }
    var peerOnly: PolicyVerdict.Nearest?
    var portOnly: PolicyVerdict.Nearest?
    for (policy, rules) in selecting {
      for (index, rule) in rules.enumerated() {
        let isPeer = rule.peers.isEmpty || rule.peers.contains { matches($0, peer, policy) }
        let isPort =
          rule.ports.isEmpty
          || rule.ports.contains { $0.matches(port, transport, named: named) }
        if isPeer, isPort {
          var verdict = PolicyVerdict(direction, isAllowed: true, isolating: names)
          verdict.allowing = ("\(policy.namespace)/\(policy.name)", index)
          return verdict
        }
        let near = PolicyVerdict.Nearest(
          policy: "\(policy.namespace)/\(policy.name)", rule: index, hasPeer: isPeer)
        if isPeer, peerOnly == nil { peerOnly = near }
        if isPort, portOnly == nil { portOnly = near }
      }
    }
    var verdict = PolicyVerdict(direction, isAllowed: false, isolating: names)
    let word = direction == .egress ? "to" : "from"
    verdict.reason =
      if peerOnly != nil {
        "its rules allow the peer, but not port \(port)/\(transport)"
      } else if portOnly != nil {
        "no rule's `\(word)` matches the peer"
      } else {
        "no rule allows it"
      }
    verdict.nearest = peerOnly ?? portOnly
    return verdict
  }

  private func matches(
    _ rule: CompiledPolicy.Peer, _ peer: PolicyParty, _ policy: CompiledPolicy
  ) -> Bool {
    switch rule {
    case .block(let prefix, let except):
      guard let address = peer.address, prefix.contains(address) else { return false }
      return !except.contains { $0.contains(address) }
    case .pods(let namespaces, let pods):
      guard let pod = peer.pod else { return false }
      if let namespaces {
        guard namespaces.matches(pod.namespaceLabels) else { return false }
      } else if pod.namespace != policy.namespace {
        return false
      }
      return pods?.matches(pod.labels) ?? true
    }
  }
}
