import Shell
import Simulation

/// Fetches a URL into a file.
struct Wget: Program {
  let name = "wget"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "q,quiet O,output-document= T,timeout= t,tries= spider S,server-response "
        + "no-check-certificate header= post-data= U,user-agent= P,directory-prefix= c,continue "
        + "v,verbose nv,no-verbose Y,proxy= dns-timeout= connect-timeout= read-timeout= "
        + "4,inet4-only 6,inet6-only n= retry-connrefused method= body-data= max-redirect= "
        + "content-on-error waitretry= show-progress progress= o,output-file=")
    guard let target = options.operands.first else {
      if process.isBusyBox { throw UsageError("missing URL") }
      try await process.writeError("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n")
      return 1
    }
    guard let address = WebAddress(target), address.scheme.hasPrefix("http") else {
      if process.isBusyBox, let scheme = target.firstRange(of: "://") {
        let rest = target[scheme.upperBound...]
        try await process.writeError(
          target.hasPrefix("ftp")
            ? "wget: bad address '\(rest.prefix { $0 != "/" })'\n"
            : "wget: not an http or ftp url: \(target)\n")
        return 1
      }
      try await process.writeError("wget: bad address '\(target)'\n")
      return 1
    }
    if let page = process.machine.outerWeb?(address.text) {
      return try await save(page, target, options, process)
    }
    // BusyBox's wget, which containers have, words its failures in its own way.
    if process.machine.shellDialect == .ash {
      return try await BusyBoxFetch(process: process, options: options).run(address)
    }
    return try await WgetFetch(process: process, options: options).run(address, target)
  }
}

extension Wget {
  /// Keeps what the outer web gave, as -O says or under its own name.
  private func save(
    _ page: [UInt8], _ target: String, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    let base = target.prefix { $0 != "?" }.split(separator: "/").last.map(String.init)
    let path = options["O"] ?? base ?? "index.html"
    if path == "-" {
      try await process.write(page)
      return 0
    }
    try process.replace(path, with: page)
    if !options.has("q") {
      try await process.writeError(
        "Saving to: ‘\(path)’\n\n‘\(path)’ saved [\(page.count)/\(page.count)]\n\n")
    }
    return 0
  }
}

/// How a fetch of either wget goes over the wire.
struct WgetRequest {
  let process: Process
  let options: Options

  var timeout: Span? {
    (options["T"] ?? options["connect-timeout"]).flatMap { Span(interval: $0) }
  }

  /// Connects, agrees on TLS, sends and receives.
  func perform(_ address: WebAddress, on host: String) async throws -> WebExchange.Response? {
    let machine = process.machine
    guard let network = machine.network else { throw NetworkFailure.unreachable }
    let connection = try await network.connect(
      from: machine, to: host, port: address.port, transport: .tcp,
      timeout: timeout ?? .seconds(130))
    defer { connection.close() }
    if address.scheme == "https" {
      let system = machine.files.text("/etc/ssl/certs/ca-certificates.crt") ?? ""
      let isLax = options.has("no-check-certificate") || machine.shellDialect == .ash
      let outcome = try await connection.secure(
        SecurityRequest(
          serverName: address.host, authorities: isLax ? nil : system, certificate: nil, key: nil))
      if outcome != .established { throw SecurityFailure(outcome: outcome) }
    }
    var exchange = WebExchange(address: address)
    exchange.headers = [
      ("Host", address.authority), ("User-Agent", options["U"] ?? "Wget"), ("Accept", "*/*"),
      ("Connection", "close"),
    ]
    if let data = options["post-data"] ?? options["body-data"] {
      exchange.method = "POST"
      exchange.body = Array(data.utf8)
      exchange.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
      exchange.headers.append(("Content-Length", "\(exchange.body.count)"))
    }
    if options.has("spider") { exchange.method = "HEAD" }
    if let method = options["method"] { exchange.method = method }
    for line in options.values("header") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 {
        exchange.headers.append((String(parts[0]), String(parts[1].trimmedSides)))
      }
    }
    return try await exchange.perform(over: connection)
  }

  struct SecurityFailure: Error { let outcome: SecurityOutcome }

  /// The file that an address is saved to.
  func fileName(_ address: WebAddress) -> String {
    if let path = options["O"] { return path }
    let last = address.path.prefix { $0 != "?" }.split(separator: "/").last
    let plain = address.path.hasSuffix("/") ? "index.html" : last.map(String.init) ?? "index.html"
    return options["P"].map { "\($0)/\(plain)" } ?? plain
  }
}

