import KubeAPIServer
import Kubectl
package import Linux
import PKI

/// What one cluster knows of those beside it.
extension Cluster {
  /// The clusters of the workstation, its own first; on one that stands beside another, itself.
  package var all: [Cluster] { [self] + beside }

  /// How many requests of clients changed something, in all of them.
  package var clientWrites: Int { all.reduce(0) { $0 + $1.server.clientWrites } }

  /// The one that a process's kubectl would speak to, by `--context` or its kubeconfig; this one
  /// where that leads to none of them.
  package func inForce(for process: Linux.Process, context: String? = nil) async -> Cluster {
    if beside.isEmpty { return self }
    let flags = context.map { ["--context", $0] } ?? []
    guard
      let host = try? await APIAccess(process, flags: flags, transport: transport).server().host
    else { return self }
    return all.first { $0.transport.leads(to: host) } ?? self
  }

  /// What its installer's kubeconfig says, for whoever finds the API server at that address.
  func access(at host: String) -> Kubeconfigs.Access? {
    guard let administrator else { return nil }
    let distribution = blueprint.distribution
    var access = Kubeconfigs.Access(
      server: "https://\(host):\(distribution.apiPort)", authority: keys.authority.facts.pem,
      user: distribution.userName, certificate: administrator.certificate.pem,
      key: administrator.key.pem)
    access.cluster = blueprint.clusterName
    access.context = distribution.contextName
    return access
  }

  /// Where its API server is.
  var address: String { Self.address(of: blueprint) }
  var controlPlaneName: String { Self.controlPlaneName(of: blueprint) }

  static func address(of blueprint: Blueprint) -> String {
    blueprint.nodes.first?.address ?? "127.0.0.\(1 + blueprint.position)"
  }

  static func controlPlaneName(of blueprint: Blueprint) -> String {
    blueprint.nodes.first?.name ?? "controlplane"
  }
}
