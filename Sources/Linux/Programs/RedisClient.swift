import Shell
import Simulation

/// Talks with a redis server: `redis-cli`.
struct RedisClient: Program {
  let name = "redis-cli"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "h= p= a= n= u= user= pass= raw no-auth-warning c x v,version",
      stopsEarly: true)
    if options.has("v") {
      try await process.write("redis-cli \(process.environment["REDIS_VERSION"] ?? "8.2.1")\n")
      return 0
    }
    let host = options["h"] ?? "127.0.0.1"
    let port = options["p"].flatMap { Int($0) } ?? 6379
    let addresses = (try? Resolver(process.machine).lookUp(host).addresses) ?? []
    guard let network = process.machine.network, let address = addresses.first else {
      try await process.writeError(
        "Could not connect to Redis at \(host):\(port): Name or service not known\n")
      return 1
    }
    let connection: any Connection
    do {
      connection = try await network.connect(
        from: process.machine, to: address, port: port, transport: .tcp, timeout: .seconds(60))
    } catch let failure as NetworkFailure {
      try await process.writeError(
        "Could not connect to Redis at \(host):\(port): "
          + (failure == .refused ? "Connection refused\n" : "Connection timed out\n"))
      return 1
    }
    defer { connection.close() }
    var reader = ConnectionReader(connection)
    if let password = options["a"] ?? process.environment["REDISCLI_AUTH"] {
      if options.has("a"), !options.has("no-auth-warning") {
        try await process.writeError(
          "Warning: Using a password with '-a' or '-u' option on the command line interface may "
            + "not be safe.\n")
      }
      let words = ["AUTH"] + (options.values("user") + [password])
      try await connection.write(Self.request(words))
      if let line = try await reader.line(), line.hasPrefix("-") {
        try await process.writeError("AUTH failed: \(line.dropFirst())\n")
      }
    }
    if !options.operands.isEmpty {
      return try await ask(options.operands, connection, &reader, process)
    }
    let isTerminal = process.standardInput.isTerminal
    while true {
      if isTerminal { try await process.write("\(host):\(port)> ") }
      guard let line = try await process.readLine(), line != "exit", line != "quit" else {
        return 0
      }
      let words = line.split(separator: " ").map(String.init)
      if !words.isEmpty { _ = try await ask(words, connection, &reader, process) }
    }
  }

  private static func request(_ words: [String]) -> [UInt8] {
    Array(
      ("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
  }

  private func ask(
    _ words: [String], _ connection: any Connection, _ reader: inout ConnectionReader,
    _ process: Process
  ) async throws -> ExitStatus {
    try await connection.write(Self.request(words))
    let isTerminal = process.standardOutput.isTerminal
    try await process.write(try await answer(&reader, isTerminal, depth: 0))
    return 0
  }

  private func answer(
    _ reader: inout ConnectionReader, _ isTerminal: Bool, depth: Int
  ) async throws -> String {
    guard depth < 8, let line = try await reader.line() else { return "" }
    let rest = String(line.dropFirst())
    switch line.first {
    case "+": return rest + "\n"
    case "-": return (isTerminal ? "(error) " : "") + rest + "\n"
    case ":": return (isTerminal ? "(integer) " : "") + rest + "\n"
    case "$":
      guard let count = Int(rest), count >= 0 else { return isTerminal ? "(nil)\n" : "\n" }
      let text = String(decoding: try await reader.exactly(count), as: UTF8.self)
      _ = try await reader.line()
      return (isTerminal ? "\"\(text)\"" : text) + "\n"
    case "*":
      let count = min(Int(rest) ?? 0, 10_000)
      if count <= 0 { return isTerminal ? "(empty array)\n" : "\n" }
      var text = ""
      for index in 1...count {
        let part = try await answer(&reader, isTerminal, depth: depth + 1)
        text += (isTerminal ? "\(index)) " : "") + part
      }
      return text
    default: return line + "\n"
    }
  }
}
