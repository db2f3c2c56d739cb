import Documents
import KubeObjects
import Linux

/// A NetworkPolicy made ready for questions.
struct CompiledPolicy {
  enum Peer {
    /// nil namespaces: the policy's own.
    case pods(namespaces: LabelSelector?, pods: LabelSelector?)
    case block(IPPrefix, except: [IPPrefix])
    /// Addresses that belong to nobody of the cluster, as Cilium's CIDRs do.
    case outsideBlock(IPPrefix, except: [IPPrefix])
    /// Cilium's words for whole groups: world, cluster, host, all.
    case entity(String)
  }

  struct Port {
    var transport: String
    var port: IntOrString?
    var end: Int?

    func matches(_ number: Int, _ transport: String, named: (String) -> Int?) -> Bool {
      guard self.transport == transport else { return false }
      switch port {
      case nil: return true
      case .int(let low)?:
        if let end { return Int(clamping: low) <= number && number <= end }
        return Int(clamping: low) == number
      case .string(let name)?: return named(name) == number
      }
    }
  }

  struct Rule {
    /// Empty: everybody.
    var peers: [Peer]
    /// Empty: every port.
    var ports: [Port]
  }

  var kind = "NetworkPolicy"
  /// Empty for a policy of all namespaces.
  let namespace: String
  let name: String
  var selector: LabelSelector
  /// nil where the policy does not isolate in that direction.
  var ingress: [Rule]?
  var egress: [Rule]?
  /// What is refused, whatever else is allowed.
  var deniedIngress: [Rule] = []
  var deniedEgress: [Rule] = []

  /// namespace/name, with the kind before it where it is none of Kubernetes' own.
  var title: String {
    let own = namespace.isEmpty ? name : "\(namespace)/\(name)"
    return kind == "NetworkPolicy" ? own : "\(kind) \(own)"
  }

  /// A policy that concerns nobody yet.
  init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
    selector = .nothing
  }

  init(_ policy: Value) {
    namespace = policy.namespace
    name = policy.name
    let spec = policy["spec"] ?? [:]
    selector = (try? LabelSelector(object: spec["podSelector"] ?? [:])) ?? .nothing
    let types = spec.texts("policyTypes")
    // What the API server defaults: Ingress always, Egress when there are egress rules.
    let concernsIngress = types.isEmpty || types.contains("Ingress")
    let concernsEgress = types.isEmpty ? spec.has("egress") : types.contains("Egress")
    ingress = concernsIngress ? spec.items("ingress").map { Self.rule($0, "from") } : nil
    egress = concernsEgress ? spec.items("egress").map { Self.rule($0, "to") } : nil
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

  private static func peer(_ peer: Value) -> Peer {
    if let block = peer["ipBlock"], let prefix = IPPrefix(block.text("cidr")) {
      return .block(prefix, except: block.texts("except").compactMap { IPPrefix($0) })
    }
    func selector(_ key: String) -> LabelSelector? {
      guard peer.has(key) else { return nil }
      return (try? LabelSelector(object: peer[key])) ?? .nothing
    }
    return .pods(namespaces: selector("namespaceSelector"), pods: selector("podSelector"))
  }
}
