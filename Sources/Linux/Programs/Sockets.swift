import Shell

/// Shows sockets: `ss` and `netstat`.
struct Sockets: Program {
  let name: String

  init(_ name: String = "ss") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,tcp u,udp l,listening n,numeric p,processes,program a,all e o s,summary,statistics "
        + "r,route i,info 4,ipv4 6,ipv6 H,no-header W,wide N,net=")
    if name == "netstat", options.has("r") { return try await process.run(["route", "-n"]) }
    if let part = ["s", "i"].first(where: { options.has($0) }), name == "netstat" {
      try await process.writeError("drydock: not simulated: netstat -\(part)\n")
      return 255
    }
    let all = SocketRow.all(of: process.machine)
    if options.has("s") {
      try await process.write(Self.summary(all))
      return 0
    }
    let wantsTCP = options.has("t") || !options.has("u")
    let wantsUDP = options.has("u") || !options.has("t")
    var rows = all.filter { $0.transport == .udp ? wantsUDP : wantsTCP }
    if options.has("4") != options.has("6") { rows.removeAll { $0.isDual != options.has("6") } }
    var filter = SocketExpression()
    do { filter = try SocketExpression(options.operands) } catch let error {
      try await process.writeError("\(name): \(error.text)\n")
      return 255
    }
    if let states = filter.states {
      rows.removeAll { !states.contains($0.state) }
    } else if !options.has("a") {
      rows.removeAll { $0.isWaiting != options.has("l") }
    }
    rows.removeAll { !filter.takes($0) }
    // Only root sees whose sockets others' are.
    if process.caller.user != 0 { for index in rows.indices { rows[index].processID = nil } }
    // The kernel tells of IPv4 first, and of what waits first; ss of UDP first, netstat of TCP.
    let order = name == "ss" ? -1 : 1
    let places = rows.indices.sorted { one, other in
      func key(_ index: Int) -> (Int, Int, Int, Int, Int) {
        let row = rows[index]
        return (
          row.transport == .tcp ? 0 : order, row.isWaiting ? 0 : 1, row.isDual ? 1 : 0,
          row.isWaiting ? row.local.port : 0, index
        )
      }
      return key(one) < key(other)
    }
    let sorted = places.map { rows[$0] }
    try await process.write(
      name == "ss"
        ? modern(
          sorted, options, hasKinds: wantsTCP && wantsUDP,
          hasStates: filter.states?.count != 1)
        : classic(sorted, options))
    return 0
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  // MARK: ss

  /// Columns as wide as what they hold, as ss has them where no terminal is; without `Netid` when
  /// one kind alone is asked for, and without `State` when one state is. The kernel keeps fifteen
  /// letters of a program's name.
  private func modern(
    _ sockets: [SocketRow], _ options: Options, hasKinds: Bool, hasStates: Bool
  ) -> String {
    var rows = [
      [
        "Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port",
        "Process",
      ]
    ]
    if options.has("H") { rows = [] }
    for socket in sockets {
      let owner = socket.processID.map {
        " users:((\"\((socket.program ?? "-").prefix(15))\",pid=\($0),fd=\(socket.descriptor)))"
      }
      rows.append([
        socket.transport == .udp ? "udp" : "tcp", socket.shortState, "0",
        socket.state == "listening" ? "\(socket.backlog)" : "0", socket.shown(socket.local.address),
        "\(socket.local.port)", socket.shown(socket.remote?.address),
        socket.remote.map { "\($0.port)" } ?? "*", options.has("p") ? owner ?? "" : "",
      ])
    }
    let widths = (0..<9).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (hasKinds ? Self.pad(row[0], widths[0]) + " " : "")
        + (hasStates ? Self.pad(row[1], widths[1]) + " " : "")
        + (2...3).map { Self.pad(row[$0], widths[$0]) + " " }.joined()
        + Self.right(row[4], widths[4]) + ":" + Self.pad(row[5], widths[5]) + " "
        + Self.right(row[6], widths[6]) + ":" + Self.pad(row[7], widths[7])
        + Self.pad(row[8], widths[8]) + "\n"
    }.joined()
  }

  private static func summary(_ all: [SocketRow]) -> String {
    func count(_ transport: Transport, _ isDual: Bool? = nil) -> Int {
      all.count { $0.transport == transport && (isDual ?? $0.isDual) == $0.isDual }
    }
    func line(_ name: String, _ four: Int, _ six: Int) -> String {
      name + "\t  " + [four + six, four, six].map { pad("\($0)", 10) }.joined().dropLast(1) + "\n"
    }
    let established = all.count { $0.transport == .tcp && $0.state == "established" }
    let (tcp, udp) = (
      (count(.tcp, false), count(.tcp, true)), (count(.udp, false), count(.udp, true))
    )
    return "Total: \(all.count)\n"
      + "TCP:   \(count(.tcp)) (estab \(established), closed 0, orphaned 0, timewait 0)\n\n"
      + "Transport Total     IP        IPv6\n" + line("RAW", 0, 0) + line("UDP", udp.0, udp.1)
      + line("TCP", tcp.0, tcp.1) + line("INET", tcp.0 + udp.0, tcp.1 + udp.1)
      + line("FRAG", 0, 0) + "\n"
  }

  // MARK: netstat

  private func classic(_ sockets: [SocketRow], _ options: Options) -> String {
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
      let far =
        socket.remote.map { "\($0.address):\($0.port)" } ?? (socket.isDual ? ":::*" : "0.0.0.0:*")
      let state = socket.state == "listening" ? "LISTEN" : socket.state.uppercased()
      text +=
        Self.pad(kind, 5) + Self.right("0", 7) + Self.right("0", 7) + " "
        + Self.pad("\(socket.local.address):\(socket.local.port)", 23) + " "
        + Self.pad(far, 23) + " "
        + Self.pad(socket.state == "unconnected" ? "" : state, 11)
        + (shows ? " " + Self.pad(owner, 20) : "") + "\n"
    }
    return text
  }
}

