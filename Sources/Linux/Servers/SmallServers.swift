import Shell

/// traefik/whoami: tells a request back to its sender.
struct WhoAmIServer: NetworkServer {
  let name = "whoami-server"

  func start(_ process: Process) async throws -> [ServerSocket] {
    let machine = process.machine
    var port = 80
    for (index, word) in process.arguments.enumerated() {
      if word.drop(while: { $0 == "-" }) == "port" {
        port = Int(process.arguments.dropFirst(index + 1).first ?? "") ?? 80
      } else if let equals = word.firstIndex(of: "="), word[..<equals].hasSuffix("port") {
        port = Int(word[word.index(after: equals)...]) ?? 80
      }
    }
    port = process.environment["WHOAMI_PORT_NUMBER"].flatMap { Int($0) } ?? port
    let label = process.environment["WHOAMI_NAME"].map { "Name: \($0)\n" } ?? ""
    try await process.writeError(
      "\(Calendar(machine.now).formatted("%Y/%m/%d %H:%M:%S")) Starting up on port \(port)\n")
    let service = WebService { request in
      if request.path == "/health" { return WebResponse(200) }
      let addresses = (machine.network?.interfaces(of: machine) ?? [.loopback]).map {
        "IP: \($0.address)\n"
      }
      return WebResponse(
        text: label + "Hostname: \(machine.hostName)\n" + addresses.joined()
          + "RemoteAddr: \(request.client):\(request.clientPort)\n"
          + "\(request.method) \(request.target) \(request.version)\n"
          + "Host: \(request.header("Host") ?? "")\n"
          + request.headers.filter { $0.name.lowercased() != "host" }.sorted { $0.name < $1.name }
          .map { "\($0.name): \($0.value)\n" }.joined() + "\n")
    }
    return [ServerSocket(port) { try await service.serve($0) }]
  }
}

/// registry.k8s.io/echoserver: where it runs and what it was asked.
struct EchoServer: NetworkServer {
  let name = "echoserver"

  func start(_ process: Process) async throws -> [ServerSocket] {
    let machine = process.machine
    let port = process.environment["PORT"].flatMap { Int($0) } ?? 8080
    let environment = process.environment
    let service = WebService { request in
      let headers = request.headers.sorted { $0.name.lowercased() < $1.name.lowercased() }
        .map { "\t\($0.name.lowercased())=\($0.value)\n" }.joined()
      let pod = [
        ("node name", "NODE_NAME"), ("pod name", "POD_NAME"), ("pod namespace", "POD_NAMESPACE"),
        ("pod IP", "POD_IP"),
      ].compactMap { label, key in environment[key].map { "\t\(label):\t\($0)\n" } }.joined()
      let body =
        request.body.isEmpty
        ? "-no body in request-" : String(decoding: request.body, as: UTF8.self)
      return WebResponse(
        text: "\n\nHostname: \(machine.hostName)\n\nPod Information:\n"
          + (pod.isEmpty ? "\t-no pod information available-\n" : pod)
          + "\nServer values:\n\tserver_version=nginx: 1.14.2 - lua: 10015\n"
          + "\nRequest Information:\n\tclient_address=\(request.client)\n"
          + "\tmethod=\(request.method)\n\treal path=\(request.target)\n"
          + "\tquery=\(request.query)\n\trequest_version=\(request.version.dropFirst(5))\n"
          + "\trequest_scheme=http\n\trequest_uri=http://\(request.header("Host") ?? "")\(request.target)\n"
          + "\nRequest Headers:\n\(headers)\nRequest Body:\n\t\(body)\n\n", type: "text/plain")
    }
    return [ServerSocket(port) { try await service.serve($0) }]
  }
}

/// A server with one page that depends on nothing but its machine.
struct FixedServer: NetworkServer {
  let name: String
  let port: Int
  var listens = ""
  let page: @Sendable (WebRequest, Machine, [String: String]) -> WebResponse

  func start(_ process: Process) async throws -> [ServerSocket] {
    let machine = process.machine
    let environment = process.environment
    let page = page
    let port = environment["PORT"].flatMap { Int($0) } ?? port
    if !listens.isEmpty {
      try await process.writeError(
        "\(Calendar(machine.now).formatted("%Y/%m/%d %H:%M:%S")) \(listens)\(port)\n")
    }
    let service = WebService { page($0, machine, environment) }
    return [ServerSocket(port) { try await service.serve($0) }]
  }

