import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeNetwork

/// A second reading of the NetworkPolicy specification, as plain as it can be: for each direction,
/// collect what each policy that selects the Pod allows, and look the connection up in it.
private struct PlainReading {
  let policies: [Value]
  let namespaces: [String: Value]

  func allows(from: Value, to: Value, port: Int, transport: String) -> Bool {
    side("Egress", of: from, peer: to, target: to, port, transport)
      && side("Ingress", of: to, peer: from, target: to, port, transport)
  }

  private func labels(_ value: Value?) -> [String: String] { value?.strings ?? [:] }

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
    let key = direction == "Egress" ? ("egress", "to") : ("ingress", "from")
    let isolating = policies.filter { policy in
      policy.namespace == pod.namespace
        && (policy[path: "spec", "policyTypes"]?.array ?? []).contains(.string(direction))
        && selects(policy[path: "spec", "podSelector"] ?? [:], labels(pod.labels))
    }
    if isolating.isEmpty { return true }
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

  private func fits(_ rule: Value, _ pod: Value, _ namespace: String) -> Bool {
    if let block = rule["ipBlock"] {
      let address = pod[path: "status", "podIP"]?.string ?? ""
      func holds(_ cidr: String) -> Bool {
        let parts = cidr.split(separator: "/")
        let bits = Int(parts[1]) ?? 0
        func number(_ text: Substring) -> UInt32 {
          text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
        }
        let shift = UInt32(32 - bits)
        if bits == 0 { return true }
        return number(parts[0]) >> shift == number(address[...]) >> shift
      }
      return holds(block["cidr"]?.string ?? "0.0.0.0/0")
        && !(block["except"]?.array ?? []).contains { holds($0.string ?? "0.0.0.0/0") }
    }
    if let selector = rule["namespaceSelector"] {
      guard selects(selector, labels(namespaces[pod.namespace])) else { return false }
    } else if pod.namespace != namespace {
      return false
    }
    return rule["podSelector"].map { selects($0, labels(pod.labels)) } ?? true
  }

  private func fits(_ rule: Value, _ port: Int, _ transport: String, _ target: Value) -> Bool {
    guard (rule["protocol"]?.string ?? "TCP") == transport else { return false }
    guard let wanted = rule["port"] else { return true }
    if let name = wanted.string {
      return (target[path: "spec", "containers"]?.array ?? []).contains { container in
        (container["ports"]?.array ?? []).contains {
          $0["name"]?.string == name && $0["containerPort"]?.int == Int64(port)
            && ($0["protocol"]?.string ?? "TCP") == transport
        }
      }
    }
    let low = wanted.int ?? 0
    return Int64(port) >= low && Int64(port) <= rule["endPort"]?.int ?? low
  }
}

/// Clusters made by chance.
private struct Generator {
  var random: SeededRandom

  mutating func pick<T>(_ all: [T]) -> T { all[random.below(all.count)] }
  mutating func flip(_ percent: Int) -> Bool { random.below(100) < percent }

  mutating func labels() -> Value {
    var labels: Value = [:]
    for key in ["app", "tier", "env"] where flip(70) {
      labels[key] = .string(pick(["a", "b", "c"]))
    }
    return labels
  }

  mutating func selector() -> Value {
    if flip(25) { return [:] }
    if flip(60) {
      return ["matchLabels": [pick(["app", "tier", "env"]): .string(pick(["a", "b"]))]]
    }
    let operation = pick(["In", "NotIn", "Exists", "DoesNotExist"])
    var expression: Value = [
      "key": .string(pick(["app", "tier", "env"])), "operator": .string(operation),
    ]
    if operation.hasSuffix("In") { expression["values"] = [.string(pick(["a", "b", "c"]))] }
    return ["matchExpressions": [expression]]
  }

  mutating func peer() -> Value {
    switch random.below(4) {
    case 0:
      return [
        "ipBlock": [
          "cidr": .string(pick(["10.244.0.0/16", "10.244.1.0/24", "0.0.0.0/0", "10.244.1.8/29"])),
          "except": flip(50) ? [.string(pick(["10.244.1.4/30", "10.244.0.0/24"]))] : [],
        ]
      ]
    case 1: return ["podSelector": selector()]
    case 2: return ["namespaceSelector": selector()]
    default: return ["namespaceSelector": selector(), "podSelector": selector()]
    }
  }

  mutating func port() -> Value {
    var port: Value = [:]
    if flip(40) { port["protocol"] = .string(pick(["TCP", "UDP", "SCTP"])) }
    switch random.below(4) {
    case 0: break
    case 1: port["port"] = .string(pick(["web", "dns"]))
    case 2:
      port["port"] = 80
      port["endPort"] = .int(Int64(pick([80, 90, 8080])))
    default: port["port"] = .int(Int64(pick([80, 53, 8080])))
    }
    return port
  }

