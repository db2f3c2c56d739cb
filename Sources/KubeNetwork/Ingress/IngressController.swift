package import Linux
package import Shell
import Simulation

/// The program of the ingress-nginx controller's image: it watches Ingresses and serves them.
package struct IngressController: Program {
  package let name = "nginx-ingress-controller"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    let options = IngressOptions(process)
    if process.arguments.contains("--version") {
      try await process.write(IngressWorker.banner)
      return 0
    }
    let worker = IngressWorker(network: network, process: process, options: options)
    defer { worker.stop() }
    let status = try await IngressListener(worker: worker).serveUntilSignalled(process)
    worker.retire()
    return status
  }
}

/// The controller's command line.
struct IngressOptions {
  var selection = IngressSelection()
  var electionID = "ingress-nginx-leader"
  var configMap = ""
  var publishedService = ""
  var publishedAddress = ""
  var defaultBackend: String?
  var defaultCertificate: String?
  let podName: String
  let podNamespace: String
  /// Whether it logs and tells events as ingress-nginx does.
  var isNginx = true

  init(_ process: Process) {
    podName = process.environment["POD_NAME"] ?? process.machine.hostName
    podNamespace = process.environment["POD_NAMESPACE"] ?? "default"
    for word in process.arguments {
      let halves = word.drop { $0 == "-" }
        .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = halves.count > 1 ? halves[1] : "true"
      switch halves.first ?? "" {
      case "controller-class": selection.controller = value
      case "ingress-class": selection.className = value
      case "watch-ingress-without-class": selection.takesClassless = value == "true"
      case "watch-namespace": selection.namespace = value
      case "election-id": electionID = value
      case "configmap": configMap = value
      case "publish-service": publishedService = value
      case "publish-status-address": publishedAddress = value
      case "default-backend-service": defaultBackend = value
      case "default-ssl-certificate": defaultCertificate = value
      default: break
      }
    }
  }
}

/// The ports of the controller's nginx and of its health checks.
private struct IngressListener: NetworkServer {
  let name = "nginx-ingress-controller"
  nonisolated(unsafe) let worker: IngressWorker

  func start(_ process: Process) async throws -> [ServerSocket] {
    try await worker.start()
    let health = WebService { request in
      switch request.path {
      case "/healthz": return WebResponse(text: "ok")
      case "/metrics":
        return WebResponse(text: "# drydock: not simulated: metrics of ingress-nginx\n")
      default: return WebResponse(404, text: "404 page not found\n")
      }
    }
    let site = worker.site
    return [
      socket(80, nil, process), socket(443, { site.handshake($0) }, process),
      ServerSocket(10254) { try await health.serve($0) },
    ]
  }

  private func socket(
    _ port: Int, _ security: ((SecurityRequest) -> SecurityOutcome)?, _ process: Process
  ) -> ServerSocket {
    let output = process.standardOutput
    let errors = process.standardError
    let machine = process.machine
    let site = worker.site
    return ServerSocket(port, security: security) { connection in
      let service = WebService { request in
        if port == 443, !connection.isSecured {
          return site.finished(Nginx.plainRequestPage("nginx"), nil)
        }
        let started = machine.timeline.now
        guard
          var visit = site.visit(request, isSecured: connection.isSecured, port: port)
        else { return site.finished(IngressPage.response(404), nil) }
        let response = site.finished(try await site.answer(&visit), visit)
        for line in visit.errors {
          try await errors.write(Array(visit.errorLine(line, machine.now).utf8))
        }
        let line = visit.line(response, started: started, ended: machine.timeline.now)
        try await output.write(Array(line.utf8))
        return response
      }
      try await service.serve(connection)
    }
  }
}
