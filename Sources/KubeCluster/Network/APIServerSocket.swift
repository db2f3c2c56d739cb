import Documents
import KubeAPIServer
import Linux
import PKI
import Simulation

/// The API server's port as programs of the simulation reach it: HTTPS to `handle`.
final class APIServerSocket {
  private unowned let server: APIServer
  private let certificate: () -> String
  private let judge: CertificateJudge

  init(server: APIServer, certificate: @escaping () -> String, judge: CertificateJudge) {
    self.server = server
    self.certificate = certificate
    self.judge = judge
  }

  /// Takes a new connection; the answers are made by coroutines of their own.
  func accept(_ connection: any Connection) {
    var client: String?
    connection.offerSecurity { [judge, certificate, unowned server] request in
      if request.newestVersion < server.configuration.oldestTransportVersion {
        return .refusedVersion
      }
      client = request.certificate
      return judge.outcome(of: request, presenting: certificate(), at: server.timeline.now)
    }
    server.timeline.fibers.start { [weak self] in
      let service = WebService { request in
        guard let self else { return WebResponse(503) }
        guard connection.isSecured else {
          // Go's net/http answers plain HTTP on a TLS port with this text.
          return WebResponse(400, text: "Client sent an HTTP request to an HTTPS server.\n")
        }
        return try await self.answer(request, client)
      }
      try? await service.serve(connection)
      connection.close()
    }
  }

  private func answer(_ request: WebRequest, _ client: String?) async throws -> WebResponse {
    let path = String(request.target.prefix { $0 != "?" })
    var asked = APIRequest(
      method: request.method, path: path, query: request.parameters,
      headers: request.headers.map { ($0.name.lowercased(), $0.value) },
      body: request.body.isEmpty ? .none : .bytes(request.body), credential: .anonymous)
    if let first = PEM.blocks(in: client ?? "").first(where: { $0.label == "CERTIFICATE" }) {
      asked.credential = .certificate(first.bytes)
    } else if let token = asked.bearerToken {
      asked.credential = .bearer(token)
    }
    var response = server.handle(asked)
    if case .proxied(let answer) = response.body {
      let waiter = Waiter()
      answer.onReady = { waiter.wake() }
      while answer.response == nil { try await waiter.wait() }
      response = answer.response ?? response
    }
    var headers = response.headers.map { (name: $0.name, value: $0.value) }
    let body: [UInt8]
    switch response.body {
    case .value(let value): body = WireForm.bytes(value, for: asked)
    case .bytes(let bytes): body = bytes
    case .watch(let watch):
      watch.cancel()
      return WebResponse(501, text: "drydock: not simulated: watching with curl\n")
    case .connect(let stream):
      stream.cancel()
      return WebResponse(501, text: "drydock: not simulated: upgrading a connection with curl\n")
    case .proxied: return WebResponse(502)
    }
    if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers.append(("Content-Type", "application/json"))
    }
    return WebResponse(response.code, headers: headers, body: body)
  }
}