/// BusyBox's wget.
private struct BusyBoxFetch {
  let process: Process
  let options: Options

  func run(_ first: WebAddress) async throws -> ExitStatus {
    let request = WgetRequest(process: process, options: options)
    var address = first
    for _ in 0..<6 {
      let host: String
      do {
        host = try Resolver(process.machine).lookUp(address.host).addresses.first ?? ""
      } catch {
        try await process.writeError("wget: bad address '\(address.authority)'\n")
        return 1
      }
      if !options.has("q") {
        try await process.writeError(
          "Connecting to \(address.authority) (\(host):\(address.port))\n")
      }
      let response: WebExchange.Response?
      do {
        response = try await request.perform(address, on: host)
      } catch let failure as NetworkFailure {
        if failure == .timedOut, options.has("T") {
          try await process.writeError("wget: download timed out\n")
          return 1
        }
        let why =
          switch failure {
          case .refused: "Connection refused"
          case .timedOut: "Connection timed out"
          case .reset: "Connection reset by peer"
          default: "Host is unreachable"
          }
        try await process.writeError("wget: can't connect to remote host (\(host)): \(why)\n")
        return 1
      } catch is WgetRequest.SecurityFailure {
        try await process.writeError("wget: error getting response: Connection reset by peer\n")
        return 1
      }
      guard let response else {
        try await process.writeError("wget: error getting response\n")
        return 1
      }
      if (300..<400).contains(response.status), let location = response.header("Location"),
        let next = address.following(location)
      {
        address = next
        continue
      }
      if options.has("S") {
        try await process.writeError(
          ([response.statusLine] + response.headers.map { "\($0.name): \($0.value)" })
            .map { "  \($0)\n" }.joined())
      }
      guard (200..<300).contains(response.status) else {
        try await process.writeError("wget: server returned error: \(response.statusLine)\n")
        return 1
      }
      if options.has("spider") {
        if !options.has("q") { try await process.writeError("remote file exists\n") }
        return 0
      }
      return try await save(response, request.fileName(address))
    }
    try await process.writeError("wget: too many redirections\n")
    return 1
  }

  private func save(_ response: WebExchange.Response, _ path: String) async throws -> ExitStatus {
    let isQuiet = options.has("q")
    if path == "-" {
      if !isQuiet { try await process.writeError("writing to stdout\n") }
      try await process.write(response.body)
    } else {
      if options["O"] == nil, process.status(path) != nil {
        try await process.writeError("wget: can't open '\(path)': File exists\n")
        return 1
      }
      if !isQuiet { try await process.writeError("saving to '\(path)'\n") }
      do { if path != "/dev/null" { try process.replace(path, with: response.body) } } catch {
        try await process.writeError("wget: can't open '\(path)': \(error.text)\n")
        return 1
      }
    }
    if !isQuiet {
      let shown = path == "-" ? "-" : path.split(separator: "/").last.map(String.init) ?? path
      let size = "\(response.body.count)"
      let name = shown + String(repeating: " ", count: max(0, 20 - shown.count))
      try await process.writeError(
        "\(name) 100% |********************************|"
          + String(repeating: " ", count: max(1, 6 - size.count)) + "\(size)  0:00:00 ETA\n"
          + (path == "-" ? "written to stdout\n" : "'\(path)' saved\n"))
    }
    return 0
  }
}

/// GNU wget.
private struct WgetFetch {
  let process: Process
  let options: Options

