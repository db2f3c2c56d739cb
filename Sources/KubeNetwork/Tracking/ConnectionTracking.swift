package import Linux
package import Shell
import Simulation

/// Shows and forgets what a node's kernel knows of connections: `conntrack`.
package struct ConnectionTracking: Program {
  package let name = "conntrack"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  private static let version = "conntrack v1.4.8 (conntrack-tools)"

  package func run(_ process: Process) async throws -> ExitStatus {
    var wanted: [String: String] = [:]
    var verb: Character?
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if let field = Self.fields[parts.first ?? ""] {
        wanted[field] = parts.count > 1 ? parts[1] : rest.popFirst() ?? ""
        continue
      }
      switch word {
      case "-L", "--dump": verb = "L"
      case "-D", "--delete": verb = "D"
      case "-C", "--count": verb = "C"
      case "-F", "--flush": verb = "F"
      case "-S", "--stats": verb = "S"
      case "-V", "--version":
        try await process.write(Self.version + "\n")
        return 0
      case "conntrack": break
      case "-f", "--family", "-o", "--output": _ = rest.popFirst()
      default:
        try await process.writeError("drydock: not simulated: conntrack \(word)\n")
        return 2
      }
    }
    guard process.caller.capabilities.contains(.netAdmin) else {
      try await process.writeError(
        "\(Self.version): Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability "
          + "to do this\n")
      return 1
    }
    guard let verb else {
      try await process.writeError("\(Self.version): you have to specify a command\n")
      return 2
    }
    let node = NodeTables.node(process) ?? ""
    let found = network.flows.known(on: node, at: process.machine.timeline.now).filter {
      Self.takes($0.flow, wanted)
    }
    switch verb {
    case "C": try await process.write("\(found.count)\n")
    case "F":
      network.flows.remove(found.map(\.flow))
      try await process.writeError("\(Self.version): connection tracking table has been emptied.\n")
    case "S":
      for cpu in 0..<process.machine.processors {
        try await process.write(
          "cpu=\(cpu)   \tfound=0 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 "
            + "search_restart=0 clash_resolve=0 chaintoolong=0 \n")
      }
    default:
      for (flow, left) in found { try await process.write(Self.line(flow, left)) }
      if verb == "D" { network.flows.remove(found.map(\.flow)) }
      try await process.writeError(
        "\(Self.version): \(found.count) flow entries have been "
          + "\(verb == "D" ? "deleted" : "shown").\n")
      if verb == "D", found.isEmpty { return 1 }
    }
    return 0
  }

  /// Options that pick, and what they look at.
  private static let fields: [String: String] = [
    "-s": "src", "--src": "src", "--orig-src": "src", "-d": "dst", "--dst": "dst",
    "--orig-dst": "dst", "-r": "reply-src", "--reply-src": "reply-src", "-q": "reply-dst",
    "--reply-dst": "reply-dst", "-p": "proto", "--proto": "proto", "--protonum": "proto",
    "--sport": "sport", "--orig-port-src": "sport", "--dport": "dport",
    "--orig-port-dst": "dport", "--state": "state", "-g": "dst-nat", "--dst-nat": "dst-nat",
    "-n": "src-nat", "--src-nat": "src-nat",
  ]

  private static func state(_ flow: Flow) -> String {
    flow.closed == nil ? "ESTABLISHED" : "TIME_WAIT"
  }

  private static func takes(_ flow: Flow, _ wanted: [String: String]) -> Bool {
    wanted.allSatisfy { field, value in
      switch field {
      case "src": flow.source.address == value
      case "dst": flow.target.address == value
      case "reply-src": flow.inner.address == value
      case "reply-dst": flow.seenAs == value
      case "proto": flow.transport.rawValue.lowercased() == value.lowercased()
      case "sport": "\(flow.source.port)" == value
      case "dport": "\(flow.target.port)" == value
      case "state": state(flow) == value.uppercased() && flow.transport == .tcp
      case "dst-nat":
        flow.inner.address != flow.target.address && (value.isEmpty || flow.inner.address == value)
      default: flow.seenAs != flow.source.address && (value.isEmpty || flow.seenAs == value)
      }
    }
  }

  /// As libnetfilter_conntrack prints an entry: protocol, time left, state, both directions.
  private static func line(_ flow: Flow, _ left: Int64) -> String {
    let numbers: [Transport: Int] = [.tcp: 6, .udp: 17, .sctp: 132, .icmp: 1]
    let name = flow.transport.rawValue.lowercased()
    let pad = String(repeating: " ", count: max(1, 9 - name.count))
    let state = flow.transport == .tcp ? "\(Self.state(flow)) " : ""
    return "\(name)\(pad)\(numbers[flow.transport] ?? 0) \(left) \(state)"
      + "src=\(flow.source.address) dst=\(flow.target.address) sport=\(flow.source.port) "
      + "dport=\(flow.target.port) src=\(flow.inner.address) dst=\(flow.seenAs) "
      + "sport=\(flow.inner.port) dport=\(flow.source.port) "
      + (flow.transport == .tcp ? "[ASSURED] " : "") + "mark=0 use=1\n"
  }
}

