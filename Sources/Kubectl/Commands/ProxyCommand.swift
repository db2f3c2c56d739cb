import Documents
import KubeAPIServer
import Linux
import Simulation

/// kubectl proxy: the API server on a port of the machine, as the user and without TLS.
enum ProxyCommand {
  static let specification = CommandSpecification(
    name: "proxy",
    usage: "proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]",
    summary: "Run a proxy to the Kubernetes API server",
    about:
      "Creates a proxy server or application-level gateway between localhost and the Kubernetes "
      + "API server.",
    examples: [("In the background", "kubectl proxy & curl localhost:8001/api")],
    flags: Flag.list(
      "accept-hosts:string=^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$ accept-paths:string=^.* "
        + "address:string=127.0.0.1 api-prefix:string=/ "
        + "append-server-path:bool disable-filter:bool keepalive:duration=0s port,p:int=8001 "
        + "reject-methods:string=^$ "
        + "reject-paths:string=^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach "
        + "unix-socket,u:string www,w:string www-prefix,P:string=/static/"),
    run: { try await APIProxy($0).run() })
}

/// Answers HTTP requests with what the API server says to the user.
private final class APIProxy {
  private let call: Invocation
  private var listener: (any Listener)?

  init(_ call: Invocation) {
    self.call = call
  }

  func run() async throws {
    let values = call.values
    let port = values.int("port")
    guard (0...65535).contains(port) else {
      throw CommandError.text("listen tcp: address \(port): invalid port")
    }
    guard let machine = call.surroundings.machine, let network = machine.network else {
      throw CommandError.text("drydock: not simulated: proxy on a machine without a network")
    }
    let client = try await call.client()
    let address = values.string("address")
    let number = port == 0 ? 30_000 + Int(machine.randomBits() % 10_000) : port
    do {
      listener = try network.listen(on: machine, address: address, port: number, transport: .tcp) {
        [unowned self] wire in
        machine.timeline.fibers.start { [self] in
          try? await WebService { [self] request in await answer(request, client) }.serve(wire)
          wire.close()
        }
      }
    } catch {
      throw CommandError.text("listen tcp \(address):\(number): bind: address already in use")
    }
    defer { listener?.close() }
    call.output.line("Starting to serve on \(address):\(number)")
    while true {
      try await call.flush()
      try await call.surroundings.pause()
    }
  }

  private func answer(_ request: WebRequest, _ client: APIClient) async -> WebResponse {
    var path = String(request.target.prefix { $0 != "?" })
    // What --reject-paths names unless told otherwise.
    let isTalk = path.contains("/pods/") && (path.hasSuffix("/exec") || path.hasSuffix("/attach"))
    if isTalk, path.hasPrefix("/api/"), !call.values.bool("disable-filter") {
      return WebResponse(403, text: "Forbidden")
    }
    let prefix = call.values.string("api-prefix")
    if prefix != "/" {
      guard path.hasPrefix(prefix) else { return WebResponse(404, text: "404 page not found\n") }
      path = String(path.dropFirst(prefix.count))
      if !path.hasPrefix("/") { path = "/" + path }
    }
    let own: Set<String> = ["host", "connection", "authorization", "content-length"]
    let headers = request.headers.map { (name: $0.name.lowercased(), value: $0.value) }
      .filter { !own.contains($0.name) }
    let forwarded = APIRequest(
      method: request.method, path: path, query: request.parameters, headers: headers,
      body: request.body.isEmpty ? .none : .bytes(request.body))
    do {
      return Self.response(try await client.transmit(forwarded), to: forwarded)
    } catch {
      return WebResponse(502, text: CommandError.message(error) + "\n")
    }
  }

  private static func response(_ answer: APIClient.Answer, to request: APIRequest) -> WebResponse {
    switch answer.body {
    case .bytes(let bytes):
      return WebResponse(answer.code, headers: answer.headers, body: bytes)
    case .value(let value):
      return WebResponse(
        answer.code, headers: [("Content-Type", "application/json")],
        body: WireForm.bytes(value, for: request))
    case .watch(let watch):
      watch.cancel()
      return WebResponse(501, text: "drydock: not simulated: watching through a proxy\n")
    case .connect(let stream):
      stream.cancel()
      return WebResponse(501, text: "drydock: not simulated: upgrading through a proxy\n")
    case .proxied: return WebResponse(502)
    }
  }
}
