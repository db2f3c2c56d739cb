import Documents
import KubeAPIServer
import KubeObjects
package import Linux
import Shell
import Simulation

/// The proxy that a Gateway's Deployment runs, whichever controller made it.
package struct GatewayProxy: NetworkServer {
  package let name: String
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork
  static let gatewayLabel = "gateway.networking.k8s.io/gateway-name"
  static let homeLabel = "gateway.networking.k8s.io/gateway-namespace"

  /// Manifests that bring their proxies along start them by another name.
  package init(_ name: String = "gateway-proxy", network: ClusterNetwork) {
    self.name = name
    self.network = network
  }

  /// The Gateway, as namespace/name, that a Pod is a proxy of.
  private static func key(_ pod: Value) -> String? {
    if pod.label("app") == "3scale-kourier-gateway" { return Kourier.key }
    guard let name = pod.label(gatewayLabel) else { return nil }
    return "\(pod.label(homeLabel) ?? pod.namespace)/\(name)"
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    guard let place = process.machine.wires as? NetworkNamespace,
      let pod = network.pod(of: place), let key = Self.key(pod)
    else { throw ServerRefusal("\(name): this Pod belongs to no Gateway\n") }
    let site = GatewaySite(network: network, machine: process.machine, gateway: key)
    network.sites[place.address] = ProxyEntry(site: site)
    guard let gateway = site.gateway else {
      throw ServerRefusal("\(name): Gateway \(key) is gone\n")
    }
    network.gateways?.schedule()
    return gateway.ports.map { place in
      let port = place.number
      if place.transport == .udp {
        return ServerSocket(port, transport: .udp) { try await site.relayDatagrams($0, port: port) }
      }
      let web = service(port, site, process)
      let listeners = gateway.listeners.filter {
        $0.isValid && $0.port == port && $0.transport == .tcp
      }
      // A handshake's name tells whether what follows is read or carried on.
      if listeners.contains(where: \.isUnread) {
        var socket = ServerSocket(port) { try await site.relay($0, port: port, web) }
        socket.greet = { site.greet($0, port: port) }
        return socket
      }
      let isSecure = listeners.first?.protocol == "HTTPS"
      return ServerSocket(
        port, security: isSecure ? { site.handshake($0, port: port) } : nil, serve: web)
    }
  }

  /// Answers the requests of a connection.
  private func service(
    _ port: Int, _ site: GatewaySite, _ process: Process
  ) -> (any Connection) async throws -> Void {
    let output = process.standardOutput
    return { connection in
      let service = WebService { request in
        // Kourier's way to ask whether its Envoy has a configuration.
        if site.key == Kourier.key, request.host == "internalkourier", request.path == "/ready" {
          return site.finished(WebResponse(200))
        }
        if !connection.isSecured, site.gateway?.isSecure(port) == true {
          // Envoy takes it for a broken handshake.
          guard site.style == .nginx else { throw NetworkFailure.reset }
          return site.finished(Nginx.plainRequestPage("nginx"))
        }
        var visit = site.visit(request, isSecured: connection.isSecured, port: port)
        let response = site.finished(try await site.answer(&visit))
        try await output.write(Array(site.line(visit, response).utf8))
        return response
      }
      try await service.serve(connection)
    }
  }
}
