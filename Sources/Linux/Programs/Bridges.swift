import Shell

/// Shows bridges and what is plugged into them: `bridge`, `brctl`.
struct Bridges: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    let all = process.machine.allInterfaces
    if name == "bridge" {
      guard words.isEmpty || words[0].hasPrefix("l") else {
        try await process.writeError("drydock: not simulated: bridge \(words[0])\n")
        return 2
      }
      for (place, port) in all.enumerated() {
        guard let master = port.master else { continue }
        try await process.write(
          "\(port.number(at: place)): \(port.name)\(port.peer.map { "@\($0)" } ?? ""): "
            + "<BROADCAST,MULTICAST,UP,LOWER_UP> mtu \(port.mtu) master \(master) state forwarding "
            + "priority 32 cost 2 \n")
      }
      return 0
    }
    guard words.isEmpty || words[0] == "show" else {
      try await process.writeError("drydock: not simulated: brctl \(words[0])\n")
      return 2
    }
    let bridges = Set(all.compactMap(\.master)).union(
      all.filter { $0.kind == "bridge" }.map(\.name))
    var text = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"
    for bridge in bridges.sorted() {
      let hardware =
        all.first { $0.name == bridge }?.hardwareAddress.filter { $0 != ":" } ?? "000000000000"
      let ports = all.filter { $0.master == bridge }.map(\.name)
      text += "\(bridge)\t\t8000.\(hardware)\tno\t\t\(ports.first ?? "")\n"
      for port in ports.dropFirst() { text += "\t\t\t\t\t\t\t\(port)\n" }
    }
    try await process.write(text)
    return 0
  }
}

/// Shows whom the machine has spoken with on its wires: `arp`.
struct AddressResolution: Program {
  let name = "arp"

  func run(_ process: Process) async throws -> ExitStatus {
    let known = process.machine.neighbours(of: process)
    guard !process.arguments.contains(where: { $0.hasPrefix("-") && $0.contains("a") }) else {
      try await process.write(
        known.map { "? (\($0.address)) at \($0.hardware) [ether] on \($0.device)\n" }.joined())
      return 0
    }
    guard !known.isEmpty else { return 0 }
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    try await process.write(
      "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
        + known.map {
          pad($0.address, 25) + "ether   " + pad($0.hardware, 20) + pad("C", 22) + "\($0.device)\n"
        }.joined())
    return 0
  }
}
