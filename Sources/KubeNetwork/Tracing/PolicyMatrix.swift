import Documents
import KubeAPIServer
import KubeObjects

/// Who may talk to whom: every Pod of a namespace with every other, by the policies.
struct PolicyMatrix {
  struct Place {
    var title: String
    var party: PolicyParty
    var ports: [(number: Int, transport: String)]
    /// Its address; policies let a Pod always talk to itself.
    var key: String
  }

  let rows: [Place]
  let columns: [Place]
  private let engine: PolicyEngine
  private let isEnforced: Bool

  /// `namespaces` empty takes all.
  init(_ network: ClusterNetwork, namespaces: [String]) {
    engine = network.policyEngine
    isEnforced = network.enforcesPolicies
    let pods = network.pods.objects.sorted { $0.key < $1.key }.map(\.value).filter { pod in
      (namespaces.isEmpty || namespaces.contains(pod.namespace))
        && pod[path: "spec", "hostNetwork"]?.bool != true
        && pod[path: "status", "podIP"]?.string != nil
        && !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? "")
    }
    let places = pods.map { pod in
      Place(
        title: namespaces.count == 1 ? pod.name : pod.namespacedName, party: network.party(pod),
        ports: Self.ports(pod), key: pod.namespacedName)
    }
    let outside = Place(
      title: "(outside)", party: PolicyParty(pod: nil, address: IPAddress("203.0.113.1")),
      ports: [], key: "")
    rows = places + [outside]
    columns = places + [outside]
  }

  private static func ports(_ pod: Value) -> [(number: Int, transport: String)] {
    (pod["spec"]?.items("containers") ?? []).flatMap { $0.items("ports") }.map {
      (Int(clamping: $0.number("containerPort")), $0["protocol"]?.string ?? "TCP")
    }
  }

  /// `*` all, `-` nothing, or the ports that are open.
  func cell(_ from: Place, _ to: Place) -> String {
    if from.key == to.key { return from.key.isEmpty ? " " : "*" }
    guard isEnforced else { return "*" }
    // Where no port is declared, one that policies seldom name stands for all of them.
    let ports = to.ports.isEmpty ? [(number: 80, transport: "TCP")] : to.ports
    let open = ports.filter { allows(from, to, $0.number, $0.transport) }
    if open.isEmpty { return "-" }
    if open.count == ports.count { return "*" }
    return open.map { $0.transport == "TCP" ? "\($0.number)" : "\($0.number)/\($0.transport)" }
      .joined(separator: ",")
  }

  private func allows(_ from: Place, _ to: Place, _ port: Int, _ transport: String) -> Bool {
    engine.egress(from: from.party, to: to.party, port: port, transport: transport).isAllowed
      && engine.ingress(from: from.party, to: to.party, port: port, transport: transport).isAllowed
  }

  var text: String {
    let numbered = columns.enumerated().map { "\($0.offset + 1)" }
    var table = [["", "FROM \\ TO"] + numbered]
    for (index, row) in rows.enumerated() {
      table.append(["\(index + 1)", row.title] + columns.map { cell(row, $0) })
    }
    let widths = (table.first ?? []).indices.map { column in
      table.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return table.map { row in
      var line = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: max(0, width - cell.count))
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
