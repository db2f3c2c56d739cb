package import Linux
package import Simulation

/// One request of a reverse proxy to one server behind it.
package struct UpstreamExchange {
  package enum Outcome {
    case answered(WebResponse)
    case failed(NetworkFailure)
    /// The server closed the connection without an answer.
    case closed
    /// TLS was spoken to a server that does not, or refused.
    case insecure
  }

  let machine: Machine
  var connectLimit = Span.seconds(5)
  var readLimit = Span.seconds(60)
  var isSecured = false
  var serverName = ""
  /// PEM of whom it trusts; nil trusts everybody.
  var authorities: String?
  /// PEM of what the proxy shows of itself.
  var certificate: String?
  var key: String?

  package init(
    machine: Machine, connectLimit: Span = .seconds(5), readLimit: Span = .seconds(60),
    isSecured: Bool = false, serverName: String = "", certificate: String? = nil,
    key: String? = nil
  ) {
    self.machine = machine
    self.connectLimit = connectLimit
    self.readLimit = readLimit
    self.isSecured = isSecured
    self.serverName = serverName
    self.certificate = certificate
    self.key = key
  }

  package func perform(_ request: WebRequest, at address: String, _ port: Int) async throws
    -> Outcome
  {
    guard let network = machine.network else { return .failed(.unreachable) }
    do {
      let connection = try await network.connect(
        from: machine, to: address, port: port, transport: .tcp, timeout: connectLimit)
      defer { connection.close() }
      connection.deadline = machine.timeline.now + readLimit
      if isSecured {
        let wish = SecurityRequest(
          serverName: serverName, authorities: authorities, certificate: certificate, key: key)
        guard try await connection.secure(wish) == .established else { return .insecure }
      }
      guard var response = try await WebClient.exchange(request, over: connection) else {
        return .closed
      }
      response.headers.removeAll { WebClient.hopHeaders.contains($0.name.lowercased()) }
      return .answered(response)
    } catch let failure as NetworkFailure {
      return .failed(failure)
    }
  }
}
