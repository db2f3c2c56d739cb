import Documents
import Simulation

/// Clusters made by chance.
struct PolicyGenerator {
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
    var selector: Value = [:]
    if flip(60) {
      selector["matchLabels"] = [pick(["app", "tier", "env"]): .string(pick(["a", "b"]))]
      if flip(75) { return selector }
    }
    selector["matchExpressions"] = .array((0...random.below(2)).map { _ in expression() })
    return selector
  }

  mutating func expression() -> Value {
    let operation = pick(["In", "NotIn", "Exists", "DoesNotExist"])
    var expression: Value = [
      "key": .string(pick(["app", "tier", "env"])), "operator": .string(operation),
    ]
    if operation.hasSuffix("In") {
      expression["values"] = .array(
        (0...random.below(2)).map { _ in .string(pick(["a", "b", "c"])) })
    }
    return expression
  }

  mutating func peer() -> Value {
    switch random.below(4) {
    case 0:
      return [
        "ipBlock": [
          "cidr": .string(
            pick([
              "10.244.0.0/16", "10.244.1.0/24", "0.0.0.0/0", "10.244.1.8/29", "192.168.56.0/24",
              "192.168.56.12/32",
            ])),
          "except": flip(50) ? [.string(pick(["10.244.1.4/30", "10.244.0.0/24"]))] : [],
        ]
      ]
    case 1:
      return flip(20)
        ? ["podSelector": selector(), "namespaceSelector": nil] : ["podSelector": selector()]
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
    if flip(75) { spec["policyTypes"] = .array(types.map { .string($0) }) }
    if types.contains("Ingress"), flip(80) { spec["ingress"] = rules("from") }
    if types.contains("Egress"), flip(80) { spec["egress"] = rules("to") }
    return [
      "metadata": ["name": .string("p\(number)"), "namespace": .string(pick(["x", "y", "z"]))],
      "spec": spec,
    ]
  }

  /// A ClusterNetworkPolicy; the number makes its priority its own.
  mutating func clusterPolicy(_ number: Int) -> Value {
    func rules(_ key: String) -> Value {
      .array(
        (0..<random.below(4)).map { _ in
          var rule: Value = ["action": .string(pick(["Accept", "Deny", "Pass"]))]
          rule[key] = .array((0...random.below(2)).map { _ in clusterPeer(isTarget: key == "to") })
          if flip(50) {
            rule["protocols"] = .array((0...random.below(2)).map { _ in clusterPort() })
          }
          return rule
        })
    }
    return [
      "apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy",
      "metadata": ["name": .string("c\(number)")],
      "spec": [
        "tier": .string(pick(["Admin", "Baseline"])),
        "priority": .int(Int64(number * 37 % 101)), "subject": clusterPeer(isTarget: false),
        "ingress": rules("from"), "egress": rules("to"),
      ],
    ]
  }

  mutating func clusterPeer(isTarget: Bool) -> Value {
    switch random.below(isTarget ? 4 : 2) {
    case 0: return ["namespaces": selector()]
    case 1: return ["pods": ["namespaceSelector": selector(), "podSelector": selector()]]
    case 2: return ["nodes": selector()]
    default:
      return ["networks": [.string(pick(["10.244.1.0/24", "0.0.0.0/0", "192.168.56.0/24"]))]]
    }
  }

  mutating func clusterPort() -> Value {
    if flip(25) { return ["destinationNamedPort": .string(pick(["web", "dns"]))] }
    var own: Value = [:]
    if flip(40) { own["destinationPort"] = ["number": .int(Int64(pick([80, 53])))] }
    if flip(40) { own["destinationPort"] = ["range": ["start": 80, "end": 90]] }
    return .object([pick(["tcp", "udp", "sctp"]): own])
  }

  /// Some Pods, one of them on its node's network, the node itself and somebody outside.
  mutating func places() -> [Value] {
    var guest = pod(90)
    guest[path: "spec", "hostNetwork"] = true
    guest[path: "status", "podIP"] = "192.168.56.12"
    return (0..<8).map { pod($0) } + [
      guest,
      [
        "kind": "Node", "metadata": ["name": "node01", "labels": labels()],
        "status": ["podIP": "192.168.56.11"],
      ], ["kind": "Nobody", "status": ["podIP": "203.0.113.9"]],
    ]
  }

  mutating func pod(_ number: Int) -> Value {
    [
      "kind": "Pod",
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