  private func say(_ text: String) async throws {
    if !options.has("q") { try await process.writeError(text) }
  }

  private var stamp: String { Calendar(process.machine.now).formatted("%Y-%m-%d %H:%M:%S") }

  func run(_ first: WebAddress, _ target: String) async throws -> ExitStatus {
    let request = WgetRequest(process: process, options: options)
    var address = first
    let tries = max(1, options["t"].flatMap { Int($0) } ?? 20)
    for _ in 0..<20 {
      try await say("--\(stamp)--  \(address.text)\n")
      let host: String
      if Resolver.isAddress(address.host) {
        host = address.host
        try await say("Connecting to \(host):\(address.port)... ")
      } else {
        try await say("Resolving \(address.host) (\(address.host))... ")
        do { host = try Resolver(process.machine).lookUp(address.host).addresses.first ?? "" } catch
        {
          try await say("failed: Name or service not known.\n")
          try await say("wget: unable to resolve host address \u{2018}\(address.host)\u{2019}\n")
          return 4
        }
        try await say("\(host)\n")
        try await say(
          "Connecting to \(address.host) (\(address.host))|\(host)|:\(address.port)... ")
      }
      let response: WebExchange.Response?
      do {
        response = try await attempt(request, address, host, tries)
      } catch let failure as NetworkFailure {
        let why =
          failure == .refused
          ? "Connection refused"
          : failure == .timedOut
            ? "Connection timed out" : "No route to host"
        try await say("failed: \(why).\n")
        return 4
      } catch is WgetRequest.SecurityFailure {
        try await say("connected.\n")
        try await process.writeError(
          "ERROR: cannot verify \(address.host)'s certificate:\n"
            + "To connect to \(address.host) insecurely, use `--no-check-certificate'.\n")
        return 5
      }
      guard let response else {
        try await say("connected.\nHTTP request sent, awaiting response... No data received.\n")
        return 4
      }
      let words = response.statusLine.split(separator: " ").dropFirst().joined(separator: " ")
      try await say("connected.\nHTTP request sent, awaiting response... \(words)\n")
      if (300..<400).contains(response.status), let location = response.header("Location"),
        let next = address.following(location)
      {
        try await say("Location: \(location) [following]\n")
        address = next
        continue
      }
      guard (200..<300).contains(response.status) else {
        try await say("\(stamp) ERROR \(words.prefix(3)): \(words.dropFirst(4)).\n\n")
        return 8
      }
      if options.has("spider") {
        try await say("Remote file exists.\n\n")
        return 0
      }
      return try await save(response, request.fileName(address))
    }
    try await say("20 redirections exceeded.\n")
    return 8
  }

  private func attempt(
    _ request: WgetRequest, _ address: WebAddress, _ host: String, _ tries: Int
  ) async throws -> WebExchange.Response? {
    var left = tries
    while true {
      left -= 1
      do { return try await request.perform(address, on: host) } catch NetworkFailure.timedOut {
        guard left > 0 else { throw NetworkFailure.timedOut }
        try await say("failed: Connection timed out.\nRetrying.\n\n")
        try await process.sleep(.seconds(1))
      }
    }
  }

  private func save(_ response: WebExchange.Response, _ path: String) async throws -> ExitStatus {
    let kind = response.header("Content-Type").map { " [\($0.prefix { $0 != ";" })]" } ?? ""
    let count = response.body.count
    try await say("Length: \(count)\(kind)\n")
    if path == "-" {
      try await say("Saving to: \u{2018}STDOUT\u{2019}\n\n")
      try await process.write(response.body)
    } else {
      try await say("Saving to: \u{2018}\(path)\u{2019}\n\n")
      if path != "/dev/null" { try process.replace(path, with: response.body) }
    }
    let shown = path == "-" ? "written to stdout" : "\u{2018}\(path)\u{2019} saved"
    try await say("\(stamp) (10.0 MB/s) - \(shown) [\(count)/\(count)]\n\n")
    return 0
  }
}
