package import Shell

/// The web server nginx, with the configuration of its files.
package struct Nginx: NetworkServer {
  package let name = "nginx"
  package static let version = "1.29.3"

  package init() {}

  package var files: [(path: String, text: String)] {
    [
      ("/etc/nginx/nginx.conf", Self.mainConfiguration),
      ("/etc/nginx/conf.d/default.conf", Self.defaultSite),
      ("/etc/nginx/mime.types", Self.types),
      ("/usr/share/nginx/html/index.html", Self.welcome),
      ("/usr/share/nginx/html/50x.html", Self.failurePage),
      ("/var/log/nginx/access.log", ""), ("/var/log/nginx/error.log", ""),
    ]
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.contains("-v") || words.contains("-V") {
      try await process.writeError("nginx version: nginx/\(Self.version)\n")
      return 0
    }
    if let index = words.firstIndex(of: "-s") {
      let signal = words.dropFirst(index + 1).first ?? ""
      return try await send(signal, process)
    }
    if words.contains("-t") || words.contains("-T") {
      do {
        _ = try configuration(process)
      } catch {
        try await process.writeError(
          "nginx: [emerg] \(error.text)\n"
            + "nginx: configuration file \(Self.path(process)) test failed\n")
        return 1
      }
      try await process.writeError(
        "nginx: the configuration file \(Self.path(process)) syntax is ok\n"
          + "nginx: configuration file \(Self.path(process)) test is successful\n")
      return 0
    }
    return try await serveUntilSignalled(process)
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    let site = NginxSite()
    do {
      site.configuration = try configuration(process)
    } catch {
      throw ServerRefusal(
        "\(stamp(process)) [emerg] \(process.id)#\(process.id): \(error.text)\n"
          + "nginx: [emerg] \(error.text)\n")
    }
    process.title = "nginx: master process nginx -g daemon off;"
    try await greet(process)
    var sockets = site.configuration.ports.map { socket($0, site, process) }
    if !sockets.isEmpty {
      // Sockets stay as they are: a new port needs a restart here.
      sockets[0].reload = { [unowned process] in
        do {
          site.configuration = try configuration(process)
        } catch let problem as NginxProblem {
          try await process.writeError(
            "\(stamp(process)) [emerg] \(process.id)#\(process.id): \(problem.text)\n")
        }
      }
    }
    return sockets
  }

  private func socket(
    _ port: NginxConfiguration.Port, _ site: NginxSite, _ process: Process
  ) -> ServerSocket {
    let machine = process.machine
    let output = process.standardOutput
    let errors = process.standardError
    return ServerSocket(
      port.number,
      security: port.isSecure ? { site.handshake($0, port.number, machine) } : nil
    ) { connection in
      let service = WebService(
        note: { request, response in
          guard site.configuration.logsAccess else { return }
          try await output.write(Array(Self.logLine(request, response, machine).utf8))
        },
        answer: { request in
          let answer = try await site.answer(
            request, port: port.number, isSecured: connection.isSecured, on: machine)
          for line in answer.errors { try await errors.write(Array(line.utf8)) }
          return answer.response
        })
      try await service.serve(connection)
    }
  }

  private static func logLine(
    _ request: WebRequest, _ response: WebResponse, _ machine: Machine
  ) -> String {
    let time = Calendar(machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")
    func field(_ name: String) -> String { "\"\(request.header(name) ?? "-")\"" }
    let size = request.method == "HEAD" ? 0 : response.body.count
    return "\(request.client) - - [\(time)] \"\(request.method) \(request.target) "
      + "\(request.version)\" \(response.status) \(size) \(field("Referer")) "
      + "\(field("User-Agent")) \(field("X-Forwarded-For"))\n"
  }

  private func send(_ signal: String, _ process: Process) async throws -> ExitStatus {
    let numbers = ["stop": Signal.terminate, "quit": Signal.quit, "reload": Signal.hangUp]
    guard let number = numbers[signal] else {
      try await process.writeError("nginx: invalid option: \"-s \(signal)\"\n")
      return 1
    }
    let master = process.machine.processes.values.sorted { $0.id < $1.id }
      .first { $0.called == "nginx" && $0.id != process.id }
    guard let master else {
      try await process.writeError(
        "nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n")
      return 1
    }
    try await process.writeError(
      "\(stamp(process)) [notice] \(process.id)#\(process.id): "
        + "signal process started\n")
    master.signal(number)
    return 0
  }

  private static func path(_ process: Process) -> String {
    let words = process.arguments
    let index = words.firstIndex(of: "-c")
    return index.flatMap { words.dropFirst($0 + 1).first } ?? "/etc/nginx/nginx.conf"
  }

  func configuration(_ process: Process) throws(NginxProblem) -> NginxConfiguration {
    try NginxConfiguration(path: Self.path(process), machine: process.machine)
  }

  private func stamp(_ process: Process) -> String {
    Calendar(process.machine.now).formatted("%Y/%m/%d %H:%M:%S")
  }

  private func greet(_ process: Process) async throws {
    let time = stamp(process)
    let lines = [
      "using the \"epoll\" event method", "nginx/\(Self.version)",
      "built by gcc 14.2.0 (Debian 14.2.0-19)", "OS: Linux \(process.machine.kernel)",
      "getrlimit(RLIMIT_NOFILE): 1048576:1048576", "start worker processes",
      "start worker process 29", "start worker process 30",
    ]
    try await process.writeError(
      lines.map { "\(time) [notice] \(process.id)#\(process.id): \($0)\n" }.joined())
  }
}
