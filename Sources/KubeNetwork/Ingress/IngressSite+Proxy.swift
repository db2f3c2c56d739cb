import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// The content phase: choosing a backend, a server of it, and passing the request on.
extension IngressSite {
  func proxy(_ visit: inout IngressVisit) async throws -> WebResponse {
    guard var backend = visit.location.backend else {
      visit.upstreamName = "upstream-default-backend"
      visit.attempts.append(
        .init(address: "127.0.0.1:8181", status: 404, length: 146, elapsed: .zero))
      return IngressPage.response(404)
    }
    visit.upstreamName = backend.upstreamName
    if let canary = canary(of: visit) {
      visit.alternativeName = canary.backend.upstreamName
      backend = canary.backend
    }
    let servers = try resolve(backend, visit)
    guard !servers.isEmpty else {
      if let other = visit.location.annotations.defaultBackend {
        let rest = BackendReference(
          namespace: backend.namespace, service: other,
          port: firstPort(of: other, in: backend.namespace))
        visit.upstreamName = "custom-default-backend-\(backend.namespace)-\(other)"
        let spare = try resolve(rest, visit)
        if !spare.isEmpty { return try await send(&visit, to: spare, rest.upstreamName) }
      }
      return IngressPage.response(503)
    }
    return try await send(&visit, to: servers, backend.upstreamName)
  }

  private func firstPort(of service: String, in namespace: String) -> IntOrString {
    let found = clusterNetwork.services[namespace, service]
    return found?["spec"]?.items("ports").first?["port"].flatMap { IntOrString($0) } ?? .int(80)
  }

  // The balancer's route_to_alternative_balancer: header, cookie, weight.
  private func canary(of visit: IngressVisit) -> IngressConfiguration.Canary? {
    for canary in visit.location.canaries {
      let annotations = canary.annotations
      if let name = annotations.canaryHeader, let value = visit.request.header(name) {
        if let wanted = annotations.canaryHeaderValue {
          if value == wanted { return canary }
        } else if let pattern = annotations.canaryHeaderPattern {
          if TextPattern(pattern)?.captures(in: value) != nil { return canary }
        } else if value == "always" {
          return canary
        } else if value == "never" {
          return nil
        }
      }
      if let name = annotations.canaryCookie, let value = cookie(name, visit.request) {
        if value == "always" { return canary }
        if value == "never" { return nil }
      }
      if draw(annotations.canaryTotal) < annotations.canaryWeight { return canary }
    }
    return nil
  }

  private func cookie(_ name: String, _ request: WebRequest) -> String? {
    for part in (request.header("Cookie") ?? "").split(separator: ";") {
      let halves = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if halves.count == 2, halves[0] == name { return String(halves[1]) }
    }
    return nil
  }

  private func resolve(
    _ backend: BackendReference, _ visit: IngressVisit
  ) throws -> [ServiceEndpoint] {
    switch clusterNetwork.state(of: backend) {
    case .noService, .noPort: return []
    case .endpoints(let endpoints): return endpoints
    case .external(let name, let port):
      let found = (try? Resolver(host).lookUp(name))?.addresses ?? []
      return found.map {
        ServiceEndpoint(
          address: $0, port: port, isReady: true, isServing: true, isTerminating: false, zones: [],
          nodesHinted: [])
      }
    }
  }

  /// nginx tries the next server on errors and timeouts, three in all.
  private func send(
    _ visit: inout IngressVisit, to servers: [ServiceEndpoint], _ name: String
  ) async throws -> WebResponse {
    let annotations = visit.location.annotations
    let isSecured = ["HTTPS", "GRPCS"].contains(annotations.backendProtocol)
    let scheme =
      annotations.backendProtocol.hasPrefix("GRPC")
      ? (isSecured ? "grpcs" : "grpc") : (isSecured ? "https" : "http")
    let exchange = UpstreamExchange(
      machine: host, connectLimit: annotations.connectLimit, readLimit: annotations.readLimit,
      isSecured: isSecured, serverName: visit.request.host)
    var status = 502
    var pinned = sticky(visit, servers)
    for _ in 0..<3 {
      guard let server = pinned ?? next(servers, of: name) else { break }
      pinned = nil
      let address = "\(server.address):\(server.port)"
      let started = now
      let outcome = try await exchange.perform(
        forwarded(visit), at: server.address, server.port)
      var attempt = IngressVisit.Attempt(
        address: address, status: 502, length: 0, elapsed: now - started)
      let upstream = "upstream: \"\(scheme)://\(address)\(visit.target)\""
      switch outcome {
      case .answered(let response) where scheme.hasPrefix("grpc") && !Self.isCall(response):
        // What HTTP/1.1 begins with, read as the length of a frame.
        visit.errors.append(
          "upstream sent too large http2 frame: 4740180 while reading response header from "
            + "upstream, " + upstream)
        visit.attempts.append(attempt)
        return IngressPage.response(502)
      case .answered(let response):
        attempt.status = response.status
        attempt.length = response.body.count
        visit.attempts.append(attempt)
        return remembering(server, response, visit)
      case .failed(.timedOut):
        status = 504
        attempt.status = 504
        visit.errors.append(
          "upstream timed out (110: Operation timed out) while connecting to upstream, \(upstream)")
      case .failed(.unreachable):
        visit.errors.append(
          "connect() failed (113: Host is unreachable) while connecting to upstream, \(upstream)")
        status = 502
      case .failed:
        visit.errors.append(
          "connect() failed (111: Connection refused) while connecting to upstream, \(upstream)")
        status = 502
      case .closed:
        visit.errors.append(
          "upstream prematurely closed connection while reading response header from upstream, "
            + upstream)
        status = 502
      case .insecure:
        visit.errors.append(
          "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) "
            + "while SSL handshaking to upstream, \(upstream)")
        status = 502
      }
      visit.attempts.append(attempt)
    }
    return IngressPage.response(status)
  }

