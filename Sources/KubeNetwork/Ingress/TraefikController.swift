package import Linux
package import Shell
import Simulation

/// Traefik as k3s brings it: serves the Ingresses of class traefik on its entry points web and
/// websecure. It routes as ingress-nginx does here, without middlewares and IngressRoutes.
package struct TraefikController: Program {
  package let name = "traefik"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    if process.arguments.first == "version" {
      try await process.write("Version:      3.6.2\nCodename:     ramequin\n")
      return 0
    }
    var options = IngressOptions(process)
    options.isNginx = false
    options.electionID = ""
    options.selection.controller = "traefik.io/ingress-controller"
    options.selection.className = "traefik"
    for word in process.arguments {
      let flag = "--providers.kubernetesingress.ingressendpoint.publishedservice="
      if word.hasPrefix(flag) { options.publishedService = String(word.dropFirst(flag.count)) }
    }
    let worker = IngressWorker(network: network, process: process, options: options)
    defer { worker.stop() }
    let status = try await EntryPoints(worker: worker).serveUntilSignalled(process)
    worker.retire()
    return status
  }
}

/// The ports of Traefik's entry points, and of its health.
private struct EntryPoints: NetworkServer {
  let name = "traefik"
  nonisolated(unsafe) let worker: IngressWorker

  func start(_ process: Process) async throws -> [ServerSocket] {
    try await worker.start()
    let site = worker.site
    let health = WebService { request in
      request.path == "/ping" ? WebResponse(text: "OK") : Self.notFound
    }
    return [
      socket(8000, at: 80, nil), socket(8443, at: 443) { site.handshake($0) },
      ServerSocket(8080) { try await health.serve($0) },
    ]
  }

  // What net/http says, and Traefik with it.
  private static var notFound: WebResponse { WebResponse(404, text: "404 page not found\n") }

  private func socket(
    _ port: Int, at outer: Int, _ security: ((SecurityRequest) -> SecurityOutcome)?
  ) -> ServerSocket {
    let site = worker.site
    return ServerSocket(port, security: security) { connection in
      let service = WebService { request in
        guard
          var visit = site.visit(request, isSecured: connection.isSecured, port: outer),
          !visit.location.ingress.isEmpty
        else { return Self.notFound }
        return try await site.answer(&visit)
      }
      try await service.serve(connection)
    }
  }
}