/// Lists the sets of addresses that a node's rules name: `ipset`.
package struct AddressSets: Program {
  package let name = "ipset"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    let isShort = process.arguments.contains { ["-n", "-name"].contains($0) }
    if process.arguments.contains("-v") || words.first == "version" {
      try await process.write("ipset v7.19, protocol version: 7\n")
      return 0
    }
    guard ["list", "save"].contains(words.first ?? "list"), words.first != "save" else {
      try await process.writeError(
        "drydock: not simulated: ipset \(words.joined(separator: " "))\n")
      return 1
    }
    guard process.caller.capabilities.contains(.netAdmin) else {
      try await process.writeError("ipset v7.19: Kernel error received: Operation not permitted\n")
      return 1
    }
    let all = NodeTables.node(process).map(sets) ?? []
    let wanted = words.dropFirst().first
    let shown = all.filter { wanted == nil || $0.name == wanted }
    if wanted != nil, shown.isEmpty {
      try await process.writeError("ipset v7.19: The set with the given name does not exist\n")
      return 1
    }
    try await process.write(
      isShort ? shown.map { $0.name + "\n" }.joined() : shown.map(\.text).joined(separator: "\n"))
    return 0
  }

  private struct AddressSet {
    var name: String
    var type: String
    var members: [String]

    var text: String {
      "Name: \(name)\nType: \(type)\nRevision: 6\nHeader: family inet hashsize 1024 maxelem "
        + "\(type == "hash:net" ? 1_048_576 : 65536)\nSize in memory: \(448 + 64 * members.count)\n"
        + "References: 1\nNumber of entries: \(members.count)\nMembers:\n"
        + members.map { $0 + "\n" }.joined()
    }
  }

  /// Felix's sets of Calico, and those of kube-proxy in ipvs mode.
  private func sets(_ node: String) -> [AddressSet] {
    var found: [AddressSet] = []
    let own = network.node(node)?.address ?? ""
    if network.plugIn == .calico {
      found = [
        AddressSet(name: "cali40masq-ipam-pools", type: "hash:net", members: ["10.244.0.0/16"]),
        AddressSet(name: "cali40all-ipam-pools", type: "hash:net", members: ["10.244.0.0/16"]),
        AddressSet(
          name: "cali40this-host", type: "hash:ip", members: ["127.0.0.0", "127.0.0.1", own]),
      ]
    }
    let book = network.rules[node]
    guard (book.mode ?? network.proxyMode) == "ipvs" else { return found }
    let ports = book.servicePorts
    func entries(_ addresses: (ServicePort) -> [String]) -> [String] {
      ports.flatMap { port in addresses(port).map { "\($0),\(port.transport):\(port.number)" } }
    }
    found += [
      AddressSet(
        name: "KUBE-CLUSTER-IP", type: "hash:ip,port", members: entries { [$0.clusterIP] }),
      AddressSet(
        name: "KUBE-LOAD-BALANCER", type: "hash:ip,port", members: entries { $0.balancerAddresses }),
      AddressSet(
        name: "KUBE-EXTERNAL-IP", type: "hash:ip,port", members: entries { $0.externalAddresses }),
      AddressSet(
        name: "KUBE-NODE-PORT-TCP", type: "bitmap:port",
        members: ports.filter { $0.transport == "tcp" && $0.nodePort > 0 }.map { "\($0.nodePort)" }),
      AddressSet(
        name: "KUBE-LOOP-BACK", type: "hash:ip,port,ip",
        members: ports.flatMap { port in
          port.endpoints.filter { $0.node == node }.map {
            "\($0.address),\(port.transport):\($0.port),\($0.address)"
          }
        }),
    ]
    return found
  }
}
