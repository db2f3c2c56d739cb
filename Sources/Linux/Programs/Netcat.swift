import Shell
import Simulation

/// Connects or listens: `nc`.
struct Netcat: Program {
  let name: String

  init(_ name: String = "nc") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "z v w= l u n k p= q= s= e= 4 6 d N i= C", status: 1)
    let machine = process.machine
    let transport: Transport = options.has("u") ? .udp : .tcp
    guard let network = machine.network else {
      try await process.writeError("nc: Network is unreachable\n")
      return 1
    }
    if options.has("l") {
      return try await listen(process, options, network, transport)
    }
    guard let host = options.operands.first, options.operands.count > 1 else {
      try await process.writeError("usage: nc [-lvzu] [-w timeout] [destination] [port]\n")
      return 1
    }
    let address: String
    do { address = try Resolver(machine).lookUp(host).addresses.first ?? host } catch {
      try await process.writeError(
        machine.shellDialect == .ash
          ? "nc: bad address '\(host)'\n"
          : "nc: getaddrinfo for host \"\(host)\" port \(options.operands[1]): "
            + "Name or service not known\n")
      return 1
    }
    let timeout = options["w"].flatMap { Span(interval: $0) }
    var status: ExitStatus = 0
    for port in Self.ports(options.operands[1]) {
      do {
        let connection = try await network.connect(
          from: machine, to: address, port: port, transport: transport,
          timeout: timeout ?? .seconds(130))
        defer { connection.close() }
        if options.has("v") {
          try await process.writeError(opened(host, address, port, transport, machine))
        }
        if !options.has("z") { try await talk(process, connection, timeout) }
      } catch let failure as NetworkFailure {
        status = 1
        guard options.has("v") || machine.shellDialect == .ash && !options.has("z") else {
          continue
        }
        let why = Self.reason(failure)
        try await process.writeError(
          machine.shellDialect == .ash
            ? "nc: \(host) (\(address):\(port)): \(why)\n"
            : "nc: connect to \(host) (\(address)) port \(port) "
              + "(\(transport.rawValue.lowercased())) "
              + "failed: \(why)\n")
      }
    }
    return status
  }

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

  private func opened(
    _ host: String, _ address: String, _ port: Int, _ transport: Transport, _ machine: Machine
  ) -> String {
    if machine.shellDialect == .ash { return "\(host) (\(address):\(port)) open\n" }
    let known = [
      22: "ssh", 53: "domain", 80: "http", 443: "https", 3306: "mysql", 5432: "postgresql",
      6379: "redis", 8080: "http-alt", 27017: "*",
    ]
    return "Connection to \(host) (\(address)) \(port) port [\(transport.rawValue.lowercased())/"
      + "\(known[port] ?? "*")] succeeded!\n"
  }

  private func talk(_ process: Process, _ connection: any Connection, _ timeout: Span?) async throws
  {
    let input = try await process.readAll()
    if !input.isEmpty { try await connection.write(input) }
    while true {
      let answer = try await connection.read(upTo: 1 << 16)
      if answer.isEmpty { return }
      try await process.write(answer)
    }
  }

  private func listen(
    _ process: Process, _ options: Options, _ network: any NetworkStack, _ transport: Transport
  ) async throws -> ExitStatus {
    let text = options["p"] ?? options.operands.last ?? ""
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
      while true {
        let bytes = try await connection.read(upTo: 1 << 16)
        if bytes.isEmpty { break }
        try await process.write(bytes)
      }
      connection.close()
    } while options.has("k")
    return 0
  }
}
