import Linux
import Simulation

/// The other half of a connection, once it is there.
final class StreamRelay {
  var upstream: (any Connection)?
  /// Whether its requests are read and answered here instead.
  var isRead = false
}

/// Connections that a Gateway's proxy carries on without reading them: TCP, UDP, and TLS passed
/// through or ended.
extension GatewaySite {
  /// The name in a TLS handshake chooses the route; the backend itself answers it.
  func greet(_ client: any Connection, port: Int) {
    let relay = StreamRelay()
    relays[ObjectIdentifier(client)] = relay
    client.offerSecurity { [self, unowned client] request in
      let fitting = gateway?.listener(port: port, host: request.serverName)
      if let fitting, fitting.protocol == "HTTPS" {
        relay.isRead = true
        return handshake(request, fitting)
      }
      guard let fitting, fitting.protocol == "TLS",
        let rule = fitting.route(host: request.serverName)?.rule,
        let upstream = try await connect(rule)
      else { return .unsupported }
      let outcome =
        fitting.isTerminated
        ? handshake(request, fitting) : try await upstream.secure(request)
      start(relay, upstream, client)
      return outcome
    }
  }

  /// Carries datagrams of a client to a backend of the listener's route, and answers back.
  func relayDatagrams(_ client: any Connection, port: Int) async throws {
    guard let rule = gateway?.listener(at: port, .udp)?.route(host: "")?.rule,
      let upstream = try await connect(rule, .udp)
    else { return }
    machine.timeline.fibers.start {
      while let bytes = try? await client.read(upTo: 65536), !bytes.isEmpty {
        guard (try? await upstream.write(bytes)) != nil else { break }
      }
      upstream.finishWriting()
    }
    // A client that has nothing more to send may still wait for answers.
    while true {
      let bytes = try await upstream.read(upTo: 65536)
      guard !bytes.isEmpty else { break }
      try await client.write(bytes)
    }
    upstream.close()
  }

  /// Carries a client's connection to a backend of its route, and closes it where there is none.
  func relay(
    _ client: any Connection, port: Int, _ web: (any Connection) async throws -> Void
  ) async throws {
    guard let relay = relays[ObjectIdentifier(client)],
      let listener = gateway?.listener(at: port, .tcp)
    else { return }
    defer { relays[ObjectIdentifier(client)] = nil }
    if listener.protocol == "TCP" {
      guard let rule = listener.route(host: "")?.rule, let upstream = try await connect(rule)
      else { return }
      start(relay, upstream, client)
    }
    while true {
      let bytes = try await client.read(upTo: 65536)
      if relay.isRead {
        client.putBack(bytes)
        return try await web(client)
      }
      guard !bytes.isEmpty, let upstream = relay.upstream else { break }
      try await upstream.write(bytes)
    }
    relay.upstream?.finishWriting()
  }

  private func connect(
    _ rule: GatewayRoute.Rule, _ transport: Transport = .tcp
  ) async throws -> (any Connection)? {
    guard let backend = pick(rule.backends), backend.problem.isEmpty,
      let endpoint = next(backend.reference), let network = machine.network
    else { return nil }
    do {
      let upstream = try await network.connect(
        from: machine, to: endpoint.address, port: endpoint.port, transport: transport,
        timeout: .seconds(5))
      if let security = backend.security {
        let wish = SecurityRequest(
          serverName: security.serverName, authorities: security.authorities, certificate: nil,
          key: nil)
        guard try await upstream.secure(wish) == .established else { return nil }
      }
      return upstream
    } catch is NetworkFailure {
      return nil
    }
  }

  /// What comes back goes to the client until either side ends.
  private func start(_ relay: StreamRelay, _ upstream: any Connection, _ client: any Connection) {
    relay.upstream = upstream
    machine.timeline.fibers.start {
      while let bytes = try? await upstream.read(upTo: 65536), !bytes.isEmpty {
        guard (try? await client.write(bytes)) != nil else { break }
      }
      upstream.close()
      client.close()
    }
  }
}

extension GatewayPlan.Listener {
  /// Whether connections are carried on as they are.
  var isUnread: Bool { ["TCP", "TLS"].contains(`protocol`) }

  /// The route and rule of a connection: the most precise host, then the older route, then its name.
  func route(host: String) -> (route: GatewayRoute, rule: GatewayRoute.Rule)? {
    let host = host.lowercased()
    var best: (attached: GatewayPlan.Attached, host: String)?
    for attached in attached {
      let fitting = attached.hostnames.filter { GatewayHostname.matches($0, host) }
        .min { GatewayHostname.isMorePrecise($0, than: $1) }
      guard let name = fitting else { continue }
      guard let known = best else {
        best = (attached, name)
        continue
      }
      let (one, two) = (attached.route, known.attached.route)
      let isOlder =
        one.created != two.created
        ? one.created < two.created : (one.namespace, one.name) < (two.namespace, two.name)
      let goesBefore = GatewayHostname.isMorePrecise(name, than: known.host)
      let goesAfter = GatewayHostname.isMorePrecise(known.host, than: name)
      if goesBefore || !goesAfter && isOlder { best = (attached, name) }
    }
    guard let route = best?.attached.route, let rule = route.rules.first else { return nil }
    return (route, rule)
  }
}
