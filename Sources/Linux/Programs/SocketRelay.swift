import Shell
import Simulation

/// Carries bytes between two addresses, whatever they are: `socat`.
struct SocketRelay: Program {
  let name = "socat"

  func run(_ process: Process) async throws -> ExitStatus {
    var words: [String] = []
    var closing = Span.milliseconds(500)
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-V":
        try await process.write(
          "socat by Gerhard Rieger and contributors - see www.dest-unreach.org\n"
            + "socat version 1.8.0.3 on 21 Feb 2025 08:51:27\n")
        return 0
      case "-t": closing = rest.popFirst().flatMap { Span(interval: $0) } ?? closing
      case "-T", "-b", "-lf", "-L": _ = rest.popFirst()
      case "-", "STDIO": words.append(word)
      default: if !word.hasPrefix("-") { words.append(word) }
      }
    }
    let run = RelayRun(process: process, closing: closing)
    guard words.count == 2 else {
      return try await run.fail(
        "exactly 2 addresses required (there are \(words.count)); use option \"-h\" for help")
    }
    do {
      let ends = try words.map { try RelayAddress($0) }
      return try await run.join(ends[0], ends[1])
    } catch let problem as RelayAddress.Problem {
      if problem.isMissing {
        try await process.writeError("drydock: not simulated: socat \(problem.text)\n")
        return 1
      }
      return try await run.fail(problem.text)
    }
  }
}

/// One of socat's addresses: `TCP:web:80`, `TCP-LISTEN:8080,fork`, `EXEC:cat`, `-`.
private struct RelayAddress {
  struct Problem: Error {
    let text: String
    /// It is not simulated.
    var isMissing = false
  }

  enum Kind {
    case standard
    case connect(Transport, host: String, port: Int)
    case listen(Transport, port: Int)
    /// The words of a program.
    case program([String])
    case file(String)
  }

  let text: String
  let kind: Kind
  let options: [String: String]
  var forks: Bool { options["fork"] != nil }

  init(_ text: String) throws {
    self.text = text
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let parts = pieces[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    options = Dictionary(
      pieces.dropFirst().map { option in
        let halves = option.split(separator: "=", maxSplits: 1).map(String.init)
        return (halves.first ?? "", halves.count > 1 ? halves[1] : "")
      }, uniquingKeysWith: { $1 })
    let name = parts[0].uppercased()
    func port(_ index: Int) throws -> Int {
      guard parts.indices.contains(index), let port = ServiceNames.port(parts[index]) else {
        throw Problem(text: "\(parts[0]): wrong number of parameters")
      }
      return port
    }
    switch name {
    case "-", "STDIO", "STDIN", "STDOUT": kind = .standard
    case "TCP", "TCP4", "TCP-CONNECT", "TCP4-CONNECT":
      kind = .connect(.tcp, host: parts.dropFirst().first ?? "", port: try port(2))
    case "UDP", "UDP4", "UDP-CONNECT", "UDP4-CONNECT", "UDP-SENDTO", "UDP4-SENDTO":
      kind = .connect(.udp, host: parts.dropFirst().first ?? "", port: try port(2))
    case "SCTP", "SCTP-CONNECT":
      kind = .connect(.sctp, host: parts.dropFirst().first ?? "", port: try port(2))
    case "TCP-LISTEN", "TCP4-LISTEN", "TCP-L", "TCP4-L": kind = .listen(.tcp, port: try port(1))
    case "UDP-LISTEN", "UDP4-LISTEN", "UDP-L", "UDP-RECVFROM", "UDP4-RECVFROM", "UDP-RECV":
      kind = .listen(.udp, port: try port(1))
    case "SCTP-LISTEN": kind = .listen(.sctp, port: try port(1))
    case "EXEC":
      kind = .program(
        pieces[0].dropFirst(parts[0].count + 1).split(separator: " ").map(String.init))
    case "SYSTEM", "SHELL":
      // Commas of the command are the command's.
      kind = .program(["/bin/sh", "-c", String(text.dropFirst(parts[0].count + 1))])
    case "OPEN", "FILE", "GOPEN", "CREATE", "CREAT":
      kind = .file(parts.dropFirst().joined(separator: ":"))
    default:
      if pieces[0].hasPrefix("/") || pieces[0].hasPrefix("./") {
        kind = .file(pieces[0])
      } else {
        throw Problem(text: parts[0], isMissing: true)
      }
    }
  }
}

/// One run of socat.
private struct RelayRun {
  let process: Process
  /// How long the other direction may go on once one has ended.
  let closing: Span

  func fail(_ text: String) async throws -> ExitStatus {
    let stamp = Calendar(process.machine.now).formatted("%Y/%m/%d %H:%M:%S")
    try await process.writeError("\(stamp) socat[\(process.id)] E \(text)\n")
    return 1
  }

