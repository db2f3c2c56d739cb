package import Linux
package import Shell

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
    let isTold = process.arguments.contains { ["-L", "--list"].contains($0) }
    let verb = isTold ? "list" : words.first ?? "list"
    guard ["list", "save", "test"].contains(verb) else {
      try await process.writeError(
        "drydock: not simulated: ipset \(words.joined(separator: " "))\n")
      return 1
    }
    guard process.caller.capabilities.contains(.netAdmin) else {
      try await process.writeError("ipset v7.19: Kernel error received: Operation not permitted\n")
      return 1
    }
    let node = NodeTables.node(process)
    let all = node.map(sets) ?? []
    let wanted = isTold ? words.first : words.dropFirst().first
    let shown = all.filter { wanted == nil || $0.set.name == wanted }
    if wanted != nil, shown.isEmpty {
      try await process.writeError("ipset v7.19: The set with the given name does not exist\n")
      return 1
    }
    switch verb {
    case "test":
      let member = words.dropFirst(2).first ?? ""
      let isIn = shown.first?.set.members.contains(member) ?? false
      try await process.writeError(
        "\(isIn ? "Warning: " : "")\(member) is \(isIn ? "" : "NOT ")in set \(wanted ?? "").\n")
      return isIn ? 0 : 1
    case "save": try await process.write(shown.map { $0.set.saved(family: $0.family) }.joined())
    case _ where isShort: try await process.write(shown.map { $0.set.name + "\n" }.joined())
    default:
      let tables = node.map { ServiceTables(network, node: $0) }
      let rules = tables.map { ($0.nat.rules + $0.filter.rules).map(\.extra.saved) } ?? []
      let texts = shown.map { set, family in
        let naming = rules.filter { $0.contains("--match-set \(set.name) ") }.count
        return set.text(family: family, references: set.name.hasPrefix("cali") ? 1 : naming)
      }
      try await process.write(texts.joined(separator: "\n"))
    }
    return 0
  }

  /// Felix's sets of Calico, and those of kube-proxy in ipvs mode for both families.
  private func sets(_ node: String) -> [(set: AddressSet, family: String)] {
    var found: [(set: AddressSet, family: String)] = []
    let own = network.node(node)?.address ?? ""
    if network.plugIn == .calico {
      found = [
        AddressSet(name: "cali40masq-ipam-pools", type: "hash:net", members: ["10.244.0.0/16"]),
        AddressSet(name: "cali40all-ipam-pools", type: "hash:net", members: ["10.244.0.0/16"]),
        AddressSet(
          name: "cali40this-host", type: "hash:ip", members: ["127.0.0.0", "127.0.0.1", own]),
      ].map { ($0, "inet") }
    }
    let table = VirtualServerTable(network, node: node)
    guard table.configuration.mode == "ipvs" else { return found }
    found += table.sets.map { ($0, "inet") }
    // NewIPSet: names of at most 31 characters.
    found += table.sets.map { set in
      let name = "KUBE-6-" + set.name.dropFirst(5)
      return (AddressSet(name: String(name.prefix(31)), type: set.type), "inet6")
    }
    return found
  }
}
