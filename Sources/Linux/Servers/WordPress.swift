import Shell
import Simulation

/// WordPress before anybody has set it up: it leads to its installation, or tells that its database
/// is not there.
struct WordPress: NetworkServer {
  let name = "apache2-foreground"

  func start(_ process: Process) async throws -> [ServerSocket] {
    let machine = process.machine
    let database = process.environment["WORDPRESS_DB_HOST"] ?? "mysql"
    let output = process.standardOutput
    let stamp = Calendar(process.now).formatted("%a %b %d %H:%M:%S.000000 %Y")
    try await process.writeError(
      "WordPress not found in /var/www/html - copying now...\nComplete! WordPress has been "
        + "successfully copied to /var/www/html\n[\(stamp)] [mpm_prefork:notice] [pid \(process.id)"
        + ":tid \(process.id)] AH00163: Apache/2.4.65 (Debian) PHP/8.3.27 configured -- resuming "
        + "normal operations\n")
    let service = WebService(
      note: { request, response in
        let time = Calendar(machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")
        let agent = request.header("User-Agent") ?? "-"
        try await output.write(
          Array(
            ("\(request.client) - - [\(time)] \"\(request.method) \(request.target) "
              + "\(request.version)\" \(response.status) \(response.body.count) \"-\" \"\(agent)\"\n")
              .utf8))
      },
      answer: { request in
        guard await Self.reaches(database, from: machine) else {
          return Self.page(500, "Database Error", "Error establishing a database connection")
        }
        guard request.path.hasPrefix("/wp-admin/install.php") else {
          var answer = Self.page(302, "", "")
          let host = request.header("Host") ?? "localhost"
          answer.headers.append(("Location", "http://\(host)/wp-admin/install.php"))
          answer.body = []
          return answer
        }
        return Self.page(200, "WordPress &rsaquo; Installation", "Welcome")
      })
    return [ServerSocket(80) { try await service.serve($0) }]
  }

  private static func page(_ status: Int, _ title: String, _ text: String) -> WebResponse {
    WebResponse(
      status,
      headers: [
        ("Server", "Apache/2.4.65 (Debian)"), ("X-Powered-By", "PHP/8.3.27"),
        ("Content-Type", "text/html; charset=utf-8"),
      ],
      body: Array(
        ("<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<title>\(title)</title>\n</head>\n<body>\n"
          + "<h1>\(text)</h1>\n</body>\n</html>\n").utf8))
  }

  private static func reaches(_ place: String, from machine: Machine) async -> Bool {
    let parts = place.split(separator: ":").map(String.init)
    guard let host = parts.first, let network = machine.network,
      let address = try? Resolver(machine).lookUp(host).addresses.first,
      let connection = try? await network.connect(
        from: machine, to: address, port: parts.count > 1 ? Int(parts[1]) ?? 3306 : 3306,
        transport: .tcp, timeout: .seconds(5))
    else { return false }
    connection.close()
    return true
  }
}
