import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeNetwork

/// A second reading of the NetworkPolicy specification, as plain as it can be: for each direction,
/// collect what each policy that selects the Pod allows, and look the connection up in it.
private struct PlainReading {
  let policies: [Value]
  var clusterPolicies: [Value] = []
  let namespaces: [String: Value]

  func allows(from: Value, to: Value, port: Int, transport: String) -> Bool {
    side("Egress", of: from, peer: to, target: to, port, transport)
      && side("Ingress", of: to, peer: from, target: to, port, transport)
  }

  private func labels(_ value: Value?) -> [String: String] { value?.strings ?? [:] }

  /// The policies that choose one of the Pods.
  func policies(choosing pods: [Value]) -> [Value] {
    policies.filter { policy in
      pods.contains { pod in
        isPod(pod) && pod.namespace == policy.namespace
          && selects(policy["spec"]?["podSelector"] ?? [:], labels(pod.labels))
      }
    }
  }

  private func selects(_ selector: Value, _ labels: [String: String]) -> Bool {
    for (key, value) in selector["matchLabels"]?.strings ?? [:] where labels[key] != value {
      return false
    }
    for item in selector["matchExpressions"]?.array ?? [] {
      let key = item["key"]?.string ?? ""
      let values = (item["values"]?.array ?? []).compactMap(\.string)
      let holds =
        switch item["operator"]?.string {
        case "In": labels[key].map { values.contains($0) } ?? false
        case "NotIn": !(labels[key].map { values.contains($0) } ?? false)
        case "Exists": labels[key] != nil
        default: labels[key] == nil
        }
      if !holds { return false }
    }
    return true
  }

  private func side(
    _ direction: String, of pod: Value, peer: Value, target: Value, _ port: Int,
    _ transport: String
  ) -> Bool {
    // Only Pods with an address of their own are ever isolated.
    guard isPod(pod) else { return true }
    for tier in ["Admin", "Baseline"] {
      let decision = clusterWide(tier, direction, pod, peer, target, port, transport)
      if let decision { return decision }
      if tier == "Admin", let decision = own(direction, pod, peer, target, port, transport) {
        return decision
      }
    }
    return true
  }

  /// What the policies of a tier say, nil where they leave it to the next one.
  private func clusterWide(
    _ tier: String, _ direction: String, _ pod: Value, _ peer: Value, _ target: Value, _ port: Int,
    _ transport: String
  ) -> Bool? {
    let key = direction == "Egress" ? ("egress", "to") : ("ingress", "from")
    let sorted = clusterPolicies.filter { $0[path: "spec", "tier"]?.string == tier }.sorted {
      ($0[path: "spec", "priority"]?.int ?? 0) < ($1[path: "spec", "priority"]?.int ?? 0)
    }
    for policy in sorted where means(policy[path: "spec", "subject"] ?? [:], pod) {
      for rule in policy["spec"]?[key.0]?.array ?? [] {
        let protocols = rule["protocols"]?.array ?? []
        guard (rule[key.1]?.array ?? []).contains(where: { means($0, peer) }),
          protocols.isEmpty
            || protocols.contains(where: { speaks($0, port, transport, target) })
        else { continue }
        switch rule["action"]?.string {
        case "Accept": return true
        case "Deny": return false
        default: return nil
        }
      }
    }
    return nil
  }

  /// Whether one peer, or the subject, of a ClusterNetworkPolicy is that place.
  private func means(_ peer: Value, _ place: Value) -> Bool {
    if let networks = peer["networks"]?.array {
      let address = place[path: "status", "podIP"]?.string ?? ""
      return networks.contains { holds($0.string ?? "", address) }
    }
    if let nodes = peer["nodes"] {
      return place["kind"]?.string == "Node" && selects(nodes, labels(place.labels))
    }
    guard isPod(place) else { return false }
    let home = labels(namespaces[place.namespace])
    if let pods = peer["pods"] {
      return selects(pods["namespaceSelector"] ?? [:], home)
        && selects(pods["podSelector"] ?? [:], labels(place.labels))
    }
    return peer["namespaces"].map { selects($0, home) } ?? false
  }

