import Shell
import Simulation

/// The web server httpd: files below its document root.
package struct ApacheServer: NetworkServer {
  package let name: String
  private let page: String
  private let root: String

  private let port: Int
  /// Processor time that an answer takes.
  private let work: Span

  init(
    _ name: String, port: Int = 80,
    page: String = "<html><body><h1>It works!</h1></body></html>\n", work: Span = .zero
  ) {
    self.name = name
    self.work = work
    self.port = port
    self.page = page
    root = name.hasPrefix("apache2") ? "/var/www/html" : "/usr/local/apache2/htdocs"
  }

  package var files: [(path: String, text: String)] {
    [
      (root + (name.hasPrefix("apache2") ? "/index.php" : "/index.html"), page),
      ("/usr/local/apache2/conf/httpd.conf", "ServerRoot \"/usr/local/apache2\"\nListen \(port)\n"),
    ]
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    if name == "httpd", let told = Self.answer(process) {
      try await process.write(told)
      throw ServerRefusal("", status: 0)
    }
    let machine = process.machine
    let own = machine.network?.interfaces(of: machine).first { $0.name != "lo" }?.address
    let warning =
      "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, "
      + "using \(own ?? "127.0.0.1"). Set the 'ServerName' directive globally to suppress this "
      + "message\n"
    let stamp = Calendar(process.now).formatted("%a %b %d %H:%M:%S.000000 %Y")
    try await process.writeError(
      warning + warning
        + "[\(stamp)] [mpm_event:notice] [pid \(process.id):tid \(process.id)] AH00489: "
        + "Apache/\(Self.version(process.environment)) (Unix) configured -- resuming normal "
        + "operations\n"
        + "[\(stamp)] [core:notice] [pid \(process.id):tid \(process.id)] AH00094: Command line: "
        + "'httpd -D FOREGROUND'\n")
    let output = process.standardOutput
    let service = WebService(
      note: { request, response in
        let time = Calendar(machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")
        try await output.write(
          Array(
            "\(request.client) - - [\(time)] \"\(request.method) \(request.target) \(request.version)\" \(response.status) \(response.body.count)\n"
              .utf8))
      },
      answer: { request in
        if work > .zero { try await process.work(work) }
        return answer(request, machine)
      })
    let configuration = machine.files.text("/usr/local/apache2/conf/httpd.conf") ?? ""
    let port =
      configuration.split(separator: "\n").first { $0.hasPrefix("Listen ") }
      .flatMap { Int($0.dropFirst(7).split(separator: ":").last ?? "") } ?? self.port
    return [ServerSocket(port) { try await service.serve($0) }]
  }

  private static func version(_ environment: [String: String]) -> String {
    environment["HTTPD_VERSION"] ?? "2.4.65"
  }

  /// What it says when it is not asked to serve; nil: it is.
  private static func answer(_ process: Process) -> String? {
    switch process.arguments.first ?? "" {
    case "-v":
      "Server version: Apache/\(version(process.environment)) (Unix)\n"
        + "Server built:   Jul 25 2025 00:00:00\n"
    case "-t", "configtest": "Syntax OK\n"
    default: nil
    }
  }

  private func answer(_ request: WebRequest, _ machine: Machine) -> WebResponse {
    var path = root + request.path
    if path.split(separator: "/").contains("..") { return failure(400) }
    if machine.files.status(path)?.kind == .directory {
      if !path.hasSuffix("/") { path += "/" }
      let index = ["index.html", "index.php"].first {
        machine.files.status(path + $0) != nil
      }
      guard let index else {
        let names = ((try? machine.files.names(in: path)) ?? [])
          .map { "<li><a href=\"\($0)\"> \($0)</a></li>\n" }
        return html(
          200,
          "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
            + "\"http://www.w3.org/TR/html4/strict.dtd\">\n<html>\n <head>\n  <title>Index of "
            + "\(request.path)</title>\n </head>\n <body>\n<h1>Index of \(request.path)</h1>\n<ul>"
            + names.joined() + "</ul>\n</body></html>\n")
      }
      path += index
    }
    guard let text = machine.files.text(path) else { return failure(404) }
    return html(200, text)
  }

  private func failure(_ status: Int) -> WebResponse {
    let title = WebResponse.reasons[status] ?? ""
    let why =
      status == 404
      ? "The requested URL was not found on this server." : "Your browser sent a bad request."
    return html(
      status,
      "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>\(status) "
        + "\(title)</title>\n</head><body>\n<h1>\(title)</h1>\n<p>\(why)</p>\n</body></html>\n")
  }

  private func html(_ status: Int, _ text: String) -> WebResponse {
    WebResponse(
      status, headers: [("Server", "Apache/2.4.65 (Unix)"), ("Content-Type", "text/html")],
      body: Array(text.utf8))
  }
}
