package import Linux
import Shell
import Simulation

/// The cluster's name server as its image runs it: reads its Corefile, answers until it is stopped.
package struct CoreDNS: NetworkServer {
  package let name = "coredns"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  /// What is in force, as the reload plugin changes it.
  private final class Current {
    var text: String
    var corefile: Corefile
    init(_ text: String, _ corefile: Corefile) {
      self.text = text
      self.corefile = corefile
    }
  }

  private static func path(_ process: Process) -> String {
    let words = process.arguments
    let index = words.firstIndex(of: "-conf")
    return index.flatMap { words.dropFirst($0 + 1).first } ?? "Corefile"
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    let path = Self.path(process)
    let machine = process.machine
    guard let text = machine.files.text(path) else {
      throw ServerRefusal("loading Caddyfile via flag: open \(path): no such file or directory\n")
    }
    let corefile: Corefile
    do {
      corefile = try Corefile(text, path: path)
    } catch {
      throw ServerRefusal(error.message + "\n")
    }
    if let loop = loops(corefile, machine) { throw ServerRefusal(loop) }
    let current = Current(text, corefile)
    let upstreams = Resolver(machine).servers
    guard let place = machine.wires as? NetworkNamespace else { return [] }
    let output = process.standardOutput
    func say(_ line: String) {
      machine.timeline.fibers.start { try? await output.write(Array(line.utf8)) }
    }
    place.nameServer = { [unowned network = network] question, client in
      var service = NameService(
        network: network, corefile: current.corefile, upstreams: upstreams, machine: machine)
      let server = service.server(for: question)
      if server?.directive("errors") != nil {
        service.complain = { say("[ERROR] plugin/errors: \($0)\n") }
      }
      let answer = service.answer(question)
      if server?.directive("log") != nil { say(Self.line(question, answer, client)) }
      return answer
    }
    // Who asks at port 53 gets no answer from a server that listens elsewhere.
    if !corefile.servers.contains(where: { $0.zones.contains { $0.port == 53 } }) {
      place.nameServer = nil
    }
    watch(current, path, process)
    try await process.write(
      corefile.servers.flatMap(\.zones).map { "\($0.name == "." ? "." : $0.name):\($0.port)\n" }
        .joined() + "[INFO] plugin/reload: Running configuration SHA512 = \(Self.digest(text))\n"
        + "CoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568\n")
    return sockets(corefile)
  }

  private func sockets(_ corefile: Corefile) -> [ServerSocket] {
    let hasReady = corefile.servers.contains { $0.directive("ready") != nil }
    let hasHealth = corefile.servers.contains { $0.directive("health") != nil }
    let hasMetrics = corefile.servers.contains { $0.directive("prometheus") != nil }
    var sockets: [ServerSocket] = []
    for port in Set(corefile.servers.flatMap(\.zones).map(\.port)).sorted() {
      for transport in [Transport.tcp, .udp] {
        sockets.append(
          ServerSocket(port, transport: transport) { _ = try await $0.read(upTo: 65536) })
      }
    }
    let service = WebService { request in
      request.path == "/health" || request.path == "/ready"
        ? WebResponse(text: "OK") : WebResponse(404, text: "404 page not found\n")
    }
    if hasHealth { sockets.append(ServerSocket(8080) { try await service.serve($0) }) }
    if hasReady { sockets.append(ServerSocket(8181) { try await service.serve($0) }) }
    if hasMetrics {
      let metrics = WebService { _ in
        WebResponse(text: "# drydock: not simulated: metrics of CoreDNS\n")
      }
      sockets.append(ServerSocket(9153) { try await metrics.serve($0) })
    }
    return sockets
  }

  // The loop plugin's discovery: a forward to itself.
  private func loops(_ corefile: Corefile, _ machine: Machine) -> String? {
    guard corefile.servers.contains(where: { $0.directive("loop") != nil }) else { return nil }
    for server in corefile.servers {
      for directive in server.directives where directive.name == "forward" {
        let targets = directive.arguments.dropFirst().flatMap {
          $0.hasPrefix("/") ? Resolver(machine).servers : [$0]
        }
        if targets.contains(where: { $0.hasPrefix("127.") || $0 == "10.96.0.10" }) {
          return "[FATAL] plugin/loop: Loop (127.0.0.1:40011 -> :53) detected for zone \".\", see "
            + "https://coredns.io/plugins/loop#troubleshooting. Query: "
            + "\"HINFO 4547991504243258144.3688648895315093531.\"\n"
        }
      }
    }
    return nil
  }

  /// The reload plugin looks at the file every 30 seconds and keeps what it has when the new one is
  /// no good.
  private func watch(_ current: Current, _ path: String, _ process: Process) {
    guard current.corefile.servers.contains(where: { $0.directive("reload") != nil }) else {
      return
    }
    let machine = process.machine
    let timeline = network.timeline
    let output = process.standardOutput
    timeline.after(.seconds(30)) { [weak process] in
      guard let process, process.status == nil else { return }
      defer { watch(current, path, process) }
      guard let text = machine.files.text(path), text != current.text else { return }
      current.text = text
      var line = "[INFO] Reloading\n"
      do throws(Corefile.Problem) {
        current.corefile = try Corefile(text, path: path)
        line +=
          "[INFO] plugin/reload: Running configuration SHA512 = \(Self.digest(text))\n"
          + "[INFO] Reloading complete\n"
      } catch {
        line +=
          "[ERROR] Restart failed: \(error.message)\n[ERROR] plugin/reload: Corefile changed but "
          + "reload failed: \(error.message)\n"
      }
      let bytes = Array(line.utf8)
      timeline.fibers.start { try? await output.write(bytes) }
    }
  }

  /// The log plugin's line for a question.
  private static func line(
    _ question: NameQuestion, _ answer: NameAnswer, _ client: String
  ) -> String {
    let flags = answer.isAuthoritative ? "qr,aa,rd" : "qr,rd,ra"
    let size = 29 + question.name.utf8.count
    return "[INFO] \(client):\(40_000 + question.name.utf8.count * 37 % 20_000) - "
      + "\(1_000 + question.name.utf8.count * 811 % 60_000) \"\(question.type) IN \(question.name) "
      + "udp \(size) false 1232\" \(answer.status.rawValue) \(flags) "
      + "\(size + answer.records.count * 52) 0.000124s\n"
  }

  /// Stands for the checksum: 128 hexadecimal digits made from the text.
  private static func digest(_ text: String) -> String {
    var random = SeededRandom(seed: 0, for: text)
    return (0..<8).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
