package import Shell

/// The web server nginx, with the configuration of its files.
package struct Nginx: NetworkServer {
  package let name = "nginx"
  /// Of images without a version in their tag.
  package static let version = "1.29.3"

  /// The images tell their version in their environment.
  static func version(_ process: Process) -> String {
    process.environment["NGINX_VERSION"] ?? version
  }

  /// The image for any user: another port, and all that it writes is in /tmp.
  private let isUnprivileged: Bool

  package init(isUnprivileged: Bool = false) { self.isUnprivileged = isUnprivileged }

  package var files: [(path: String, text: String)] {
    [
      (
        "/etc/nginx/nginx.conf",
        isUnprivileged ? Self.unprivilegedConfiguration : Self.mainConfiguration
      ),
      ("/etc/nginx/conf.d/default.conf", Self.defaultSite(port: isUnprivileged ? 8080 : 80)),
      ("/etc/nginx/mime.types", Self.types),
      ("/usr/share/nginx/html/index.html", Self.welcome),
      ("/usr/share/nginx/html/50x.html", Self.failurePage),
    ]
  }

  package var links: [(path: String, target: String)] {
    [("/var/log/nginx/access.log", "/dev/stdout"), ("/var/log/nginx/error.log", "/dev/stderr")]
  }
  package var folders: [String] { ["/var/cache/nginx"] }
  package var account: Accounts.User? {
    .init(
      name: "nginx", id: 101, group: 101, description: "nginx user", home: "/nonexistent",
      shell: "/bin/false")
  }
  package var entrypoint: String? { Self.script }

  package func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.contains("-v") || words.contains("-V") {
      try await process.writeError("nginx version: nginx/\(Self.version(process))\n")
      return 0
    }
    if let index = words.firstIndex(of: "-s") {
      let signal = words.dropFirst(index + 1).first ?? ""
      return try await send(signal, process)
    }
    if words.contains("-t") || words.contains("-T") {
      do {
        let found = try configuration(process)
        try await warnOfUser(found, process)
      } catch let problem as NginxProblem {
        try await process.writeError(
          emergency(problem.text, process)
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
    site.version = Self.version(process)
    let logs: NginxLogs
    do {
      site.configuration = try configuration(process)
      try await warnOfUser(site.configuration, process)
      site.worker = try worker(site.configuration, process)
      try makeFolders(site, process)
      logs = try NginxLogs(site.configuration, process)
    } catch let problem as NginxProblem {
      throw ServerRefusal(emergency(problem.text, process))
    }
    process.title = (["nginx: master process nginx"] + process.arguments).joined(separator: " ")
    var sockets = site.configuration.ports.map { socket($0, site, logs, process) }
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
    _ port: NginxConfiguration.Port, _ site: NginxSite, _ logs: NginxLogs, _ process: Process
  ) -> ServerSocket {
    let machine = process.machine
    return ServerSocket(
      port.number,
      security: port.isSecure ? { site.handshake($0, port.number, machine) } : nil
    ) { connection in
      let service = WebService(
        note: { request, response in
          let path = site.accessLog(of: request, port: port.number)
          try await logs[path]?.write(Array(Self.logLine(request, response, machine).utf8))
        },
        answer: { request in
          let answer = try await site.answer(
            request, port: port.number, isSecured: connection.isSecured, on: machine)
          for line in answer.errors { try await logs.errors.write(Array(line.utf8)) }
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
      .first { $0.title.hasPrefix("nginx: master") && $0.id != process.id }
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

}
