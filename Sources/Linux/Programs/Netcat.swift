import Shell
import Simulation

/// Connects or listens: `nc`.
struct Netcat: Program {
  let name: String

  init(_ name: String = "nc") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    // What follows -e is the program's own.
    let isEarly = process.arguments.contains { $0.hasPrefix("-") && $0.hasSuffix("e") }
    let options = try Options(
      process.arguments, "z v w= l u n k p= q= s= e= 4 6 d N i= C sctp", stopsEarly: isEarly,
      status: 1)
    let machine = process.machine
    let transport: Transport =
      options.has("sctp") ? .sctp : options.has("u") ? .udp : .tcp
    guard let network = machine.network else {
      try await process.writeError("nc: Network is unreachable\n")
      return 1
    }
    if options.has("l") {
      return try await listen(process, options, network, transport)
    }
    guard let host = options.operands.first, options.operands.count > 1 else {
      if machine.isBusyBox("nc") { throw UsageError("no destination") }
      try await process.writeError("usage: nc [-lvzu] [-w timeout] [destination] [port]\n")
      return 1
    }
    let address: String
    do { address = try Resolver(machine).lookUp(host).addresses.first ?? host } catch {
      try await process.writeError(
        machine.isBusyBox("nc")
          ? "nc: bad address '\(host)'\n"
          : "nc: getaddrinfo for host \"\(host)\" port \(options.operands[1]): "
            + (machine.hasMusl ? "Name does not resolve\n" : "Name or service not known\n"))
      return 1
    }
    let timeout = options["w"].flatMap { Span(interval: $0) }
    var status: ExitStatus = 0
    let ports = Self.ports(options.operands[1])
    guard !ports.isEmpty else {
      throw UsageError(
        "port number invalid: \(options.operands[1])", hint: false,
        busyBox: "bad port '\(options.operands[1])'")
    }
    let told = host == address ? host : "\(host) (\(address))"
    for port in ports {
      do {
        let connection = try await network.connect(
          from: machine, to: address, port: port, transport: transport,
          timeout: timeout ?? (transport == .udp ? Self.scanTime : .seconds(130)))
        defer { connection.close() }
        if options.has("v") {
          try await process.writeError(
            machine.isBusyBox("nc")
              ? "\(host) (\(address):\(port)) open\n" : Self.opened(told, port, transport))
        }
        if !options.has("z") {
          status = try await talk(process, options, connection, timeout)
        }
      } catch let failure as NetworkFailure {
        let isBusyBox = machine.isBusyBox("nc")
        // Where nothing came back from datagrams they may have arrived.
        let isSilent = transport == .udp && failure == .timedOut && !isBusyBox
        if !isSilent { status = 1 }
        // BusyBox tells of ports that refuse only when asked twice (nc_bloaty.c).
        let verbosity = options.given.count { $0.name == "v" }
        guard
          isBusyBox
            ? verbosity > 1 || verbosity == 1 && failure != .refused : verbosity > 0
        else { continue }
        if isBusyBox {
          try await process.writeError(
            "nc: \(host) (\(address):\(port)): \(Self.reason(failure))\n")
        } else if transport != .udp {
          try await process.writeError(
            "nc: connect to \(told) port \(port) (\(transport.rawValue.lowercased())) "
              + Self.failed(failure, isLimited: timeout != nil, hasMusl: machine.hasMusl) + "\n")
        } else if isSilent {
          try await process.writeError(Self.opened(told, port, transport))
        }
      }
    }
    return status
  }

  /// How long it waits for a refusal of datagrams: nc's UDP_SCAN_TIMEOUT.
  private static let scanTime = Span.seconds(3)

  static func reason(_ failure: NetworkFailure) -> String {
    switch failure {
    case .refused: "Connection refused"
    case .timedOut: "Connection timed out"
    case .unreachable: "No route to host"
    case .reset: "Connection reset by peer"
    case .addressInUse: "Address already in use"
    case .unknownName, .resolverTimeout, .noResolver, .serverFailed: "Name or service not known"
    }
  }

  private static func ports(_ text: String) -> [Int] {
    let ends = text.split(separator: "-").compactMap { Int($0) }
    guard let low = ends.first, (1...65535).contains(low) else { return [] }
    return Array(low...max(low, min(ends.last ?? low, 65535, low + 1000)))
  }

  private static func opened(_ host: String, _ port: Int, _ transport: Transport) -> String {
    "Connection to \(host) \(port) port [\(transport.rawValue.lowercased())/"
      + "\(ServiceNames.name(of: port) ?? "*")] succeeded!\n"
  }

  /// Debian's nc, which Alpine has too: with -w the connect is under way when it gives up.
  private static func failed(
    _ failure: NetworkFailure, isLimited: Bool, hasMusl: Bool
  ) -> String {
    switch failure {
    case .timedOut where isLimited:
      "timed out: " + (hasMusl ? "Operation in progress" : "Operation now in progress")
    case .timedOut where hasMusl: "failed: Operation timed out"
    case .unreachable where hasMusl: "failed: Host is unreachable"
    default: "failed: \(reason(failure))"
    }
  }

  /// Both directions at once, until the far side ends, or nothing has come for `timeout`.
  private func talk(
    _ process: Process, _ options: Options, _ connection: any Connection, _ timeout: Span?
  ) async throws -> ExitStatus {
    if let program = options["e"] {
      return try await serve(process, [program] + options.operands.dropFirst(2), connection)
    }
    let sender = send(from: process, to: connection)
    defer { sender.signal(Signal.kill) }
    while true {
      connection.deadline = timeout.map { process.machine.now + $0 }
      let answer: [UInt8]
      do { answer = try await connection.read(upTo: 1 << 16) } catch NetworkFailure.timedOut {
        // OpenBSD's ends quietly, BusyBox's by an alarm.
        guard process.machine.isBusyBox("nc") else { return 0 }
        try await process.writeError("nc: timed out\n")
        return 1
      }
      if answer.isEmpty { return 0 }
      try await process.write(answer)
    }
  }

  /// A process of its own carries standard input over, and says when it has ended.
  private func send(from process: Process, to connection: any Connection) -> Process {
    let input = process.files[0]
    input?.retain()
    let sender = Process(
      machine: process.machine, name: process.name, arguments: process.arguments,
      files: input.map { [0: $0] } ?? [:], caller: process.caller, parentID: process.id)
    process.machine.launch(sender) { sender in
      do {
        while let bytes = try await input?.read(upTo: 1 << 16), !bytes.isEmpty {
          try await connection.write(bytes)
        }
      } catch { return 1 }
      _ = sender
      connection.finishWriting()
      return 0
    }
    return sender
  }

  /// `-e`: the program's standard streams are the connection.
  private func serve(
    _ process: Process, _ words: [String], _ connection: any Connection
  ) async throws -> ExitStatus {
    let file = ConnectionFile(connection)
    return try await process.run(words, files: [0: file, 1: file, 2: process.files[2] ?? file])
  }

  private func listen(
    _ process: Process, _ options: Options, _ network: any NetworkStack, _ transport: Transport
  ) async throws -> ExitStatus {
    // OpenBSD's takes [ADDRESS] PORT; after BusyBox's -e stand the program's arguments.
    let text = options["p"] ?? (options.has("e") ? nil : options.operands.last) ?? ""
    guard let port = Int(text) else {
      throw UsageError("port number invalid: \(text)", hint: false)
    }
    var waiting: [any Connection] = []
    let listener: any Listener
    do {
      listener = try network.listen(
        on: process.machine, address: "0.0.0.0", port: port, transport: transport
      ) { connection in
        waiting.append(connection)
        process.waiter.wake()
      }
    } catch {
      try await process.writeError("nc: \(Self.reason(error))\n")
      return 1
    }
    defer { listener.close() }
    if options.has("v") { try await process.writeError("Listening on 0.0.0.0 \(port)\n") }
    repeat {
      while waiting.isEmpty { try await process.wait() }
      let connection = waiting.removeFirst()
      if options.has("v") {
        try await process.writeError(
          "Connection received on \(connection.remoteAddress) \(connection.remotePort)\n")
      }
      if let program = options["e"] {
        _ = try await serve(process, [program] + options.operands, connection)
      } else {
        _ = try await talk(process, options, connection, nil)
      }
      connection.close()
    } while options.has("k")
    return 0
  }
}

/// A connection as a program's standard input and output, or as a descriptor of a shell.
final class ConnectionFile: OpenFile {
  private let connection: any Connection
  private var references = 1

  init(_ connection: any Connection) { self.connection = connection }

  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { try await connection.read(upTo: count) }
  func write(_ bytes: [UInt8]) async throws {
    do { try await connection.write(bytes) } catch is NetworkFailure { throw HostError.brokenPipe }
  }
  func retain() { references += 1 }
  func release() {
    references -= 1
    if references == 0 { connection.close() }
  }
}
