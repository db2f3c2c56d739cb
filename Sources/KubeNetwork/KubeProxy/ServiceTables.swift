import Documents
import KubeObjects

/// The rules that kube-proxy in iptables mode writes for the Services of a cluster.
struct ServiceTables {
  private(set) var nat = PacketTable(
    "nat", builtIn: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    chains: [
      "KUBE-KUBELET-CANARY", "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING",
      "KUBE-PROXY-CANARY", "KUBE-SERVICES",
    ])
  private(set) var filter = PacketTable(
    "filter", builtIn: ["INPUT", "FORWARD", "OUTPUT"],
    chains: [
      "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD", "KUBE-KUBELET-CANARY",
      "KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-PROXY-FIREWALL", "KUBE-SERVICES",
    ])
  private(set) var mangle = PacketTable(
    "mangle", builtIn: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    chains: ["KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"])
  private let network: ClusterNetwork
  private let node: String
  private static let clusterRange = "10.244.0.0/16"

  init(_ network: ClusterNetwork, node: String) {
    self.network = network
    self.node = node
    addFixed()
    let book = network.rules[node]
    guard (book.mode ?? network.proxyMode) == "iptables" else { return }
    for port in book.servicePorts { add(port) }
    nat.add(
      PacketRule(
        chain: "KUBE-SERVICES",
        comment: "kubernetes service nodeports; NOTE: this must be the last rule in this chain",
        extra: ("-m addrtype --dst-type LOCAL", "ADDRTYPE match dst-type LOCAL"),
        target: "KUBE-NODEPORTS"))
  }

