import Shell

/// Shows sockets: `ss` and `netstat`.
struct Sockets: Program {
  let name: String

  init(_ name: String = "ss") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,tcp u,udp l,listening n,numeric p,processes,program a,all e o s r,route i 4 6 "
        + "H,no-header W,wide")
    if options.has("r") { return try await process.run(["route", "-n"]) }
    let wantsTCP = options.has("t") || !options.has("u")
    let wantsUDP = options.has("u") || !options.has("t")
    var sockets = (process.machine.network?.listeners(on: process.machine) ?? []).filter {
      $0.transport == .udp ? wantsUDP : wantsTCP
    }
    if !options.has("l"), !options.has("a") { sockets = [] }
    if !options.operands.isEmpty {
      guard let port = Self.sourcePort(options.operands) else {
        let filter = options.operands.joined(separator: " ")
        try await process.writeError("drydock: not simulated: \(name) \(filter)\n")
        return 255
      }
      sockets.removeAll { $0.port != port }
    }
    // Only root sees whose sockets others' are.
    if process.caller.user != 0 { for index in sockets.indices { sockets[index].processID = nil } }
    // The kernel tells of IPv4 first; ss of UDP first, netstat of TCP.
    sockets.sort { one, other in
      let order = name == "ss" ? -1 : 1
      let ranks = [one, other].map { $0.transport == .tcp ? 0 : order }
      return (ranks[0], one.isDual ? 1 : 0, one.port) < (ranks[1], other.isDual ? 1 : 0, other.port)
    }
    try await process.write(
      name == "ss"
        ? modern(sockets, options, hasKinds: wantsTCP && wantsUDP) : classic(sockets, options))
    return 0
  }

  /// The port of a filter `sport = :6443`, the one that people write.
  private static func sourcePort(_ words: [String]) -> Int? {
    let parts = words.joined(separator: " ").split(whereSeparator: { " ()".contains($0) })
    guard parts.count >= 2, parts.count <= 3, parts[0] == "sport",
      parts.count == 2 || ["=", "==", "eq"].contains(parts[1]), let last = parts.last
    else { return nil }
    return Int(last.drop { $0 == ":" })
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  // MARK: ss

  /// Columns as wide as what they hold, as ss has them where no terminal is; without `Netid` when
  /// one kind alone is asked for. The kernel keeps fifteen letters of a program's name.
  private func modern(_ sockets: [ListeningSocket], _ options: Options, hasKinds: Bool) -> String {
    var rows = [
      [
        "Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port",
        "Process",
      ]
    ]
    if options.has("H") { rows = [] }
    for socket in sockets {
      let isUDP = socket.transport == .udp
      let any = socket.isDual ? "*" : "0.0.0.0"
      let owner = socket.processID.map {
        " users:((\"\((socket.program ?? "-").prefix(15))\",pid=\($0),fd=3))"
      }
      rows.append([
        isUDP ? "udp" : "tcp", isUDP ? "UNCONN" : "LISTEN", "0", isUDP ? "0" : "\(socket.backlog)",
        socket.isDual ? "*" : socket.address, "\(socket.port)", any, "*",
        options.has("p") ? owner ?? "" : "",
      ])
    }
    let widths = (0..<9).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (hasKinds ? pad(row[0], widths[0]) + " " : "")
        + (1...3).map { pad(row[$0], widths[$0]) + " " }.joined()
        + right(row[4], widths[4]) + ":" + pad(row[5], widths[5]) + " "
        + right(row[6], widths[6]) + ":" + pad(row[7], widths[7]) + pad(row[8], widths[8]) + "\n"
    }.joined()
  }

  // MARK: netstat

  private func classic(_ sockets: [ListeningSocket], _ options: Options) -> String {
    let shows = options.has("p")
    let kind =
      options.has("l")
      ? "only servers" : options.has("a") ? "servers and established" : "w/o servers"
    var text =
      "Active Internet connections (\(kind))\n"
      + "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
      + (shows ? " PID/Program name    " : "") + "\n"
    for socket in sockets {
      let owner = String(
        (socket.processID.map { "\($0)/\(socket.program ?? "-")" } ?? "-").prefix(19))
      let kind = socket.transport.rawValue.lowercased() + (socket.isDual ? "6" : "")
      text +=
        pad(kind, 5) + right("0", 7) + right("0", 7) + " "
        + pad("\(socket.address):\(socket.port)", 23) + " "
        + pad(socket.isDual ? ":::*" : "0.0.0.0:*", 23) + " "
        + pad(socket.transport == .udp ? "" : "LISTEN", 11)
        + (shows ? " " + pad(owner, 20) : "") + "\n"
    }
    return text
  }
}

extension ListeningSocket {
  /// Whether it takes both families, as Go's servers at every address do.
  var isDual: Bool { address == "::" }

  /// How many connections may wait: what Go takes from the kernel, and what OpenSSH asks for.
  fileprivate var backlog: Int { program == "sshd" ? 128 : 4096 }
}
