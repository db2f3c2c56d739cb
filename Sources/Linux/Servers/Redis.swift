import Shell

/// redis-server: keys and texts in memory, in the inline and the array form of its protocol.
struct Redis: NetworkServer {
  let name = "redis-server"

  private final class Store {
    enum Held {
      case text(String)
      case list([String])
    }

    var version = ""
    var values: [String: Held] = [:]
    /// What `CONFIG GET` tells.
    var settings = [
      "appendonly": "no", "bind": "* -::*", "databases": "16", "dir": "/data",
      "maxclients": "10000",
      "maxmemory": "0", "maxmemory-policy": "noeviction", "port": "6379", "requirepass": "",
      "save": "3600 1 300 100 60 10000", "timeout": "0",
    ]

    /// A setting as a configuration file or the command line gives it.
    func set(_ name: String, _ value: String) {
      settings[name.lowercased()] =
        name.lowercased() == "maxmemory" ? Self.bytes(value) ?? value : value
    }

    /// `2mb` is 2097152, `2m` 2000000.
    private static func bytes(_ text: String) -> String? {
      let number = text.prefix { $0.isNumber }
      let units = [
        "": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1_000_000, "mb": 1 << 20, "g": 1_000_000_000,
        "gb": 1 << 30,
      ]
      guard let count = Int(number), let unit = units[text.dropFirst(number.count).lowercased()]
      else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: unit)
      return overflow ? nil : String(product)
    }
  }

  func start(_ process: Process) async throws -> [ServerSocket] {
    let words = process.arguments
    let version = process.environment["REDIS_VERSION"] ?? "8.2.1"
    if words.first == "--version" || words.first == "-v" {
      throw ServerRefusal(
        "Redis server v=\(version) sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0\n",
        status: 0)
    }
    let store = Store()
    store.version = version
    if let path = words.first, !path.hasPrefix("-") {
      guard let text = process.machine.files.text(path) else {
        throw ServerRefusal(
          "*** FATAL CONFIG FILE ERROR (Redis \(version)) ***\nFatal error, can't open config file "
            + "'\(path)': No such file or directory\n")
      }
      for line in text.split(separator: "\n") where line.first != "#" {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        if parts.count > 1 { store.set(parts[0], parts[1]) }
      }
    }
    for (index, word) in words.enumerated() where word.hasPrefix("--") {
      store.set(String(word.dropFirst(2)), words.dropFirst(index + 1).first ?? "")
    }
    let port = store.settings["port"].flatMap { Int($0) } ?? 6379
    let stamp = Calendar(process.machine.now).formatted("%d %b %Y %H:%M:%S.000")
    try await process.write(
      "\(process.id):C \(stamp) * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n"
        + "\(process.id):C \(stamp) * Redis version=\(version), bits=64, commit=00000000, modified=0, "
        + "pid=\(process.id), just started\n"
        + "\(process.id):M \(stamp) * Running mode=standalone, port=\(port).\n"
        + "\(process.id):M \(stamp) * Server initialized\n"
        + "\(process.id):M \(stamp) * Ready to accept connections tcp\n")
    return [ServerSocket(port) { try await Self.serve($0, store) }]
  }

  private static func serve(_ connection: any Connection, _ store: Store) async throws {
    var reader = ConnectionReader(connection)
    var isKnown = false
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
      let wanted = store.settings["requirepass"] ?? ""
      if command == "AUTH" {
        let (reply, knows) = login(Array(words.dropFirst()), wanted)
        isKnown = knows || isKnown
        try await connection.write(Array(reply.utf8))
        continue
      }
      guard wanted.isEmpty || isKnown || command == "QUIT" else {
        try await connection.write(Array("-NOAUTH Authentication required.\r\n".utf8))
        continue
      }
      try await connection.write(Array(answer(command, Array(words.dropFirst()), store).utf8))
      if command == "QUIT" { return }
    }
  }

  /// AUTH [user] password.
  private static func login(_ words: [String], _ wanted: String) -> (reply: String, knows: Bool) {
    guard let password = words.last, words.count <= 2 else {
      return ("-ERR wrong number of arguments for 'auth' command\r\n", false)
    }
    if wanted.isEmpty, words.count == 1 {
      return (
        "-ERR AUTH <password> called without any password configured for the default user. "
          + "Are you sure your configuration is correct?\r\n", false
      )
    }
    let isDefault = words.count == 1 || words[0] == "default"
    guard isDefault, wanted.isEmpty || password == wanted else {
      return ("-WRONGPASS invalid username-password pair or user is disabled.\r\n", false)
    }
    return ("+OK\r\n", true)
  }

  private static func answer(_ command: String, _ words: [String], _ store: Store) -> String {
    func bulk(_ text: String?) -> String {
      text.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
    }
    let wrong = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
    let change = ["SET", "INCR", "LPUSH", "RPUSH"].contains(command)
    if change, store.values.count >= 100_000 {
      return "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
    }
    switch (command, words.count) {
    case ("PING", 0): return "+PONG\r\n"
    case ("PING", _), ("ECHO", 1): return bulk(words[0])
    case ("SET", 2...):
      store.values[words[0]] = .text(words[1])
      return "+OK\r\n"
    case ("GET", 1):
      switch store.values[words[0]] {
      case .text(let text)?: return bulk(text)
      case .list?: return wrong
      case nil: return bulk(nil)
      }
    case ("INCR", 1):
      var text = "0"
      if case .text(let found)? = store.values[words[0]] { text = found }
      guard let number = Int(text), number < .max else {
        return "-ERR value is not an integer or out of range\r\n"
      }
      store.values[words[0]] = .text("\(number + 1)")
      return ":\(number + 1)\r\n"
    case ("DEL", 1...):
      return ":\(words.filter { store.values.removeValue(forKey: $0) != nil }.count)\r\n"
    case ("EXISTS", 1...): return ":\(words.filter { store.values[$0] != nil }.count)\r\n"
    case ("KEYS", 1):
      let found = store.values.keys.filter { Glob(words[0]).matches($0) }.sorted()
      return array(found)
    case ("DBSIZE", 0): return ":\(store.values.count)\r\n"
    case ("FLUSHALL", _), ("FLUSHDB", _):
      store.values = [:]
      return "+OK\r\n"
    case ("LPUSH", 2...), ("RPUSH", 2...), ("LPOP", 1), ("RPOP", 1), ("LLEN", 1), ("LRANGE", 3):
      var list: [String] = []
      switch store.values[words[0]] {
      case .list(let found)?: list = found
      case .text?: return wrong
      case nil: break
      }
      let answer = Self.answer(command, Array(words.dropFirst()), on: &list)
      store.values[words[0]] = list.isEmpty ? nil : .list(list)
      return answer.isEmpty ? bulk(nil) : answer
    case ("CONFIG", 2...) where words[0].uppercased() == "GET":
      let names = store.settings.keys.filter { name in
        words.dropFirst().contains { Glob($0, ignoringCase: true).matches(name) }
      }.sorted()
      return array(names.flatMap { [$0, store.settings[$0] ?? ""] })
    case ("CONFIG", 3) where words[0].uppercased() == "SET":
      guard store.settings[words[1].lowercased()] != nil else {
        return "-ERR Unknown option or number of arguments for CONFIG SET - '\(words[1])'\r\n"
      }
      store.set(words[1], words[2])
      return "+OK\r\n"
    case ("QUIT", _): return "+OK\r\n"
    case ("INFO", _):
      return bulk(
        "# Server\r\nredis_version:\(store.version)\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n"
      )
    default:
      let list = words.map { "'\($0)' " }.joined()
      return "-ERR unknown command '\(command)', with args beginning with: \(list)\r\n"
    }
  }

  private static func array(_ texts: [String]) -> String {
    "*\(texts.count)\r\n" + texts.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
  }

  /// Empty: there is no such element.
  private static func answer(_ command: String, _ words: [String], on list: inout [String])
    -> String
  {
    func taken(_ text: String?) -> String { text.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "" }
    switch command {
    case "LPUSH", "RPUSH":
      guard list.count + words.count <= 100_000 else {
        return "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
      }
      if command == "RPUSH" { list += words } else { list = words.reversed() + list }
      return ":\(list.count)\r\n"
    case "LPOP": return taken(list.isEmpty ? nil : list.removeFirst())
    case "RPOP": return taken(list.popLast())
    case "LRANGE":
      func place(_ text: String) -> Int? { Int(text).map { $0 < 0 ? list.count &+ $0 : $0 } }
      guard let first = place(words[0]), let last = place(words[1]) else {
        return "-ERR value is not an integer or out of range\r\n"
      }
      let (low, high) = (max(0, first), min(list.count - 1, last))
      return array(low <= high ? Array(list[low...high]) : [])
    default: return ":\(list.count)\r\n"
    }
  }
}
