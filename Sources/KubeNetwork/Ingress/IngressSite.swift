import Documents
import KubeObjects
import Linux
import Simulation

/// What a running controller answers to requests: nginx as the controller configures it.
final class IngressSite {
  var configuration = IngressConfiguration([])
  private unowned let network: ClusterNetwork
  private let machine: Machine
  private var turns: [String: Int] = [:]
  private var buckets: [String: (excess: Double, last: Moment)] = [:]
  private var chance: SeededRandom
  /// The data of a Secret.
  var secret: (_ key: String) -> [String: [UInt8]]?

  init(
    network: ClusterNetwork, machine: Machine,
    secret: @escaping (_ key: String) -> [String: [UInt8]]?
  ) {
    self.network = network
    self.machine = machine
    self.secret = secret
    chance = SeededRandom(seed: network.seed, for: "ingress-nginx/\(machine.hostName)")
  }

  /// The certificate chain for a name, as PEM: its Secret's when that is for the name, else the
  /// controller's fake one.
  func certificate(for name: String) -> String {
    guard let server = configuration.server(for: name), let key = server.certificate,
      let pem = certificate(in: key), network.certificate(pem, isFor: name, at: machine.now)
    else { return network.fakeCertificate }
    return pem
  }

  func certificate(in key: String) -> String? {
    guard let data = secret(key), let bytes = data["tls.crt"], data["tls.key"] != nil else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("-----BEGIN CERTIFICATE-----") ? text : nil
  }

  func handshake(_ request: SecurityRequest) -> SecurityOutcome {
    network.trust?.outcome(
      of: request, presenting: certificate(for: request.serverName), at: machine.now)
      ?? .established
  }

  /// The visit of a request, before anything was decided; nil when no server is there.
  func visit(_ request: WebRequest, isSecured: Bool, port: Int) -> IngressVisit? {
    guard let server = configuration.server(for: request.host),
      let found = server.location(for: request.path)
    else { return nil }
    return IngressVisit(
      request: request, isSecured: isSecured, port: port, server: server,
      location: found.location, captures: found.captures, target: request.target,
      requestID: Self.hexadecimal(&chance))
  }

