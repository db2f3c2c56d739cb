import Shell

/// redis-server: keys and texts in memory, in the inline and the array form of its protocol.
struct Redis: NetworkServer {
  let name = "redis-server"

  private final class Store { var values: [String: String] = [:] }

  func start(_ process: Process) async throws -> [ServerSocket] {
    var port = 6379
    let words = process.arguments
    if words.first == "--version" || words.first == "-v" {
      throw ServerRefusal(
        "Redis server v=8.2.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0\n", status: 0)
    }
    for (index, word) in words.enumerated() where word == "--port" {
      port = Int(words.dropFirst(index + 1).first ?? "") ?? port
    }
    if let path = words.first, !path.hasPrefix("-") {
      guard let text = process.machine.files.text(path) else {
        throw ServerRefusal(
          "*** FATAL CONFIG FILE ERROR (Redis 8.2.1) ***\nFatal error, can't open config file "
            + "'\(path)': No such file or directory\n")
      }
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: " ")
        if parts.first == "port", parts.count > 1 { port = Int(parts[1]) ?? port }
      }
    }
    let stamp = Calendar(process.machine.now).formatted("%d %b %Y %H:%M:%S.000")
    try await process.write(
      "\(process.id):C \(stamp) * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n"
        + "\(process.id):C \(stamp) * Redis version=8.2.1, bits=64, commit=00000000, modified=0, "
        + "pid=\(process.id), just started\n"
        + "\(process.id):M \(stamp) * Running mode=standalone, port=\(port).\n"
        + "\(process.id):M \(stamp) * Server initialized\n"
        + "\(process.id):M \(stamp) * Ready to accept connections tcp\n")
    let store = Store()
    return [ServerSocket(port) { try await Self.serve($0, store) }]
  }

  private static func serve(_ connection: any Connection, _ store: Store) async throws {
    var reader = ConnectionReader(connection)
    while let line = try await reader.line() {
      var words: [String] = []
      if line.hasPrefix("*"), let count = Int(line.dropFirst()), count <= 1024 {
        for _ in 0..<max(0, count) {
          guard let size = try await reader.line(), size.hasPrefix("$"),
            let length = Int(size.dropFirst()), (0...1 << 20).contains(length)
          else { return }
          words.append(String(decoding: try await reader.exactly(length), as: UTF8.self))
          _ = try await reader.line()
        }
      } else {
        words = line.split(separator: " ").map(String.init)
      }
      guard let command = words.first?.uppercased() else { continue }
      try await connection.write(Array(answer(command, Array(words.dropFirst()), store).utf8))
      if command == "QUIT" { return }
    }
  }

  private static func answer(_ command: String, _ words: [String], _ store: Store) -> String {
    func bulk(_ text: String?) -> String {
      text.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
    }
    switch (command, words.count) {
    case ("PING", 0): return "+PONG\r\n"
    case ("PING", _), ("ECHO", 1): return bulk(words[0])
    case ("SET", 2...):
      store.values[words[0]] = words[1]
      return "+OK\r\n"
    case ("GET", 1): return bulk(store.values[words[0]])
    case ("INCR", 1):
      guard let number = Int(store.values[words[0]] ?? "0"), number < .max else {
        return "-ERR value is not an integer or out of range\r\n"
      }
      store.values[words[0]] = "\(number + 1)"
      return ":\(number + 1)\r\n"
    case ("DEL", 1...):
      return ":\(words.filter { store.values.removeValue(forKey: $0) != nil }.count)\r\n"
    case ("EXISTS", 1...): return ":\(words.filter { store.values[$0] != nil }.count)\r\n"
    case ("KEYS", 1):
      let found = store.values.keys.filter { Glob(words[0]).matches($0) }.sorted()
      return "*\(found.count)\r\n" + found.map { bulk($0) }.joined()
    case ("DBSIZE", 0): return ":\(store.values.count)\r\n"
    case ("QUIT", _): return "+OK\r\n"
    case ("INFO", _): return bulk("# Server\r\nredis_version:8.2.1\r\n")
    default: return "-ERR unknown command '\(command)', with args beginning with: \r\n"
    }
  }
}
