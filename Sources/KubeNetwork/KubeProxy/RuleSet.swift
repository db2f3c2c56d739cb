import Documents
import KubeAPIServer
import KubeObjects

/// The table that kube-proxy keeps in nftables mode: what `nft list ruleset` shows of it.
struct RuleSet {
  private let network: ClusterNetwork
  private let ports: [ServicePort]
  private let node: String

  init(_ network: ClusterNetwork, _ book: ServiceBook, node: String) {
    self.network = network
    ports = network.servicePorts(book, on: node)
    self.node = node
  }

  // Base chains, and who jumps from them: nftablesBaseChains and nftablesJumpChains of
  // pkg/proxy/nftables. An output hook has no name for the priority of destination NAT.
  private static let baseChains: [(name: String, hook: String, rules: [String])] = [
    (
      "filter-prerouting-pre-dnat", "filter hook prerouting priority dstnat - 10",
      ["ct state new jump firewall-check"]
    ),
    (
      "filter-output-pre-dnat", "filter hook output priority -110",
      ["ct state new jump firewall-check"]
    ),
    (
      "filter-input", "filter hook input priority filter",
      [
        "ct state new jump nodeport-endpoints-check", "ct state new jump service-endpoints-check",
      ]
    ),
    (
      "filter-forward", "filter hook forward priority filter",
      ["ct state new jump service-endpoints-check", "ct state new jump cluster-ips-check"]
    ),
    (
      "filter-output", "filter hook output priority filter",
      ["ct state new jump service-endpoints-check", "ct state new jump cluster-ips-check"]
    ),
    ("nat-prerouting", "nat hook prerouting priority dstnat", ["jump services"]),
    ("nat-output", "nat hook output priority -100", ["jump services"]),
    ("nat-postrouting", "nat hook postrouting priority srcnat", ["jump masquerading"]),
  ]

  private static let clusterRange = "10.244.0.0/16"

  var text: String {
    let served = ports.filter(\.usable.isAnyUsable)
    var blocks = sets
    blocks += served.flatMap(affinitySets)
    blocks += Self.baseChains.map { chain in
      block("chain", chain.name, ["type \(chain.hook); policy accept;"] + chain.rules)
    }
    blocks += commonChains
    blocks += served.flatMap(chains)
    return "table ip kube-proxy {\n\tcomment \"rules for kube-proxy\"\n\n"
      + blocks.joined(separator: "\n") + "}\n"
  }

  private func block(
    _ kind: String, _ name: String, _ lines: [String], elements: [String] = []
  ) -> String {
    let body = lines.map { "\t\t\($0)\n" }.joined()
    let rest =
      elements.isEmpty
      ? "" : "\t\telements = { " + elements.joined(separator: ",\n\t\t\t     ") + " }\n"
    return "\t\(kind) \(name) {\n\(body)\(rest)\t}\n"
  }

  // MARK: sets and maps

  private var sets: [String] {
    let byAddress = "type ipv4_addr . inet_proto . inet_service : verdict"
    let byPort = "type inet_proto . inet_service : verdict"
    func map(_ name: String, _ type: String, _ comment: String, _ elements: [String]) -> String {
      block("map", name, [type, "comment \"\(comment)\""], elements: elements)
    }
    return [
      block(
        "set", "cluster-ips", ["type ipv4_addr", "comment \"Active ClusterIPs\""],
        elements: Set(ports.map(\.clusterIP)).sorted()),
      block(
        "set", "nodeport-ips", ["type ipv4_addr", "comment \"IPs that accept NodePort traffic\""],
        elements: [network.node(node)?.address ?? ""].filter { !$0.isEmpty }),
      map(
        "no-endpoint-services", byAddress,
        "vmap to drop or reject packets to services with no endpoints",
        ports.flatMap { port in
          addresses(port).compactMap { address in
            verdictWithoutEndpoints(port, isExternal: address != port.clusterIP).map {
              "\(address) . \(port.transport) . \(port.number) comment \"\(port.name)\" : \($0)"
            }
          }
        }),
      map(
        "no-endpoint-nodeports", byPort,
        "vmap to drop or reject packets to service nodeports with no endpoints",
        ports.filter { $0.nodePort > 0 }.compactMap { port in
          verdictWithoutEndpoints(port, isExternal: true).map {
            "\(port.transport) . \(port.nodePort) comment \"\(port.name)\" : \($0)"
          }
        }),
      map(
        "firewall-ips", byAddress, "destinations that are subject to LoadBalancerSourceRanges",
        ports.filter { !$0.sourceRanges.isEmpty }.flatMap { port in
          port.balancerAddresses.map {
            "\($0) . \(port.transport) . \(port.number) comment \"\(port.name)\" : goto "
              + "firewall-\(name(port))"
          }
        }),
      map(
        "service-ips", byAddress, "ClusterIP, ExternalIP and LoadBalancer IP traffic",
        ports.flatMap { port in
          addresses(port).filter { self.port(port, isServedAt: $0) }.map {
            let word =
              $0 != port.clusterIP ? "external" : port.isInternallyLocal ? "local" : "service"
            return "\($0) . \(port.transport) . \(port.number) : goto \(word)-\(name(port))"
          }
        }),
      map(
        "service-nodeports", byPort, "NodePort traffic",
        ports.filter { $0.nodePort > 0 && $0.usable.isAnyUsable }.map {
          "\($0.transport) . \($0.nodePort) : goto external-\(name($0))"
        }),
    ]
  }

  private func addresses(_ port: ServicePort) -> [String] {
    [port.clusterIP] + port.externalAddresses + port.balancerAddresses
  }

  private func port(_ port: ServicePort, isServedAt address: String) -> Bool {
    verdictWithoutEndpoints(port, isExternal: address != port.clusterIP) == nil
  }

