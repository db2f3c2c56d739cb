import Documents
import KubeAPIServer
import KubeNetwork
import KubeObjects
import Linux
import Simulation

/// The workstation's network where clusters stand beside each other: an address of one of them
/// leads into its network, everything else goes the way of the first.
final class MeetingNetwork: NetworkStack {
  /// Owned by the workstation, which the first of them owns.
  private let clusters: [Member]
  private let first: (any NetworkStack)?

  private struct Member {
    unowned let cluster: Cluster
    let network: ClusterNetwork

    /// Whether a node or load balancer of the cluster has the address.
    func has(_ address: String) -> Bool {
      cluster.blueprint.nodes.contains { $0.address == address }
        || network.services.objects.values.contains { service in
          (service[path: "status", "loadBalancer", "ingress"]?.array ?? []).contains {
            $0["ip"]?.string == address
          }
        }
    }
  }

  init(_ clusters: [Cluster]) {
    self.clusters = clusters.compactMap { cluster in
      cluster.network.map { Member(cluster: cluster, network: $0) }
    }
    first = self.clusters.first?.network.workstation
  }

  private func way(to address: String) -> (any NetworkStack)? {
    clusters.first { $0.has(address) }?.network.workstation ?? first
  }

  func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer {
    guard let way = way(to: server) else { throw .resolverTimeout(server) }
    return try way.ask(question, of: server, from: machine)
  }

  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection {
    guard let way = way(to: address) else { throw NetworkFailure.unreachable }
    return try await way.connect(
      from: machine, to: address, port: port, transport: transport, timeout: timeout)
  }

  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener {
    guard let first else { throw .unreachable }
    return try first.listen(
      on: machine, address: address, port: port, transport: transport, accept: accept)
  }

  func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span {
    guard let way = way(to: address) else { throw NetworkFailure.unreachable }
    return try await way.echo(from: machine, to: address, timeout: timeout)
  }

  func interfaces(of machine: Machine) -> [NetworkInterface] {
    first?.interfaces(of: machine) ?? [.loopback]
  }
  func listeners(on machine: Machine) -> [ListeningSocket] {
    first?.listeners(on: machine) ?? []
  }
  func connections(on machine: Machine) -> [ConnectedSocket] {
    first?.connections(on: machine) ?? []
  }
  func routes(of machine: Machine) -> [String]? { first?.routes(of: machine) }
  var trust: (any CertificateTrust)? { first?.trust }
}
