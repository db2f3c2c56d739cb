import KubeObjects

/// Clusters beside each other: `prod=kubeadm,dev=single`.
extension Blueprint {
  /// More would leave no room in the machines' networks.
  private static let mostClusters = 6

  /// The first of the named clusters with the others beside it, or nil. Each is `LABEL=BLUEPRINT`
  /// or a blueprint, which is then its own label; a label that is taken gets a number.
  static func several(_ text: String) -> Blueprint? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= mostClusters else { return nil }
    var taken: Set<String> = []
    var found: [Blueprint] = []
    for part in parts {
      let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let kind = words.last.map(String.init), !kind.contains("="),
        let plan = named(kind)
      else { return nil }
      var label = words.count > 1 ? String(words[0]) : String(kind.prefix { $0 != "+" })
      if words.count == 1, taken.contains(label) { label += "-\(found.count + 1)" }
      // Nodes are named by it, so that there must be room.
      guard label.utf8.count <= 40, NameRule.dns1123Label.allows(label),
        taken.insert(label).inserted
      else { return nil }
      found.append(plan.placed(found.count, label))
    }
    guard var first = found.first else { return nil }
    first.name = text
    first.beside = Array(found.dropFirst())
    return first
  }

  /// The same with names and addresses of its own.
  private func placed(_ position: Int, _ label: String) -> Blueprint {
    var placed = self
    placed.label = label
    placed.position = position
    for index in nodes.indices {
      placed.nodes[index].name = "\(label)-\(nodes[index].name)"
      placed.nodes[index].address = Self.moved(nodes[index].address, by: position)
    }
    return placed
  }

  /// The address in the network of the same size that many further on: large clusters fill a /16,
  /// the others a /24.
  private static func moved(_ address: String, by count: Int) -> String {
    var parts = address.split(separator: ".").map { Int($0) ?? 0 }
    guard parts.count == 4 else { return address }
    parts[parts[0] == 172 ? 1 : 2] += count
    return parts.map(String.init).joined(separator: ".")
  }

  /// What kubeconfigs call the cluster.
  package var clusterName: String { label.isEmpty ? distribution.clusterName : label }

  /// It and those beside it.
  package var all: [Blueprint] { [self] + beside }

  /// What a cloud has for its load balancers, apart from the others' addresses.
  var cloudAddresses: String {
    if label.isEmpty { return "203.0.113.10-203.0.113.250" }
    let first = 10 + position * 40
    return "203.0.113.\(first)-203.0.113.\(first + 39)"
  }
}
