import Documents
import KubeAPIServer
import KubeObjects
package import Linux
package import Shell
import Simulation

/// What an agent of Cilium tells of its node: `cilium-dbg status`, `endpoint list`, `encrypt status`.
package struct CiliumAgentProgram: Program {
  /// cilium-dbg, or cilium as it was called before.
  package let name: String
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork
  static let version = "1.18.4"

  package init(_ name: String, network: ClusterNetwork) {
    self.name = name
    self.network = network
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    guard let place = process.machine.wires as? NetworkNamespace, let node = place.node,
      !place.isPod
    else {
      try await process.writeError("drydock: not simulated: \(name) outside of an agent's Pod\n")
      return 1
    }
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    let settings = CiliumSettings([network.agents?.settings(on: node)].compactMap { $0 })
    switch words.prefix(2).joined(separator: " ") {
    case "status":
      let isBrief = process.arguments.contains("--brief")
      try await process.write(isBrief ? "OK\n" : status(node, settings, process))
    case "version":
      try await process.write(
        "Client: \(Self.version) linux/amd64\nDaemon: \(Self.version) linux/amd64\n")
    case "encrypt status": try await process.write(encryption(node, settings))
    case "endpoint list", "endpoint ls": try await process.write(endpoints(node))
    case "identity list": try await process.write(identities())
    case "node list": try await process.write(nodes())
    default:
      try await process.writeError(
        "drydock: not simulated: \(name) \(process.arguments.joined(separator: " "))\n")
      return 1
    }
    return 0
  }

  // MARK: status

  private func status(
    _ node: String, _ settings: CiliumSettings, _ process: Process
  ) -> String {
    let count = pods(node).count
    let range = network.nodes["", node]?[path: "spec", "podCIDR"]?.string ?? ""
    let all = network.nodes.objects.count
    var encryption = settings.encryption.rawValue.padded(9)
    if settings.encryption == .wireGuard {
      let nodes = settings.encryptsNodes ? "Enabled" : "Disabled"
      encryption +=
        "   [NodeEncryption: \(nodes), cilium_wg0 (Pubkey: \(publicKey(node)), Port: 51871, "
        + "Peers: \(max(0, all - 1)))]"
    }
    let lines = [
      ("KVStore:", "Disabled"), ("Kubernetes:", "Ok         1.36 (v1.36.2) [linux/amd64]"),
      ("KubeProxyReplacement:", settings.replacesProxy ? "True" : "False"),
      ("Host firewall:", "Disabled"), ("CNI Chaining:", "none"),
      (
        "CNI Config file:",
        "successfully wrote CNI configuration file to /host/etc/cni/net.d/05-cilium.conflist"
      ), ("Cilium:", "Ok   \(Self.version)"), ("Cilium health daemon:", "Ok"),
      // The router's address counts as well.
      ("IPAM:", "IPv4: \(count + 1)/254 allocated from \(range), "),
      ("Routing:", "Network: Tunnel [\(settings.tunnel)]   Host: Legacy"),
      ("Masquerading:", "IPTables [IPv4: Enabled, IPv6: Disabled]"),
      ("Encryption:", encryption),
      (
        "Cluster health:",
        "\(all)/\(all) reachable   (\(process.machine.now.rfc3339))"
      ),
    ]
    return lines.map { $0.0.padded(25) + $0.1 + "\n" }.joined()
  }

  private func encryption(_ node: String, _ settings: CiliumSettings) -> String {
    let mode = "Encryption: \(settings.encryption.rawValue.padded(26))\n"
    switch settings.encryption {
    case .disabled: return mode
    case .wireGuard:
      return mode + "Interface: cilium_wg0\n\tPublic key: \(publicKey(node))\n"
        + "\tNumber of peers: \(max(0, network.nodes.objects.count - 1))\n"
    case .ipsec:
      let keys = network.web.secrets["kube-system", "cilium-ipsec-keys"] == nil ? 0 : 1
      return mode + "Decryption interface(s): eth0\nKeys in use: \("\(keys)".padded(26))\n"
        + "Max Seq. Number: N/A\nErrors: \("0".padded(26))\n"
    }
  }

  /// A node's key of WireGuard, made from the cluster's seed.
  private func publicKey(_ node: String) -> String {
    Base64.encode(network.sha256(Array("wireguard/\(network.seed)/\(node)".utf8)))
  }

  // MARK: endpoints and identities

  private func pods(_ node: String) -> [Value] {
    network.pods.objects.values.filter {
      $0[path: "spec", "nodeName"]?.string == node && $0[path: "spec", "hostNetwork"]?.bool != true
        && $0[path: "status", "phase"]?.string == "Running"
    }
  }

  /// A number of 16 bits that goes with a text, as Cilium would have given one out.
  private func number(_ text: String, below limit: Int, from first: Int) -> Int {
    let bytes = network.sha256(Array(text.utf8)).prefix(4)
    return first + bytes.reduce(0) { $0 << 8 | Int($1) } % (limit - first)
  }

  /// What makes a Pod's identity: its labels, its namespace's, its account, its cluster.
  private func labels(_ pod: Value) -> [String] {
    // Those that change with every Pod or revision are left out, as Cilium's own filter does.
    let own = (pod.labels?.strings ?? [:]).filter {
      !["pod-template-hash", "controller-revision-hash", "pod-template-generation"].contains($0.key)
        && !$0.key.hasPrefix("statefulset.kubernetes.io/")
        && !$0.key.hasPrefix("apps.kubernetes.io/")
    }
    let home = network.namespaces["", pod.namespace]?.labels?.strings ?? [:]
    var all = own.map { "k8s:\($0.key)=\($0.value)" }
    all += home.map { "k8s:io.cilium.k8s.namespace.labels.\($0.key)=\($0.value)" }
    all += [
      "k8s:io.cilium.k8s.policy.cluster=kubernetes",
      "k8s:io.cilium.k8s.policy.serviceaccount="
        + (pod[path: "spec", "serviceAccountName"]?.string ?? "default"),
      "k8s:io.kubernetes.pod.namespace=\(pod.namespace)",
    ]
    return all.sorted()
  }

  private func identity(_ labels: [String]) -> Int {
    number(labels.joined(separator: ";"), below: 65_536, from: 256)
  }

  private func endpoints(_ node: String) -> String {
    var rows: [(id: Int, lines: [[String]])] = []
    func add(
      _ id: Int, _ modes: [String], _ identity: Int, _ labels: [String], _ address: String
    ) {
      let lines = labels.enumerated().map { index, label in
        index == 0
          ? ["\(id)"] + modes + ["\(identity)", label, "", address, "ready"]
          : ["", "", "", "", label, "", "", ""]
      }
      rows.append((id, lines))
    }
    let roles = (network.nodes["", node]?.labels?.strings ?? [:]).keys.filter {
      $0.hasPrefix("node-role.kubernetes.io/")
    }
    add(
      number("host/\(node)", below: 4096, from: 1), ["Disabled", "Disabled"], 1,
      roles.sorted().map { "k8s:\($0)" } + ["reserved:host"], "")
    for pod in pods(node) {
      let party = network.party(pod)
      let engine = network.policyEngine
      let modes = [PolicyVerdict.Direction.ingress, .egress].map {
        engine.isolating(party, $0).isEmpty ? "Disabled" : "Enabled"
      }
      let labels = labels(pod)
      add(
        number(pod.uid, below: 4096, from: 1), modes, identity(labels), labels,
        pod[path: "status", "podIP"]?.string ?? "")
    }
    let head = [
      [
        "ENDPOINT", "POLICY (ingress)", "POLICY (egress)", "IDENTITY",
        "LABELS (source:key[=value])",
        "IPv6", "IPv4", "STATUS",
      ], ["", "ENFORCEMENT", "ENFORCEMENT", "", "", "", "", ""],
    ]
    return Self.aligned(head + rows.sorted { $0.id < $1.id }.flatMap(\.lines))
  }

  private func identities() -> String {
    let reserved = [
      (1, "reserved:host"), (2, "reserved:world"), (3, "reserved:unmanaged"),
      (4, "reserved:health"), (5, "reserved:init"), (6, "reserved:remote-node"),
      (7, "reserved:kube-apiserver"), (8, "reserved:ingress"),
    ]
    let all = network.nodes.objects.keys.map(\.name).sorted().flatMap(pods).map(labels)
    let own = Set(all).map { (identity($0), $0) }.sorted { $0.0 < $1.0 }
    var rows = [["ID", "LABELS"]] + reserved.map { ["\($0.0)", $0.1] }
    for (id, labels) in own {
      rows += labels.enumerated().map { [$0.offset == 0 ? "\(id)" : "", $0.element] }
    }
    return Self.aligned(rows)
  }

  private func nodes() -> String {
    let rows = network.nodes.objects.sorted { $0.key < $1.key }.map { _, node in
      [
        "kubernetes/\(node.name)", ClusterNetwork.internalAddress(node) ?? "",
        node[path: "spec", "podCIDR"]?.string ?? "", "custom-resource",
      ]
    }
    return Self.aligned([["Name", "IPv4 Address", "Endpoint CIDR", "Source"]] + rows)
  }

  /// Go's tabwriter with a padding of three: every column as wide as its widest cell.
  private static func aligned(_ rows: [[String]]) -> String {
    var widths: [Int] = []
    for row in rows {
      for (index, cell) in row.enumerated() {
        if index == widths.count { widths.append(5) }
        widths[index] = max(widths[index], cell.count + 3)
      }
    }
    return rows.map { row in
      zip(row, widths).map { $0.padded($1) }.joined() + "\n"
    }.joined()
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
