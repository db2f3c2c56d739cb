import Documents
import KubeObjects
import Linux
import Simulation

/// What the proxy of a Gateway answers.
final class GatewaySite {
  unowned let network: ClusterNetwork
  let machine: Machine
  let key: String
  private var chance: SeededRandom
  private var turns: [String: Int] = [:]
  /// Connections that are carried on as they are.
  var relays: [ObjectIdentifier: StreamRelay] = [:]

  init(network: ClusterNetwork, machine: Machine, gateway key: String) {
    self.network = network
    self.machine = machine
    self.key = key
    chance = SeededRandom(seed: network.seed, for: "gateway/\(machine.hostName)")
  }

  var gateway: GatewayPlan.Gateway? { network.gateways?.plan.gateway(key) }
  var style: GatewayProvider.Style { gateway?.implementation.style ?? .nginx }

  func handshake(_ request: SecurityRequest, port: Int) -> SecurityOutcome {
    handshake(request, gateway?.listener(port: port, host: request.serverName))
  }

  func handshake(
    _ request: SecurityRequest, _ listener: GatewayPlan.Listener?
  ) -> SecurityOutcome {
    let pems = (listener?.certificates ?? []).compactMap { key -> String? in
      network.web.data(ofSecret: key)?["tls.crt"].map { String(decoding: $0, as: UTF8.self) }
    }
    let fitting = pems.first {
      network.certificate($0, isFor: request.serverName, at: machine.now)
    }
    guard let pem = fitting ?? pems.first else { return .unsupported }
    return network.trust?.outcome(of: request, presenting: pem, at: machine.now) ?? .established
  }

  func visit(_ request: WebRequest, isSecured: Bool, port: Int) -> GatewayVisit {
    var visit = GatewayVisit(request: request, isSecured: isSecured, port: port)
    visit.listener = gateway?.listener(port: port, host: request.host)
    if let choice = visit.listener?.choose(request) {
      visit.attached = choice.attached
      visit.rule = choice.rule
      visit.match = choice.match
    }
    return visit
  }

  func answer(_ visit: inout GatewayVisit) async throws -> WebResponse {
    guard let rule = visit.rule else { return page(404) }
    if let redirect = rule.filters.first(where: { $0.text("type") == "RequestRedirect" }) {
      let (status, location) = RouteFilters.redirect(redirect["requestRedirect"] ?? [:], visit)
      var response = page(status)
      response.headers.append(("Location", location))
      return response
    }
    let cors = rule.filters.first { $0.text("type") == "CORS" }?["cors"].map { CrossOrigin($0) }
    if let answer = cors?.preflight(visit.request, style) { return answer }
    let known = rule.session?.place(in: visit.request).flatMap { find($0, rule.backends) }
    guard let backend = known?.backend ?? pick(rule.backends) else { return page(500) }
    guard backend.problem.isEmpty else { return page(500) }
    var request = RouteFilters.request(visit, rule.filters + backend.filters)
    request.headers += [
      ("X-Forwarded-For", visit.request.client), ("X-Forwarded-Proto", visit.scheme),
    ]
    for filter in rule.filters where filter.text("type") == "RequestMirror" {
      try await mirror(filter[path: "requestMirror", "backendRef"] ?? [:], request, visit)
    }
    var response = try await send(
      request, to: backend, rule, known?.endpoint, &visit)
    response = RouteFilters.response(response, rule.filters + backend.filters)
    cors?.mark(&response, for: visit.request)
    if known == nil, visit.upstream != "-", let session = rule.session {
      response.headers.append(session.header(for: visit.upstream))
    }
    return response
  }

  /// The endpoint that a session leads to, as long as it is there.
  private func find(
    _ place: String, _ backends: [GatewayRoute.Backend]
  ) -> (backend: GatewayRoute.Backend, endpoint: ServiceEndpoint)? {
    for backend in backends {
      guard case .endpoints(let endpoints) = network.state(of: backend.reference),
        let found = endpoints.first(where: { "\($0.address):\($0.port)" == place })
      else { continue }
      return (backend, found)
    }
    return nil
  }

  /// A backend by weight; nil when there is none that may get requests.
  func pick(_ backends: [GatewayRoute.Backend]) -> GatewayRoute.Backend? {
    let total = backends.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var mark = chance.below(total)
    for backend in backends {
      mark -= backend.weight
      if mark < 0 { return backend }
    }
    return backends.last
  }

