import Documents
import Shell

/// Small applications that tutorials run to see whether a request arrives, and where.
extension FixedServer {
  static let demonstrations: [String: FixedServer] = [
    "hello-app-2": helloApp("2.0.0"), "bootcamp-1": bootcamp(1), "bootcamp-2": bootcamp(2),
    "node-hello": greeting(8080) { _ in "Hello Kubernetes!" },
    "kubia": greeting(8080) { "You've hit \($0.hostName)\n" },
    "nginx-hello": nginxHello(80), "nginx-hello-plain": nginxHello(80, isPlain: true),
    "nginx-hello-unprivileged": nginxHello(8080), "webapp-color": webappColor, "kuard": kuard,
    "httpbin": httpbin(80), "go-httpbin": httpbin(8080), "echo-server": echo,
    "helloworld-v1": istioHello("v1"), "helloworld-v2": istioHello("v2"),
  ]

  /// gcr.io/google-samples/hello-app.
  static func helloApp(_ version: String) -> FixedServer {
    FixedServer(name: "hello-app", port: 8080, listens: "Server listening on port ") {
      _, machine, environment in
      WebResponse(
        text: "Hello, world!\nVersion: \(environment["HELLO_VERSION"] ?? version)\n"
          + "Hostname: \(machine.hostName)\n")
    }
  }

  private static func greeting(
    _ port: Int, _ text: @escaping @Sendable (Machine) -> String
  ) -> FixedServer {
    FixedServer(name: "node", port: port) { _, machine, _ in WebResponse(text: text(machine)) }
  }

  /// The application of Kubernetes' first tutorial.
  private static func bootcamp(_ version: Int) -> FixedServer {
    greeting(8080) {
      "Hello Kubernetes bootcamp! | Running on: \($0.hostName) | v=\(version)\n"
    }
  }

  /// nginxdemos/hello.
  private static func nginxHello(_ port: Int, isPlain: Bool = false) -> FixedServer {
    FixedServer(name: "nginx", port: port) { request, machine, _ in
      let own = machine.network?.interfaces(of: machine).first { $0.name != "lo" }?.address
      let facts = [
        ("Server address", "\(own ?? "127.0.0.1"):\(port)"), ("Server name", machine.hostName),
        ("Date", Calendar(machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")),
        ("URI", request.target), ("Request ID", String(machine.randomBits(), radix: 16)),
      ]
      if isPlain { return WebResponse(text: facts.map { "\($0): \($1)\n" }.joined()) }
      return WebResponse(
        text: "<!DOCTYPE html>\n<html>\n<head>\n<title>Hello World</title>\n</head>\n<body>\n"
          + facts.map { "<p><span>\($0.0):</span> <span>\($0.1)</span></p>\n" }.joined()
          + "</body>\n</html>\n", type: "text/html")
    }
  }

  /// A page in the color that APP_COLOR names.
  private static let webappColor = FixedServer(name: "python", port: 8080) {
    request, machine, environment in
    let color = environment["APP_COLOR"] ?? "red"
    let codes = [
      "red": "#e74c3c", "green": "#16a085", "blue": "#2980b9", "blue2": "#30336b",
      "pink": "#be2edd", "darkblue": "#130f40",
    ]
    guard request.path == "/" else {
      return WebResponse(text: "I am \(request.path == "/color" ? color : "here")!")
    }
    return WebResponse(
      text: "<!doctype html>\n<title>Hello from Flask</title>\n"
        + "<body style=\"background: \(codes[color] ?? color);\"></body>\n"
        + "<h1>Hello from \(machine.hostName)!</h1>\n", type: "text/html; charset=utf-8")
  }

  /// Kubernetes Up and Running's application: its checks, and what it runs with.
  private static let kuard = FixedServer(name: "kuard", port: 8080) {
    request, machine, environment in
    switch request.path {
    case "/healthy", "/ready": return WebResponse(text: "ok")
    case "/env/api":
      return WebResponse(
        text: JSON.text(
          [
            "commandLine": ["/kuard"],
            "env": .object(Mapping(environment.map { ($0.key, .string($0.value)) })),
          ]), type: "application/json")
    case "/":
      return WebResponse(
        text: "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>KUAR Demo</title>\n</head>\n"
          + "<body>\n<h1>\(machine.hostName)</h1>\n</body>\n</html>\n", type: "text/html")
    default: return WebResponse(404, text: "404 page not found\n")
    }
  }

  /// jmalloc/echo-server.
  private static let echo = FixedServer(name: "echo-server", port: 8080) { request, machine, _ in
    let headers = request.headers.filter { $0.name.lowercased() != "host" }
      .sorted { $0.name < $1.name }.map { "\($0.name): \($0.value)\n" }.joined()
    return WebResponse(
      text: "Request served by \(machine.hostName)\n\n\(request.method) \(request.target) "
        + "\(request.version)\n\nHost: \(request.header("Host") ?? "")\n\(headers)\n"
        + String(decoding: request.body, as: UTF8.self))
  }

  /// Istio's two versions of a greeting.
  private static func istioHello(_ version: String) -> FixedServer {
    FixedServer(name: "python", port: 5000) { request, machine, _ in
      switch request.path {
      case "/hello":
        WebResponse(text: "Hello version: \(version), instance: \(machine.hostName)\n")
      case "/health": WebResponse(text: "Helloworld is healthy")
      default: WebResponse(404, text: "Not Found\n")
      }
    }
  }

  /// httpbin, as far as it tells of requests and answers with a status.
  private static func httpbin(_ port: Int) -> FixedServer {
    FixedServer(name: port == 80 ? "gunicorn" : "go-httpbin", port: port) { request, _, _ in
      let parts = request.path.split(separator: "/").map(String.init)
      func json(_ value: Value) -> WebResponse {
        WebResponse(text: JSON.text(value, .init(indent: "  ")) + "\n", type: "application/json")
      }
      var headers = Value.emptyObject
      for header in request.headers { headers[header.name] = .string(header.value) }
      let host = request.header("Host") ?? ""
      var arguments = Value.emptyObject
      for pair in request.query.split(separator: "&") {
        let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
        arguments[PercentCoding.decode(halves.first ?? "")] = .string(
          PercentCoding.decode(halves.count > 1 ? halves[1] : ""))
      }
      var whole: Value = [
        "args": arguments, "headers": headers, "origin": .string(request.client),
        "url": .string("http://\(host)\(request.target)"),
      ]
      switch parts.first ?? "" {
      case "get", "anything", "post", "put", "patch", "delete":
        if !request.body.isEmpty {
          whole["data"] = .string(String(decoding: request.body, as: UTF8.self))
        }
        if parts[0] == "anything" { whole["method"] = .string(request.method) }
        return json(whole)
      case "headers": return json(["headers": headers])
      case "ip": return json(["origin": .string(request.client)])
      case "user-agent":
        return json(["user-agent": .string(request.header("User-Agent") ?? "")])
      case "status":
        let status = parts.dropFirst().first.flatMap { Int($0) } ?? 200
        return WebResponse((200..<600).contains(status) ? status : 400)
      case "":
        return WebResponse(
          text: "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>httpbin.org</title>\n</head>\n"
            + "<body>\n</body>\n</html>\n", type: "text/html; charset=utf-8")
      default: return WebResponse(404, text: "Not Found\n")
      }
    }
  }
}
