import Documents
import KubeAPIServer
import KubeObjects
import PKI
import Simulation

/// The leases in kube-system by which the control plane's components show that they live: the API
/// server's identity, and the leaders among controller managers and schedulers.
final class ComponentLeases {
  private let server: APIServer
  private let seed: UInt64
  private let node: String
  private var terms: [String: Int] = [:]

  init(server: APIServer, seed: UInt64, node: String) {
    self.server = server
    self.seed = seed
    self.node = node
  }

  /// A component began or ceased to do its work.
  func changed(_ part: ControlPlane.Part, serves: Bool) {
    guard part != .etcd else { return }
    let name = name(of: part)
    if serves {
      begin(part, name)
    } else {
      // What it renewed last stays.
      let client = client(of: part)
      let last = try? client.get(.leases, name, namespace: "kube-system")
      server.heartbeats.end(namespace: "kube-system", name: name)
      if let last { _ = try? client.update(.leases, last) }
    }
  }

  // Renewed every 10 s by the API server, every 2 s by leaders (retryPeriod).
  private func begin(_ part: ControlPlane.Part, _ name: String) {
    let isServer = part == .apiServer
    let now = server.timeline.now
    let term = terms[part.rawValue, default: -1] + 1
    terms[part.rawValue] = term
    let identity = uuid("\(part.rawValue)/\(term)")
    var spec: Value = [
      "holderIdentity": .string(isServer ? "\(name)_\(identity)" : "\(node)_\(identity)"),
      "leaseDurationSeconds": isServer ? 3600 : 15, "renewTime": .string(now.rfc3339Micro),
    ]
    var metadata: Value = ["name": .string(name), "namespace": "kube-system"]
    if isServer {
      metadata["labels"] = [
        "apiserver.kubernetes.io/identity": "kube-apiserver",
        "kubernetes.io/hostname": .string(node),
      ]
    } else {
      spec["acquireTime"] = .string(now.rfc3339Micro)
      spec["leaseTransitions"] = .int(Int64(term))
    }
    let client = client(of: part)
    // Components may update their lease and not patch it.
    if var lease = try? client.get(.leases, name, namespace: "kube-system") {
      lease["spec"] = spec
      _ = try? client.update(.leases, lease)
    } else {
      let lease: Value = [
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata,
        "spec": spec,
      ]
      _ = try? client.create(.leases, lease, namespace: "kube-system")
    }
    server.heartbeats.begin(
      namespace: "kube-system", name: name, at: now, every: .seconds(isServer ? 10 : 2))
  }

  private func client(of part: ControlPlane.Part) -> ComponentClient {
    let user =
      part == .apiServer
      ? UserInfo.apiServer
      : UserInfo(name: "system:\(part.rawValue)", groups: ["system:authenticated"])
    return ComponentClient(server: server, user: user, manager: part.rawValue)
  }

  /// The API server's is named after a hash of its host's name.
  private func name(of part: ControlPlane.Part) -> String {
    guard part == .apiServer else { return part.rawValue }
    let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
    var text = ""
    var bits = 0
    var count = 0
    for byte in NodeNetworkTools.sha256(Array(node.utf8)).prefix(16) {
      bits = bits << 8 | Int(byte)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(letters[bits >> count & 31])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(letters[bits << (5 - count) & 31]) }
    return "apiserver-" + text
  }

  private func uuid(_ text: String) -> String {
    var digits = Array(Digest.sha256(Array("\(seed)/\(text)".utf8)).prefix(32))
    guard digits.count == 32 else { return "" }
    digits[12] = "4"
    digits[16] = "a"
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return parts.map { String(digits[$0]) }.joined(separator: "-")
  }
}