/// A socket as listings show it.
struct SocketRow {
  var transport: Transport
  var local: (address: String, port: Int)
  /// nil: it waits.
  var remote: (address: String, port: Int)?
  var processID: Int?
  var program: String?
  /// Whether it takes both families, as Go's servers at every address do.
  var isDual: Bool

  static func all(of machine: Machine) -> [SocketRow] {
    guard let network = machine.network else { return [] }
    let waiting = network.listeners(on: machine).map {
      SocketRow(
        transport: $0.transport, local: ($0.address, $0.port), processID: $0.processID,
        program: $0.program, isDual: $0.isDual)
    }
    return waiting
      + network.connections(on: machine).map {
        SocketRow(
          transport: $0.transport, local: ($0.localAddress, $0.localPort),
          remote: ($0.remoteAddress, $0.remotePort), processID: $0.processID, program: $0.program,
          isDual: $0.isDual)
      }
  }

  var isWaiting: Bool { remote == nil }

  /// In the words of ss's filters.
  var state: String {
    remote != nil ? "established" : transport == .udp ? "unconnected" : "listening"
  }

  fileprivate var shortState: String {
    switch state {
    case "established": "ESTAB"
    case "listening": "LISTEN"
    default: "UNCONN"
    }
  }

  /// How many connections may wait: what Go takes from the kernel, and what OpenSSH asks for.
  fileprivate var backlog: Int { program == "sshd" ? 128 : 4096 }

  fileprivate var descriptor: Int { isWaiting ? 3 : 7 }

  /// As ss writes an address; nil is every one.
  fileprivate func shown(_ address: String?) -> String {
    guard let address else { return isDual ? "*" : "0.0.0.0" }
    if isWaiting { return isDual ? "*" : address }
    return isDual ? "[::ffff:\(address)]" : address
  }
}

extension ListeningSocket {
  /// Whether it takes both families, as Go's servers at every address do.
  var isDual: Bool { address == "::" }
}