  private func speaks(_ entry: Value, _ port: Int, _ transport: String, _ target: Value) -> Bool {
    if let name = entry["destinationNamedPort"]?.string {
      return isPod(target) && isNamed(name, port, transport, target)
    }
    guard let own = entry[transport.lowercased()] else { return false }
    if let range = own[path: "destinationPort", "range"] {
      return Int64(port) >= range["start"]?.int ?? 0 && Int64(port) <= range["end"]?.int ?? 0
    }
    return own[path: "destinationPort", "number"].map { $0.int == Int64(port) } ?? true
  }

  /// What the NetworkPolicies say, nil where none selects the Pod.
  private func own(
    _ direction: String, _ pod: Value, _ peer: Value, _ target: Value, _ port: Int,
    _ transport: String
  ) -> Bool? {
    let key = direction == "Egress" ? ("egress", "to") : ("ingress", "from")
    let isolating = policies.filter { policy in
      let spec = policy["spec"] ?? [:]
      // Without types a policy is about ingress, and about egress when it has rules for it.
      let types =
        spec["policyTypes"]?.array
        ?? (spec["egress"]?.array?.isEmpty == false ? ["Ingress", "Egress"] : ["Ingress"])
      return policy.namespace == pod.namespace && types.contains(.string(direction))
        && selects(spec["podSelector"] ?? [:], labels(pod.labels))
    }
    if isolating.isEmpty { return nil }
    for policy in isolating {
      for rule in policy["spec"]?[key.0]?.array ?? [] {
        let peers = rule[key.1]?.array ?? []
        let ports = rule["ports"]?.array ?? []
        let peerFits = peers.isEmpty || peers.contains { fits($0, peer, policy.namespace) }
        let portFits = ports.isEmpty || ports.contains { fits($0, port, transport, target) }
        if peerFits && portFits { return true }
      }
    }
    return false
  }

  private func isPod(_ place: Value) -> Bool {
    place["kind"]?.string == "Pod" && place[path: "spec", "hostNetwork"]?.bool != true
  }

  private func holds(_ cidr: String, _ address: String) -> Bool {
    let parts = cidr.split(separator: "/")
    let bits = Int(parts[1]) ?? 0
    func number(_ text: Substring) -> UInt32 {
      text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
    }
    let shift = UInt32(32 - bits)
    if bits == 0 { return true }
    return number(parts[0]) >> shift == number(address[...]) >> shift
  }

  private func isNamed(
    _ name: String, _ port: Int, _ transport: String, _ target: Value
  ) -> Bool {
    (target[path: "spec", "containers"]?.array ?? []).contains { container in
      (container["ports"]?.array ?? []).contains {
        $0["name"]?.string == name && $0["containerPort"]?.int == Int64(port)
          && ($0["protocol"]?.string ?? "TCP") == transport
      }
    }
  }

  private func fits(_ rule: Value, _ place: Value, _ namespace: String) -> Bool {
    if let block = rule["ipBlock"] {
      let address = place[path: "status", "podIP"]?.string ?? ""
      return holds(block["cidr"]?.string ?? "0.0.0.0/0", address)
        && !(block["except"]?.array ?? []).contains {
          holds($0.string ?? "0.0.0.0/0", address)
        }
    }
    guard isPod(place) else { return false }
    if let selector = rule["namespaceSelector"], !selector.isNull {
      guard selects(selector, labels(namespaces[place.namespace])) else { return false }
    } else if place.namespace != namespace {
      return false
    }
    guard let selector = rule["podSelector"], !selector.isNull else { return true }
    return selects(selector, labels(place.labels))
  }

  private func fits(_ rule: Value, _ port: Int, _ transport: String, _ target: Value) -> Bool {
    guard (rule["protocol"]?.string ?? "TCP") == transport else { return false }
    guard let wanted = rule["port"] else { return true }
    if let name = wanted.string { return isPod(target) && isNamed(name, port, transport, target) }
    let low = wanted.int ?? 0
    return Int64(port) >= low && Int64(port) <= rule["endPort"]?.int ?? low
  }
}

private func party(_ place: Value, _ namespaces: [String: Value]) -> PolicyParty {
  let isPod =
    place["kind"]?.string == "Pod" && place[path: "spec", "hostNetwork"]?.bool != true
  var party = PolicyParty(
    pod: isPod ? .init(place, namespaceLabels: namespaces[place.namespace]) : nil,
    address: IPAddress(place[path: "status", "podIP"]?.string ?? ""))
  if place["kind"]?.string == "Node" { party.node = place.labels ?? [:] }
  return party
}

