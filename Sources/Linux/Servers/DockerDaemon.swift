import Documents
import Shell

/// dockerd as a service: its socket with its group, and the ports that it is told to listen on.
/// The engine itself answers whoever calls `docker` on its machine.
struct DockerDaemon: NetworkServer {
  let name = "dockerd"
  static let socket = "/run/docker.sock"
  private static let settings = "/etc/docker/daemon.json"

  func start(_ process: Process) async throws -> [ServerSocket] {
    let files = process.machine.files
    var hosts: [String] = []
    var words = process.arguments[...]
    while let word = words.popFirst() {
      if word == "-H" || word == "--host" {
        hosts.append(words.popFirst() ?? "")
      } else if word.hasPrefix("--host=") || word.hasPrefix("-H=") {
        hosts.append(
          String(word[word.index(after: word.firstIndex(of: "=") ?? word.startIndex)...]))
      }
    }
    var group = "docker"
    if let text = files.text(Self.settings) {
      let value: Value
      do { value = try JSON.parse(text) } catch {
        throw ServerRefusal(
          "unable to configure the Docker daemon with file \(Self.settings): \(error.message)\n")
      }
      let told = (value["hosts"]?.array ?? []).compactMap(\.string)
      if !told.isEmpty, !hosts.isEmpty {
        throw ServerRefusal(
          "unable to configure the Docker daemon with file \(Self.settings): the following "
            + "directives are specified both as a flag and in the configuration file: hosts: (from "
            + "flag: [\(hosts.joined(separator: " "))], from file: [\(told.joined(separator: " "))])\n"
        )
      }
      hosts += told
      group = value["group"]?.string ?? group
    }
    // Whom the socket belongs to, its unit says.
    if hosts.contains("fd://"), let unit = UnitFile("docker.socket", in: files) {
      group = unit["Socket", "SocketGroup"] ?? group
    }
    if hosts.isEmpty || hosts.contains(where: { $0 == "fd://" || $0.hasPrefix("unix://") }) {
      try? files.makeSocket(Self.socket, mode: 0o660)
      try? files.changeOwner(
        Self.socket, user: 0, group: process.machine.accounts.group(group)?.id ?? 0)
    }
    try await process.write("API listen on \(Self.socket)\n")
    return try hosts.compactMap { host in
      guard host.hasPrefix("tcp://") else { return nil }
      let parts = host.dropFirst(6).split(separator: ":", omittingEmptySubsequences: false)
      guard let port = parts.count == 2 ? Int(parts[1]) : 2375, (1...65_535).contains(port) else {
        throw ServerRefusal("failed to load listeners: invalid bind address format: \(host)\n")
      }
      let address = parts[0].isEmpty ? "127.0.0.1" : String(parts[0])
      return ServerSocket(port, address: address) { try await Self.service.serve($0) }
    }
  }

  private static var service: WebService {
    WebService { request in
      let json = [("Api-Version", "1.50"), ("Content-Type", "application/json")]
      switch request.path.split(separator: "/").last {
      case "_ping": return WebResponse(200, headers: json, body: Array("OK".utf8))
      case "version":
        return WebResponse(
          200, headers: json,
          body: Array("{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\",\"Os\":\"linux\"}\n".utf8))
      default:
        return WebResponse(
          404, headers: json, body: Array("{\"message\":\"page not found\"}\n".utf8))
      }
    }
  }
}
