import Documents
import KubeAPIServer
import KubeObjects
package import Linux
package import Shell
import Simulation

/// `trace from POD to SERVICE:PORT|URL [-n NAMESPACE]`: the way of a connection, hop by hop.
package struct TraceProgram: Program {
  package let name = "trace"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  static let usage = """
    Usage: trace from POD to SERVICE:PORT|URL [-n NAMESPACE] [--host NAME]
    POD may be NAMESPACE/POD, a node's name or workstation. The target may be a URL, or an address
    and a port; /udp or /sctp after the port for other protocols than TCP. For example:
      trace from box to web:80
      trace from shop/box to http://web.shop/cart
      trace from node01 to 10.244.1.7:8080
      trace from box to kube-dns.kube-system:53/udp
      trace from workstation to http://192.168.56.11:30080/ --host shop.example.com

    """

  package func run(_ process: Process) async throws -> ExitStatus {
    var namespace = "default"
    var words: [String] = []
    var host: String?
    var arguments = process.arguments[...]
    while let word = arguments.popFirst() {
      switch word {
      case "-n", "--namespace": namespace = arguments.popFirst() ?? namespace
      case "--host": host = arguments.popFirst()
      case "-h", "--help":
        try await process.write(Self.usage)
        return 0
      case "from", "to": break
      default: words.append(word)
      }
    }
    // What was changed a moment ago is known to everybody first.
    try await process.sleep(.milliseconds(1))
    guard words.count == 2, var target = TraceTarget(words[1]) else {
      throw UsageError("from where to where?\n" + Self.usage, hint: false, status: 2)
    }
    target.header = host
    let source: NetworkNamespace
    switch find(words[0], namespace) {
    case .found(let place): source = place
    case .missing(let why):
      try await process.writeError("trace: \(why)\n")
      return 1
    }
    guard let machine = network.machineOf(source) else {
      try await process.writeError("trace: no container runs in \(source.title)\n")
      return 1
    }
    if case .pod(let home, _) = source.kind { namespace = home }
    var trace = Trace(network: network, source: source, machine: machine, namespace: namespace)
    try await trace.follow(target) { try await process.sleep(.milliseconds(1)) }
    try await process.write("\(source.title) to \(target.title)\n" + trace.text)
    return trace.arrives ? 0 : 1
  }

  private enum Found {
    case found(NetworkNamespace)
    case missing(String)
  }

  private func find(_ text: String, _ namespace: String) -> Found {
    if text == "workstation" { return .found(network.workstation) }
    var parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    if let kind = parts.first, ["pod", "pods", "po"].contains(kind) { parts.removeFirst() }
    if let kind = parts.first, ["node", "nodes", "no"].contains(kind), parts.count == 2 {
      parts.removeFirst()
    }
    let home = parts.count == 2 ? parts[0] : namespace
    guard let name = parts.last else { return .missing("no name") }
    guard let pod = network.pods[home, name] else {
      if parts.count == 1, let node = network.node(name) { return .found(node) }
      return .missing("pods \"\(name)\" not found in namespace \(home)")
    }
    guard !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? ""),
      let place = network.sandbox(of: pod)
    else {
      let phase = pod[path: "status", "phase"]?.string ?? "Pending"
      return .missing(
        "Pod \(home)/\(name) is \(phase) and has no network: why pod/\(name) -n \(home)")
    }
    return .found(place)
  }
}
