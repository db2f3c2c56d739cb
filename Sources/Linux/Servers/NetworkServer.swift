package import Shell
import Simulation

/// A program that answers connections on ports of its machine until a signal ends it.
package protocol NetworkServer: Program {
  /// What its image has on disk besides the program, by path.
  var files: [(path: String, text: String)] { get }
  /// Reads arguments, environment and files as the server does at its start; prints what it prints
  /// then. Throws `ServerRefusal` when it will not start.
  func start(_ process: Process) async throws -> [ServerSocket]
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

extension NetworkServer {
  package var files: [(path: String, text: String)] { [] }

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
      do {
        if let listener = try Self.open(socket, process) { listeners.append(listener) }
      } catch {
        try await process.writeError(bindRefusal(socket))
        return 1
      }
    }
    while true {
      let signals = process.takeSignals()
      if signals.contains(where: { $0 != Signal.hangUp }) { return 0 }
      if !signals.isEmpty { try await sockets.first?.reload?() }
      try await process.wait()
    }
  }

  private func bindRefusal(_ socket: ServerSocket) -> String {
    name == "nginx"
      ? "nginx: [emerg] bind() to \(socket.address):\(socket.port) failed "
        + "(98: Address already in use)\n"
      : "\(name): listen tcp :\(socket.port): bind: address already in use\n"
  }

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
