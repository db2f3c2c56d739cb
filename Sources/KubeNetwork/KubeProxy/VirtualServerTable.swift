import Documents
import KubeObjects
import Linux

/// What kube-proxy in ipvs mode keeps on its node: virtual servers, the sets of addresses that its
/// rules name, and the addresses of its dummy interface.
struct VirtualServerTable {
  /// The interface that makes every virtual server's address the node's own.
  static let interface = "kube-ipvs0"

  struct Server {
    let transport: String
    let address: String
    let port: Int64
    let persistence: Int64?
    let endpoints: [ServiceEndpoint]
  }

  private(set) var servers: [Server] = []
  private(set) var sets = Self.kinds.map { AddressSet(name: $0.name, type: $0.type) }
  private(set) var addresses: [String] = []
  /// Balancers' addresses that the node itself may not use.
  private(set) var closed: [(address: String, transport: String, port: Int64)] = []
  let configuration: ProxyConfiguration

  // ipsetInfo, in its order; what the sets are for stands in the rules as a comment.
  private static let kinds: [(name: String, type: String, comment: String)] = [
    (
      "KUBE-LOOP-BACK", "hash:ip,port,ip",
      "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose"
    ),
    (
      "KUBE-CLUSTER-IP", "hash:ip,port",
      "Kubernetes service cluster ip + port for masquerade purpose"
    ),
    (
      "KUBE-EXTERNAL-IP", "hash:ip,port",
      "Kubernetes service external ip + port for masquerade and filter purpose"
    ),
    (
      "KUBE-EXTERNAL-IP-LOCAL", "hash:ip,port",
      "Kubernetes service external ip + port with externalTrafficPolicy=local"
    ), ("KUBE-LOAD-BALANCER", "hash:ip,port", "Kubernetes service lb portal"),
    (
      "KUBE-LOAD-BALANCER-FW", "hash:ip,port",
      "Kubernetes service load balancer ip + port for load balancer with sourceRange"
    ),
    (
      "KUBE-LOAD-BALANCER-LOCAL", "hash:ip,port",
      "Kubernetes service load balancer ip + port with externalTrafficPolicy=local"
    ),
    (
      "KUBE-LOAD-BALANCER-SOURCE-IP", "hash:ip,port,ip",
      "Kubernetes service load balancer ip + port + source IP for packet filter purpose"
    ),
    (
      "KUBE-LOAD-BALANCER-SOURCE-CIDR", "hash:ip,port,net",
      "Kubernetes service load balancer ip + port + source cidr for packet filter purpose"
    ),
    (
      "KUBE-NODE-PORT-TCP", "bitmap:port", "Kubernetes nodeport TCP port for masquerade purpose"
    ),
    (
      "KUBE-NODE-PORT-LOCAL-TCP", "bitmap:port",
      "Kubernetes nodeport TCP port with externalTrafficPolicy=local"
    ),
    (
      "KUBE-NODE-PORT-UDP", "bitmap:port", "Kubernetes nodeport UDP port for masquerade purpose"
    ),
    (
      "KUBE-NODE-PORT-LOCAL-UDP", "bitmap:port",
      "Kubernetes nodeport UDP port with externalTrafficPolicy=local"
    ),
    (
      "KUBE-NODE-PORT-SCTP-HASH", "hash:ip,port",
      "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'"
    ),
    (
      "KUBE-NODE-PORT-LOCAL-SCTP-HASH", "hash:ip,port",
      "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'"
    ), ("KUBE-HEALTH-CHECK-NODE-PORT", "bitmap:port", "Kubernetes health check node port"),
    ("KUBE-IPVS-IPS", "hash:ip", "Virtual IPs used by IPVS"),
  ]

  // pkg/proxy/ipvs, syncProxyRules.
  init(_ network: ClusterNetwork, node: String) {
    let book = network.rules[node]
    configuration = book.configuration
    guard configuration.mode == "ipvs" else { return }
    let own = network.ownAddresses(ofNode: node)
    for port in network.servicePorts(book, on: node) {
      for endpoint in port.all where endpoint.node == node {
        add(
          "\(endpoint.address),\(port.transport):\(endpoint.port),\(endpoint.address)",
          to: "KUBE-LOOP-BACK")
      }
      addClusterAddress(port)
      addOuterAddresses(port, own)
      if port.nodePort > 0 { addNodePort(port, own) }
      if port.healthCheckPort > 0 {
        add("\(port.healthCheckPort)", to: "KUBE-HEALTH-CHECK-NODE-PORT")
      }
    }
    addresses.sort(by: Self.isBefore)
    for address in addresses { add(address, to: "KUBE-IPVS-IPS") }
    let order = ["tcp": 6, "udp": 17, "sctp": 132]
    servers.sort {
      let (a, b) = (order[$0.transport] ?? 0, order[$1.transport] ?? 0)
      if a != b { return a < b }
      return $0.address == $1.address ? $0.port < $1.port : Self.isBefore($0.address, $1.address)
    }
  }

  private static func isBefore(_ a: String, _ b: String) -> Bool {
    guard let first = IPAddress(a), let second = IPAddress(b) else { return a < b }
    return first < second
  }