  func join(_ one: RelayAddress, _ other: RelayAddress) async throws -> ExitStatus {
    if case .listen(let transport, let port) = one.kind {
      return try await listen(one, other, transport, port)
    }
    if case .listen(let transport, let port) = other.kind {
      return try await listen(other, one, transport, port)
    }
    do {
      return try await carry(try await open(one), other)
    } catch let failure as NetworkFailure {
      return try await fail(told(failure, one))
    }
  }

  private func told(_ failure: NetworkFailure, _ address: RelayAddress) -> String {
    "\(address.text.prefix { $0 != "," }): \(Netcat.reason(failure))"
  }

  private func listen(
    _ server: RelayAddress, _ target: RelayAddress, _ transport: Transport, _ port: Int
  ) async throws -> ExitStatus {
    guard let network = process.machine.network else { return try await fail("Network is down") }
    var waiting: [any Connection] = []
    let listener: any Listener
    do {
      listener = try network.listen(
        on: process.machine, address: server.options["bind"] ?? "0.0.0.0", port: port,
        transport: transport
      ) { [waiter = process.waiter] connection in
        waiting.append(connection)
        waiter.wake()
      }
    } catch {
      return try await fail("bind(5, {AF=2 0.0.0.0:\(port)}, 16): \(Netcat.reason(error))")
    }
    defer { listener.close() }
    var status: ExitStatus = 0
    repeat {
      while waiting.isEmpty { try await process.wait() }
      let connection = waiting.removeFirst()
      guard server.forks else {
        status = try await serve(connection, target)
        break
      }
      let child = child()
      process.machine.launch(child) { child in
        let run = RelayRun(process: child, closing: closing)
        do { return try await run.serve(connection, target) } catch { return 1 }
      }
    } while true
    return status
  }

  private func serve(
    _ connection: any Connection, _ target: RelayAddress
  ) async throws -> ExitStatus {
    defer { connection.close() }
    do {
      return try await carry(Stream(connection), target)
    } catch let failure as NetworkFailure {
      return try await fail(told(failure, target))
    }
  }

  /// A process of its own with the same streams.
  private func child() -> Process {
    for number in process.files.keys.sorted() { process.files[number]?.retain() }
    return Process(
      machine: process.machine, name: process.name, arguments: process.arguments,
      environment: process.environment, directory: process.directory, files: process.files,
      caller: process.caller, parentID: process.id)
  }

  // MARK: streams

  private struct Stream {
    var input: any OpenFile
    var output: any OpenFile
    var connection: (any Connection)?

    init(_ connection: any Connection) {
      let file = ConnectionFile(connection)
      (input, output) = (file, file)
      self.connection = connection
    }

    init(_ input: any OpenFile, _ output: any OpenFile) {
      (self.input, self.output) = (input, output)
    }
  }

  private func open(_ address: RelayAddress) async throws -> Stream {
    switch address.kind {
    case .standard: return Stream(process.standardInput, process.standardOutput)
    case .file(let path):
      let file = try process.open(path)
      return Stream(file, file)
    case .connect(let transport, let host, let port):
      guard let network = process.machine.network else { throw NetworkFailure.unreachable }
      let target = try Resolver(process.machine).lookUp(host).addresses.first ?? host
      let limit = address.options["connect-timeout"].flatMap { Span(interval: $0) }
      return Stream(
        try await network.connect(
          from: process.machine, to: target, port: port, transport: transport,
          timeout: limit ?? (transport == .udp ? .milliseconds(1) : .seconds(130))))
    case .program, .listen: throw RelayAddress.Problem(text: address.text, isMissing: true)
    }
  }

  private func carry(_ near: Stream, _ other: RelayAddress) async throws -> ExitStatus {
    if case .program(let words) = other.kind {
      return try await process.run(
        words,
        files: [0: near.input, 1: near.output, 2: process.files[2] ?? process.standardError])
    }
    let far: Stream
    do {
      far = try await open(other)
    } catch let failure as NetworkFailure {
      return try await fail(told(failure, other))
    }
    defer { far.connection?.close() }
    let back = child()
    process.machine.launch(back) { _ in
      do {
        while case let bytes = try await near.input.read(upTo: 1 << 16), !bytes.isEmpty {
          try await far.output.write(bytes)
        }
      } catch { return 1 }
      far.connection?.finishWriting()
      return 0
    }
    defer { back.signal(Signal.kill, byMachine: true) }
    let timeline = process.machine.timeline
    var isEnding = false
    back.onExit = { [weak process, connection = far.connection, closing] _ in
      isEnding = true
      connection?.deadline = timeline.now + closing
      process?.waiter.wake()
    }
    do {
      while case let bytes = try await far.input.read(upTo: 1 << 16), !bytes.isEmpty {
        if isEnding { far.connection?.deadline = timeline.now + closing }
        try await near.output.write(bytes)
      }
    } catch NetworkFailure.timedOut {
      return 0
    }
    near.connection?.finishWriting()
    return 0
  }
}
