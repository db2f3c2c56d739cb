import Documents
import KubeObjects

/// ClusterNetworkPolicy, and its forerunners AdminNetworkPolicy and BaselineAdminNetworkPolicy.
extension CompiledPolicy {
  init(cluster object: Value) {
    self.init(object)
    kind = object.kind
    let spec = object["spec"] ?? [:]
    let isBaseline =
      kind == "BaselineAdminNetworkPolicy" || spec["tier"]?.string == "Baseline"
    tier = isBaseline ? .baseline : .admin
    order = Double(spec.number("priority"))
    subject = Self.peers([spec["subject"] ?? [:]])?.first ?? .nobody
    // A policy without rules for a direction does not affect it.
    func rules(_ key: String, _ word: String) -> [Rule]? {
      let rules = spec.items(key).map { Self.clusterRule($0, word) }
      return rules.isEmpty ? nil : rules
    }
    ingress = rules("ingress", "from")
    egress = rules("egress", "to")
  }

  private static func clusterRule(_ rule: Value, _ word: String) -> Rule {
    let action: Action =
      switch rule.text("action") {
      case "Accept", "Allow": .allow
      case "Pass": .pass
      default: .deny
      }
    let peers = peers(rule.items(word))
    // The API's "fail closed": a peer that is not understood is nobody to a rule that accepts,
    // and turns the others into a denial of everything.
    guard let peers else {
      return action == .allow
        ? Rule(peers: [.nobody], ports: []) : Rule(action: .deny, peers: [], ports: [])
    }
    let ports = rule.items("protocols").map(port) + rule.items("ports").map(oldPort)
    return Rule(action: action, peers: peers.isEmpty ? [.nobody] : peers, ports: ports)
  }

  /// nil when one of them is not understood; names of domains are not.
  private static func peers(_ peers: [Value]) -> [PolicyPeer]? {
    var found: [PolicyPeer] = []
    for peer in peers {
      if let namespaces = peer["namespaces"] {
        found.append(.pods(namespaces: selector(namespaces), pods: nil))
      } else if let pods = peer["pods"] {
        found.append(
          .pods(
            namespaces: selector(pods["namespaceSelector"] ?? [:]),
            pods: selector(pods["podSelector"] ?? [:])))
      } else if let nodes = peer["nodes"] {
        found.append(.nodes(selector(nodes)))
      } else if peer.has("networks") {
        found += peer.texts("networks").map { .block($0, except: []) }
      } else {
        return nil
      }
    }
    return found
  }

  /// `{tcp: {destinationPort: {number: 80}}}`, or a name that holds for every protocol.
  private static func port(_ entry: Value) -> Port {
    if let name = entry["destinationNamedPort"]?.string {
      return Port(transport: nil, port: .string(name))
    }
    for transport in ["TCP", "UDP", "SCTP"] {
      guard let wanted = entry[transport.lowercased()] else { continue }
      let range = wanted[path: "destinationPort", "range"]
      return Port(
        transport: transport,
        port: IntOrString(range?["start"] ?? wanted[path: "destinationPort", "number"]),
        end: range.map { Int(clamping: $0.number("end")) })
    }
    return Port(transport: "", port: nil)
  }

  /// As the forerunners have it: `{portNumber: {protocol: TCP, port: 80}}`.
  private static func oldPort(_ entry: Value) -> Port {
    if let name = entry["namedPort"]?.string { return Port(transport: nil, port: .string(name)) }
    if let range = entry["portRange"] {
      return Port(
        transport: range["protocol"]?.string ?? "TCP", port: IntOrString(range["start"]),
        end: Int(clamping: range.number("end")))
    }
    let number = entry["portNumber"]
    return Port(
      transport: number?["protocol"]?.string ?? "TCP", port: IntOrString(number?["port"]))
  }
}
