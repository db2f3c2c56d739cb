import Shell
import Simulation

/// One URL of a curl call.
struct CurlTransfer {
  let process: Process
  let options: Options
  let index: Int

  /// Why a transfer failed: curl's number and words.
  private struct Failure: Error {
    let number: Int32
    let text: String
  }

  private struct Result {
    var response = WebExchange.Response()
    var address: WebAddress
    var remote = ""
    var redirects = 0
    /// Bytes of the request's body.
    var sent = 0
    var elapsed = Span.zero
  }

  func run(_ target: String) async throws -> ExitStatus {
    let machine = process.machine
    let started = machine.timeline.now
    var attempts = max(0, options["retry"].flatMap { Int($0) } ?? 0)
    while true {
      do {
        guard let address = WebAddress(target) else {
          throw Failure(number: 3, text: "URL using bad/illegal format or missing URL")
        }
        guard address.scheme == "http" || address.scheme == "https" else {
          throw Failure(
            number: 1, text: "Protocol \"\(address.scheme)\" not supported or disabled in libcurl")
        }
        var result = try await fetch(address, started)
        result.elapsed = machine.timeline.now - started
        return try await deliver(result)
      } catch let failure as Failure {
        if attempts > 0, [6, 7, 28, 52].contains(failure.number) {
          attempts -= 1
          let delay = options["retry-delay"].flatMap { Span(interval: $0) } ?? .seconds(1)
          try await process.sleep(delay)
          continue
        }
        return try await fail(failure, target, started)
      }
    }
  }

  private func fail(
    _ failure: Failure, _ target: String, _ started: Moment
  ) async throws -> ExitStatus {
    // Before anybody is connected, nothing ends the meter's line.
    let isLate = [22, 28, 52, 56].contains(failure.number)
    if failure.number > 5 {
      try await showProgress(
        .init(elapsed: process.machine.timeline.now - started), isWhole: isLate)
    }
    if !options.has("s") || options.has("S") {
      try await process.writeError("curl: (\(failure.number)) \(failure.text)\n")
    }
    if let format = options["w"], let address = WebAddress(target) {
      var result = Result(address: address)
      result.elapsed = process.machine.timeline.now - started
      try await process.write(written(format, result))
    }
    return failure.number
  }

  func verbose(_ text: String) async throws {
    if options.has("v") { try await process.writeError(text + "\n") }
  }

  private func limit(_ name: String) -> Span? { options[name].flatMap { Span(interval: $0) } }

  private func fetch(_ first: WebAddress, _ started: Moment) async throws -> Result {
    var result = Result(address: first)
    let most = options["max-redirs"].flatMap { Int($0) } ?? 50
    while true {
      if let page = process.machine.outerWeb?(result.address.text) {
        result.response.status = 200
        result.response.statusLine = "HTTP/2 200"
        result.response.headers = [("content-length", "\(page.count)")]
        result.response.body = page
        return result
      }
      let connection = try await connect(result.address, started)
      result.remote = connection.remoteAddress
      defer { connection.close() }
      if let most = limit("m") { connection.deadline = started + most }
      try await secure(connection, result.address)
      let exchange = try await request(result.address)
      for line in exchange.head.split(separator: "\r\n") { try await verbose("> \(line)") }
      try await verbose("> ")
      let response: WebExchange.Response?
      do {
        response = try await exchange.perform(over: connection)
      } catch let failure as NetworkFailure {
        throw Failure(
          number: failure == .timedOut ? 28 : 56,
          text: failure == .timedOut
            ? timeoutText(started) : "Recv failure: Connection reset by peer")
      }
      guard let response else { throw Failure(number: 52, text: "Empty reply from server") }
      try await verbose("< \(response.statusLine)")
      for (name, value) in response.headers { try await verbose("< \(name): \(value)") }
      try await verbose("< ")
      result.response = response
      result.sent = exchange.body.count
      guard options.has("L"), (300..<400).contains(response.status),
        let location = response.header("Location"), let next = result.address.following(location)
      else { return result }
      result.redirects += 1
      guard result.redirects <= most else {
        throw Failure(number: 47, text: "Maximum (\(most)) redirects followed")
      }
      if options.has("i") || options.has("I") { try await process.write(head(of: response)) }
      result.address = next
    }
  }

  private func timeoutText(_ started: Moment) -> String {
    let elapsed = (process.machine.timeline.now - started).nanoseconds / 1_000_000
    return "Operation timed out after \(elapsed) milliseconds with 0 bytes received"
  }

