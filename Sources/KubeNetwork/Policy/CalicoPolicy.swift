import Documents
import KubeObjects

/// Calico's own NetworkPolicy and GlobalNetworkPolicy, at the level of addresses and ports.
extension CompiledPolicy {
  /// The tiers among some objects, by name.
  static func calicoTiers(_ objects: [Value]) -> [String: PolicyTier] {
    var tiers: [String: PolicyTier] = [:]
    for object in objects
    where object.kind == "Tier" && object.text("apiVersion").contains("projectcalico.org/") {
      let spec = object["spec"] ?? [:]
      tiers[object.name] = PolicyTier(
        name: object.name, order: calicoOrder(spec), refuses: spec.text("defaultAction") != "Pass")
    }
    tiers["default"] = .standard
    return tiers
  }

  /// What has no order comes last.
  private static func calicoOrder(_ spec: Value) -> Double {
    spec["order"]?.number ?? .infinity
  }

  static func calico(_ object: Value, tiers: [String: PolicyTier]) -> [CompiledPolicy] {
    guard ["NetworkPolicy", "GlobalNetworkPolicy"].contains(object.kind),
      // A policy of a tier that is not there waits for it.
      let tier = tiers[object[path: "spec", "tier"]?.string ?? "default"]
    else { return [] }
    return [CompiledPolicy(object, calico: tier)]
  }

  private init(_ object: Value, calico tier: PolicyTier) {
    self.init(object)
    let isGlobal = object.kind == "GlobalNetworkPolicy"
    kind = isGlobal ? object.kind : "Calico NetworkPolicy"
    self.tier = tier
    let spec = object["spec"] ?? [:]
    order = Self.calicoOrder(spec)
    subject = Self.endpoints(
      spec, selector: spec["selector"]?.string ?? "all()", isConfined: false)
    var types = spec.texts("types")
    if types.isEmpty {
      if spec.has("ingress") || !spec.has("egress") { types.append("Ingress") }
      if spec.has("egress") { types.append("Egress") }
    }
    func rules(_ key: String, _ type: String) -> [Rule]? {
      guard types.contains(type) else { return nil }
      // Logging decides nothing; its place in the list still counts.
      return spec.items(key).map {
        $0.text("action") == "Log"
          ? Rule(action: .pass, peers: [.nobody], ports: [])
          : Self.calicoRule($0, isEgress: type == "Egress", isConfined: !isGlobal)
      }
    }
    ingress = rules("ingress", "Ingress")
    egress = rules("egress", "Egress")
  }

  private static func calicoRule(
    _ rule: Value, isEgress: Bool, isConfined: Bool
  ) -> Rule {
    let action: Action =
      switch rule.text("action") {
      case "Allow": .allow
      case "Pass": .pass
      default: .deny
      }
    let source = rule["source"] ?? [:]
    let destination = rule["destination"] ?? [:]
    let transport = rule["protocol"].flatMap { IntOrString($0) }.map(Self.transport)
    var found = Rule(action: action, peers: [], ports: [])
    // Connections leave from ports of chance, and what is said in HTTP is not looked at: a rule
    // about either matches none.
    if source.has("ports") || rule.has("http") || rule["ipVersion"]?.int == 6 {
      found.peers = [.nobody]
      return found
    }
    found.peers = [entity(isEgress ? destination : source, isConfined)]
    found.own = entity(isEgress ? source : destination, isConfined)
    let ports = destination.items("ports").map { port($0, transport) }
    found.ports = ports.isEmpty ? transport.map { [Port(transport: $0)] } ?? [] : ports
    found.otherPorts = destination.items("notPorts").map { port($0, transport) }
    if let other = rule["notProtocol"].flatMap({ IntOrString($0) }) {
      found.otherPorts.append(Port(transport: Self.transport(other)))
    }
    return found
  }

  private static func transport(_ name: IntOrString) -> String {
    let numbers = ["1": "ICMP", "6": "TCP", "17": "UDP", "132": "SCTP"]
    let text = name.description
    return numbers[text] ?? text.uppercased()
  }

  /// A number, a range as `80:90`, or a name.
  private static func port(_ value: Value, _ transport: String?) -> Port {
    guard let text = value.string else {
      return Port(transport: transport, port: .int(value.int ?? -1))
    }
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard let low = ends.first, let low else {
      return Port(transport: transport, port: .string(text))
    }
    return Port(
      transport: transport, port: .int(low),
      end: ends.count == 2 ? ends[1].map { Int(clamping: $0) } : nil)
  }

  /// One side of a rule: everything that it names must hold.
  private static func entity(_ side: Value, _ isConfined: Bool) -> PolicyPeer {
    var parts: [PolicyPeer] = []
    func blocks(_ key: String) -> PolicyPeer {
      .any(side.texts(key).map { .block($0, except: []) })
    }
    if side.has("nets") { parts.append(blocks("nets")) }
    if side.has("notNets") { parts.append(.not(blocks("notNets"))) }
    if side.has("selector") || side.has("namespaceSelector") || side.has("serviceAccounts") {
      parts.append(
        endpoints(
          side, selector: side["selector"]?.string ?? "all()", isConfined: isConfined))
    }
    if let text = side["notSelector"]?.string {
      parts.append(
        .not(CalicoSelector(text, over: .pods).map(PolicyPeer.expression) ?? .nobody))
    }
    // Services as destinations are not looked up.
    if side.has("services") { parts.append(.nobody) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  /// The Pods of a selector; without a word on namespaces those of the policy's own, where it
  /// `isConfined` to one.
  private static func endpoints(
    _ side: Value, selector: String, isConfined: Bool
  ) -> PolicyPeer {
    var parts: [PolicyPeer] = []
    func add(_ text: String, _ scope: CalicoSelector.Scope) {
      parts.append(CalicoSelector(text, over: scope).map(PolicyPeer.expression) ?? .nobody)
    }
    if !selector.isEmpty { add(selector, .pods) }
    if let text = side["namespaceSelector"]?.string, !text.isEmpty {
      add(text, .namespaces)
    } else if isConfined {
      parts.append(.pods(namespaces: nil, pods: nil))
    }
    let names = side[path: "serviceAccounts", "names"]?.array?.compactMap(\.string) ?? []
    let quoted = names.filter { !$0.contains("'") }.map { "'\($0)'" }.joined(separator: ", ")
    if !names.isEmpty { add("projectcalico.org/serviceaccount in {\(quoted)}", .pods) }
    return .all(parts)
  }
}
