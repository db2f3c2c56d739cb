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
    let isThere = book.configuration.mode == "nftables"
    let text = isThere ? RuleSet(network, book, node: node).text : ""
    let isOwn = words.dropFirst(2).prefix(2) == ["ip", "kube-proxy"]
    switch words.prefix(2).joined(separator: " ") {
    case "list ruleset": try await process.write(text)
    case "list tables": try await process.write(isThere ? "table ip kube-proxy\n" : "")
    case "list table", "list chain", "list set", "list map":
      let kind = words[1]
      let found =
        !isThere || !isOwn ? nil : kind == "table" ? text : part(kind, words.last ?? "", of: text)
      guard let found else {
        let place = Array(repeating: "^", count: words.last?.count ?? 1).joined()
        let line = process.arguments.joined(separator: " ")
        let gap = String(repeating: " ", count: max(0, line.count - place.count))
        try await process.writeError(
          "Error: No such file or directory\n\(line)\n\(gap)\(place)\n")
        return 1
      }
      try await process.write(found)
    default:
      try await process.writeError(
        "drydock: not simulated: nft \(process.arguments.joined(separator: " "))\n")
      return 1
    }
    return 0
  }

  /// One block of the table, as nft shows it alone.
  private func part(_ kind: String, _ name: String, of text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(of: "\t\(kind) \(name) {"),
      let last = lines[first...].firstIndex(of: "\t}")
    else { return nil }
    return "table ip kube-proxy {\n" + lines[first...last].joined(separator: "\n") + "\n}\n"
  }
}
