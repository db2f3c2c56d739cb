package import Documents
import KubeObjects

/// Decides by the policies of a cluster, tier by tier; a Pod that nothing concerns is open.
///
/// Within a tier the first rule that matches decides. What no rule of the tier decides is refused
/// where the tier refuses, as that of NetworkPolicies does for the Pods that one of them selects.
package struct PolicyEngine {
  private struct Tier {
    let tier: PolicyTier
    var policies: [String: [CompiledPolicy]] = [:]

    /// Those that may concern a namespace's Pods, in the order in which they are asked.
    func candidates(_ namespace: String) -> [CompiledPolicy] {
      let own = policies[namespace] ?? []
      guard !namespace.isEmpty, let everywhere = policies[""] else { return own }
      return own.isEmpty ? everywhere : PolicyEngine.sorted(own + everywhere)
    }
  }

  private let tiers: [Tier]
  /// Whether a rule is about what stands behind Services.
  let namesServices: Bool

  /// `objects` are policies of any kind, with Calico's tiers and Cilium's settings among them.
  package init(_ objects: [Value]) {
    var tiers: [PolicyTier: Tier] = [:]
    var namesServices = false
    for policy in Self.compiled(objects) {
      namesServices =
        namesServices
        || ((policy.ingress ?? []) + (policy.egress ?? [])).contains(where: \.namesServices)
      tiers[policy.tier, default: Tier(tier: policy.tier)]
        .policies[policy.namespace, default: []].append(policy)
    }
    self.namesServices = namesServices
    self.tiers = tiers.values.sorted { $0.tier < $1.tier }
  }

  /// All policies of some objects, in the order in which they are asked.
  static func compiled(_ objects: [Value]) -> [CompiledPolicy] {
    let tiers = CompiledPolicy.calicoTiers(objects)
    let settings = CiliumSettings(objects)
    guard settings.enforcement != .never else { return [] }
    let policies = objects.flatMap { CompiledPolicy.all(of: $0, tiers: tiers, settings) }
    return sorted(policies + (settings.enforcement == .always ? [.ofEverybody] : []))
  }

  private static func sorted(_ policies: [CompiledPolicy]) -> [CompiledPolicy] {
    policies.sorted {
      $0.tier == $1.tier
        ? ($0.order, $0.title) < ($1.order, $1.title) : $0.tier < $1.tier
    }
  }

  package var isEmpty: Bool { tiers.isEmpty }

  /// May the source's side send to the destination's port?
  package func egress(
    from source: PolicyParty, to destination: PolicyParty, port: Int, transport: String
  ) -> PolicyVerdict {
    var destination = destination
    if !destination.domains.isEmpty, !learnsNames(source) { destination.domains = [] }
    return Question(
      direction: .egress, subject: source, peer: destination, target: destination, port: port,
      transport: transport
    ).verdict(tiers)
  }

  /// Cilium knows which names an address has from answers that its DNS proxy sees: from those to
  /// Pods with a rule for DNS.
  private func learnsNames(_ pod: PolicyParty) -> Bool {
    tiers.contains { tier in
      tier.candidates(pod.pod?.namespace ?? "").contains { policy in
        policy.concerns(pod)
          && (policy.egress ?? []).flatMap(\.ports).contains { $0.content?.isAboutNames ?? false }
      }
    }
  }

  /// May the destination's side receive from the source?
  package func ingress(
    from source: PolicyParty, to destination: PolicyParty, port: Int, transport: String
  ) -> PolicyVerdict {
    Question(
      direction: .ingress, subject: destination, peer: source, target: destination, port: port,
      transport: transport
    ).verdict(tiers)
  }

  /// The policies that isolate a Pod in a direction.
  package func isolating(
    _ pod: PolicyParty, _ direction: PolicyVerdict.Direction
  ) -> [String] {
    tiers.filter(\.tier.refuses).flatMap { $0.candidates(pod.pod?.namespace ?? "") }
      .filter { $0.rules(direction) != nil && $0.concerns(pod) }.map(\.title)
  }

  /// One connection, seen from one of its sides.
  private struct Question {
    let direction: PolicyVerdict.Direction
    let subject: PolicyParty
    let peer: PolicyParty
    let target: PolicyParty
    let port: Int
    let transport: String

    func verdict(_ tiers: [Tier]) -> PolicyVerdict {
      var verdict = PolicyVerdict(direction, isAllowed: true, isolating: [])
      guard let pod = subject.pod else { return verdict }
      for tier in tiers {
        let concerning = tier.candidates(pod.namespace).filter {
          $0.rules(direction) != nil && $0.concerns(subject)
        }
        if concerning.isEmpty { continue }
        if ask(concerning, tier.tier, &verdict) { return verdict }
      }
      return verdict
    }

    /// Whether a tier's policies decide.
    private func ask(
      _ policies: [CompiledPolicy], _ tier: PolicyTier, _ verdict: inout PolicyVerdict
    ) -> Bool {
      var peerOnly: PolicyVerdict.Nearest?
      var portOnly: PolicyVerdict.Nearest?
      // A rule about content leaves it to the others to allow more.
      var isLimited = false
      for policy in policies {
        for (index, rule) in (policy.rules(direction) ?? []).enumerated() {
          guard rule.own?.matches(subject, home: policy.namespace) ?? true else { continue }
          let isPeer =
            rule.peers.isEmpty
            || rule.peers.contains { $0.matches(peer, home: policy.namespace) }
          let isPort = rule.holds(port, transport, isNamed: isNamed)
          let place = PolicyVerdict.RuleReference(policy: policy.title, rule: index)
          if isPeer, isPort {
            switch rule.action {
            case .allow:
              verdict.isolating = policies.map(\.title)
              let contents = rule.contents(port, transport, isNamed: isNamed)
              if !isLimited || contents.isEmpty { verdict.allowing = place }
              guard !contents.isEmpty else {
                verdict.contents = []
                return true
              }
              isLimited = true
              verdict.contents += contents
              continue
            case .deny:
              verdict.isAllowed = false
              verdict.isolating = [policy.title]
              verdict.denying = place
              verdict.isDenialAbsolute = tier == .denial
              verdict.reason = "its rule \(index + 1) denies that"
              return true
            case .pass:
              verdict.passing.append(place)
              return false
            }
          }
          guard rule.action == .allow else { continue }
          let near = PolicyVerdict.Nearest(policy: policy.title, rule: index, hasPeer: isPeer)
          if isPeer, peerOnly == nil { peerOnly = near }
          if isPort, portOnly == nil { portOnly = near }
        }
      }
      if isLimited { return true }
      guard tier.refuses else { return false }
      verdict.isAllowed = false
      verdict.isolating = policies.map(\.title)
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
      return true
    }

    private func isNamed(_ name: String) -> Bool { target.names(port, transport, as: name) }
  }
}