  mutating func rules(_ key: String) -> Value {
    var rules: [Value] = []
    for _ in 0..<random.below(3) {
      var rule: Value = [:]
      if flip(80) { rule[key] = .array((0..<random.below(3)).map { _ in peer() }) }
      if flip(60) { rule["ports"] = .array((0..<random.below(3)).map { _ in port() }) }
      rules.append(rule)
    }
    return .array(rules)
  }

  mutating func policy(_ number: Int) -> Value {
    var spec: Value = ["podSelector": selector()]
    let types = pick([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    spec["policyTypes"] = .array(types.map { .string($0) })
    if types.contains("Ingress"), flip(80) { spec["ingress"] = rules("from") }
    if types.contains("Egress"), flip(80) { spec["egress"] = rules("to") }
    return [
      "metadata": ["name": .string("p\(number)"), "namespace": .string(pick(["x", "y", "z"]))],
      "spec": spec,
    ]
  }

  mutating func pod(_ number: Int) -> Value {
    [
      "metadata": [
        "name": .string("pod\(number)"), "namespace": .string(pick(["x", "y", "z"])),
        "labels": labels(),
      ],
      "spec": [
        "containers": [
          [
            "ports": [
              ["name": "web", "containerPort": .int(Int64(pick([80, 8080])))],
              ["name": "dns", "containerPort": 53, "protocol": "UDP"],
            ]
          ]
        ]
      ],
      "status": ["podIP": .string("10.244.\(random.below(2)).\(number + 2)")],
    ]
  }
}

private func party(_ pod: Value, _ namespaces: [String: Value]) -> PolicyParty {
  PolicyParty(
    pod: .init(pod, namespaceLabels: namespaces[pod.namespace]),
    address: IPAddress(pod[path: "status", "podIP"]?.string ?? ""))
}

@Test(
  "every connection of a cluster made by chance is decided as a plain reading of the rules has it",
  arguments: 0..<40)
func truthTable(seed: Int) {
  var generator = Generator(random: SeededRandom(seed: UInt64(seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let policies = (0..<(1 + generator.random.below(6))).map { generator.policy($0) }
  let pods = (0..<8).map { generator.pod($0) }
  let engine = PolicyEngine(policies)
  let plain = PlainReading(policies: policies, namespaces: namespaces)
  for from in pods {
    for to in pods {
      for (port, transport) in [(80, "TCP"), (53, "UDP"), (8080, "TCP"), (85, "TCP"), (80, "SCTP")]
      {
        let source = party(from, namespaces)
        let target = party(to, namespaces)
        let allowed =
          engine.egress(from: source, to: target, port: port, transport: transport).isAllowed
          && engine.ingress(from: source, to: target, port: port, transport: transport).isAllowed
        #expect(
          allowed == plain.allows(from: from, to: to, port: port, transport: transport),
          "seed \(seed): \(from.name) to \(to.name):\(port)/\(transport)")
      }
    }
  }
}

@Test("a policy added never opens what was isolated in that direction", arguments: 0..<20)
func monotony(seed: Int) {
  var generator = Generator(random: SeededRandom(seed: UInt64(1000 + seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let pods = (0..<6).map { generator.pod($0) }
  let policies = (0..<4).map { generator.policy($0) }
  let before = PolicyEngine(Array(policies.dropLast()))
  let after = PolicyEngine(policies)
  for pod in pods {
    let subject = PolicyParty.Pod(pod, namespaceLabels: namespaces[pod.namespace])
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

@Test("sets of bits decide as the engine does, Pod by Pod", arguments: 0..<20)
func reachability(seed: Int) {
  var generator = Generator(random: SeededRandom(seed: UInt64(2000 + seed)))
  let namespaces = ["x": generator.labels(), "y": generator.labels(), "z": generator.labels()]
  let policies = (0..<(1 + generator.random.below(8))).map { generator.policy($0) }
  let parties =
    (0..<12).map { party(generator.pod($0), namespaces) } + [
      PolicyParty(pod: nil, address: IPAddress("203.0.113.9"))
    ]
  let engine = PolicyEngine(policies)
  let map = ReachabilityMap(policies: policies, parties: parties)
  for (port, transport) in [(80, "TCP"), (53, "UDP"), (8080, "TCP"), (85, "TCP"), (80, "SCTP")] {
    let rows = map.reachable(port: port, transport: transport)
    for (row, from) in parties.enumerated() {
      for (column, to) in parties.enumerated() where row != column {
        let allowed =
          engine.egress(from: from, to: to, port: port, transport: transport).isAllowed
          && engine.ingress(from: from, to: to, port: port, transport: transport).isAllowed
        #expect(
          rows[row].contains(column) == allowed, "seed \(seed): \(row) to \(column):\(port)")
      }
    }
  }
}
