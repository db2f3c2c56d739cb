import Documents
import KubeObjects

/// A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, at the level of addresses and ports.
extension CompiledPolicy {
  /// The policies of an object: `spec` and each of `specs`, and apart from them what they deny.
  static func cilium(_ object: Value) -> [CompiledPolicy] {
    ([object["spec"]].compactMap { $0 } + object.items("specs")).flatMap { spec in
      // What selects nodes concerns no Pod.
      if spec.has("nodeSelector"), !spec.has("endpointSelector") { return [CompiledPolicy]() }
      return [CompiledPolicy(object, cilium: spec), CompiledPolicy(object, denials: spec)]
    }
  }

  private init(_ object: Value, cilium spec: Value) {
    self.init(object)
    kind = object.kind
    let chosen = CiliumSelector(spec["endpointSelector"] ?? [:])
    subject = .pods(namespaces: chosen.namespaces, pods: chosen.pods)
    func isolates(_ direction: String) -> Bool {
      spec[path: "enableDefaultDeny", direction]?.bool
        ?? (spec.has(direction) || spec.has(direction + "Deny"))
    }
    ingress = isolates("ingress") ? Self.ciliumRules(spec, "ingress", "from") : nil
    egress = isolates("egress") ? Self.ciliumRules(spec, "egress", "to") : nil
  }

  private init(_ object: Value, denials spec: Value) {
    self.init(object, cilium: spec)
    tier = .denial
    func denials(_ key: String, _ word: String) -> [Rule]? {
      let rules = Self.ciliumRules(spec, key, word).map { rule in
        var rule = rule
        rule.action = .deny
        return rule
      }
      return rules.isEmpty ? nil : rules
    }
    ingress = denials("ingressDeny", "from")
    egress = denials("egressDeny", "to")
  }

  private static func ciliumRules(_ spec: Value, _ key: String, _ word: String) -> [Rule] {
    spec.items(key).flatMap { rules($0, word) }
  }

  private static func rules(_ rule: Value, _ word: String) -> [Rule] {
    var peers: [PolicyPeer] = []
    for endpoint in rule.items(word + "Endpoints") {
      let selector = CiliumSelector(endpoint)
      peers.append(.pods(namespaces: selector.namespaces, pods: selector.pods))
    }
    for block in rule.texts(word + "CIDR") {
      peers.append(.block(block, except: [], as: PolicyPeer.outside))
    }
    for set in rule.items(word + "CIDRSet") {
      peers.append(
        .block(set.text("cidr"), except: set.texts("except"), as: PolicyPeer.outside))
    }
    for entity in rule.texts(word + "Entities") { peers.append(.entity(entity)) }
    let known = ["Endpoints", "CIDR", "CIDRSet", "Entities"]
    let names = ["FQDNs", "Services", "Groups", "Nodes", "Requires"]
    // An empty list selects nobody; a rule without any list everybody.
    let isNamed = (known + names).contains { rule.has(word + $0) }
    if isNamed, peers.isEmpty { return [] }
    var ports: [Port] = []
    for group in rule.items("toPorts") {
      for port in group.items("ports") {
        let text = port.text("port")
        let wanted: IntOrString? =
          text == "0" || text.isEmpty ? nil : Int64(text).map { .int($0) } ?? .string(text)
        let end = port["endPort"]?.int.map { Int(clamping: $0) }
        let transport = port.text("protocol")
        for each in ["", "ANY"].contains(transport) ? ["TCP", "UDP", "SCTP"] : [transport] {
          ports.append(Port(transport: each, port: wanted, end: end))
        }
      }
    }
    return [Rule(peers: peers, ports: ports)]
  }
}

/// A selector of Cilium: labels with their source before them, namespaces among them.
struct CiliumSelector {
  var pods = LabelSelector.everything
  /// nil: the policy's own namespace.
  var namespaces: LabelSelector?
  private static let home = "io.kubernetes.pod.namespace"
  private static let labelled = "io.cilium.k8s.namespace.labels."

  init(_ object: Value) {
    var stripped: Value = [:]
    var labels: Value = [:]
    for (key, value) in object["matchLabels"]?.object ?? [:] { labels[Self.plain(key)] = value }
    if labels.object?.isEmpty == false { stripped["matchLabels"] = labels }
    let expressions = object.items("matchExpressions").map { expression -> Value in
      var copy = expression
      copy["key"] = .string(Self.plain(expression.text("key")))
      return copy
    }
    if !expressions.isEmpty { stripped["matchExpressions"] = .array(expressions) }
    guard let all = try? LabelSelector(object: stripped) else {
      pods = .nothing
      return
    }
    var homes: [LabelRequirement] = []
    var own: [LabelRequirement] = []
    for requirement in all.requirements {
      var copy = requirement
      if requirement.key == Self.home {
        copy.key = "kubernetes.io/metadata.name"
        homes.append(copy)
      } else if requirement.key.hasPrefix(Self.labelled) {
        copy.key = String(requirement.key.dropFirst(Self.labelled.count))
        homes.append(copy)
      } else {
        own.append(requirement)
      }
    }
    pods = LabelSelector(own)
    if !homes.isEmpty { namespaces = LabelSelector(homes) }
  }

  /// Without `k8s:` or `any:`.
  private static func plain(_ key: String) -> String {
    for source in ["k8s:", "any:", "k8s.", "any."] where key.hasPrefix(source) {
      return String(key.dropFirst(source.count))
    }
    return key
  }
}
