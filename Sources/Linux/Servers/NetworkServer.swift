package import Shell
import Simulation

/// A program that answers connections on ports of its machine until a signal ends it.
package protocol NetworkServer: Program {
  /// What its image has on disk besides the program, by path.
  var files: [(path: String, text: String)] { get }
  /// Symbolic links of its image.
  var links: [(path: String, target: String)] { get }
  /// Empty directories of its image.
  var folders: [String] { get }
  /// The account that its image has for it.
  var account: Accounts.User? { get }
  /// The text of the script that its image starts by; nil: one that runs what it is given.
  var entrypoint: String? { get }
  /// Reads arguments, environment and files as the server does at its start; prints what it prints
  /// then. Throws `ServerRefusal` when it will not start.
  func start(_ process: Process) async throws -> [ServerSocket]
  /// What it says when it may not have a port.
  func bindRefusal(
    _ socket: ServerSocket, _ number: Int, _ why: String, _ process: Process
  ) -> String
  /// How it ends by a signal.
  var stopStatus: ExitStatus { get }
  /// Goes on once all ports are open; an exit status ends it.
  func listening(_ process: Process) async throws -> ExitStatus?
}

/// Where a server listens and what it does with a connection.
package struct ServerSocket {
  package var transport: Transport
  package var address: String
  package var port: Int
  package var serve: (_ connection: any Connection) async throws -> Void
  /// The TLS handshake, where it speaks TLS there.
  package var security: ((SecurityRequest) -> SecurityOutcome)?
  /// Called at once with each connection, before anything is said on it.
  package var greet: ((any Connection) -> Void)?
  /// Reads the configuration again.
  package var reload: (() async throws -> Void)?

  package init(
    _ port: Int, transport: Transport = .tcp, address: String = "0.0.0.0",
    security: ((SecurityRequest) -> SecurityOutcome)? = nil,
    serve: @escaping (_ connection: any Connection) async throws -> Void
  ) {
    self.transport = transport
    self.address = address
    self.port = port
    self.serve = serve
    self.security = security
  }
}

/// A server ends at its start: what it prints, and its exit status.
package struct ServerRefusal: Error {
  package var message: String
  package var status: ExitStatus

  package init(_ message: String, status: ExitStatus = 1) {
    self.message = message
    self.status = status
  }
}

extension Process {
  /// Ports below net.ipv4.ip_unprivileged_port_start want CAP_NET_BIND_SERVICE.
  fileprivate func mayBind(_ port: Int) -> Bool {
    let path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    let first = machine.files.text(path)?.split(separator: "\n").first.flatMap { Int($0) } ?? 1024
    return port == 0 || port >= first || caller.capabilities.contains(.netBindService)
  }
}

extension NetworkServer {
  package var files: [(path: String, text: String)] { [] }
  package var links: [(path: String, target: String)] { [] }
  package var folders: [String] { [] }
  package var account: Accounts.User? { nil }
  package var entrypoint: String? { nil }

  package func run(_ process: Process) async throws -> ExitStatus {
    try await serveUntilSignalled(process)
  }

  /// Starts, serves, and ends with the first signal that asks for it; SIGHUP reloads.
  package func serveUntilSignalled(_ process: Process) async throws -> ExitStatus {
    let sockets: [ServerSocket]
    do {
      sockets = try await start(process)
    } catch let refusal as ServerRefusal {
      try await process.writeError(refusal.message)
      return refusal.status
    }
    process.handle([Signal.terminate, Signal.quit, Signal.interrupt, Signal.hangUp, 28])
    var listeners: [any Listener] = []
    defer { for listener in listeners { listener.close() } }
    for socket in sockets {
      guard process.mayBind(socket.port) else {
        try await process.writeError(bindRefusal(socket, 13, "Permission denied", process))
        return 1
      }
      do {
        if let listener = try Self.open(socket, process) { listeners.append(listener) }
      } catch {
        try await process.writeError(bindRefusal(socket, 98, "Address already in use", process))
        return 1
      }
    }
    if let refusal = try await listening(process) { return refusal }
    process.lateness = .zero
    while true {
      let signals = process.takeSignals()
      if signals.contains(where: { $0 != Signal.hangUp }) { return stopStatus }
      if !signals.isEmpty { try await sockets.first?.reload?() }
      try await process.wait()
    }
  }

  package func bindRefusal(
    _ socket: ServerSocket, _ number: Int, _ why: String, _ process: Process
  ) -> String {
    "\(name): listen tcp :\(socket.port): bind: \(why.lowercased())\n"
  }
  package func listening(_ process: Process) async throws -> ExitStatus? { nil }
  package var stopStatus: ExitStatus { 0 }

  private static func open(
    _ socket: ServerSocket, _ process: Process
  ) throws(NetworkFailure) -> (any Listener)? {
    let machine = process.machine
    return try machine.network?.listen(
      on: machine, address: socket.address, port: socket.port, transport: socket.transport
    ) { connection in
      if let security = socket.security { connection.offerSecurity(security) }
      socket.greet?(connection)
      machine.timeline.fibers.start {
        // A client that went away is no concern of the server.
        try? await socket.serve(connection)
        connection.close()
      }
    }
  }
}
