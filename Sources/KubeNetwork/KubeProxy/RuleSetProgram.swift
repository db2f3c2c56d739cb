import Documents
import KubeObjects
package import Linux
package import Shell

/// Lists kube-proxy's table in nftables mode: `nft list ruleset`.
package struct RuleSetProgram: Program {
  package let name = "nft"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    guard let node = NodeTables.node(process) else { return 0 }
    let book = network.rules[node]
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    switch words.prefix(2).joined(separator: " ") {
    case "list ruleset", "list table":
      let isOther =
        words.first == "list" && words.dropFirst().first == "table"
        && words.last != "kube-proxy"
      if (book.mode ?? network.proxyMode) == "nftables", !isOther {
        try await process.write(text(book))
      }
      return 0
    case "list tables":
      if (book.mode ?? network.proxyMode) == "nftables" {
        try await process.write("table ip kube-proxy\n")
      }
      return 0
    default:
      try await process.writeError(
        "drydock: not simulated: nft \(process.arguments.joined(separator: " "))\n")
      return 1
    }
  }

  private func chain(_ port: ServicePort) -> String {
    let own = port.port["name"]?.string ?? ""
    let name = "\(port.service.namespacedName)/\(port.transport)/\(own)"
    return network.chainHash(name, 8) + "-" + name
  }

  private func chain(_ endpoint: ServiceEndpoint, _ port: ServicePort) -> String {
    let own = port.port["name"]?.string ?? ""
    let name =
      "\(port.service.namespacedName)/\(port.transport)/\(own)__\(endpoint.address)/"
      + "\(endpoint.port)"
    return network.chainHash(name, 8) + "-" + name
  }

  private func elements(_ lines: [String]) -> String {
    lines.isEmpty
      ? "" : "\t\telements = { " + lines.joined(separator: ",\n\t\t\t     ") + " }\n"
  }

  private func text(_ book: ServiceBook) -> String {
    let ports = book.servicePorts
    let served = ports.filter { !$0.endpoints.isEmpty }
    let addresses = Set(ports.map(\.clusterIP)).sorted()
    var text = "table ip kube-proxy {\n\tcomment \"rules for kube-proxy\"\n"
    text +=
      "\n\tset cluster-ips {\n\t\ttype ipv4_addr\n\t\tcomment \"Active ClusterIPs\"\n"
      + elements(addresses) + "\t}\n"
    let kind = "type ipv4_addr . inet_proto . inet_service : verdict"
    let refused = ports.filter { $0.endpoints.isEmpty }.map {
      "\($0.clusterIP) . \($0.transport) . \($0.number) comment \"\($0.name)\" : goto reject-chain"
    }
    text +=
      "\n\tmap no-endpoint-services {\n\t\t\(kind)\n"
      + "\t\tcomment \"vmap to drop or reject packets to services with no endpoints\"\n"
      + elements(refused) + "\t}\n"
    let entries = served.flatMap { port in
      ([port.clusterIP] + port.externalAddresses + port.balancerAddresses).map {
        let word = $0 == port.clusterIP ? "service" : "external"
        return "\($0) . \(port.transport) . \(port.number) : goto \(word)-\(chain(port))"
      }
    }
    text +=
      "\n\tmap service-ips {\n\t\t\(kind)\n"
      + "\t\tcomment \"ClusterIP, ExternalIP and LoadBalancer IP traffic\"\n"
      + elements(entries) + "\t}\n"
    let nodePorts = served.filter { $0.nodePort > 0 }.map {
      "\($0.transport) . \($0.nodePort) : goto external-\(chain($0))"
    }
    text +=
      "\n\tmap service-nodeports {\n\t\ttype inet_proto . inet_service : verdict\n"
      + "\t\tcomment \"NodePort traffic\"\n" + elements(nodePorts) + "\t}\n"
    text +=
      "\n\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n"
      + "\t\tip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports\n\t}\n"
      + "\n\tchain reject-chain {\n\t\tcomment \"helper for @no-endpoint-services / "
      + "@no-endpoint-nodeports\"\n\t\treject\n\t}\n"
      + "\n\tchain mark-for-masquerade {\n\t\tmeta mark set meta mark | 0x00004000\n\t}\n"
    for port in served { text += chains(port) }
    return text + "}\n"
  }

  private func chains(_ port: ServicePort) -> String {
    var text =
      "\n\tchain service-\(chain(port)) {\n\t\tip daddr \(port.clusterIP) \(port.transport) dport "
      + "\(port.number) ip saddr != 10.244.0.0/16 jump mark-for-masquerade\n"
    let verdicts = port.endpoints.enumerated().map {
      "\($0.offset) : goto endpoint-\(chain($0.element, port))"
    }
    text +=
      "\t\tnumgen random mod \(port.endpoints.count) vmap { \(verdicts.joined(separator: ", ")) }"
      + "\n\t}\n"
    if port.isExternal {
      text +=
        "\n\tchain external-\(chain(port)) {\n\t\tjump mark-for-masquerade\n"
        + "\t\tgoto service-\(chain(port))\n\t}\n"
    }
    for endpoint in port.endpoints {
      text +=
        "\n\tchain endpoint-\(chain(endpoint, port)) {\n\t\tip saddr \(endpoint.address) jump "
        + "mark-for-masquerade\n\t\tmeta l4proto \(port.transport) dnat to \(endpoint.address):"
        + "\(endpoint.port)\n\t}\n"
    }
    return text
  }
}
