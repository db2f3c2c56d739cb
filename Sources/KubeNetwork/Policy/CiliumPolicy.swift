import Documents
import KubeObjects
import Linux

/// A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, at the level of addresses and ports.
extension CompiledPolicy {
  /// The policies of an object: `spec` and each of `specs`.
  static func cilium(_ object: Value) -> [CompiledPolicy] {
    ([object["spec"]].compactMap { $0 } + object.items("specs")).map {
      CompiledPolicy(object, cilium: $0)
    }
  }

  private init(_ object: Value, cilium spec: Value) {
    self.init(namespace: object.namespace, name: object.name)
    kind = object.kind
    // What selects nodes concerns no Pod.
    if spec.has("nodeSelector"), !spec.has("endpointSelector") { return }
    let chosen = CiliumSelector(spec["endpointSelector"] ?? [:])
    selector = chosen.pods
    let (inward, outward) = (spec.has("ingress"), spec.has("egress"))
    let (noInward, noOutward) = (spec.has("ingressDeny"), spec.has("egressDeny"))
    func isolates(_ direction: String, _ fallback: Bool) -> Bool {
      spec[path: "enableDefaultDeny", direction]?.bool ?? fallback
    }
    func rules(_ key: String, _ word: String) -> [Rule] {
      spec.items(key).flatMap { Self.rules($0, word) }
    }
    ingress = isolates("ingress", inward || noInward) ? rules("ingress", "from") : nil
    egress = isolates("egress", outward || noOutward) ? rules("egress", "to") : nil
    deniedIngress = rules("ingressDeny", "from")
    deniedEgress = rules("egressDeny", "to")
  }

  private static func rules(_ rule: Value, _ word: String) -> [Rule] {
    var peers: [Peer] = []
    for endpoint in rule.items(word + "Endpoints") {
      let selector = CiliumSelector(endpoint)
      peers.append(.pods(namespaces: selector.namespaces, pods: selector.pods))
    }
    for block in rule.texts(word + "CIDR") {
      if let prefix = IPPrefix(block) { peers.append(.outsideBlock(prefix, except: [])) }
    }
    for set in rule.items(word + "CIDRSet") {
      guard let prefix = IPPrefix(set.text("cidr")) else { continue }
      peers.append(
        .outsideBlock(prefix, except: set.texts("except").compactMap { IPPrefix($0) }))
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
