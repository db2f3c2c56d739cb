import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// Who may ask a kubelet, from its KubeletConfiguration.
struct KubeletAccess {
  var allowsAnonymous = false
  var takesTokens = true
  var mode = "Webhook"
  /// 0: none.
  var readOnlyPort = 0

  /// The defaults of a configuration file (`SetDefaults_KubeletConfiguration`).
  init(_ config: Value = [:]) {
    let authentication = config["authentication"]
    allowsAnonymous = authentication?[path: "anonymous", "enabled"]?.bool ?? false
    takesTokens = authentication?[path: "webhook", "enabled"]?.bool ?? true
    mode = config[path: "authorization", "mode"]?.string ?? "Webhook"
    readOnlyPort = Int(config["readOnlyPort"]?.int ?? 0)
  }
}

/// The ports of a running kubelet: health, its API, and the one without questions.
final class KubeletPorts {
  private unowned let cluster: Cluster
  private let plan: Blueprint.NodePlan
  private let machine: Machine
  private var listeners: [any Listener] = []
  private var access = KubeletAccess()
  private var certificate: String?

  init(_ plan: Blueprint.NodePlan, _ machine: Machine, _ cluster: Cluster) {
    self.plan = plan
    self.machine = machine
    self.cluster = cluster
    // Where nothing has joined no kubelet runs.
    if plan.isJoined { open(access) }
  }

  /// Opens the ports in the name of the process that is running now.
  func open(_ access: KubeletAccess) {
    close()
    self.access = access
    listen(10248, at: "127.0.0.1") { _ in { _ in KubeletPorts.health } }
    listen(10250, at: "::") { [weak self] connection in
      self?.secured(connection) ?? { _ in WebResponse(503) }
    }
    if access.readOnlyPort > 0, access.readOnlyPort < 65536 {
      listen(access.readOnlyPort, at: "::") { [weak self] _ in
        { request in self?.answer(request) ?? WebResponse(503) }
      }
    }
  }

  func close() {
    for listener in listeners { listener.close() }
    listeners = []
  }

  private func listen(
    _ port: Int, at address: String,
    _ service: @escaping (any Connection) -> (WebRequest) -> WebResponse
  ) {
    let listener = try? machine.network?.listen(
      on: machine, address: address, port: port, transport: .tcp
    ) { [timeline = machine.timeline] connection in
      let answer = service(connection)
      timeline.fibers.start {
        try? await WebService { answer($0) }.serve(connection)
        connection.close()
      }
    }
    if let listener { listeners.append(listener) }
  }

  // MARK: who asks

  private func secured(_ connection: any Connection) -> (WebRequest) -> WebResponse {
    var client: String?
    connection.offerSecurity { [weak self] request in
      client = request.certificate
      guard let self, let own = ownCertificate() else { return .unsupported }
      return cluster.judge.outcome(of: request, presenting: own, at: cluster.timeline.now)
    }
    return { [weak self] request in
      guard let self else { return WebResponse(503) }
      guard connection.isSecured else {
        return WebResponse(400, text: "Client sent an HTTP request to an HTTPS server.\n")
      }
      return refusal(of: request, client) ?? answer(request)
    }
  }

  /// kubelet/server: InstallAuthFilter.
  private func refusal(of request: WebRequest, _ client: String?) -> WebResponse? {
    guard let user = user(of: request, client) else {
      return WebResponse(401, text: "Unauthorized")
    }
    let path = String(request.target.prefix { $0 != "?" })
    let subresources = Self.subresources(of: path)
    let verb = Self.verbs[request.method] ?? ""
    guard access.mode != "AlwaysAllow" else { return nil }
    let isAllowed = subresources.contains { subresource in
      var question = AccessQuestion(verb: verb, version: "v1", resource: "nodes")
      question.subresource = subresource
      question.name = plan.name
      return cluster.server.decide(user, question).isAllowed
    }
    if isAllowed { return nil }
    return WebResponse(
      403,
      text: "Forbidden (user=\(user.name), verb=\(verb), resource=nodes, "
        + "subresource(s)=[\(subresources.joined(separator: " "))])\n")
  }