  private mutating func add(_ member: String, to name: String) {
    guard let index = sets.firstIndex(where: { $0.name == name }) else { return }
    sets[index].add(member)
  }

  private mutating func serve(
    _ port: ServicePort, at address: String, _ number: Int64, isLocal: Bool, isBound: Bool
  ) {
    servers.append(
      Server(
        transport: port.transport, address: address, port: number,
        persistence: port.affinitySeconds, endpoints: port.virtualEndpoints(isLocal: isLocal)))
    if isBound, !addresses.contains(address) { addresses.append(address) }
  }

  private mutating func addClusterAddress(_ port: ServicePort) {
    add("\(port.clusterIP),\(port.transport):\(port.number)", to: "KUBE-CLUSTER-IP")
    serve(
      port, at: port.clusterIP, port.number, isLocal: port.isInternallyLocal, isBound: true)
  }

  private mutating func addOuterAddresses(_ port: ServicePort, _ own: [String]) {
    let isLocal = port.isExternallyLocal
    for address in port.externalAddresses {
      add(
        "\(address),\(port.transport):\(port.number)",
        to: isLocal ? "KUBE-EXTERNAL-IP-LOCAL" : "KUBE-EXTERNAL-IP")
      serve(port, at: address, port.number, isLocal: isLocal, isBound: !own.contains(address))
    }
    for address in port.balancerAddresses {
      let entry = "\(address),\(port.transport):\(port.number)"
      add(entry, to: "KUBE-LOAD-BALANCER")
      if isLocal { add(entry, to: "KUBE-LOAD-BALANCER-LOCAL") }
      if !port.sourceRanges.isEmpty {
        add(entry, to: "KUBE-LOAD-BALANCER-FW")
        for range in port.sourceRanges {
          add("\(entry),\(range)", to: "KUBE-LOAD-BALANCER-SOURCE-CIDR")
        }
        let isOpenToNode = own.first.flatMap { IPAddress($0) }.map { address in
          port.sourceRanges.contains { IPPrefix($0)?.contains(address) ?? false }
        }
        if isOpenToNode == true {
          add("\(entry),\(address)", to: "KUBE-LOAD-BALANCER-SOURCE-IP")
        } else {
          closed.append((address, port.transport, port.number))
        }
      }
      serve(port, at: address, port.number, isLocal: isLocal, isBound: !own.contains(address))
    }
  }

  private mutating func addNodePort(_ port: ServicePort, _ own: [String]) {
    let isHash = port.transport == "sctp"
    let entries = isHash ? own.map { "\($0),sctp:\(port.nodePort)" } : ["\(port.nodePort)"]
    let name = port.transport.uppercased() + (isHash ? "-HASH" : "")
    for entry in entries {
      add(entry, to: "KUBE-NODE-PORT-\(name)")
      if port.isExternallyLocal { add(entry, to: "KUBE-NODE-PORT-LOCAL-\(name)") }
    }
    for address in own {
      serve(port, at: address, port.nodePort, isLocal: port.isExternallyLocal, isBound: false)
    }
  }

  /// A set that a rule is to name, with what it is for; nil while it is empty.
  func filled(_ name: String) -> String? {
    guard let set = sets.first(where: { $0.name == name }), !set.members.isEmpty else { return nil }
    return Self.kinds.first { $0.name == name }?.comment
  }
}

extension ServicePort {
  /// Where a virtual server sends to: without an endpoint here all are used, and what comes from
  /// elsewhere gets no answer (kubernetes/kubernetes#97081).
  func virtualEndpoints(isLocal: Bool) -> [ServiceEndpoint] {
    let cluster = usesCluster ? usable.cluster : []
    return isLocal && !usable.local.isEmpty ? usable.local : cluster
  }
}

/// A set of addresses that a node's rules name.
struct AddressSet {
  let name: String
  let type: String
  var members: [String] = []

  mutating func add(_ member: String) {
    if !members.contains(member) { members.append(member) }
  }

  // The newest revisions of Linux 6.8.
  private static let revisions = [
    "hash:ip": 6, "hash:ip,port": 7, "hash:ip,port,ip": 6, "hash:ip,port,net": 8, "hash:net": 7,
    "bitmap:port": 3,
  ]

  private func header(_ family: String) -> String {
    guard type != "bitmap:port" else { return "range 0-65535" }
    let size = type == "hash:net" ? 1_048_576 : 65536
    return "family \(family) hashsize 1024 maxelem \(size) bucketsize 12 initval 0x"
      + ClusterNetwork.digits(name).prefix(8)
  }

  func saved(family: String) -> String {
    "create \(name) \(type) \(header(family))\n" + members.map { "add \(name) \($0)\n" }.joined()
  }

  /// As `ipset list` shows it, with the number of rules that name it.
  func text(family: String, references: Int) -> String {
    let memory = type == "bitmap:port" ? 8264 : 216 + 64 * members.count
    return "Name: \(name)\nType: \(type)\nRevision: \(Self.revisions[type] ?? 0)\n"
      + "Header: \(header(family))\nSize in memory: \(memory)\nReferences: \(references)\n"
      + "Number of entries: \(members.count)\nMembers:\n" + members.map { $0 + "\n" }.joined()
  }
}
