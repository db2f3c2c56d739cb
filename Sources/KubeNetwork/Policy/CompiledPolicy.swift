import Documents
import KubeObjects

/// A policy made ready for questions, of whatever kind: its tier, whom it concerns, its rules.
struct CompiledPolicy {
  enum Action { case allow, deny, pass }

  struct Port {
    /// nil: every protocol.
    var transport: String?
    /// nil: every port.
    var port: IntOrString?
    var end: Int?
    /// What may be said there, as Cilium has it; nil: anything.
    var content: AllowedContent?

    /// `isNamed` tells whether a name stands for the packet's port at its target.
    func matches(_ number: Int, _ transport: String, isNamed: (String) -> Bool) -> Bool {
      guard self.transport == nil || self.transport == transport else { return false }
      switch port {
      case nil: return true
      case .int(let low)?:
        if let end { return Int(clamping: low) <= number && number <= end }
        return Int(clamping: low) == number
      case .string(let name)?: return isNamed(name)
      }
    }
  }

  struct Rule {
    var action = Action.allow
    /// Empty: everybody.
    var peers: [PolicyPeer]
    /// Empty: every port.
    var ports: [Port]
    /// Those of no rule, as Calico has them.
    var otherPorts: [Port] = []
    /// What the Pod that the policy concerns must be besides, as Calico has it.
    var own: PolicyPeer?

    var namesServices: Bool {
      peers.contains { if case .service = $0 { true } else { false } }
    }

    func holds(_ number: Int, _ transport: String, isNamed: (String) -> Bool) -> Bool {
      (ports.isEmpty || ports.contains { $0.matches(number, transport, isNamed: isNamed) })
        && !otherPorts.contains { $0.matches(number, transport, isNamed: isNamed) }
    }

    /// What may be said at a port that the rule holds; empty: anything.
    func contents(
      _ number: Int, _ transport: String, isNamed: (String) -> Bool
    ) -> [AllowedContent] {
      let fitting = ports.filter { $0.matches(number, transport, isNamed: isNamed) }
      let contents = fitting.compactMap(\.content)
      return contents.count == fitting.count ? contents : []
    }
  }

  var kind = "NetworkPolicy"
  /// Empty for a policy of all namespaces.
  let namespace: String
  let name: String
  var tier = PolicyTier.standard
  /// Its place within the tier; equal ones are sorted by name.
  var order = 0.0
  /// The Pods that it concerns.
  var subject: PolicyPeer
  /// nil where the policy does not concern that direction.
  var ingress: [Rule]?
  var egress: [Rule]?

  /// namespace/name, with the kind before it where it is none of Kubernetes' own.
  var title: String {
    let own = namespace.isEmpty ? name : "\(namespace)/\(name)"
    return kind == "NetworkPolicy" ? own : "\(kind) \(own)"
  }

  /// A policy that concerns nobody yet.
  init(_ object: Value) {
    namespace = object.namespace
    name = object.name
    subject = .nobody
  }

  func rules(_ direction: PolicyVerdict.Direction) -> [Rule]? {
    direction == .egress ? egress : ingress
  }

  func concerns(_ pod: PolicyParty) -> Bool { subject.matches(pod, home: namespace) }

  /// The policies that an object stands for; none when it is no policy.
  static func all(
    of object: Value, tiers: [String: PolicyTier], _ settings: CiliumSettings
  ) -> [CompiledPolicy] {
    if CiliumSettings.areIn(object) { return [] }
    let group = object.text("apiVersion").prefix { $0 != "/" }
    return switch group {
    case "cilium.io": cilium(object, settings)
    case "policy.networking.k8s.io": [CompiledPolicy(cluster: object)]
    case "projectcalico.org", "crd.projectcalico.org": calico(object, tiers: tiers)
    default: [CompiledPolicy(kubernetes: object)]
    }
  }
}

/// A NetworkPolicy of Kubernetes' own.
extension CompiledPolicy {
  private init(kubernetes policy: Value) {
    self.init(policy)
    // Calico's place for them among its own.
    order = 1000
    let spec = policy["spec"] ?? [:]
    subject = .pods(namespaces: nil, pods: Self.selector(spec["podSelector"] ?? [:]))
    let types = spec.texts("policyTypes")
    // What the API server defaults: Ingress always, Egress when there are egress rules.
    let concernsIngress = types.isEmpty || types.contains("Ingress")
    let concernsEgress =
      types.isEmpty ? !spec.items("egress").isEmpty : types.contains("Egress")
    ingress = concernsIngress ? spec.items("ingress").map { Self.rule($0, "from") } : nil
    egress = concernsEgress ? spec.items("egress").map { Self.rule($0, "to") } : nil
  }

  static func selector(_ object: Value?) -> LabelSelector {
    (try? LabelSelector(object: object)) ?? .nothing
  }

  private static func rule(_ rule: Value, _ key: String) -> Rule {
    Rule(
      peers: rule.items(key).map(peer),
      ports: rule.items("ports").map { port in
        Port(
          transport: port["protocol"]?.string ?? "TCP", port: IntOrString(port["port"]),
          end: port["endPort"]?.int.map { Int(clamping: $0) })
      })
  }

  private static func peer(_ peer: Value) -> PolicyPeer {
    if let block = peer["ipBlock"], !block.isNull {
      return .block(block.text("cidr"), except: block.texts("except"))
    }
    func selector(_ key: String) -> LabelSelector? {
      peer.has(key) ? Self.selector(peer[key]) : nil
    }
    return .pods(namespaces: selector("namespaceSelector"), pods: selector("podSelector"))
  }
}