  /// Whether a server that speaks gRPC answered.
  private static func isCall(_ response: WebResponse) -> Bool {
    response.headers.contains {
      $0.name.lowercased() == "content-type" && $0.value.hasPrefix("application/grpc")
    }
  }

  /// The request with the headers that the controller's template sets.
  private func forwarded(_ visit: IngressVisit) -> WebRequest {
    let own: Set<String> = [
      "host", "x-request-id", "x-real-ip", "x-forwarded-for", "x-forwarded-host",
      "x-forwarded-port", "x-forwarded-proto", "x-forwarded-scheme", "x-scheme",
    ]
    var headers: [(name: String, value: String)] = [
      ("Host", visit.location.annotations.upstreamHost ?? visit.host),
      ("X-Request-ID", visit.requestID), ("X-Real-IP", visit.request.client),
      ("X-Forwarded-For", visit.request.client), ("X-Forwarded-Host", visit.host),
      ("X-Forwarded-Port", "\(visit.port)"), ("X-Forwarded-Proto", visit.scheme),
      ("X-Forwarded-Scheme", visit.scheme), ("X-Scheme", visit.scheme),
    ]
    if let prefix = visit.location.annotations.forwardedPrefix {
      headers.append(("X-Forwarded-Prefix", prefix))
    }
    headers += visit.request.headers.filter {
      let name = $0.name.lowercased()
      return !own.contains(name) && !WebClient.hopHeaders.contains(name)
    }
    headers.append(("Connection", "close"))
    return WebRequest(
      method: visit.request.method, target: visit.target, headers: headers,
      body: visit.request.body)
  }

  /// The page of a status that `custom-http-errors` hands to the default backend.
  func errorPage(
    _ response: WebResponse, _ visit: inout IngressVisit
  ) async throws -> WebResponse {
    guard let name = visit.location.annotations.defaultBackend,
      let namespace = visit.location.backend?.namespace
    else { return response }
    let backend = BackendReference(
      namespace: namespace, service: name, port: firstPort(of: name, in: namespace))
    let servers = try resolve(backend, visit)
    guard !servers.isEmpty else { return response }
    visit.request.headers += [
      ("X-Code", "\(response.status)"), ("X-Format", visit.request.header("Accept") ?? ""),
      ("X-Original-URI", visit.request.target), ("X-Namespace", namespace),
      ("X-Ingress-Name", String(visit.location.ingress.drop { $0 != "/" }.dropFirst())),
      ("X-Service-Name", visit.location.backend?.service ?? ""),
    ]
    visit.target = "/"
    return try await send(&visit, to: servers, backend.upstreamName)
  }

  // MARK: sticky sessions

  private func mark(_ server: ServiceEndpoint) -> String {
    var random = SeededRandom(seed: 0, for: "\(server.address):\(server.port)")
    return Self.hexadecimal(&random)
  }

  private func sticky(_ visit: IngressVisit, _ servers: [ServiceEndpoint]) -> ServiceEndpoint? {
    guard let name = visit.location.annotations.stickyCookie,
      let value = cookie(name, visit.request)
    else { return nil }
    return servers.first { value.hasSuffix("|" + mark($0)) }
  }

  private func remembering(
    _ server: ServiceEndpoint, _ response: WebResponse, _ visit: IngressVisit
  ) -> WebResponse {
    guard let name = visit.location.annotations.stickyCookie,
      sticky(visit, [server]) == nil
    else { return response }
    var response = response
    let stamp = "\(now.seconds).\(now.nanoseconds / 1_000_000 % 1000).31.\(draw(900_000))"
    response.headers.append(
      (
        "Set-Cookie",
        "\(name)=\(stamp)|\(mark(server)); Path=\(visit.location.originalPath); HttpOnly"
      ))
    return response
  }
}
