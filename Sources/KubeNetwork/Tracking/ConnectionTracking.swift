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
