import Shell

/// Shows interfaces and routes: `ip`.
struct Internet: Program {
  let name = "ip"

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    var isBrief = false
    while let word = words.first, word.hasPrefix("-") {
      if word == "-br" || word == "-brief" { isBrief = true }
      words = words.dropFirst()
    }
    let object = words.first ?? ""
    let verb = words.dropFirst().first ?? "show"
    let rest = words.dropFirst(2)
    if ["set", "add", "del", "delete", "change", "replace", "flush"].contains(verb) {
      return try await change(object, verb, Array(rest), process)
    }
    guard ["show", "list", "ls", "s", "get", "dev", "l"].contains(verb) || words.count < 2 else {
      try await process.writeError("drydock: not simulated: ip \(words.joined(separator: " "))\n")
      return 2
    }
    let network = process.machine.network
    let all = (network?.interfaces(of: process.machine) ?? [.loopback]) + process.machine.dummies
    let wanted = verb == "dev" ? rest.first : rest.last { $0 != "dev" && $0 != "to" }
    switch object {
    case "a", "addr", "address", "l", "link":
      let isLink = object.hasPrefix("l")
      var text = ""
      for (index, interface) in all.enumerated()
      where wanted == nil || verb == "get" || interface.name == wanted {
        text += isBrief ? brief(interface, isLink) : block(interface, index + 1, isLink)
      }
      if let wanted, text.isEmpty {
        try await process.writeError("Device \"\(wanted)\" does not exist.\n")
        return 1
      }
      try await process.write(text)
      return 0
    case "r", "route", "ro":
      if verb == "get", let target = rest.first {
        let out = all.first { $0.gateway != nil } ?? all.last ?? .loopback
        let via = out.gateway.map { " via \($0)" } ?? ""
        try await process.write(
          "\(target)\(via) dev \(out.name) src \(out.address) "
            + "uid \(process.caller.user) \n    cache \n"
        )
        return 0
      }
      // What the machine's network tells; else what follows from its interfaces.
      let told = network?.routes(of: process.machine)
      try await process.write(told.map { $0.map { $0 + "\n" }.joined() } ?? routes(all))
      return 0
    case "n", "neigh", "neighbour", "neighbor": return 0
    case "netns": return 0
    case "":
      try await process.writeError(
        "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n"
          + "where  OBJECT := { address | link | route | neigh | netns }\n")
      return 255
    default:
      try await process.writeError("Object \"\(object)\" is unknown, try \"ip help\".\n")
      return 1
    }
  }

  /// What CAP_NET_ADMIN allows: interfaces that lead nowhere come and go; the wires stay.
  private func change(
    _ object: String, _ verb: String, _ words: [String], _ process: Process
  ) async throws -> ExitStatus {
    let machine = process.machine
    guard process.caller.capabilities.contains(.netAdmin) else {
      let isBusyBox = machine.isBusyBox("ip")
      try await process.writeError(
        "\(isBusyBox ? "ip: " : "")RTNETLINK answers: Operation not permitted\n")
      return isBusyBox ? 1 : 2
    }
    let names = words.filter { !["dev", "name", "link"].contains($0) }
    let known = (machine.network?.interfaces(of: machine) ?? [.loopback]) + machine.dummies
    let isLink = object.hasPrefix("l")
    if isLink, verb == "add", let name = names.first, words.suffix(2) == ["type", "dummy"] {
      guard !known.contains(where: { $0.name == name }), machine.dummies.count < 64 else {
        try await process.writeError("RTNETLINK answers: File exists\n")
        return 2
      }
      machine.dummies.append(
        NetworkInterface(
          name: name, address: "", prefixLength: 0, hardwareAddress: "0a:58:00:00:00:01"))
      return 0
    }
    if isLink, verb.hasPrefix("del"), let name = names.first,
      let index = machine.dummies.firstIndex(where: { $0.name == name })
    {
      machine.dummies.remove(at: index)
      return 0
    }
    if isLink, verb == "set", let name = names.first, words.last == "up" {
      guard known.contains(where: { $0.name == name }) else {
        try await process.writeError("Cannot find device \"\(name)\"\n")
        return 1
      }
      return 0
    }
    try await process.writeError(
      "drydock: not simulated: ip \(([object, verb] + words).joined(separator: " "))\n")
    return 2
  }

  private func brief(_ interface: NetworkInterface, _ isLink: Bool) -> String {
    let isLoopback = interface.name == "lo"
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let address =
      interface.address.isEmpty ? "" : "\(interface.address)/\(interface.prefixLength)"
    let last = isLink ? interface.hardwareAddress : address
    return pad(interface.title, 17) + pad(isLoopback ? "UNKNOWN" : "UP", 15) + last + " \n"
  }

  private func block(_ interface: NetworkInterface, _ index: Int, _ isLink: Bool) -> String {
    let isLoopback = interface.name == "lo"
    let flags = isLoopback ? "LOOPBACK,UP,LOWER_UP" : "BROADCAST,MULTICAST,UP,LOWER_UP"
    let state = isLoopback ? "UNKNOWN" : "UP"
    var text =
      "\(index): \(interface.title): <\(flags)> mtu \(interface.mtu) qdisc "
      + "\(isLoopback || interface.isVirtual ? "noqueue" : "fq_codel") "
      + (interface.master.map { "master \($0) " } ?? "") + "state \(state) "
      + "\(isLink ? "mode DEFAULT " : "")group "
      + "default qlen 1000\n    link/\(isLoopback ? "loopback" : "ether") "
      + "\(interface.hardwareAddress) brd "
      + "\(isLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff")"
      + (interface.peerNamespace.map { " link-netns \($0)" } ?? "") + "\n"
    if !isLink, !interface.address.isEmpty {
      let broadcast =
        isLoopback ? "" : " brd \(IPv4.broadcast(interface.address, interface.prefixLength))"
      text +=
        "    inet \(interface.address)/\(interface.prefixLength)\(broadcast) scope "
        + "\(isLoopback ? "host" : "global") \(interface.name)\n"
        + "       valid_lft forever preferred_lft forever\n"
    }
    return text
  }

  private func routes(_ all: [NetworkInterface]) -> String {
    var text = ""
    for interface in all {
      if let gateway = interface.gateway {
        text += "default via \(gateway) dev \(interface.name) \n"
      }
    }
    for interface in all
    where interface.name != "lo" && interface.prefixLength < 32 && !interface.address.isEmpty {
      let network = IPv4.network(interface.address, interface.prefixLength)
      text +=
        "\(network)/\(interface.prefixLength) dev \(interface.name) proto kernel scope link "
        + "src \(interface.address) \n"
    }
    return text
  }
}

