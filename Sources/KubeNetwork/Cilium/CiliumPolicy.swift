import Documents
import KubeObjects

/// A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy.
extension CompiledPolicy {
  /// The policies of an object: `spec` and each of `specs`, and apart from them what they deny.
  static func cilium(_ object: Value, _ settings: CiliumSettings) -> [CompiledPolicy] {
    ([object["spec"]].compactMap { $0 } + object.items("specs")).flatMap { spec in
      // What selects nodes concerns no Pod.
      if spec.has("nodeSelector"), !spec.has("endpointSelector") { return [CompiledPolicy]() }
      return [
        CompiledPolicy(object, cilium: spec, settings),
        CompiledPolicy(object, denials: spec, settings),
      ]
    }
  }

  /// What `enable-policy: always` stands for: a policy of all Pods without a rule.
  static var ofEverybody: CompiledPolicy {
    var policy = CompiledPolicy(["metadata": ["name": "enable-policy"]])
    policy.kind = "ConfigMap"
    policy.subject = .pods(namespaces: nil, pods: nil)
    policy.ingress = []
    policy.egress = []
    return policy
  }

  private init(_ object: Value, cilium spec: Value, _ settings: CiliumSettings) {
    self.init(object)
    kind = object.kind
    let chosen = CiliumSelector(spec["endpointSelector"] ?? [:])
    subject = .pods(namespaces: chosen.namespaces, pods: chosen.pods)
    func isolates(_ direction: String) -> Bool {
      spec[path: "enableDefaultDeny", direction]?.bool
        ?? (spec.has(direction) || spec.has(direction + "Deny"))
    }
    func rules(_ key: String, _ word: String) -> [Rule]? {
      guard isolates(key) else { return nil }
      return spec.items(key).map { rule in
        // Who must prove his identity never can where nobody issues any.
        let mode = rule[path: "authentication", "mode"]?.string ?? "disabled"
        let isProven =
          mode == "disabled" || mode == "required" && settings.hasMutualAuthentication
        return isProven ? Self.ciliumRule(rule, word) : Rule(peers: [.nobody], ports: [])
      }
    }
    ingress = rules("ingress", "from")
    egress = rules("egress", "to")
  }

  private init(_ object: Value, denials spec: Value, _ settings: CiliumSettings) {
    self.init(object, cilium: spec, settings)
    tier = .denial
    func denials(_ key: String, _ word: String) -> [Rule]? {
      let rules = spec.items(key).map { item in
        var rule = Self.ciliumRule(item, word)
        rule.action = .deny
        return rule
      }
      return rules.isEmpty ? nil : rules
    }
    ingress = denials("ingressDeny", "from")
    egress = denials("egressDeny", "to")
  }

  private static func ciliumRule(_ rule: Value, _ word: String) -> Rule {
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
    for name in rule.items(word + "FQDNs") {
      peers.append(DomainPattern(name).map(PolicyPeer.domain) ?? .nobody)
    }
    for service in rule.items(word + "Services") {
      if let named = service["k8sService"] {
        peers.append(
          .service(
            name: named.text("serviceName"), labels: nil, namespace: named.text("namespace")))
      } else if let chosen = service["k8sServiceSelector"] {
        peers.append(
          .service(
            name: nil, labels: CiliumSelector(chosen["selector"] ?? [:]).pods,
            namespace: chosen.text("namespace")))
      }
    }
    let kinds = [
      "Endpoints", "CIDR", "CIDRSet", "Entities", "FQDNs", "Services", "Groups", "Nodes",
      "Requires",
    ]
    // An empty list selects nobody; a rule without any list everybody.
    if peers.isEmpty, kinds.contains(where: { rule.has(word + $0) }) { peers = [.nobody] }
    return Rule(peers: peers, ports: ports(rule))
  }

  private static func ports(_ rule: Value) -> [Port] {
    var ports: [Port] = []
    // Of ICMP only echo requests are ever sent.
    for field in rule.items("icmps").flatMap({ $0.items("fields") }) {
      let isEcho = field["type"]?.int == 8 || field["type"]?.string == "EchoRequest"
      let isOld = ["", "IPv4"].contains(field.text("family"))
      ports.append(Port(transport: isEcho && isOld ? "ICMP" : "", port: nil))
    }
    for group in rule.items("toPorts") {
      let content = AllowedContent(group["rules"])
      for port in group.items("ports") {
        let text = port.text("port")
        let wanted: IntOrString? =
          text == "0" || text.isEmpty ? nil : Int64(text).map { .int($0) } ?? .string(text)
        let end = port["endPort"]?.int.map { Int(clamping: $0) }
        let transport = port.text("protocol")
        for each in ["", "ANY"].contains(transport) ? ["TCP", "UDP", "SCTP"] : [transport] {
          ports.append(Port(transport: each, port: wanted, end: end, content: content))
        }
      }
    }
    return ports
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
