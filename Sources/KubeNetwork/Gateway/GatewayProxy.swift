import Documents
import KubeAPIServer
import KubeObjects
package import Linux
import Shell
import Simulation

/// The proxy that a Gateway's Deployment runs, whichever controller made it.
package struct GatewayProxy: NetworkServer {
  package let name = "gateway-proxy"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork
  static let gatewayLabel = "gateway.networking.k8s.io/gateway-name"
  static let homeLabel = "gateway.networking.k8s.io/gateway-namespace"

  package init(network: ClusterNetwork) { self.network = network }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    guard let place = process.machine.wires as? NetworkNamespace,
      let pod = network.pod(of: place), let name = pod.label(Self.gatewayLabel)
    else { throw ServerRefusal("gateway-proxy: this Pod belongs to no Gateway\n") }
    let key = "\(pod.label(Self.homeLabel) ?? pod.namespace)/\(name)"
    let site = GatewaySite(network: network, machine: process.machine, gateway: key)
    network.sites[place.address] = ProxyEntry(site: site)
    guard let gateway = site.gateway else {
      throw ServerRefusal("gateway-proxy: Gateway \(key) is gone\n")
    }
    let ports = Set(gateway.listeners.filter(\.isValid).map(\.port)).sorted()
    return ports.map { port in
      if gateway.listeners.contains(where: { $0.port == port && $0.isUnread }) {
        var socket = ServerSocket(port) { try await site.relay($0, port: port) }
        socket.greet = { site.greet($0, port: port) }
        return socket
      }
      let isSecure = gateway.listeners.contains { $0.port == port && $0.protocol == "HTTPS" }
      return socket(port, isSecure: isSecure, site, process)
    }
  }

  private func socket(
    _ port: Int, isSecure: Bool, _ site: GatewaySite, _ process: Process
  ) -> ServerSocket {
    let output = process.standardOutput
    return ServerSocket(
      port, security: isSecure ? { site.handshake($0, port: port) } : nil
    ) { connection in
      let service = WebService { request in
        if isSecure, !connection.isSecured { return site.finished(site.page(400)) }
        var visit = site.visit(request, isSecured: connection.isSecured, port: port)
        let response = site.finished(try await site.answer(&visit))
        try await output.write(Array(site.line(visit, response).utf8))
        return response
      }
      try await service.serve(connection)
    }
  }
}
