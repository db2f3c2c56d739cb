import KubeAPIServer
import KubeObjects
package import Linux
package import Shell
import Simulation

/// `netpol table [-n NAMESPACE | -A]`: who may talk to whom.
package struct PolicyTableProgram: Program {
  package let name = "netpol"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  /// So many Pods still make a table that can be read.
  private static let limit = 60

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    var namespaces = ["default"]
    var words: [String] = []
    var arguments = process.arguments[...]
    while let word = arguments.popFirst() {
      switch word {
      case "-n", "--namespace": namespaces = [arguments.popFirst() ?? "default"]
      case "-A", "--all-namespaces": namespaces = []
      default: words.append(word)
      }
    }
    guard words == ["table"] || words.isEmpty && process.arguments.isEmpty == false else {
      throw UsageError(
        "what? For example: netpol table, netpol table -n shop, netpol table -A", hint: false,
        status: 2)
    }
    try await process.sleep(.milliseconds(1))
    let matrix = PolicyMatrix(network, namespaces: namespaces)
    guard matrix.rows.count <= Self.limit else {
      try await process.writeError(
        "netpol: \(matrix.rows.count) Pods are too many for a table: choose a namespace with -n\n")
      return 1
    }
    guard matrix.rows.count > 1 else {
      try await process.writeError("No Pods found in \(namespaces.first ?? "any") namespace.\n")
      return 1
    }
    var text = matrix.text
    text += "* all declared ports   - none   80 only these   columns are numbered as the rows\n"
    if !network.enforcesPolicies {
      text += "The network plug-in takes no notice of NetworkPolicies: everything is open.\n"
    }
    try await process.write(text)
    return 0
  }
}
