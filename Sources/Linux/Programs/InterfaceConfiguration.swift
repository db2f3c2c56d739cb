import Shell

/// Shows interfaces in the old form: `ifconfig`.
struct InterfaceConfiguration: Program {
  let name = "ifconfig"

  func run(_ process: Process) async throws -> ExitStatus {
    let wanted = process.arguments.first { !$0.hasPrefix("-") }
    let all = process.machine.allInterfaces
    for interface in all
    where (wanted == nil || interface.name == wanted) && !interface.address.isEmpty {
      let isLoopback = interface.name == "lo"
      let mask = IPv4.text(IPv4.mask(interface.prefixLength))
      let flags = isLoopback ? "73<UP,LOOPBACK,RUNNING>" : "4163<UP,BROADCAST,RUNNING,MULTICAST>"
      let broadcast =
        isLoopback
        ? "" : "  broadcast \(IPv4.broadcast(interface.address, interface.prefixLength))"
      try await process.write(
        "\(interface.name): flags=\(flags)  mtu \(interface.mtu)\n"
          + "        inet \(interface.address)  netmask \(mask)\(broadcast)\n"
          + (isLoopback ? "        loop" : "        ether \(interface.hardwareAddress)")
          + "  txqueuelen 1000\n\n")
    }
    if let wanted, !all.contains(where: { $0.name == wanted }) {
      try await process.complain(
        "\(wanted): error fetching interface information: Device not found")
      return 1
    }
    return 0
  }
}

/// Shows the routing table in the old form: `route`.
struct RouteTable: Program {
  let name = "route"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard words.isEmpty else {
      try await process.writeError(
        "drydock: not simulated: route \(words.joined(separator: " "))\n")
      return 2
    }
    let isNumeric = process.arguments.contains { $0.hasPrefix("-") && $0.contains("n") }
    func pad(_ text: String) -> String {
      text + String(repeating: " ", count: max(1, 16 - text.count))
    }
    var text =
      "Kernel IP routing table\n"
      + "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
    for line in Internet.routes(of: process.machine) {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first, first != "blackhole" else { continue }
      func word(_ name: String) -> String? {
        words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first }
      }
      let isDefault = first == "default"
      let halves = first.split(separator: "/").map(String.init)
      let length = isDefault ? 0 : halves.count == 2 ? Int(halves[1]) ?? 32 : 32
      let gateway = word("via")
      let flags = "U" + (gateway == nil ? "" : "G") + (length == 32 ? "H" : "")
      text +=
        pad(isDefault ? isNumeric ? "0.0.0.0" : "default" : halves[0]) + pad(gateway ?? "0.0.0.0")
        + pad(IPv4.text(IPv4.mask(length))) + flags
        + String(repeating: " ", count: max(1, 6 - flags.count))
        + "0      0        0 \(word("dev") ?? "")\n"
    }
    try await process.write(text)
    return 0
  }
}