  func next(_ backend: BackendReference) -> ServiceEndpoint? {
    guard case .endpoints(let endpoints) = network.state(of: backend), !endpoints.isEmpty else {
      return nil
    }
    let turn = turns[backend.upstreamName] ?? chance.below(endpoints.count)
    turns[backend.upstreamName] = (turn + 1) % endpoints.count
    return endpoints[turn % endpoints.count]
  }

  /// Sends a request, and again as often as the rule wants it.
  private func send(
    _ request: WebRequest, to backend: GatewayRoute.Backend, _ rule: GatewayRoute.Rule,
    _ known: ServiceEndpoint?, _ visit: inout GatewayVisit
  ) async throws -> WebResponse {
    var left = rule.retries.attempts
    while true {
      guard let endpoint = known ?? next(backend.reference) else { return page(503) }
      let (response, isAnswer) = try await send(
        request, to: endpoint, backend.security, rule, &visit)
      guard left > 0, !isAnswer || rule.retries.codes.contains(Int64(response.status)) else {
        return response
      }
      left -= 1
    }
  }

  /// What came back, and whether it was the backend's own answer.
  private func send(
    _ request: WebRequest, to endpoint: ServiceEndpoint, _ security: BackendSecurity?,
    _ rule: GatewayRoute.Rule, _ visit: inout GatewayVisit
  ) async throws -> (WebResponse, Bool) {
    visit.upstream = "\(endpoint.address):\(endpoint.port)"
    var exchange = UpstreamExchange(machine: machine)
    if let security {
      exchange.isSecured = true
      exchange.serverName = security.serverName
      exchange.authorities = security.authorities
    }
    let limit = [rule.requestLimit, rule.backendLimit].compactMap { $0 }.min()
    if let limit {
      exchange.readLimit = limit
      exchange.connectLimit = min(exchange.connectLimit, limit)
    }
    switch try await exchange.perform(request, at: endpoint.address, endpoint.port) {
    case .answered(let response): return (response, true)
    case .failed(.timedOut): return (page(limit == nil && style == .envoy ? 503 : 504), false)
    case .failed, .closed, .insecure: return (page(style == .envoy ? 503 : 502), false)
    }
  }

  private func mirror(
    _ reference: Value, _ request: WebRequest, _ visit: GatewayVisit
  ) async throws {
    guard let home = visit.attached?.route.namespace else { return }
    let backend = GatewayRoute.backend(reference, home).reference
    guard let endpoint = next(backend) else { return }
    let exchange = UpstreamExchange(machine: machine)
    network.timeline.fibers.start {
      // Nobody waits for what a copy is answered.
      _ = try? await exchange.perform(request, at: endpoint.address, endpoint.port)
    }
  }

  // MARK: pages

  /// What the proxy itself says.
  func page(_ status: Int) -> WebResponse {
    guard style == .envoy else {
      var response = IngressPage.response(status)
      response.headers.insert(("Server", "nginx"), at: 0)
      return response
    }
    let text =
      switch status {
      case 503: "no healthy upstream"
      case 504: "upstream request timeout"
      default: ""
      }
    return text.isEmpty
      ? WebResponse(status) : WebResponse(status, text: text, type: "text/plain")
  }

  func finished(_ response: WebResponse) -> WebResponse {
    var response = response
    let date = Calendar(machine.now).formatted("%a, %d %b %Y %H:%M:%S GMT")
    response.headers.removeAll { ["date", "server"].contains($0.name.lowercased()) }
    switch style {
    case .nginx:
      response.headers.insert(contentsOf: [("Server", "nginx"), ("Date", date)], at: 0)
      if !response.headers.contains(where: { $0.name == "Connection" }) {
        response.headers.append(("Connection", "keep-alive"))
      }
    case .envoy:
      response.headers = response.headers.map { ($0.name.lowercased(), $0.value) }
      response.headers += [("date", date), ("server", "envoy")]
    }
    return response
  }

