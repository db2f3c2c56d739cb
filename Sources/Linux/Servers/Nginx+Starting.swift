package import Shell
import Simulation

/// The steps of nginx's start (ngx_init_cycle) that can go wrong, in its order: the account of its
/// workers, its folders, its logs, its ports, its pid file.
extension Nginx {
  func stamp(_ process: Process) -> String {
    Calendar(process.now).formatted("%Y/%m/%d %H:%M:%S")
  }

  func emergency(_ text: String, _ process: Process) -> String {
    "\(stamp(process)) [emerg] \(process.id)#\(process.id): \(text)\nnginx: [emerg] \(text)\n"
  }

  func notice(_ text: String, _ process: Process) async throws {
    try await process.writeError(
      "\(stamp(process)) [notice] \(process.id)#\(process.id): \(text)\n")
  }

  func warnOfUser(_ configuration: NginxConfiguration, _ process: Process) async throws {
    guard process.caller.user != 0, let line = configuration.main.first("user") else { return }
    let text =
      "the \"user\" directive makes sense only if the master process runs with super-user "
      + "privileges, ignored in \(line.place)"
    try await process.writeError(
      "\(stamp(process)) [warn] \(process.id)#\(process.id): \(text)\nnginx: [warn] \(text)\n")
  }

  /// Who reads the files: the user that the configuration names, or whoever started nginx.
  func worker(
    _ configuration: NginxConfiguration, _ process: Process
  ) throws(NginxProblem) -> Caller {
    guard process.caller.user == 0 else { return process.caller }
    let accounts = process.machine.accounts
    guard let line = configuration.main.first("user"), let name = line.arguments.first else {
      return accounts.user("nobody").map { Caller(user: $0.id, group: $0.group) } ?? process.caller
    }
    guard let user = accounts.user(name) else {
      throw NginxProblem(text: "getpwnam(\"\(name)\") failed in \(line.place)")
    }
    return Caller(
      user: user.id, group: user.group,
      capabilities: user.id == 0 ? process.caller.capabilities : [])
  }

  /// Folders for what clients and other servers send (ngx_create_paths).
  func makeFolders(_ site: NginxSite, _ process: Process) throws(NginxProblem) {
    let files = process.machine.files
    for (directive, name) in [
      ("client_body_temp_path", "client_temp"), ("proxy_temp_path", "proxy_temp"),
      ("fastcgi_temp_path", "fastcgi_temp"), ("uwsgi_temp_path", "uwsgi_temp"),
      ("scgi_temp_path", "scgi_temp"),
    ] {
      let path = site.configuration.http.value(directive) ?? "/var/cache/nginx/\(name)"
      do { try process.makeDirectory(path, mode: 0o700) } catch {
        guard error == .exists else { throw Self.problem("mkdir() \"\(path)\"", error) }
      }
      guard process.caller.user == 0, files.status(path)?.owner != site.worker.user else {
        continue
      }
      do {
        try files.changeOwner(path, user: site.worker.user, group: nil, in: "/", process.caller)
      } catch { throw Self.problem("chown(\"\(path)\", \(site.worker.user))", error) }
    }
  }

  static func problem(_ call: String, _ error: HostError) -> NginxProblem {
    NginxProblem(text: "\(call) failed (\(error.number): \(error.text))")
  }

  package func bindRefusal(
    _ socket: ServerSocket, _ number: Int, _ why: String, _ process: Process
  ) -> String {
    emergency(
      "bind() to \(socket.address):\(socket.port) failed (\(number): \(why))", process)
  }

  package func listening(_ process: Process) async throws -> ExitStatus? {
    let configuration: NginxConfiguration
    do { configuration = try self.configuration(process) } catch { return 1 }
    let path = configuration.main.value("pid") ?? "/run/nginx.pid"
    do { try process.replace(path, with: Array("\(process.id)\n".utf8)) } catch {
      try await process.writeError(
        emergency(Self.problem("open() \"\(path)\"", error).text, process))
      return 1
    }
    for line in [
      "using the \"epoll\" event method", "nginx/\(Self.version(process))",
      "built by gcc 14.2.0 (Debian 14.2.0-19)", "OS: Linux \(process.machine.kernel)",
      "getrlimit(RLIMIT_NOFILE): 1048576:1048576", "start worker processes",
    ] { try await notice(line, process) }
    try await startWorkers(configuration, process)
    return nil
  }

