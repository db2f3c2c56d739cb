import Documents
import Shell
import Simulation

/// The test image agnhost: netexec, serve-hostname, connect, pause.
struct Agnhost: NetworkServer {
  let name = "agnhost"

  func run(_ process: Process) async throws -> ExitStatus {
    if process.arguments.first == "connect" { return try await connect(process) }
    return try await Waiting(arguments: Array(process.arguments)).run(process)
  }

  func start(_ process: Process) async throws -> [ServerSocket] { [] }

  /// The long-running subcommands.
  private struct Waiting: NetworkServer {
    let name = "agnhost"
    let arguments: [String]

    // Go's runtime cannot die by a signal that nothing handles as process 1, and exits with 2.
    var stopStatus: ExitStatus { ["pause", nil].contains(arguments.first) ? 0 : 2 }

    func start(_ process: Process) async throws -> [ServerSocket] {
      switch arguments.first {
      case "netexec": return try await netexec(process)
      case "serve-hostname", "serve_hostname":
        let host = process.machine.hostName
        let service = WebService { _ in WebResponse(text: host, type: "text/plain") }
        return [ServerSocket(option("port", 9376)) { try await service.serve($0) }]
      case "test-webserver":
        let machine = process.machine
        let service = WebService { request in
          machine.files.text(request.path).map { WebResponse(text: $0) }
            ?? WebResponse(404, text: "404 page not found\n")
        }
        return [ServerSocket(option("port", 80)) { try await service.serve($0) }]
      case "porter":
        return process.environment.filter { $0.key.hasPrefix("SERVE_PORT_") }
          .sorted { $0.key < $1.key }.compactMap { name, text in
            let service = WebService { _ in WebResponse(text: text, type: "text/plain") }
            return Int(name.dropFirst(11)).map { port in
              ServerSocket(port) { try await service.serve($0) }
            }
          }
      case "liveness": return liveness(process)
      case "pause", nil, "--help", "guestbook":
        return []
      default:
        throw ServerRefusal(
          "drydock: not simulated: agnhost \(arguments.joined(separator: " "))\n")
      }
    }

    /// Healthy for ten seconds, and then no more.
    private func liveness(_ process: Process) -> [ServerSocket] {
      let started = process.now
      let machine = process.machine
      let service = WebService { request in
        let age = Double((machine.now - started).nanoseconds) / 1e9
        switch request.path {
        case "/started": return WebResponse(text: "\(DecimalText.fixed(age, 6))s")
        case "/healthz":
          return age > 10
            ? WebResponse(500, text: "error: \(DecimalText.fixed(age, 6))")
            : WebResponse(text: "ok")
        default: return WebResponse(404, text: "404 page not found\n")
        }
      }
      return [ServerSocket(8080) { try await service.serve($0) }]
    }

    private func option(_ name: String, _ standard: Int) -> Int {
      for (index, word) in arguments.enumerated() {
        let plain = word.drop { $0 == "-" }
        if plain == name { return Int(arguments.dropFirst(index + 1).first ?? "") ?? standard }
        if plain.hasPrefix(name + "=") { return Int(plain.dropFirst(name.count + 1)) ?? standard }
      }
      return standard
    }

    /// Asks other servers, as often as it is told, and tells what they said.
    private static func dial(_ request: WebRequest, _ machine: Machine) async throws -> WebResponse
    {
      let host = request.parameter("host") ?? ""
      guard let port = request.parameter("port").flatMap({ Int($0) }), 1...65535 ~= port,
        let asked = request.parameter("request"), let network = machine.network
      else { return WebResponse(400, text: "host, port and request are required") }
      let transport: Transport = request.parameter("protocol") == "udp" ? .udp : .tcp
      var answers: [String] = []
      var errors: [String] = []
      for _ in 0..<min(100, max(1, request.parameter("tries").flatMap { Int($0) } ?? 1)) {
        do {
          let connection = try await network.connect(
            from: machine, to: host, port: port, transport: transport, timeout: .seconds(5))
          defer { connection.close() }
          connection.deadline = machine.timeline.now + .seconds(5)
          if transport == .udp {
            try await connection.write(Array(asked.utf8))
            answers.append(String(decoding: try await connection.read(upTo: 2048), as: UTF8.self))
          } else {
            let own = WebRequest(
              method: "GET", target: "/" + asked, headers: [("Host", "\(host):\(port)")], client: ""
            )
            let answer = try await WebClient.exchange(own, over: connection)
            answers.append(String(decoding: answer?.body ?? [], as: UTF8.self))
          }
        } catch let failure as NetworkFailure {
          let why = failure == .refused ? "connect: connection refused" : "i/o timeout"
          errors.append(
            "reading from server failed. err:'dial \(transport.rawValue.lowercased()) "
              + "\(host):\(port): \(why)'")
        }
      }
      var parts: [String] = []
      if !answers.isEmpty { parts.append("\"responses\":[\(quoted(answers))]") }
      if !errors.isEmpty { parts.append("\"errors\":[\(quoted(errors))]") }
      return WebResponse(text: "{\(parts.joined(separator: ","))}")
    }