  private func connect(_ address: WebAddress, _ started: Moment) async throws -> any Connection {
    let machine = process.machine
    var host = address.host
    for entry in options.values("resolve") {
      let parts = entry.split(separator: ":", maxSplits: 2).map(String.init)
      if parts.count == 3, parts[0] == host, Int(parts[1]) == address.port { host = parts[2] }
    }
    let addresses: [String]
    do {
      addresses = try Resolver(machine).lookUp(host).addresses
    } catch NetworkFailure.resolverTimeout {
      let wait = limit("connect-timeout") ?? limit("m") ?? .seconds(10)
      try await process.sleep(wait)
      throw Failure(
        number: 28, text: "Resolving timed out after \(wait.nanoseconds / 1_000_000) milliseconds")
    } catch {
      throw Failure(number: 6, text: "Could not resolve host: \(address.host)")
    }
    guard let network = machine.network, let first = addresses.first else {
      throw Failure(
        number: 7,
        text: "Failed to connect to \(address.host) port \(address.port) after 0 ms: "
          + "Couldn't connect to server")
    }
    try await verbose("*   Trying \(first):\(address.port)...")
    let timeout = [limit("connect-timeout"), limit("m")].compactMap { $0 }.min() ?? .seconds(134)
    do {
      let connection = try await network.connect(
        from: machine, to: first, port: address.port, transport: .tcp, timeout: timeout)
      try await verbose("* Connected to \(address.host) (\(first)) port \(address.port)")
      return connection
    } catch let failure as NetworkFailure {
      let elapsed = (machine.timeline.now - started).nanoseconds / 1_000_000
      switch failure {
      case .timedOut:
        throw Failure(
          number: 28,
          text: options.has("m") && !options.has("connect-timeout")
            || options.has("connect-timeout")
            ? "Connection timed out after \(elapsed) milliseconds"
            : "Failed to connect to \(address.host) port \(address.port) after \(elapsed) ms: "
              + "Couldn't connect to server")
      default:
        throw Failure(
          number: 7,
          text: "Failed to connect to \(address.host) port \(address.port) after \(elapsed) ms: "
            + "Couldn't connect to server")
      }
    }
  }

  private func secure(_ connection: any Connection, _ address: WebAddress) async throws {
    guard address.scheme == "https" else { return }
    func text(_ path: String?) async throws -> String? {
      guard let path else { return nil }
      do {
        return String(decoding: try await process.contents(of: path), as: UTF8.self)
      } catch is HostError {
        throw Failure(
          number: path == options["cacert"] ? 77 : 58,
          text: path == options["cacert"]
            ? "error setting certificate file: \(path)"
            : "could not load PEM client certificate from \(path)")
      }
    }
    let system = process.machine.files.text("/etc/ssl/certs/ca-certificates.crt") ?? ""
    let authorities = options.has("k") ? nil : try await text(options["cacert"]) ?? system
    var wish = SecurityRequest(
      serverName: address.host, authorities: authorities,
      certificate: try await text(options["E"]), key: try await text(options["key"]))
    wish.newestVersion = ["default", "1.3", nil].contains(options["tls-max"]) ? 13 : 12
    if options.has("tlsv1.3") { wish.oldestVersion = 13 }
    try await tell(of: connection, wish, trusting: system)
    let outcome = try await connection.secure(wish)
    switch outcome {
    case .established, .presented: return
    case .untrusted(let why):
      throw Failure(
        number: 60,
        text: "SSL\(why.contains("target host name") ? "" : " certificate problem"): \(why)\n"
          + "More details here: https://curl.se/docs/sslcerts.html\n\n"
          + "curl failed to verify the legitimacy of the server and therefore could not\n"
          + "establish a secure connection to it. To learn more about this situation and\n"
          + "how to fix it, please visit the web page mentioned above.")
    case .refusedVersion:
      throw Failure(
        number: 35,
        text: "OpenSSL/3.0.13: error:0A00042E:SSL routines::tlsv1 alert protocol version")
    case .unsupported:
      throw Failure(
        number: 35, text: "OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number")
    }
  }

  private func request(_ address: WebAddress) async throws -> WebExchange {
    var exchange = WebExchange(address: address)
    var data: [[UInt8]] = []
    for (name, value) in options.given {
      guard let value else { continue }
      switch name {
      case "d", "data-binary", "json":
        if value.hasPrefix("@") {
          let bytes = try await process.contents(of: String(value.dropFirst()))
          data.append(name == "d" ? bytes.filter { $0 != 10 && $0 != 13 } : bytes)
        } else {
          data.append(Array(value.utf8))
        }
      case "data-raw": data.append(Array(value.utf8))
      case "data-urlencode":
        let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let text =
          parts.count == 2
          ? "\(parts[0])=" + PercentCoding.encode(String(parts[1]))
          : PercentCoding.encode(value)
        data.append(Array(text.utf8))
      case "T": exchange.body = try await process.contents(of: value)
      default: break
      }
    }
    let joined = Array(data.joined(separator: [UInt8(ascii: "&")]))
    var kind: String?
    if options.has("G") {
      if !joined.isEmpty {
        exchange.address.path +=
          (address.path.contains("?") ? "&" : "?")
          + String(decoding: joined, as: UTF8.self)
      }
    } else if !data.isEmpty {
      exchange.method = "POST"
      exchange.body = joined
      kind = options.has("json") ? "application/json" : "application/x-www-form-urlencoded"
    }
    if options.has("T") { exchange.method = "PUT" }
    if options.has("I") { exchange.method = "HEAD" }
    if let method = options["X"] { exchange.method = method }
    exchange.headers = headers(address, kind, exchange.body.count)
    return exchange
  }

