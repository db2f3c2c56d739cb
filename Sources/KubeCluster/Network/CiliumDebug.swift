import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Shell

/// `cilium-dbg` in an agent's container: what the agent says of itself and of encryption.
struct CiliumDebug: Program {
  let name: String
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ name: String, cluster: Cluster) {
    self.name = name
    self.cluster = cluster
  }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    switch (words.first, words.dropFirst().first) {
    case ("status", nil): try await process.write(status())
    case ("encrypt", "status"): try await process.write(encryption())
    case ("version", nil): try await process.write("Client: 1.18.4\nDaemon: 1.18.4\n")
    case (nil, _):
      try await process.write(
        "CLI for interacting with the local Cilium Agent\n\nUsage:\n  cilium-dbg [command]\n")
    default:
      try await process.writeError(
        "drydock: not simulated: \(name) \(words.joined(separator: " "))\n")
      return 1
    }
    return 0
  }

  private var settings: Value {
    let client = ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "system:serviceaccount:kube-system:cilium", groups: ["system:masters"]),
      manager: "cilium-agent")
    let map = try? client.get(.configMaps, "cilium-config", namespace: "kube-system")
    return map?["data"] ?? .emptyObject
  }

  private var nodes: Int { cluster.nodes.count }

  /// Wireguard, IPsec or none, as the ConfigMap says.
  private var kind: String {
    if settings["enable-wireguard"]?.string == "true" { return "Wireguard" }
    return settings["enable-ipsec"]?.string == "true" ? "IPsec" : "Disabled"
  }

  private func encryption() -> String {
    switch kind {
    case "Wireguard":
      let key = Base64.encode(
        Array("\(cluster.seed)-drydock-public-key-of-wireguard".utf8.prefix(32)))
      return "Encryption: Wireguard\nInterface: cilium_wg0\n\tPublic key: \(key)\n"
        + "\tNumber of peers: \(max(0, nodes - 1))\n"
    case "IPsec":
      return "Encryption: IPsec\nDecryption interface(s): eth0\nKeys in use: 1\n"
        + "Max Seq. Number: 0x0/0xffffffffffffffff\nErrors: 0\n"
    default: return "Encryption: Disabled\n"
    }
  }

  private func status() -> String {
    let replaces = settings["kube-proxy-replacement"]?.string == "true"
    let node = settings["encrypt-node"]?.string == "true" ? "Enabled" : "Disabled"
    let encryption =
      kind == "Wireguard"
      ? "Wireguard   [NodeEncryption: \(node), cilium_wg0 (Port: 51871, Peers: \(max(0, nodes - 1)))]"
      : kind
    return """
      KVStore:                 Disabled
      Kubernetes:              Ok         1.36 (v1.36.2) [linux/amd64]
      KubeProxyReplacement:    \(replaces ? "True" : "False")
      Host firewall:           Disabled
      Cilium:                  Ok   1.18.4
      Hubble:                  \(settings["enable-hubble"]?.string == "true" ? "Ok" : "Disabled")
      Encryption:              \(encryption)
      Cluster health:          \(nodes)/\(nodes) reachable

      """
  }
}