  /// stefanprodan/podinfo.
  static let podinfo = FixedServer(name: "podinfo", port: 9898) { request, machine, environment in
    switch request.path {
    case "/healthz", "/readyz":
      return WebResponse(
        text: "{\n  \"status\": \"OK\"\n}", type: "application/json; charset=utf-8")
    case "/version":
      return WebResponse(
        text: "{\n  \"commit\": \"unknown\",\n  \"version\": \"6.9.2\"\n}",
        type: "application/json; charset=utf-8")
    default:
      return WebResponse(
        text: "{\n  \"hostname\": \"\(machine.hostName)\",\n  \"version\": \"6.9.2\",\n"
          + "  \"revision\": \"unknown\",\n  \"color\": \"\(environment["PODINFO_UI_COLOR"] ?? "#34577c")\",\n"
          + "  \"message\": \"\(environment["PODINFO_UI_MESSAGE"] ?? "greetings from podinfo v6.9.2")\"\n}",
        type: "application/json; charset=utf-8")
    }
  }

  /// tomcat without applications.
  static let tomcat = FixedServer(name: "catalina.sh", port: 8080) { _, _, _ in
    WebResponse(
      404,
      text: "<!doctype html><html lang=\"en\"><head><title>HTTP Status 404 – Not Found</title>"
        + "</head><body><h1>HTTP Status 404 – Not Found</h1></body></html>",
      type: "text/html;charset=utf-8")
  }
}

/// A server that accepts connections and does not speak before or unless spoken to in its tongue.
struct SilentServer: NetworkServer {
  let name: String
  let port: Int
  let greeting: [UInt8]

  init(_ name: String, _ port: Int, greeting: [UInt8] = []) {
    self.name = name
    self.port = port
    self.greeting = greeting
  }

  /// The beginning of MySQL's handshake packet.
  static let mysqlGreeting: [UInt8] =
    [0x4A, 0, 0, 0, 0x0A] + Array("8.4.6".utf8) + [0] + [8, 0, 0, 0]

  func start(_ process: Process) async throws -> [ServerSocket] {
    if let refusal = refusal(process.environment) { throw ServerRefusal(refusal) }
    if name == "etcd", process.arguments.contains("--version") {
      try await process.write(
        "etcd Version: 3.6.6\nGit SHA: Not provided (use ./build instead of go build)\n"
          + "Go Version: go1.24.10\nGo OS/Arch: linux/amd64\n")
      throw ServerRefusal("", status: 0)
    }
    let greeting = greeting
    let accounts = DatabaseAccounts(server: name, process.environment)
    return [
      ServerSocket(port) { connection in
        if !greeting.isEmpty { try await connection.write(greeting) }
        let first = try await connection.read(upTo: 4096)
        if first.isEmpty { return }
        if first.starts(with: "LOGIN\0".utf8) {
          let isLocal =
            connection.remoteAddress == connection.localAddress
            || connection.remoteAddress.hasPrefix("127.")
          let refusal = accounts.refusal(
            of: first, from: connection.remoteAddress, isLocal: isLocal)
          try await connection.write(Array(((refusal ?? "") + "\n").utf8))
        }
        while !(try await connection.read(upTo: 4096)).isEmpty {}
      }
    ]
  }

  /// What the images' entry points demand to be told.
  private func refusal(_ environment: [String: String]) -> String? {
    switch name {
    case "mysqld":
      let known = [
        "MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD",
      ]
      if known.contains(where: { environment[$0]?.isEmpty == false }) { return nil }
      return "[ERROR] [Entrypoint]: Database is uninitialized and password option is not "
        + "specified\n    You need to specify one of the following as an environment variable:\n"
        + known.map { "    - \($0)\n" }.joined()
    case "mariadbd":
      let known = [
        "MARIADB_ROOT_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "MARIADB_RANDOM_ROOT_PASSWORD",
      ]
      let old = ["MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"]
      if (known + old).contains(where: { environment[$0]?.isEmpty == false }) { return nil }
      return "[ERROR] [Entrypoint]: Database is uninitialized and password option is not "
        + "specified\n    You need to specify one of MARIADB_ROOT_PASSWORD, "
        + "MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and "
        + "MARIADB_RANDOM_ROOT_PASSWORD\n"
    case "postgres":
      if environment["POSTGRES_PASSWORD"]?.isEmpty == false
        || environment["POSTGRES_HOST_AUTH_METHOD"] == "trust"
      {
        return nil
      }
      return "Error: Database is uninitialized and superuser password is not specified.\n"
        + "       You must specify POSTGRES_PASSWORD to a non-empty value for the\n"
        + "       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\".\n\n"
        + "       You may also use \"POSTGRES_HOST_AUTH_METHOD=trust\" to allow all\n"
        + "       connections without a password. This is *not* recommended.\n\n"
        + "       See PostgreSQL documentation about \"trust\":\n"
        + "       https://www.postgresql.org/docs/current/auth-trust.html\n"
    default: return nil
    }
  }
}