  func line(_ visit: GatewayVisit, _ response: WebResponse) -> String {
    let request = visit.request
    let agent = request.header("User-Agent") ?? "-"
    switch style {
    case .nginx:
      let time = Calendar(machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")
      return "\(request.client) - - [\(time)] \"\(request.method) \(request.target) "
        + "\(request.version)\" \(response.status) \(response.body.count) \"-\" \"\(agent)\"\n"
    case .envoy:
      return "[\(machine.now.rfc3339)] \"\(request.method) \(request.target) \(request.version)\" "
        + "\(response.status) - \(request.body.count) \(response.body.count) \"\(request.client)\" "
        + "\"\(agent)\" \"\(request.header("Host") ?? "-")\" \"\(visit.upstream)\"\n"
    }
  }
}

extension GatewaySite: ProxySite {
  func plan(
    _ request: WebRequest, isSecured: Bool, port: Int, at socket: Int
  ) -> ProxyPlan {
    let visit = visit(request, isSecured: isSecured, port: socket)
    guard let listener = visit.listener else {
      return .answer(
        text: "Gateway \(key) has no listener on port \(socket) for host \(request.host): 404",
        remedy: "add a listener, or change its hostname, in spec.listeners of Gateway \(key)")
    }
    if ["HTTPS", "TLS"].contains(listener.protocol) != isSecured, listener.protocol != "TCP" {
      return .answer(
        text: "listener \(listener.name) of Gateway \(key) speaks \(listener.protocol), not "
          + "\(isSecured ? "HTTPS" : "plain HTTP")",
        remedy: isSecured ? "ask with http://" : "ask with https://")
    }
    if listener.isUnread { return plan(listener, host: request.host) }
    guard let rule = visit.rule, let attached = visit.attached, let match = visit.match else {
      let routes = Set(listener.attached.map(\.route.title)).sorted()
      return .answer(
        text: "no route at listener \(listener.name) of Gateway \(key) matches \(request.method) "
          + "\(request.host)\(request.path): 404",
        remedy: routes.isEmpty
          ? "no route is attached: kubectl describe httproute tells why"
          : "add a match to one of \(routes.joined(separator: ", "))")
    }
    let text =
      "\(attached.route.title), at listener \(listener.name) of Gateway \(key), path \(match.path)"
    if let redirect = rule.filters.first(where: { $0.text("type") == "RequestRedirect" }) {
      let target = RouteFilters.redirect(redirect["requestRedirect"] ?? [:], visit).location
      return .answer(text: "\(text): redirects to \(target)", remedy: nil)
    }
    return pass(rule, text)
  }

  func plan(_ transport: Transport, at socket: Int) -> ProxyPlan? {
    guard let listener = gateway?.listener(at: socket, transport),
      ["TCP", "UDP"].contains(listener.protocol)
    else { return nil }
    return plan(listener, host: "")
  }

  /// Of a listener whose connections are carried on as they are.
  private func plan(_ listener: GatewayPlan.Listener, host: String) -> ProxyPlan {
    guard let (route, rule) = listener.route(host: host) else {
      return .answer(
        text:
          "no route at listener \(listener.name) of Gateway \(key) is for "
          + "\(host.isEmpty ? "its connections: it closes them" : "\(host): it closes the connection")",
        remedy: listener.protocol == "TLS"
          ? "add the host to a TLSRoute, or attach one: kubectl describe tlsroute tells why"
          : "attach one: kubectl describe \(listener.protocol.lowercased())route tells why")
    }
    return pass(rule, "\(route.title), at listener \(listener.name) of Gateway \(key)")
  }

  private func pass(_ rule: GatewayRoute.Rule, _ text: String) -> ProxyPlan {
    guard let backend = rule.backends.first(where: { $0.weight > 0 }) else {
      return .answer(
        text: "\(text): no backendRef has a weight, so it answers 500",
        remedy: "name a Service in backendRefs")
    }
    guard backend.problem.isEmpty else {
      return .answer(
        text: "\(text): \(backend.problem), so it answers 500",
        remedy: backend.security == nil
          ? "mend the reference, or permit it by a ReferenceGrant"
          : "name a ConfigMap with the authority's certificate in ca.crt")
    }
    let security = backend.security.map {
      ", over TLS with \($0.serverName) (BackendTLSPolicy \($0.policy))"
    }
    return .pass(text: text + (security ?? ""), backend: backend.reference)
  }
}