  private func startWorkers(_ configuration: NginxConfiguration, _ process: Process) async throws {
    let machine = process.machine
    let wanted = configuration.main.value("worker_processes") ?? "1"
    let count = min(max(1, Int(wanted) ?? machine.processors), 64)
    guard let caller = try? worker(configuration, process) else { return }
    if process.id == 1 {
      // The image's scripts have used ids up.
      machine.table.reserveIDs(through: 28)
    }
    var started: [Process] = []
    for _ in 0..<count {
      let worker = Process(
        machine: machine, name: process.name, arguments: process.arguments,
        directory: process.directory, caller: caller, parentID: process.id)
      worker.title = "nginx: worker process"
      machine.launch(worker) { worker in
        while true { do { try await worker.wait() } catch { return 0 } }
      }
      started.append(worker)
      try await notice("start worker process \(worker.id)", process)
    }
    guard process.caller.user == 0, caller.user != 0 else { return }
    let lacks =
      !process.caller.capabilities.contains(.setGroup)
      ? "setgid(\(caller.group))"
      : !process.caller.capabilities.contains(.setUser) ? "setuid(\(caller.user))" : nil
    guard let lacks else { return }
    // The master outlives workers that cannot become who they should.
    for worker in started {
      try await process.writeError(
        "\(stamp(process)) [emerg] \(worker.id)#\(worker.id): \(lacks) failed "
          + "(1: Operation not permitted)\n")
      worker.signal(Signal.kill, byMachine: true)
    }
    for worker in started {
      try await process.writeError(
        "\(stamp(process)) [alert] 1#1: worker process \(worker.id) exited with fatal code 2 and "
          + "cannot be respawned\n")
    }
  }
}

/// The log files of a running nginx, opened once.
final class NginxLogs {
  private(set) var errors: any OpenFile
  private var access: [String: any OpenFile] = [:]

  init(_ configuration: NginxConfiguration, _ process: Process) throws(NginxProblem) {
    let path = configuration.main.value("error_log") ?? "/var/log/nginx/error.log"
    errors = try Self.open(path, process)
    for path in configuration.accessLogs { access[path] = try Self.open(path, process) }
  }

  subscript(path: String?) -> (any OpenFile)? { path.flatMap { access[$0] } }

  private static func open(
    _ path: String, _ process: Process
  ) throws(NginxProblem) -> any OpenFile {
    if path == "stderr" { return process.standardError }
    do { return try process.open(path, .append) } catch {
      throw Nginx.problem("open() \"\(path)\"", error)
    }
  }
}

extension NginxConfiguration {
  /// The access log of a server, or of all that have none of their own.
  func accessLog(of server: NginxDirective?) -> String? {
    let lines = server?.all("access_log") ?? []
    let path = (lines.isEmpty ? http.all("access_log") : lines).first?.arguments.first
    return path == "off" ? nil : path ?? "/var/log/nginx/access.log"
  }

  var accessLogs: Set<String> { Set(servers.compactMap { accessLog(of: $0.block) }) }
}

extension HostError {
  /// Linux' number of it, as far as servers print it.
  var number: Int {
    switch self {
    case .notPermitted: 1
    case .notFound: 2
    case .badDescriptor: 9
    case .permissionDenied, .notExecutable: 13
    case .busy: 16
    case .exists: 17
    case .crossDevice: 18
    case .notDirectory: 20
    case .isDirectory: 21
    case .invalidArgument: 22
    case .noSpace, .budget: 28
    case .readOnly: 30
    case .nameTooLong: 36
    case .notEmpty: 39
    case .tooManyLinks: 40
    default: 5
    }
  }
}