  private func headers(
    _ address: WebAddress, _ kind: String?, _ length: Int
  ) -> [(name: String, value: String)] {
    var headers = [("Host", address.authority)]
    if let user = options["u"] ?? address.user {
      headers.append(("Authorization", "Basic " + Base64.encode(Array(user.utf8))))
    }
    if let token = options["oauth2-bearer"] { headers.append(("Authorization", "Bearer \(token)")) }
    headers.append(("User-Agent", options["A"] ?? "curl/8.5.0"))
    headers.append(("Accept", options.has("json") ? "application/json" : "*/*"))
    if let referer = options["e"] { headers.append(("Referer", referer)) }
    if let cookie = options["b"] { headers.append(("Cookie", cookie)) }
    if let range = options["r"] { headers.append(("Range", "bytes=\(range)")) }
    if let kind {
      headers.append(("Content-Length", "\(length)"))
      headers.append(("Content-Type", kind))
    } else if length > 0 {
      headers.append(("Content-Length", "\(length)"))
    }
    for line in options.values("H") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0].trimmedSides)
      headers.removeAll { $0.0.lowercased() == name.lowercased() }
      if parts.count == 2, !parts[1].trimmedSides.isEmpty {
        headers.append((name, String(parts[1].trimmedSides)))
      }
    }
    return headers
  }

  private func head(of response: WebExchange.Response) -> String {
    response.statusLine + "\r\n"
      + response.headers.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
  }

  private func deliver(_ result: Result) async throws -> ExitStatus {
    let response = result.response
    if response.status >= 400, options.has("f") {
      let failure = Failure(
        number: 22, text: "The requested URL returned error: \(response.status)")
      try await showProgress(
        .init(
          expected: response.body.count, received: 0, sent: result.sent,
          elapsed: result.elapsed))
      if !options.has("s") || options.has("S") {
        try await process.writeError("curl: (22) \(failure.text)\n")
      }
      if let format = options["w"] { try await process.write(written(format, result)) }
      return 22
    }
    var output = response.body
    try await showProgress(
      .init(
        expected: response.header("Content-Length").flatMap { Int($0) },
        received: options.has("I") ? 0 : output.count, sent: result.sent,
        elapsed: result.elapsed))
    if !result.remote.isEmpty {
      try await verbose("* Connection #0 to host \(result.address.host) left intact")
    }
    if options.has("i") || options.has("I") { output = Array(head(of: response).utf8) + output }
    var path = options.values("o").dropFirst(index).first ?? options.values("o").last
    if options.has("O"), path == nil {
      let name = result.address.path.prefix { $0 != "?" }.split(separator: "/").last
      guard let name else {
        try await process.writeError("curl: (23) Failed to extract a filename to use for storage\n")
        return 23
      }
      path = String(name)
    }
    if let path, path != "-" {
      do {
        if path != "/dev/null" { try process.replace(path, with: output) }
      } catch {
        try await process.writeError("curl: (23) Failure writing output to destination\n")
        return 23
      }
    } else {
      try await process.write(output)
    }
    if let format = options["w"] { try await process.write(written(format, result)) }
    if response.status >= 400, options.has("fail-with-body") {
      try await process.writeError(
        "curl: (22) The requested URL returned error: \(response.status)\n")
      return 22
    }
    return 0
  }

  /// Where an answer sends on to that was not followed.
  private func redirect(_ result: Result) -> String {
    guard (300..<400).contains(result.response.status),
      let target = result.response.header("Location")
    else { return "" }
    if target.contains("://") { return target }
    let whole = result.address.text
    let start = whole.firstRange(of: "://")?.upperBound ?? whole.startIndex
    return String(whole[..<start]) + whole[start...].prefix { $0 != "/" } + target
  }

  private func written(_ format: String, _ result: Result) -> String {
    var text = String(decoding: BackslashEscapes.expand(Array(format.utf8)).0, as: UTF8.self)
    let seconds = DecimalText.fixed(Double(result.elapsed.nanoseconds) / 1e9, 6)
    let status = "\(result.response.status)"
    let code = String(repeating: "0", count: max(0, 3 - status.count)) + status
    for (name, value) in [
      ("http_code", code), ("response_code", code), ("time_total", seconds),
      ("time_connect", seconds), ("time_starttransfer", seconds), ("time_namelookup", "0.000000"),
      ("size_download", "\(result.response.body.count)"), ("remote_ip", result.remote),
      ("num_redirects", "\(result.redirects)"), ("url_effective", result.address.text),
      ("content_type", result.response.header("Content-Type") ?? ""),
      ("remote_port", "\(result.address.port)"), ("redirect_url", redirect(result)),
      ("scheme", result.address.scheme.uppercased()), ("http_version", "1.1"),
      ("size_upload", "0"), ("ssl_verify_result", "0"), ("exitcode", "0"), ("errormsg", ""),
      ("time_appconnect", "0.000000"), ("time_pretransfer", seconds), ("time_redirect", "0.000000"),
    ] {
      text = text.split(separator: "%{\(name)}", omittingEmptySubsequences: false)
        .joined(separator: value)
    }
    return text
  }
}