  private mutating func addFixed() {
    for chain in ["PREROUTING", "OUTPUT"] {
      nat.add(
        PacketRule(chain: chain, comment: "kubernetes service portals", target: "KUBE-SERVICES"))
    }
    nat.add(
      PacketRule(
        chain: "POSTROUTING", comment: "kubernetes postrouting rules", target: "KUBE-POSTROUTING"))
    nat.add(
      PacketRule(
        chain: "KUBE-MARK-MASQ", target: "MARK --set-xmark 0x4000/0x4000",
        targetListed: "MARK or 0x4000"))
    nat.add(
      PacketRule(
        chain: "KUBE-POSTROUTING",
        extra: ("-m mark ! --mark 0x4000/0x4000", "mark match ! 0x4000/0x4000"), target: "RETURN"))
    nat.add(
      PacketRule(
        chain: "KUBE-POSTROUTING", target: "MARK --set-xmark 0x4000/0x0",
        targetListed: "MARK xor 0x4000"))
    nat.add(
      PacketRule(
        chain: "KUBE-POSTROUTING", comment: "kubernetes service traffic requiring SNAT",
        target: "MASQUERADE --random-fully", targetListed: "random-fully"))
    let new = ("-m conntrack --ctstate NEW", "ctstate NEW")
    for (chain, comment, target) in [
      ("INPUT", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("INPUT", "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
      ("FORWARD", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("FORWARD", "kubernetes service portals", "KUBE-SERVICES"),
      ("FORWARD", "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
      ("OUTPUT", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("OUTPUT", "kubernetes service portals", "KUBE-SERVICES"),
    ] {
      filter.add(PacketRule(chain: chain, comment: comment, extra: new, target: target))
    }
    for chain in ["INPUT", "OUTPUT"] {
      filter.add(PacketRule(chain: chain, target: "KUBE-FIREWALL"))
    }
    filter.add(
      PacketRule(
        chain: "INPUT", comment: "kubernetes health check service ports", target: "KUBE-NODEPORTS"))
    filter.add(
      PacketRule(chain: "FORWARD", comment: "kubernetes forwarding rules", target: "KUBE-FORWARD"))
    filter.add(
      PacketRule(
        chain: "KUBE-FIREWALL", source: "127.0.0.0/8", isSourceNegated: true,
        destination: "127.0.0.0/8", comment: "block incoming localnet connections",
        extra: (
          "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", "! ctstate RELATED,ESTABLISHED,DNAT"
        ), target: "DROP"))
    filter.add(
      PacketRule(
        chain: "KUBE-FORWARD", extra: ("-m conntrack --ctstate INVALID", "ctstate INVALID"),
        target: "DROP"))
    filter.add(
      PacketRule(
        chain: "KUBE-FORWARD", comment: "kubernetes forwarding rules",
        extra: ("-m mark --mark 0x4000/0x4000", "mark match 0x4000/0x4000"), target: "ACCEPT"))
    filter.add(
      PacketRule(
        chain: "KUBE-FORWARD", comment: "kubernetes forwarding conntrack rule",
        extra: ("-m conntrack --ctstate RELATED,ESTABLISHED", "ctstate RELATED,ESTABLISHED"),
        target: "ACCEPT"))
  }

  // MARK: Services

  private func port(_ number: Int64, _ transport: String) -> (saved: String, listed: String) {
    ("-m \(transport) --dport \(number)", "\(transport) dpt:\(number)")
  }

  private mutating func add(_ port: ServicePort) {
    let hash = network.chainHash(port.name + port.transport, 16)
    let chain = "KUBE-SVC-\(hash)"
    let outer = "KUBE-EXT-\(hash)"
    guard !port.endpoints.isEmpty else { return refuse(port) }
    let match = self.port(port.number, port.transport)
    nat.add(
      PacketRule(
        chain: "KUBE-SERVICES", destination: port.clusterIP, transport: port.transport,
        comment: "\(port.name) cluster IP", extra: match, target: chain))
    nat.add(
      PacketRule(
        chain: chain, source: Self.clusterRange, isSourceNegated: true,
        destination: port.clusterIP, transport: port.transport,
        comment: "\(port.name) cluster IP", extra: match, target: "KUBE-MARK-MASQ"))
    for address in port.externalAddresses {
      nat.add(
        PacketRule(
          chain: "KUBE-SERVICES", destination: address, transport: port.transport,
          comment: "\(port.name) external IP", extra: match, target: outer))
    }
    for address in port.balancerAddresses {
      nat.add(
        PacketRule(
          chain: "KUBE-SERVICES", destination: address, transport: port.transport,
          comment: "\(port.name) loadbalancer IP", extra: match, target: outer))
    }
    if port.nodePort > 0 {
      nat.add(
        PacketRule(
          chain: "KUBE-NODEPORTS", transport: port.transport, comment: port.name,
          extra: self.port(port.nodePort, port.transport), target: outer))
    }
    if port.isExternal { addOuter(port, outer, hash) }
    balance(port, port.endpoints, in: chain)
    for endpoint in port.endpoints { add(endpoint, of: port) }
  }

  /// How traffic from outside goes on.
  private mutating func addOuter(_ port: ServicePort, _ outer: String, _ hash: String) {
    let local = "-m addrtype --src-type LOCAL"
    let listed = "ADDRTYPE match src-type LOCAL"
    guard port.isLocal else {
      nat.add(
        PacketRule(
          chain: outer, comment: "masquerade traffic for \(port.name) external destinations",
          target: "KUBE-MARK-MASQ"))
      nat.add(PacketRule(chain: outer, target: "KUBE-SVC-\(hash)"))
      return
    }
    nat.add(
      PacketRule(
        chain: outer, source: Self.clusterRange,
        comment: "pod traffic for \(port.name) external destinations", target: "KUBE-SVC-\(hash)"))
    nat.add(
      PacketRule(
        chain: outer, comment: "masquerade LOCAL traffic for \(port.name) external destinations",
        extra: (local, listed), target: "KUBE-MARK-MASQ"))
    nat.add(
      PacketRule(
        chain: outer, comment: "route LOCAL traffic for \(port.name) external destinations",
        extra: (local, listed), target: "KUBE-SVC-\(hash)"))
    let here = port.endpoints.filter { $0.node == node }
    guard !here.isEmpty else { return }
    nat.add(PacketRule(chain: outer, target: "KUBE-SVL-\(hash)"))
    balance(port, here, in: "KUBE-SVL-\(hash)")
  }

  private func chain(of endpoint: ServiceEndpoint, _ port: ServicePort) -> String {
    let text = "\(port.name)\(port.transport)\(endpoint.address):\(endpoint.port)"
    return "KUBE-SEP-" + network.chainHash(text, 16)
  }

  private mutating func balance(
    _ port: ServicePort, _ endpoints: [ServiceEndpoint], in chain: String
  ) {
    if let seconds = port.affinitySeconds {
      for endpoint in endpoints {
        let name = self.chain(of: endpoint, port)
        nat.add(
          PacketRule(
            chain: chain, comment: "\(port.name) -> \(endpoint.address):\(endpoint.port)",
            extra: (
              "-m recent --name \(name) --rcheck --seconds \(seconds) --reap --mask "
                + "255.255.255.255 --rsource",
              "recent: CHECK seconds: \(seconds) reap name: \(name) side: source mask: "
                + "255.255.255.255"
            ), target: name))
      }
    }
    for (index, endpoint) in endpoints.enumerated() {
      let left = endpoints.count - index
      var rule = PacketRule(
        chain: chain, comment: "\(port.name) -> \(endpoint.address):\(endpoint.port)",
        target: self.chain(of: endpoint, port))
      if left > 1 {
        let share = Self.probability(left)
        rule.extra = (
          "-m statistic --mode random --probability \(share)",
          "statistic mode random probability \(share)"
        )
      }
      nat.add(rule)
    }
  }

  /// One in `count`, with ten digits; the kernel keeps it in 31 bits.
  static func probability(_ count: Int) -> String {
    let unit = UInt128(1) << 31
    let count = UInt128(max(1, count))
    let kept = (unit + count / 2) / count
    // kept / 2^31 with eleven digits, as iptables prints it.
    let digits = (kept * 100_000_000_000 + unit / 2) / unit
    let text = String(digits)
    return "0." + String(repeating: "0", count: max(0, 11 - text.count)) + text
  }

  private mutating func add(_ endpoint: ServiceEndpoint, of port: ServicePort) {
    let name = chain(of: endpoint, port)
    guard !nat.chains.contains(name) || !nat.rules.contains(where: { $0.chain == name }) else {
      return
    }
    nat.add(
      PacketRule(
        chain: name, source: endpoint.address, comment: port.name, target: "KUBE-MARK-MASQ"))
    var rule = PacketRule(
      chain: name, transport: port.transport, comment: port.name,
      extra: ("-m \(port.transport)", port.transport),
      target: "DNAT --to-destination \(endpoint.address):\(endpoint.port)",
      targetListed: "to:\(endpoint.address):\(endpoint.port)")
    if port.affinitySeconds != nil {
      rule.extra = (
        "-m recent --name \(name) --set --mask 255.255.255.255 --rsource -m \(port.transport)",
        "recent: SET name: \(name) side: source mask: 255.255.255.255 \(port.transport)"
      )
    }
    nat.add(rule)
  }

  /// Nobody is there: packets are turned away.
  private mutating func refuse(_ port: ServicePort) {
    func rule(_ chain: String, _ address: String, _ number: Int64) -> PacketRule {
      PacketRule(
        chain: chain, destination: address, transport: port.transport,
        comment: "\(port.name) has no endpoints", extra: self.port(number, port.transport),
        target: "REJECT --reject-with icmp-port-unreachable",
        targetListed: "reject-with icmp-port-unreachable")
    }
    filter.add(rule("KUBE-SERVICES", port.clusterIP, port.number))
    for address in port.externalAddresses + port.balancerAddresses {
      filter.add(rule("KUBE-EXTERNAL-SERVICES", address, port.number))
    }
    if port.nodePort > 0 {
      var rule = rule("KUBE-EXTERNAL-SERVICES", "", port.nodePort)
      let match = self.port(port.nodePort, port.transport)
      rule.extra = (
        "-m addrtype --dst-type LOCAL " + match.saved,
        "ADDRTYPE match dst-type LOCAL " + match.listed
      )
      filter.add(rule)
    }
  }
}
