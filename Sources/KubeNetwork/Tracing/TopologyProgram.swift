package import Linux
package import Shell
import Simulation

/// `topology [-n NAMESPACE | -A] [--svg FILE]`: the cluster drawn.
package struct TopologyProgram: Program {
  package let name = "topology"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    var namespace: String?
    var showsAll = false
    var file: String?
    var arguments = process.arguments[...]
    while let word = arguments.popFirst() {
      switch word {
      case "-n", "--namespace": namespace = arguments.popFirst()
      case "-A", "--all-namespaces": showsAll = true
      case "--svg": file = arguments.popFirst()
      default:
        if word.hasPrefix("--svg=") {
          file = String(word.dropFirst(6))
        } else {
          throw UsageError(
            "what? For example: topology, topology -n shop, topology --svg cluster.svg",
            hint: false,
            status: 2)
        }
      }
    }
    try await process.sleep(.milliseconds(1))
    let topology = Topology(network, namespace: namespace, showsAll: showsAll)
    guard let file, !file.isEmpty else {
      try await process.write(topology.text)
      return 0
    }
    do {
      try process.replace(file, with: Array(TopologyDrawing(topology).svg.utf8))
    } catch {
      try await process.complain("\(file): \(error.text)")
      return 1
    }
    try await process.write("\(file) written\n")
    return 0
  }
}
