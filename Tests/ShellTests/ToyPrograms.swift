import Shell

/// The few programs that the tables use, as small as their use.
enum ToyPrograms {
  static let names = [
    "cat", "wc", "sort", "head", "ls", "env", "printenv", "sleep", "rm", "mkdir", "touch", "seq",
    "tr", "yes", "chmod", "basename", "grep", "ln", "tee", "echo", "date", "uname",
  ]

  static func run(_ name: String, _ command: Command, on host: ToyHost) async throws -> ExitStatus {
    let io = ToyStreams(command)
    let words = command.arguments
    switch name {
    case "cat":
      for path in words.isEmpty ? ["-"] : words {
        guard let text = try await io.contents(of: path, on: host) else {
          try await io.complain("cat: \(path): No such file or directory\n")
          return 1
        }
        try await io.write(text)
      }
    case "tee":
      let text = try await io.input()
      try await io.write(text)
      for path in words {
        try await host.open(path, .write, in: command.directory).write(Array(text.utf8))
      }
    case "wc":
      let text = try await io.input()
      let count = words.first == "-c" ? text.utf8.count : text.utf8.count { $0 == 10 }
      try await io.write("\(count)\n")
    case "sort":
      let lines = try await io.lines().sorted()
      try await io.write(
        (words.first == "-r" ? lines.reversed() : lines).map { $0 + "\n" }.joined())
    case "head": try await head(words, io)
    case "grep":
      let pattern = try RegularExpression(words.last ?? "", syntax: .basic)
      let found = try await io.lines().filter { pattern.matches($0) }
      if words.first == "-c" {
        try await io.write("\(found.count)\n")
      } else if words.first != "-q" {
        try await io.write(found.map { $0 + "\n" }.joined())
      }
      return found.isEmpty ? 1 : 0
    case "tr":
      let (from, to) = (range(words[0]), range(words[1]))
      let bytes = try await io.input().utf8.map { byte in
        from.firstIndex(of: byte).map { to[min($0, to.count - 1)] } ?? byte
      }
      try await io.write(String(decoding: bytes, as: UTF8.self))
    case "env", "printenv":
      if name == "printenv", let wanted = words.first {
        guard let value = command.environment[wanted] else { return 1 }
        try await io.write(value + "\n")
      } else {
        for key in command.environment.keys.sorted() where key != "_" {
          try await io.write("\(key)=\(command.environment[key] ?? "")\n")
        }
      }
    case "sleep": try await host.sleep(nanoseconds: Int64((Double(words.first ?? "0") ?? 0) * 1e9))
    case "seq":
      let numbers = words.compactMap { Int($0) }
      let low = numbers.count > 1 ? numbers[0] : 1
      for number in stride(from: low, through: numbers.last ?? 0, by: 1) {
        try await io.write("\(number)\n")
      }
    case "yes": while true { try await io.write("y\n") }
    case "basename": try await io.write((words.first?.split(separator: "/").last ?? "/") + "\n")
    case "echo": try await io.write(words.joined(separator: " ") + "\n")
    case "uname": try await io.write("Linux\n")
    case "date": try await io.write("Thu Jan  1 00:00:00 UTC 1970\n")
    default: return try await files(name, words, command, io, on: host)
    }
    return 0
  }

  /// `a-z` spelled out.
  private static func range(_ text: String) -> [UInt8] {
    let bytes = Array((text == "\\n" ? "\n" : text).utf8)
    if bytes.count == 3, bytes[1] == UInt8(ascii: "-") { return Array(bytes[0]...bytes[2]) }
    if bytes.count > 3, bytes[1] == UInt8(ascii: "-") {
      return Array(bytes[0]...bytes[2]) + range(String(decoding: bytes[3...], as: UTF8.self))
    }
    return bytes
  }

  private static func head(_ words: [String], _ io: ToyStreams) async throws {
    var count = 10
    if words.first == "-n" { count = Int(words[1]) ?? 10 }
    if let first = words.first, first.hasPrefix("-"), let given = Int(first.dropFirst()) {
      count = given
    }
    for _ in 0..<count {
      let line = try await io.line()
      if line.isEmpty { break }
      try await io.write(line)
    }
  }

  private static func files(
    _ name: String, _ words: [String], _ command: Command, _ io: ToyStreams, on host: ToyHost
  ) async throws -> ExitStatus {
    let operands = words.filter { !$0.hasPrefix("-") }
    let paths = operands.map { ToyHost.join(command.directory, $0) }
    switch name {
    case "ls":
      if let path = paths.first, host.machine.node(path) == nil {
        try await io.complain("ls: cannot access '\(operands[0])': No such file or directory\n")
        return 2
      }
      let names = try host.names(in: paths.first ?? command.directory, of: "/")
      try await io.write(names.filter { !$0.hasPrefix(".") }.map { $0 + "\n" }.joined())
    case "rm": for path in paths { _ = host.machine.remove(path) }
    case "mkdir": for path in paths { host.machine.makeDirectory(path) }
    case "touch":
      for path in paths where host.machine.node(path) == nil {
        host.machine.node(path, creating: .bytes([]))
      }
    case "ln": host.machine.node(paths[1], creating: .link(operands[0]))
    case "chmod":
      if words[0] == "+x" {
        host.machine.node(ToyHost.join(command.directory, words[1]))?.mode |= 0o111
      }
      if let mode = Int(words[0], radix: 8) {
        host.machine.node(ToyHost.join(command.directory, words[1]))?.mode = mode
      }
    default: return 127
    }
    return 0
  }
}

/// A toy program's standard files.
struct ToyStreams {
  let command: Command

  init(_ command: Command) { self.command = command }

  func write(_ text: String) async throws {
    guard let file = command.files[1] else { throw HostError.badDescriptor }
    try await file.write(Array(text.utf8))
  }

  func complain(_ text: String) async throws { try await command.files[2]?.write(Array(text.utf8)) }

  func input() async throws -> String {
    var bytes: [UInt8] = []
    while let chunk = try await command.files[0]?.read(upTo: 65536), !chunk.isEmpty {
      bytes += chunk
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func line() async throws -> String {
    let bytes = try await command.files[0]?.read(through: 10, upTo: 65536) ?? []
    return String(decoding: bytes, as: UTF8.self)
  }

  func lines() async throws -> [String] {
    try await input().split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  func contents(of path: String, on host: ToyHost) async throws -> String? {
    if path == "-" { return try await input() }
    let file: any OpenFile
    if path.hasPrefix("/dev/fd/"), let number = Int(path.dropFirst(8)),
      let found = command.files[number]
    {
      file = found
    } else {
      guard let found = try? host.open(path, .read, in: command.directory) else { return nil }
      file = found
    }
    var bytes: [UInt8] = []
    while true {
      let chunk = try await file.read(upTo: 65536)
      if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk
    }
  }
}