  static func hexadecimal(_ chance: inout SeededRandom) -> String {
    (0..<2).map { _ in
      let digits = String(chance.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The answer, through nginx's phases: rewriting, access, content.
  func answer(_ visit: inout IngressVisit) async throws -> WebResponse {
    let annotations = visit.location.annotations
    // For balancers that ask whether the controller is well.
    if visit.server.host == IngressConfiguration.anyHost, visit.request.path == "/healthz" {
      return WebResponse(200, text: "", type: "text/html")
    }
    if let root = annotations.appRoot, visit.request.path == "/" {
      return IngressPage.response(302, location: "\(visit.scheme)://\(visit.host)\(root)")
    }
    if let redirect = annotations.redirect {
      return IngressPage.response(redirect.code, location: redirect.address)
    }
    if let address = redirection(of: visit) {
      return IngressPage.response(308, location: address)
    }
    if let refusal = refusal(&visit) { return refusal }
    if annotations.sharesAcrossOrigins, visit.request.method == "OPTIONS" {
      return WebResponse(204, headers: sharing(annotations))
    }
    if let refusal = try await externalRefusal(&visit) { return refusal }
    mirror(visit)
    rewrite(&visit)
    var response = try await proxy(&visit)
    if annotations.customErrors.contains(response.status) {
      response = try await errorPage(response, &visit)
    }
    if annotations.sharesAcrossOrigins { response.headers += sharing(annotations) }
    return response
  }

  /// What nginx adds to every answer.
  func finished(_ response: WebResponse, _ visit: IngressVisit?) -> WebResponse {
    var response = response
    let dropped: Set<String> = ["server", "date", "content-length", "content-type", "connection"]
    let isLast = response.headers.contains { $0.name == "Connection" && $0.value == "close" }
    let type = response.headers.filter { $0.name.lowercased() == "content-type" }
    let rest = response.headers.filter { !dropped.contains($0.name.lowercased()) }
    let date = Calendar(machine.now).formatted("%a, %d %b %Y %H:%M:%S GMT")
    response.headers = [(name: "Date", value: date)] + type
    if response.status != 204, response.status != 304 {
      response.headers.append(("Content-Length", "\(response.body.count)"))
    }
    response.headers += [("Connection", isLast ? "close" : "keep-alive")] + rest
    if visit?.isSecured == true {
      response.headers.append(
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    }
    return response
  }

  /// Where it sends clients that came without TLS.
  func redirection(of visit: IngressVisit) -> String? {
    let annotations = visit.location.annotations
    let forwarded = visit.request.header("X-Forwarded-Proto")
    guard !visit.isSecured, forwarded != "https", !visit.location.ingress.isEmpty else {
      return nil
    }
    guard annotations.forcesTLS || annotations.redirectsToTLS && visit.server.hasTLS else {
      return nil
    }
    return "https://\(visit.request.host)\(visit.request.target)"
  }

  /// Rates, addresses, sizes and passwords.
  private func refusal(_ visit: inout IngressVisit) -> WebResponse? {
    let annotations = visit.location.annotations
    let client = IPAddress(visit.request.client)
    func holds(_ prefixes: [IPPrefix]) -> Bool {
      client.map { address in prefixes.contains { $0.contains(address) } } ?? false
    }
    if let rate = annotations.rate, !holds(annotations.unlimitedSources),
      isTooFast(visit, rate.perSecond, rate.burst)
    {
      visit.errors.append(
        "limiting requests, excess: \(Int(rate.burst)).000 by zone "
          + "\"\(visit.location.ingress.replacing("/", with: "_"))_rps\"")
      return IngressPage.response(503)
    }
    let allowed = annotations.allowedSources
    if holds(annotations.deniedSources) || !allowed.isEmpty && !holds(allowed) {
      visit.errors.append("access forbidden by rule")
      return IngressPage.response(403)
    }
    if let wanted = annotations.authentication,
      let refusal = authentication(wanted.secret, wanted.isMap, wanted.realm, &visit)
    {
      return refusal
    }
    if let limit = annotations.bodyLimit, visit.request.body.count > limit {
      visit.errors.append(
        "client intended to send too large body: \(visit.request.body.count) bytes")
      return IngressPage.response(413)
    }
    return nil
  }

  private func isTooFast(_ visit: IngressVisit, _ rate: Double, _ burst: Double) -> Bool {
    let key = visit.location.ingress + "/" + visit.request.client
    let now = machine.timeline.now
    var excess = 0.0
    if let known = buckets[key] {
      let passed = Double((now - known.last).nanoseconds) / 1e9
      excess = max(0, known.excess - rate * passed + 1)
    }
    if excess > burst { return true }
    if buckets.count > 10_000 { buckets = [:] }
    buckets[key] = (excess, now)
    return false
  }

  private func authentication(
    _ name: String, _ isMap: Bool, _ realm: String, _ visit: inout IngressVisit
  ) -> WebResponse? {
    let namespace = String(visit.location.ingress.prefix { $0 != "/" })
    let key = name.contains("/") ? name : "\(namespace)/\(name)"
    guard let data = secret(key) else {
      visit.errors.append("Location denied. Reason: \"secret \(key) not found\"")
      return IngressPage.response(503)
    }
    var lines = String(decoding: data["auth"] ?? [], as: UTF8.self).split(separator: "\n")
      .map(String.init)
    if isMap {
      lines = data.sorted { $0.key < $1.key }.map {
        "\($0.key):\(String(decoding: $0.value, as: UTF8.self))"
      }
    }
    var refusal = IngressPage.response(401)
    refusal.headers.append(("WWW-Authenticate", "Basic realm=\"\(realm)\""))
    guard let given = visit.request.header("Authorization").flatMap(Credentials.basic) else {
      visit.errors.append("no user/password was provided for basic authentication")
      return refusal
    }
    guard let line = lines.first(where: { $0.hasPrefix(given.user + ":") }) else {
      visit.errors.append(
        "user \"\(given.user)\" was not found in \"/etc/ingress-controller/auth\"")
      return refusal
    }
    let stored = String(line.dropFirst(given.user.count + 1).prefix { $0 != ":" && $0 != "\r" })
    if Credentials.matches(given.password, stored) { return nil }
    visit.errors.append("user \"\(given.user)\": password mismatch")
    return refusal
  }

  private func sharing(_ annotations: IngressAnnotations) -> [(name: String, value: String)] {
    [
      ("Access-Control-Allow-Origin", annotations.allowedOrigin),
      ("Access-Control-Allow-Credentials", "true"),
      (
        "Access-Control-Allow-Methods",
        annotations["cors-allow-methods"] ?? "GET, PUT, POST, DELETE, PATCH, OPTIONS"
      ),
      (
        "Access-Control-Allow-Headers",
        annotations["cors-allow-headers"]
          ?? "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,"
          + "Content-Type,Range,Authorization"
      ), ("Access-Control-Max-Age", "1728000"),
    ]
  }

  /// `rewrite "(?i)path" target break`
  func rewrite(_ visit: inout IngressVisit) {
    guard visit.location.rewrites,
      let captures = TextPattern(visit.location.path, ignoringCase: true)?.captures(
        in: visit.request.path)
    else { return }
    var path = ""
    var digits = visit.location.annotations.rewriteTarget[...]
    while let character = digits.popFirst() {
      if character == "$", let next = digits.first, let number = next.wholeNumberValue {
        digits.removeFirst()
        if captures.indices.contains(number) { path += captures[number] }
      } else {
        path.append(character)
      }
    }
    if !path.hasPrefix("/") { path = "/" + path }
    visit.target = path + (visit.request.query.isEmpty ? "" : "?" + visit.request.query)
  }

  // MARK: turns

  /// The next server of a backend in turn.
  func next(_ endpoints: [ServiceEndpoint], of name: String) -> ServiceEndpoint? {
    guard !endpoints.isEmpty else { return nil }
    let turn = turns[name] ?? chance.below(endpoints.count)
    turns[name] = (turn + 1) % endpoints.count
    return endpoints[turn % endpoints.count]
  }

  func draw(_ bound: Int) -> Int { chance.below(max(1, bound)) }

  var now: Moment { machine.timeline.now }
  var clusterNetwork: ClusterNetwork { network }
  var host: Machine { machine }
}
