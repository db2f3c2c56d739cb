import Shell

/// What an interface's driver tells: `ethtool`.
struct InterfaceDriver: Program {
  let name = "ethtool"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    let verb = words.first { $0.hasPrefix("-") } ?? ""
    guard let wanted = words.first(where: { !$0.hasPrefix("-") }) else {
      try await process.writeError(
        "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n")
      return 1
    }
    let all = process.machine.allInterfaces
    guard let place = all.firstIndex(where: { $0.name == wanted }) else {
      try await process.writeError("netlink error: No such device\n")
      return 75
    }
    let interface = all[place]
    let isWire = interface.peer != nil || interface.kind == "veth"
    switch verb {
    case "":
      let carrier = interface.isUp && interface.hasCarrier
      let speed = isWire ? "10000Mb/s" : interface.kind == nil && wanted != "lo" ? "Unknown!" : nil
      var text = "Settings for \(wanted):\n"
      if let speed {
        text +=
          "\tSupported ports: [  ]\n\tSupported link modes:   Not reported\n"
          + "\tSupported pause frame use: No\n\tSupports auto-negotiation: No\n"
          + "\tSupported FEC modes: Not reported\n\tAdvertised link modes:  Not reported\n"
          + "\tAdvertised pause frame use: No\n\tAdvertised auto-negotiation: No\n"
          + "\tAdvertised FEC modes: Not reported\n\tSpeed: \(speed)\n"
          + "\tDuplex: \(isWire ? "Full" : "Unknown! (255)")\n\tAuto-negotiation: off\n"
          + "\tPort: \(isWire ? "Twisted Pair" : "Other")\n\tPHYAD: 0\n\tTransceiver: internal\n"
      }
      try await process.write(text + "\tLink detected: \(carrier ? "yes" : "no")\n")
      return 0
    case "-i", "--driver":
      let driver =
        isWire ? "veth" : wanted.contains("vxlan") || wanted == "flannel.1" ? "vxlan" : "virtio_net"
      let version =
        driver == "virtio_net" ? process.machine.kernel : driver == "veth" ? "1.0" : "0.1"
      try await process.write(
        "driver: \(driver)\nversion: \(version)\nfirmware-version: \nexpansion-rom-version: \n"
          + "bus-info: \(driver == "virtio_net" ? "0000:00:03.0" : "")\nsupports-statistics: yes\n"
          + "supports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\n"
          + "supports-priv-flags: no\n")
      return 0
    case "-S", "--statistics":
      // A wire tells the number of its other end.
      guard isWire, let peer = interface.peer, peer.hasPrefix("if") else {
        try await process.writeError("no stats available\n")
        return 94
      }
      try await process.write("NIC statistics:\n     peer_ifindex: \(peer.dropFirst(2))\n")
      return 0
    default:
      try await process.writeError("drydock: not simulated: ethtool \(verb)\n")
      return 1
    }
  }
}

/// Who has a port open: `fuser`.
struct PortUsers: Program {
  let name = "fuser"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "n= k,kill v,verbose s,silent i 4 6 TERM KILL")
    var status: ExitStatus = 1
    for word in options.operands {
      let parts = word.split(separator: "/").map(String.init)
      let kind = options["n"] ?? (parts.count == 2 ? parts[1] : "")
      guard let transport = Transport(rawValue: kind.uppercased()), transport != .icmp,
        let port = parts.first.flatMap({ ServiceNames.port($0) })
      else {
        try await process.writeError("drydock: not simulated: fuser \(word)\n")
        return 1
      }
      let rows = SocketRow.all(of: process.machine).filter {
        $0.transport == transport && $0.local.port == port
      }
      let found = Set(rows.compactMap(\.processID)).sorted()
      guard !found.isEmpty else { continue }
      status = 0
      if options.has("v") {
        try await process.writeError(
          String(repeating: " ", count: 21) + "USER        PID ACCESS COMMAND\n")
      }
      for (index, id) in found.enumerated() {
        let label = index == 0 ? "\(port)/\(kind.lowercased()):" : ""
        let pad = String(repeating: " ", count: max(1, 21 - label.count))
        if options.has("v") {
          let owner = process.machine.table.process(id)
          let user = process.machine.accounts.userName(owner?.caller.user ?? 0)
          let program = rows.first { $0.processID == id }?.program ?? ""
          let shown = "\(id)"
          try await process.writeError(
            label + pad + user
              + String(repeating: " ", count: max(1, 15 - user.count - shown.count)) + shown
              + " F.... \(program)\n")
        } else if !options.has("s") {
          if index == 0 { try await process.writeError(label + pad) }
          try await process.write((index == 0 ? "" : " ") + "\(id)")
        }
        if options.has("k") { process.machine.table.process(id)?.signal(Signal.kill) }
      }
      if !options.has("v"), !options.has("s") { try await process.writeError("\n") }
    }
    return status
  }
}
