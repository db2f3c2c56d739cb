import Shell

/// Shows sockets: `ss` and `netstat`.
struct Sockets: Program {
  let name: String

  init(_ name: String = "ss") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,tcp u,udp l,listening n,numeric p,processes,program a,all e o s r,route i 4 6 H W,wide")
    if options.has("r") { return try await process.run(["route", "-n"]) }
    let wantsTCP = options.has("t") || !options.has("u")
    let wantsUDP = options.has("u") || !options.has("t")
    let sockets = (process.machine.network?.listeners(on: process.machine) ?? []).filter {
      $0.transport == .udp ? wantsUDP : wantsTCP
    }.sorted { ($0.transport.rawValue, $0.port) < ($1.transport.rawValue, $1.port) }
    try await process.write(name == "ss" ? modern(sockets, options) : classic(sockets, options))
    return 0
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func modern(_ sockets: [ListeningSocket], _ options: Options) -> String {
    var text = "Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
    guard options.has("l") || options.has("a") else { return text }
    for socket in sockets {
      let state = socket.transport == .udp ? "UNCONN" : "LISTEN"
      let owner =
        socket.processID.map { id in
          options.has("p") ? "users:((\"\(socket.program ?? "-")\",pid=\(id),fd=3))" : ""
        } ?? ""
      text +=
        pad(socket.transport.rawValue.lowercased(), 6) + pad(state, 7) + pad("0", 7)
        + pad(socket.transport == .udp ? "0" : "4096", 7) + right(socket.address, 13)
        + ":" + pad("\(socket.port)", 6) + right("0.0.0.0", 12) + ":*    " + owner + "\n"
    }
    return text
  }

  private func classic(_ sockets: [ListeningSocket], _ options: Options) -> String {
    let shows = options.has("p")
    let kind =
      options.has("l")
      ? "only servers" : options.has("a") ? "servers and established" : "w/o servers"
    var text =
      "Active Internet connections (\(kind))\n"
      + "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
      + (shows ? " PID/Program name    " : "") + "\n"
    guard options.has("l") || options.has("a") else { return text }
    for socket in sockets {
      let owner = socket.processID.map { "\($0)/\(socket.program ?? "-")" } ?? "-"
      text +=
        pad(socket.transport.rawValue.lowercased(), 5) + right("0", 7) + right("0", 7) + " "
        + pad("\(socket.address):\(socket.port)", 23) + " " + pad("0.0.0.0:*", 23) + " "
        + pad(socket.transport == .udp ? "" : "LISTEN", 11) + (shows ? " " + pad(owner, 20) : "")
        + "\n"
    }
    return text
  }
}