extension NetworkInterface {
  /// With the other end of its wire: `eth0@if12`.
  fileprivate var title: String { peer.map { "\(name)@\($0)" } ?? name }
  fileprivate var isVirtual: Bool { peer != nil || master != nil || name.contains(".") }
}

/// Arithmetic on IPv4 addresses.
enum IPv4 {
  static func number(_ text: String) -> UInt32 {
    text.split(separator: ".").reduce(0) { $0 << 8 | UInt32(UInt8($1) ?? 0) }
  }

  static func text(_ number: UInt32) -> String {
    "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
  }

  static func mask(_ length: Int) -> UInt32 {
    length <= 0 ? 0 : length >= 32 ? .max : ~(UInt32.max >> UInt32(length))
  }

  static func network(_ address: String, _ length: Int) -> String {
    text(number(address) & mask(length))
  }

  static func broadcast(_ address: String, _ length: Int) -> String {
    text(number(address) | ~mask(length))
  }
}

/// Shows interfaces in the old form: `ifconfig`.
struct InterfaceConfiguration: Program {
  let name = "ifconfig"

  func run(_ process: Process) async throws -> ExitStatus {
    let wanted = process.arguments.first { !$0.hasPrefix("-") }
    let all = process.machine.network?.interfaces(of: process.machine) ?? [.loopback]
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
    let all = process.machine.network?.interfaces(of: process.machine) ?? []
    func pad(_ text: String) -> String {
      text + String(repeating: " ", count: max(1, 16 - text.count))
    }
    var text =
      "Kernel IP routing table\n"
      + "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
    for interface in all {
      if let gateway = interface.gateway {
        text +=
          pad("0.0.0.0") + pad(gateway) + pad("0.0.0.0")
          + "UG    0      0        0 \(interface.name)\n"
      }
    }
    for interface in all
    where interface.name != "lo" && interface.prefixLength < 32 && !interface.address.isEmpty {
      text +=
        pad(IPv4.network(interface.address, interface.prefixLength)) + pad("0.0.0.0")
        + pad(IPv4.text(IPv4.mask(interface.prefixLength)))
        + "U     0      0        0 \(interface.name)\n"
    }
    try await process.write(text)
    return 0
  }
}