    private static func quoted(_ texts: [String]) -> String {
      texts.map { JSON.text(.string($0)) }.joined(separator: ",")
    }

    private func netexec(_ process: Process) async throws -> [ServerSocket] {
      let machine = process.machine
      let port = option("http-port", 8080)
      // Without a port there is no server for that protocol.
      let others = [
        (option("udp-port", 8081), Transport.udp), (option("sctp-port", -1), .sctp),
      ].filter { $0.0 > 0 }
      try await process.writeError("Started HTTP server on port \(port)\n")
      let service = WebService { request in
        switch request.path {
        case "/hostname", "/hostName": return WebResponse(text: machine.hostName)
        case "/clientip": return WebResponse(text: "\(request.client):\(request.clientPort)")
        case "/echo":
          let status = request.parameter("code").flatMap { Int($0) } ?? 200
          return WebResponse(status, text: request.parameter("msg") ?? "")
        case "/healthz": return WebResponse(200)
        case "/dial": return try await Self.dial(request, machine)
        case "/exit", "/shutdown": return WebResponse(200)
        case "/header":
          return WebResponse(text: request.header(request.parameter("key") ?? "") ?? "")
        default:
          // Its handler of "/" takes every other path, too.
          let time = Calendar(machine.now).formatted("%Y-%m-%d %H:%M:%S.000000000 +0000 UTC")
          return WebResponse(text: "NOW: \(time) m=+1.000000000")
        }
      }
      var sockets = [ServerSocket(port) { try await service.serve($0) }]
      for (port, transport) in others {
        sockets.append(
          ServerSocket(port, transport: transport) { connection in
            while true {
              let bytes = try await connection.read(upTo: 65536)
              if bytes.isEmpty { return }
              let text = String(decoding: bytes, as: UTF8.self)
              let line = text.split(separator: "\n").first ?? ""
              if line == "hostname" { try await connection.write(Array(machine.hostName.utf8)) }
              if line.hasPrefix("echo ") {
                try await connection.write(Array(line.dropFirst(5).utf8))
              }
            }
          })
      }
      return sockets
    }
  }

  /// `agnhost connect HOST:PORT --timeout=1s --protocol=tcp`, in the words of its errors.
  private func connect(_ process: Process) async throws -> ExitStatus {
    var timeout = Span.seconds(30)
    var transport = Transport.tcp
    var target = ""
    var words = process.arguments.dropFirst()
    while let word = words.popFirst() {
      if word.hasPrefix("--timeout") {
        let text =
          word.contains("=") ? String(word.drop { $0 != "=" }.dropFirst()) : words.popFirst() ?? ""
        timeout = Span(interval: text) ?? timeout
      } else if word.hasPrefix("--protocol") {
        let text =
          word.contains("=") ? String(word.drop { $0 != "=" }.dropFirst()) : words.popFirst() ?? ""
        transport = Transport(rawValue: text.uppercased()) ?? .tcp
      } else {
        target = word
      }
    }
    let parts = target.split(separator: ":")
    guard parts.count == 2, let port = Int(parts[1]), let network = process.machine.network else {
      try await process.writeError("OTHER: address \(target): missing port in address\n")
      return 1
    }
    guard let address = try? Resolver(process.machine).lookUp(String(parts[0])).addresses.first
    else {
      try await process.writeError("DNS: lookup \(parts[0]): no such host\n")
      return 1
    }
    do {
      let connection = try await network.connect(
        from: process.machine, to: address, port: port, transport: transport, timeout: timeout)
      connection.close()
      return 0
    } catch let failure as NetworkFailure {
      try await process.writeError(failure == .refused ? "REFUSED\n" : "TIMEOUT\n")
      return 1
    }
  }
}