private let asked = [
  (80, "TCP"), (53, "UDP"), (8080, "TCP"), (85, "TCP"), (80, "SCTP"), (53, "TCP"), (8080, "UDP"),
]

@Test(
  "every connection of a cluster made by chance is decided as a plain reading of the rules has it",
  arguments: 0..<60)
func truthTable(seed: Int) {
  var generator = PolicyGenerator(random: SeededRandom(seed: UInt64(seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let policies = (0..<(1 + generator.random.below(6))).map { generator.policy($0) }
  // Every other cluster has policies of its administrator as well.
  let wide =
    seed % 2 == 0
    ? []
    : (0..<(1 + generator.random.below(5))).map {
      generator.clusterPolicy($0)
    }
  let places = generator.places()
  let parties = places.map { party($0, namespaces) }
  let engine = PolicyEngine(policies + wide)
  let map = ReachabilityMap(policies: policies + wide, parties: parties)
  let plain = PlainReading(policies: policies, clusterPolicies: wide, namespaces: namespaces)
  for (port, transport) in asked {
    let rows = map.reachable(port: port, transport: transport)
    for (row, from) in places.enumerated() {
      for (column, to) in places.enumerated() {
        let (source, target) = (parties[row], parties[column])
        let allowed =
          engine.egress(from: source, to: target, port: port, transport: transport).isAllowed
          && engine.ingress(from: source, to: target, port: port, transport: transport).isAllowed
        let name = "seed \(seed): \(from.name) to \(to.name):\(port)/\(transport)"
        #expect(
          allowed == plain.allows(from: from, to: to, port: port, transport: transport), "\(name)")
        // The map has it that a Pod always reaches itself.
        if row != column { #expect(rows[row].contains(column) == allowed, "\(name)") }
      }
    }
  }
}

@Test("a policy added never opens what was isolated in that direction", arguments: 0..<20)
func monotony(seed: Int) {
  var generator = PolicyGenerator(random: SeededRandom(seed: UInt64(1000 + seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let pods = (0..<6).map { generator.pod($0) }
  let policies = (0..<4).map { generator.policy($0) }
  let before = PolicyEngine(Array(policies.dropLast()))
  let after = PolicyEngine(policies)
  for pod in pods {
    let subject = party(pod, namespaces)
    for direction in [PolicyVerdict.Direction.egress, .ingress] {
      let isolating = after.isolating(subject, direction)
      #expect(Set(before.isolating(subject, direction)).isSubset(of: isolating))
    }
    for other in pods {
      let open = after.ingress(
        from: party(other, namespaces), to: party(pod, namespaces), port: 80, transport: "TCP")
      let was = before.ingress(
        from: party(other, namespaces), to: party(pod, namespaces), port: 80, transport: "TCP")
      // Opened means: by a rule of the new policy itself, never by chance.
      if open.isAllowed, !was.isAllowed {
        #expect(open.allowing?.policy == policies.last?.namespacedName)
      }
    }
  }
}

@Test("policies that choose neither of two Pods do not matter between them", arguments: 0..<20)
func indifference(seed: Int) {
  var generator = PolicyGenerator(random: SeededRandom(seed: UInt64(2000 + seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let policies = (0..<8).map { generator.policy($0) }
  let places = generator.places()
  let all = PolicyEngine(policies)
  let plain = PlainReading(policies: policies, namespaces: namespaces)
  var leftOut = 0
  for from in places {
    for to in places {
      let chosen = plain.policies(choosing: [from, to])
      leftOut += policies.count - chosen.count
      let few = PolicyEngine(chosen)
      let (source, target) = (party(from, namespaces), party(to, namespaces))
      for (port, transport) in asked {
        func allowed(_ engine: PolicyEngine) -> Bool {
          engine.egress(from: source, to: target, port: port, transport: transport).isAllowed
            && engine.ingress(from: source, to: target, port: port, transport: transport).isAllowed
        }
        #expect(allowed(all) == allowed(few), "seed \(seed): \(from.name) to \(to.name):\(port)")
      }
    }
  }
  #expect(leftOut > 0)
}
