import Documents
import KubeObjects

/// A node's packet filter as kubelet and kube-proxy fill it. What stands here is iptables mode's;
/// ipvs mode is in `ServiceTables+VirtualServers`, and nftables mode has tables of its own.
struct ServiceTables {
  var nat = PacketTable(
    "nat", builtIn: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    chains: ["KUBE-KUBELET-CANARY"])
  var filter = PacketTable(
    "filter", builtIn: ["INPUT", "FORWARD", "OUTPUT"],
    chains: ["KUBE-FIREWALL", "KUBE-KUBELET-CANARY"])
  private(set) var mangle = PacketTable(
    "mangle", builtIn: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    chains: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"])
  let network: ClusterNetwork
  let node: String
  static let clusterRange = "10.244.0.0/16"

  init(_ network: ClusterNetwork, node: String) {
    self.network = network
    self.node = node
    let book = network.rules[node]
    switch book.configuration.mode {
    case "iptables": add(network.servicePorts(book, on: node))
    case "ipvs": add(VirtualServerTable(network, node: node))
    default: break
    }
    addKubelet()
  }

  /// What the kubelet sees to in every mode.
  private mutating func addKubelet() {
    for chain in ["INPUT", "OUTPUT"] {
      filter.add(PacketRule(chain: chain, target: "KUBE-FIREWALL"))
    }
    filter.add(
      PacketRule(
        chain: "KUBE-FIREWALL", source: "127.0.0.0/8", isSourceNegated: true,
        destination: "127.0.0.0/8", comment: "block incoming localnet connections",
        extra: (
          "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", "! ctstate RELATED,ESTABLISHED,DNAT"
        ), target: "DROP"))
  }

  /// Marks what is to be masqueraded, and does it on the way out: the same in iptables and ipvs mode.
  mutating func addMasquerading() {
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
  }

  /// The chain through which everything is forwarded; `first` come before its own rules.
  mutating func addForwarding(_ first: [PacketRule] = []) {
    for rule in first { filter.add(rule) }
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

  // MARK: iptables mode

  // pkg/proxy/iptables, syncProxyRules. It puts its jumps before one another.
  private mutating func add(_ ports: [ServicePort]) {
    nat.chains.formUnion(["KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-SERVICES"])
    filter.chains.formUnion([
      "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-PROXY-FIREWALL",
      "KUBE-SERVICES",
    ])
    mangle.chains.insert("KUBE-PROXY-CANARY")
    for chain in ["PREROUTING", "OUTPUT"] {
      nat.add(
        PacketRule(chain: chain, comment: "kubernetes service portals", target: "KUBE-SERVICES"))
    }
    addMasquerading()
    let new = ("-m conntrack --ctstate NEW", "ctstate NEW")
    for (chain, isNew, comment, target) in [
      ("INPUT", true, "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("INPUT", false, "kubernetes health check service ports", "KUBE-NODEPORTS"),
      ("INPUT", true, "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
      ("FORWARD", true, "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("FORWARD", false, "kubernetes forwarding rules", "KUBE-FORWARD"),
      ("FORWARD", true, "kubernetes service portals", "KUBE-SERVICES"),
      ("FORWARD", true, "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
      ("OUTPUT", true, "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
      ("OUTPUT", true, "kubernetes service portals", "KUBE-SERVICES"),
    ] {
      filter.add(
        PacketRule(
          chain: chain, leading: isNew ? new : ("", ""), comment: comment, target: target))
    }
    addForwarding([
      PacketRule(
        chain: "KUBE-FORWARD",
        extra: (
          "-m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts",
          "ctstate INVALID nfacct-name  ct_state_invalid_dropped_pkts"
        ), target: "DROP")
    ])
    for port in ports { add(port) }
    nat.add(
      PacketRule(
        chain: "KUBE-SERVICES",
        comment: "kubernetes service nodeports; NOTE: this must be the last rule in this chain",
        extra: ("-m addrtype --dst-type LOCAL", "ADDRTYPE match dst-type LOCAL"),
        target: "KUBE-NODEPORTS"))
  }

  private func port(_ number: Int64, _ transport: String) -> (saved: String, listed: String) {
    ("-m \(transport) --dport \(number)", "\(transport) dpt:\(number)")
  }

  /// The names of a port's chains.
  private struct Chains {
    let cluster, local, external, firewall: String

    init(_ hash: String) {
      (cluster, local) = ("KUBE-SVC-\(hash)", "KUBE-SVL-\(hash)")
      (external, firewall) = ("KUBE-EXT-\(hash)", "KUBE-FW-\(hash)")
    }
  }

  private mutating func add(_ port: ServicePort) {
    let chains = Chains(network.chainHash(port.name + port.transport, 16))
    addHealthCheck(port)
    addClusterAddress(port, port.isInternallyLocal ? chains.local : chains.cluster)
    addOuterAddresses(port, chains)
    guard port.usable.isAnyUsable else { return }
    if port.isExternal { addExternal(port, chains) }
    if port.usesCluster { balance(port, port.usable.cluster, in: chains.cluster) }
    if port.usesLocal { balance(port, port.usable.local, in: chains.local) }
    for endpoint in port.reachable { add(endpoint, of: port) }
  }

  private mutating func addHealthCheck(_ port: ServicePort) {
    let number = port.healthCheckPort
    guard number > 0 else { return }
    filter.add(
      PacketRule(
        chain: "KUBE-NODEPORTS", transport: "tcp",
        comment: "\(port.name) health check node port",
        extra: self.port(number, "tcp"), target: "ACCEPT"))
  }

  private mutating func addClusterAddress(_ port: ServicePort, _ chain: String) {
    guard !port.internalEndpoints.isEmpty else {
      return refuse(port, at: port.clusterIP, in: "KUBE-SERVICES")
    }
    let match = self.port(port.number, port.transport)
    let comment = "\(port.name) cluster IP"
    nat.add(
      PacketRule(
        chain: "KUBE-SERVICES", destination: port.clusterIP, transport: port.transport,
        comment: comment, extra: match, target: chain))
    let isForAll = network.rules[node].configuration.masqueradesAll
    nat.add(
      PacketRule(
        chain: chain, source: isForAll ? "" : Self.clusterRange, isSourceNegated: true,
        destination: port.clusterIP, transport: port.transport, comment: comment, extra: match,
        target: "KUBE-MARK-MASQ"))
  }

  /// External addresses, those of balancers, and the node port.
  private mutating func addOuterAddresses(_ port: ServicePort, _ chains: Chains) {
    let isGuarded = !port.balancerAddresses.isEmpty && !port.sourceRanges.isEmpty
    let match = self.port(port.number, port.transport)
    let outer =
      port.externalAddresses.map { ($0, "external IP", chains.external) }
      + port.balancerAddresses.map {
        ($0, "loadbalancer IP", isGuarded ? chains.firewall : chains.external)
      }
    for (address, kind, chain) in outer {
      if port.usable.isAnyUsable {
        nat.add(
          PacketRule(
            chain: "KUBE-SERVICES", destination: address, transport: port.transport,
            comment: "\(port.name) \(kind)", extra: match, target: chain))
        if chain == chains.firewall {
          filter.add(
            PacketRule(
              chain: "KUBE-PROXY-FIREWALL", destination: address, transport: port.transport,
              comment: "\(port.name) traffic not accepted by \(chain)", extra: match,
              target: "DROP"))
        }
      }
      if port.externalEndpoints.isEmpty {
        refuse(port, at: address, in: "KUBE-EXTERNAL-SERVICES")
      }
    }
    guard port.nodePort > 0 else { return }
    if port.usable.isAnyUsable {
      let match = self.port(port.nodePort, port.transport)
      // The kernel counts what comes from the node itself.
      nat.add(
        PacketRule(
          chain: "KUBE-NODEPORTS", destination: "127.0.0.0/8", transport: port.transport,
          comment: port.name,
          extra: (
            match.saved + " -m nfacct --nfacct-name  localhost_nps_accepted_pkts",
            match.listed + " nfacct-name  localhost_nps_accepted_pkts"
          ), target: chains.external))
      nat.add(
        PacketRule(
          chain: "KUBE-NODEPORTS", transport: port.transport, comment: port.name, extra: match,
          target: chains.external))
    }
    if port.externalEndpoints.isEmpty { refuse(port, at: "", in: "KUBE-EXTERNAL-SERVICES") }
  }

  /// How traffic from outside goes on.
  private mutating func addExternal(_ port: ServicePort, _ chains: Chains) {
    let chain = chains.external
    if port.isExternallyLocal {
      let local = ("-m addrtype --src-type LOCAL", "ADDRTYPE match src-type LOCAL")
      nat.add(
        PacketRule(
          chain: chain, source: Self.clusterRange,
          comment: "pod traffic for \(port.name) external destinations", target: chains.cluster))
      nat.add(
        PacketRule(
          chain: chain, comment: "masquerade LOCAL traffic for \(port.name) external destinations",
          extra: local, target: "KUBE-MARK-MASQ"))
      nat.add(
        PacketRule(
          chain: chain, comment: "route LOCAL traffic for \(port.name) external destinations",
          extra: local, target: chains.cluster))
    } else {
      nat.add(
        PacketRule(
          chain: chain, comment: "masquerade traffic for \(port.name) external destinations",
          target: "KUBE-MARK-MASQ"))
    }
    if !port.externalEndpoints.isEmpty {
      nat.add(
        PacketRule(chain: chain, target: port.isExternallyLocal ? chains.local : chains.cluster))
    }
    guard !port.balancerAddresses.isEmpty, !port.sourceRanges.isEmpty else { return }
    for range in port.sourceRanges + ownSources(port) {
      nat.add(
        PacketRule(
          chain: chains.firewall, source: range, comment: "\(port.name) loadbalancer IP",
          target: chain))
    }
    nat.add(
      PacketRule(
        chain: chains.firewall,
        comment: "other traffic to \(port.name) will be dropped by KUBE-PROXY-FIREWALL", target: "")
    )
  }

  /// A node that may reach the balancer does so from the balancer's own address.
  private func ownSources(_ port: ServicePort) -> [String] {
    guard let own = network.node(node).flatMap({ IPAddress($0.address) }),
      port.sourceRanges.contains(where: { IPPrefix($0)?.contains(own) ?? false })
    else { return [] }
    return port.balancerAddresses
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
              "-m recent --rcheck --seconds \(seconds) --reap --name \(name) --mask "
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
        "-m recent --set --name \(name) --mask 255.255.255.255 --rsource -m \(port.transport)",
        "recent: SET name: \(name) side: source mask: 255.255.255.255 \(port.transport)"
      )
    }
    nat.add(rule)
  }

  /// Nobody is there: packets are turned away. Nobody is here, and only who is counts: they are lost.
  /// Without an address it is about the node port.
  private mutating func refuse(_ port: ServicePort, at address: String, in chain: String) {
    let isRefused = !port.usable.isAnyUsable
    var match = self.port(address.isEmpty ? port.nodePort : port.number, port.transport)
    if address.isEmpty {
      match.saved = "-m addrtype --dst-type LOCAL " + match.saved
      match.listed = "ADDRTYPE match dst-type LOCAL " + match.listed
    }
    filter.add(
      PacketRule(
        chain: chain, destination: address, transport: port.transport,
        comment: "\(port.name) has no \(isRefused ? "" : "local ")endpoints", extra: match,
        target: isRefused ? "REJECT --reject-with icmp-port-unreachable" : "DROP",
        targetListed: isRefused ? "reject-with icmp-port-unreachable" : ""))
  }
}