  /// Without any endpoint packets are refused; without one here, where only those count, dropped.
  private func verdictWithoutEndpoints(_ port: ServicePort, isExternal: Bool) -> String? {
    if !port.usable.isAnyUsable { return "goto reject-chain" }
    let those = isExternal ? port.externalEndpoints : port.internalEndpoints
    return those.isEmpty ? "drop" : nil
  }

  private func affinitySets(_ port: ServicePort) -> [String] {
    guard let seconds = port.affinitySeconds else { return [] }
    return port.reachable.map {
      block(
        "set", "affinity-\(name($0, port))",
        ["type ipv4_addr", "flags dynamic,timeout", "timeout \(Self.span(seconds))"])
    }
  }

  /// As nft prints times: `3h`, `1m30s`.
  private static func span(_ seconds: Int64) -> String {
    let parts = [
      (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
      (seconds % 60, "s"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
  }

  // MARK: chains

  private var commonChains: [String] {
    let atNodePort = "ip daddr @nodeport-ips meta l4proto . th dport vmap"
    let atAddress = "ip daddr . meta l4proto . th dport vmap"
    let range = network.client.server.serviceRange.description
    return [
      block("chain", "nodeport-endpoints-check", ["\(atNodePort) @no-endpoint-nodeports"]),
      block("chain", "service-endpoints-check", ["\(atAddress) @no-endpoint-services"]),
      block("chain", "firewall-check", ["\(atAddress) @firewall-ips"]),
      block(
        "chain", "services", ["\(atAddress) @service-ips", "\(atNodePort) @service-nodeports"]),
      block(
        "chain", "masquerading",
        [
          "meta mark & 0x00004000 == 0x00000000 return",
          "meta mark set meta mark ^ 0x00004000", "masquerade fully-random",
        ]),
      block(
        "chain", "cluster-ips-check",
        [
          "ip daddr @cluster-ips reject comment \"Reject traffic to invalid ports of ClusterIPs\"",
          "ip daddr \(range) drop comment \"Drop traffic to unallocated ClusterIPs\"",
        ]),
      block("chain", "mark-for-masquerade", ["meta mark set meta mark | 0x00004000"]),
      block(
        "chain", "reject-chain",
        ["comment \"helper for @no-endpoint-services / @no-endpoint-nodeports\"", "reject"]),
    ]
  }

  private func name(_ port: ServicePort) -> String {
    let own = port.port["name"]?.string ?? ""
    let name = "\(port.service.namespacedName)/\(port.transport)/\(own)"
    return network.chainHash(name, 8) + "-" + name
  }

  private func name(_ endpoint: ServiceEndpoint, _ port: ServicePort) -> String {
    let own = port.port["name"]?.string ?? ""
    let name =
      "\(port.service.namespacedName)/\(port.transport)/\(own)__\(endpoint.address)/"
      + "\(endpoint.port)"
    return network.chainHash(name, 8) + "-" + name
  }

  private func choice(_ endpoints: [ServiceEndpoint], _ port: ServicePort) -> [String] {
    guard !endpoints.isEmpty else { return [] }
    let known =
      port.affinitySeconds == nil
      ? []
      : endpoints.map { "ip saddr @affinity-\(name($0, port)) goto endpoint-\(name($0, port))" }
    let verdicts = endpoints.enumerated().map {
      "\($0.offset) : goto endpoint-\(name($0.element, port))"
    }
    return known + [
      "numgen random mod \(endpoints.count) vmap { \(verdicts.joined(separator: ", ")) }"
    ]
  }

  private func chains(_ port: ServicePort) -> [String] {
    let own = name(port)
    let source =
      network.rules[node].configuration.masqueradesAll
      ? "" : "ip saddr != \(Self.clusterRange) "
    let masquerade =
      "ip daddr \(port.clusterIP) \(port.transport) dport \(port.number) \(source)"
      + "jump mark-for-masquerade"
    var chains: [String] = []
    for (kind, isInner, endpoints) in [
      ("service", !port.isInternallyLocal, port.usesCluster ? port.usable.cluster : []),
      ("local", port.isInternallyLocal, port.usesLocal ? port.usable.local : []),
    ] where !endpoints.isEmpty {
      chains.append(
        block(
          "chain", "\(kind)-\(own)", (isInner ? [masquerade] : []) + choice(endpoints, port)))
    }
    if port.isExternal {
      let lines =
        port.isExternallyLocal
        ? [
          "ip saddr \(Self.clusterRange) goto service-\(own) comment \"short-circuit pod traffic\"",
          "fib saddr type local jump mark-for-masquerade comment \"masquerade local traffic\"",
          "fib saddr type local goto service-\(own) comment \"short-circuit local traffic\"",
        ] + (port.externalEndpoints.isEmpty ? [] : ["goto local-\(own)"])
        : ["jump mark-for-masquerade", "goto service-\(own)"]
      chains.append(block("chain", "external-\(own)", lines))
    }
    if !port.sourceRanges.isEmpty {
      let ranges = port.sourceRanges.joined(separator: ", ")
      chains.append(block("chain", "firewall-\(own)", ["ip saddr != { \(ranges) } drop"]))
    }
    chains += port.reachable.map { endpoint in
      let update =
        port.affinitySeconds == nil
        ? [] : ["update @affinity-\(name(endpoint, port)) { ip saddr }"]
      return block(
        "chain", "endpoint-\(name(endpoint, port))",
        ["ip saddr \(endpoint.address) jump mark-for-masquerade"] + update + [
          "meta l4proto \(port.transport) dnat to \(endpoint.address):\(endpoint.port)"
        ])
    }
    return chains
  }
}
