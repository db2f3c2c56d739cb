import Shell
import Simulation

/// Prints the ends of files, and with -f what is added to them.
struct Tail: Program {
  let name = "tail"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "n,lines= c,bytes= f,follow? F q,quiet,silent v,verbose s,sleep-interval= retry pid= "
        + "z,zero-terminated", numbers: "n")
    let countsBytes = options.last(of: "n", "c") == "c"
    let text = (countsBytes ? options["c"] : options["n"]) ?? "10"
    let isFromStart = text.hasPrefix("+")
    let digits = isFromStart || text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard let count = ByteCount.parse(digits) else {
      throw UsageError(
        "invalid number of \(countsBytes ? "bytes" : "lines"): '\(text)'", hint: false,
        busyBox: "invalid number '\(text)'")
    }
    var isFirst = true
    var sizes: [String: Int] = [:]
    let status = try await process.forEachInput(options.operands) { path, file in
      try await Headline.write(path, options, &isFirst, process)
      if case .device = Follower.kind(path, process) { return }
      func start(_ bytes: [UInt8]) -> Int {
        Self.start(bytes, count, isFromStart: isFromStart, countsBytes: countsBytes)
      }
      var dropped = 0
      let bytes = try await process.readAll(file) { bytes in
        // Of a stream without end only its end is kept.
        guard bytes.count > 8 << 20, !isFromStart else { return }
        let unwanted = start(bytes)
        bytes.removeFirst(unwanted)
        dropped += unwanted
      }
      sizes[path] = dropped + bytes.count
      try await process.write(Array(bytes[start(bytes)...]))
    }
    guard options.has("f") || options.has("F") else {
      if process.isBusyBox, !options.operands.isEmpty,
        options.operands.allSatisfy({ $0 != "-" && process.status($0) == nil })
      {
        try await process.complain("no files")
      }
      return status
    }
    let interval = options["s"].flatMap { Span(interval: $0) } ?? .seconds(1)
    let retries = options.has("F") || options.has("retry")
    let names = options.operands.filter {
      $0 != "-" && (retries || sizes[$0] != nil || Self.isDevice($0, process))
    }
    if names.isEmpty {
      if options.operands.isEmpty || options.operands.contains("-") { return status }
      try await process.complain("no files remaining", busyBox: "no files")
      return 1
    }
    var follower = Follower(process: process, options: options, sizes: sizes)
    return try await follower.follow(names, every: interval)
  }

  private static func isDevice(_ path: String, _ process: Process) -> Bool {
    if case .device = Follower.kind(path, process) { true } else { false }
  }

  private static func start(
    _ bytes: [UInt8], _ count: Int, isFromStart: Bool, countsBytes: Bool
  ) -> Int {
    if countsBytes {
      return isFromStart ? min(bytes.count, max(0, count - 1)) : max(0, bytes.count - count)
    }
    if isFromStart {
      var index = 0
      for _ in 0..<max(0, min(count, bytes.count + 1) - 1) {
        guard let end = bytes[index...].firstIndex(of: .newline) else { return bytes.count }
        index = end + 1
      }
      return index
    }
    guard count > 0 else { return bytes.count }
    var left = count
    var index = bytes.last == .newline ? bytes.count - 1 : bytes.count
    while index > 0 {
      if bytes[index - 1] == .newline {
        left -= 1
        if left == 0 { return index }
      }
      index -= 1
    }
    return 0
  }
}

/// Watches files grow.
private struct Follower {
  let process: Process
  let options: Options
  var sizes: [String: Int]
  var last: String?

  static func kind(_ path: String, _ process: Process) -> Inode.Kind? {
    (try? process.machine.files.walk(path, in: process.directory, process.caller))?.inode?.kind
  }

  mutating func follow(_ names: [String], every interval: Span) async throws -> ExitStatus {
    last = names.last
    let files = names.filter { if case .device = Self.kind($0, process) { false } else { true } }
    // Nothing ever comes from /dev/null: `tail -f /dev/null` only waits to be ended.
    if files.isEmpty { while true { try await process.wait() } }
    while true {
      try await process.sleep(interval)
      for path in files { try await look(at: path) }
    }
  }

  private mutating func look(at path: String) async throws {
    guard let status = process.status(path) else { return }
    let known = sizes[path]
    guard status.size != known else { return }
    var from = known ?? 0
    if known == nil {
      try await process.complain("'\(path)' has appeared;  following new file")
    } else if status.size < from {
      try await process.complain("\(path): file truncated")
      from = 0
    }
    let inode = try process.machine.files.walk(path, in: process.directory, process.caller).inode
    guard let bytes = inode?.bytes.read(at: from, upTo: 64 << 20) else { return }
    sizes[path] = from + bytes.count
    if options.operands.count > 1, !options.has("q"), last != path {
      try await process.write("\n==> \(path) <==\n")
    }
    last = path
    try await process.write(bytes)
  }
}