  private func user(of request: WebRequest, _ client: String?) -> UserInfo? {
    if let client, let block = PEM.blocks(in: client).first(where: { $0.label == "CERTIFICATE" }) {
      return cluster.keys.user(of: .certificate(block.bytes))
    }
    if let token = request.header("Authorization"), token.hasPrefix("Bearer ") {
      return access.takesTokens ? cluster.keys.user(of: .bearer(String(token.dropFirst(7)))) : nil
    }
    guard access.allowsAnonymous else { return nil }
    return UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])
  }

  /// NodeAuthorizerAttributesGetter with KubeletFineGrainedAuthz: any of these is enough.
  private static func subresources(of path: String) -> [String] {
    func isIn(_ root: String) -> Bool { Self.isIn(root, path) }
    if isIn("/stats") { return ["stats"] }
    if isIn("/metrics") { return ["metrics"] }
    if isIn("/logs") { return ["log"] }
    if isIn("/checkpoint") { return ["checkpoint"] }
    if isIn("/pods") || isIn("/runningpods") { return ["pods", "proxy"] }
    if isIn("/healthz") { return ["healthz", "proxy"] }
    if isIn("/configz") { return ["configz", "proxy"] }
    return ["proxy"]
  }

  private static let verbs = [
    "GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch",
    "DELETE": "delete",
  ]

  // MARK: what is answered

  private static let health = WebResponse(text: "ok")

  private func answer(_ request: WebRequest) -> WebResponse {
    let path = String(request.target.prefix { $0 != "?" })
    if Self.isIn("/logs", path) { return logs(String(path.dropFirst("/logs".count))) }
    if Self.isIn("/containerLogs", path) { return containerLog(path, request.parameters) }
    guard let host = cluster.hosts[plan.name] else { return WebResponse(503) }
    let statistics = KubeletStatistics(host: host)
    switch path {
    case "/healthz", "/healthz/ping", "/healthz/log", "/healthz/syncloop": return Self.health
    case "/pods", "/pods/": return pods(statistics) { _ in true }
    case "/runningpods/":
      return pods(statistics) { $0[path: "status", "phase"]?.string == "Running" }
    case "/stats/summary", "/stats/summary/": return Self.json(statistics.summary)
    case "/metrics": return Self.metrics(statistics.ownMetrics)
    case "/metrics/resource": return Self.metrics(statistics.resourceMetrics)
    case "/metrics/cadvisor": return Self.metrics(statistics.containerMetrics)
    case "/configz":
      let text = machine.files.text("/var/lib/kubelet/config.yaml") ?? ""
      let config = KubeletConfigurationDefaults.completed((try? YAML.parse(text)) ?? [:])
      return Self.json(["kubeletconfig": config])
    default:
      return Self.known.contains { Self.isIn($0, path) }
        ? Self.missing(path) : WebResponse(404, text: "404 page not found\n")
    }
  }

  private static func metrics(_ text: String) -> WebResponse {
    WebResponse(text: text, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  /// Go's file server on /var/log.
  private func logs(_ path: String) -> WebResponse {
    let parts = PercentCoding.decode(path).split(separator: "/")
    guard !parts.contains("..") else { return WebResponse(400, text: "invalid URL path\n") }
    let whole = "/var/log" + parts.map { "/" + $0 }.joined()
    guard let status = machine.files.status(whole) else {
      return WebResponse(404, text: "404 page not found\n")
    }
    guard status.kind == .directory else {
      return WebResponse(
        headers: [("Content-Type", "text/plain; charset=utf-8")],
        body: (try? machine.files.read(whole)) ?? [])
    }
    guard path.hasSuffix("/") else {
      return WebResponse(301, headers: [("Location", (parts.last ?? "logs") + "/")])
    }
    let names = ((try? machine.files.names(in: whole)) ?? []).sorted().map { name in
      machine.files.status(whole + "/" + name)?.kind == .directory ? name + "/" : name
    }
    let lines = names.map { "<a href=\"\(PercentCoding.encode($0, keeping: "/"))\">\($0)</a>\n" }
    return WebResponse(
      text: "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n"
        + lines.joined() + "</pre>\n", type: "text/html; charset=utf-8")
  }

  /// /containerLogs/NAMESPACE/POD/CONTAINER
  private func containerLog(
    _ path: String, _ query: [(name: String, value: String)]
  ) -> WebResponse {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 4 else { return WebResponse(404, text: "404 page not found\n") }
    guard let host = cluster.hosts[plan.name], let fleet = cluster.fleet,
      let pod = KubeletStatistics(host: host).pods.map(\.pod).first(where: {
        $0.namespace == parts[1] && $0.name == parts[2]
      })
    else { return WebResponse(404, text: "pod \"\(parts[2])\" does not exist\n") }
    do throws(StatusError) {
      let asked = query.filter { $0.name != "container" } + [("container", parts[3])]
      guard case .bytes(let bytes) = try fleet.connect(pod: pod, subresource: "log", query: asked)
      else { return Self.missing("following of logs") }
      return WebResponse(headers: [("Content-Type", "text/plain")], body: bytes)
    } catch {
      return WebResponse(error.code, text: error.message)
    }
  }

  private static func isIn(_ root: String, _ path: String) -> Bool {
    path == root || path.hasPrefix(root + "/")
  }

  /// What a kubelet serves besides, and this one does not.
  private static let known = [
    "/run", "/exec", "/attach", "/portForward", "/metrics", "/stats", "/debug", "/checkpoint",
  ]

  private static func missing(_ path: String) -> WebResponse {
    WebResponse(501, text: "drydock: not simulated: the kubelet's \(path)\n")
  }

  private func pods(
    _ statistics: KubeletStatistics, _ isWanted: (Value) -> Bool
  ) -> WebResponse {
    // Its own, which it knows without the API server.
    Self.json([
      "kind": "PodList", "apiVersion": "v1", "metadata": [:],
      "items": .array(statistics.pods.map(\.pod).filter(isWanted)),
    ])
  }

  private static func json(_ value: Value) -> WebResponse {
    WebResponse(
      200, headers: [("Content-Type", "application/json")], body: Array(JSON.text(value).utf8))
  }

  /// The kubelet signs its serving certificate itself (`kubelet.crt`), with an authority of its own.
  private func ownCertificate() -> String? {
    if let certificate { return certificate }
    let material = ClusterKeys.material(cluster.seed, "kubelet/\(plan.name)")
    let start = machine.booted.seconds
    let authority = Authority(
      commonName: "\(plan.name)-ca@\(start)", material: material, start: start)
    let key = KeyPair(.p256, material: material)
    certificate =
      authority.issue(
        .init(
          subject: Subject(commonName: "\(plan.name)@\(start)"), publicKey: key.publicKey,
          alternativeNames: [.dns(plan.name)], uses: [.server],
          serial: material.prefix(8).map { $0 | 1 }, notBefore: start,
          notAfter: start + 365 * 86400))?.pem
    return certificate
  }
}
