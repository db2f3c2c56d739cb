import Shell

/// hashicorp/http-echo: one text for every request.
struct HTTPEcho: NetworkServer {
  let name = "http-echo"

  func start(_ process: Process) async throws -> [ServerSocket] {
    var text: String?
    var listen = ":5678"
    var status = 200
    var words = process.arguments[...]
    while let word = words.popFirst() {
      let plain = word.drop { $0 == "-" }
      let halves = plain.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(halves.first ?? "")
      func value() -> String {
        halves.count > 1 ? String(halves[1]) : words.popFirst() ?? ""
      }
      switch key {
      case "text": text = value()
      case "listen": listen = value()
      case "status-code": status = Int(value()) ?? 200
      default: break
      }
    }
    guard let shown = text ?? process.environment["ECHO_TEXT"] else {
      throw ServerRefusal("Missing -text option or ECHO_TEXT env var!\n", status: 127)
    }
    let machine = process.machine
    let port = Int(listen.split(separator: ":").last ?? "") ?? 5678
    let output = process.standardOutput
    try await process.write(
      "\(Calendar(machine.now).formatted("%Y/%m/%d %H:%M:%S")) [INFO] server is listening on "
        + "\(listen)\n")
    let service = WebService(
      note: { request, response in
        let stamp = Calendar(machine.now).formatted("%Y/%m/%d %H:%M:%S")
        try await output.write(
          Array(
            "\(stamp) \(request.header("Host") ?? "") \(request.client):\(request.clientPort) \"\(request.method) \(request.target) \(request.version)\" \(response.status) \(response.body.count) \"\(request.header("User-Agent") ?? "")\" 20.541µs\n"
              .utf8))
      },
      answer: { request in
        if request.path == "/health" {
          return WebResponse(text: "{\"status\":\"ok\"}\n", type: "application/json")
        }
        var response = WebResponse(status, text: shown + "\n")
        response.headers =
          [
            ("X-App-Name", "http-echo"), ("X-App-Version", "1.0.0"),
          ] + response.headers
        return response
      })
    let host = String(listen.prefix { $0 != ":" })
    return [
      ServerSocket(port, address: host.isEmpty ? "0.0.0.0" : host) { try await service.serve($0) }
    ]
  }
}
