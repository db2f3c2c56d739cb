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

  /// With Cilium's own policies beside those of Kubernetes.
  package init(_ policies: [Value], cilium: [Value]) {
    self.init(policies)
    for object in cilium.sorted(by: { $0.namespacedName < $1.namespacedName }) {
      for policy in CompiledPolicy.cilium(object) {
        self.policies[policy.namespace, default: []].append(policy)
      }
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
    selecting(pod, direction).map(\.policy.title)
  }

  private func selecting(
    _ pod: PolicyParty.Pod, _ direction: PolicyVerdict.Direction
  ) -> [(policy: CompiledPolicy, rules: [CompiledPolicy.Rule])] {
    concerning(pod).compactMap { policy in
      (direction == .egress ? policy.egress : policy.ingress).map { (policy, $0) }
    }
  }

  /// All that select a Pod: its namespace's, and those of all namespaces.
  private func concerning(_ pod: PolicyParty.Pod) -> [CompiledPolicy] {
    let own = policies[pod.namespace] ?? []
    return (pod.namespace.isEmpty ? own : own + (policies[""] ?? [])).filter {
      $0.selector.matches(pod.labels)
    }
  }

  /// The policy that refuses a connection, whatever else is allowed.
  private func denying(
    _ direction: PolicyVerdict.Direction, _ pod: PolicyParty.Pod, _ peer: PolicyParty,
    _ port: Int, _ transport: String, _ named: (String) -> Int?
  ) -> String? {
    concerning(pod).first { policy in
      (direction == .egress ? policy.deniedEgress : policy.deniedIngress).contains { rule in
        (rule.peers.isEmpty || rule.peers.contains { matches($0, peer, policy) })
          && (rule.ports.isEmpty
            || rule.ports.contains { $0.matches(port, transport, named: named) })
      }
    }.map(\.title)
  }

  private func decide(
    _ direction: PolicyVerdict.Direction, subject: PolicyParty, peer: PolicyParty,
    portOwner: PolicyParty, _ port: Int, _ transport: String
  ) -> PolicyVerdict {
    guard let pod = subject.pod else {
      return PolicyVerdict(direction, isAllowed: true, isolating: [])
    }
    func named(_ name: String) -> Int? {
      portOwner.pod?.ports.first { $0.name == name && $0.transport == transport }?.number
    }
    if let title = denying(direction, pod, peer, port, transport, named) {
      var verdict = PolicyVerdict(direction, isAllowed: false, isolating: [title])
      verdict.reason = "it denies that"
      verdict.denying = title
      return verdict
    }
    let selecting = selecting(pod, direction)
    let names = selecting.map(\.policy.title)
    guard !selecting.isEmpty else {
      return PolicyVerdict(direction, isAllowed: true, isolating: [])
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
          verdict.allowing = (policy.title, index)
          return verdict
        }
        let near = PolicyVerdict.Nearest(
          policy: policy.title, rule: index, hasPeer: isPeer)
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
    case .outsideBlock(let prefix, let except):
      guard !peer.isOfCluster, let address = peer.address, prefix.contains(address) else {
        return false
      }
      return !except.contains { $0.contains(address) }
    case .entity(let word):
      switch word {
      case "all": return true
      case "world", "world-ipv4": return !peer.isOfCluster
      case "cluster": return peer.isOfCluster
      case "host", "remote-node", "kube-apiserver": return peer.isOfCluster && peer.pod == nil
      default: return false
      }
    case .pods(let namespaces, let pods):
      guard let pod = peer.pod else { return false }
      if let namespaces {
        guard namespaces.matches(pod.namespaceLabels) else { return false }
      } else if !policy.namespace.isEmpty, pod.namespace != policy.namespace {
        return false
      }
      return pods?.matches(pod.labels) ?? true
    }
  }
}
