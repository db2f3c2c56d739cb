import Shell

/// Shows and changes interfaces, routes and network namespaces: `ip`.
struct Internet: Program {
  let name = "ip"

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    var form = InterfaceText.Form()
    var space: String?
    while let word = words.first, word.hasPrefix("-") {
      words = words.dropFirst()
      switch word {
      case "-br", "-brief": form.isBrief = true
      case "-o", "-oneline": form.isOneLine = true
      case "-n", "-netns": space = words.popFirst() ?? ""
      case "-V", "-Version":
        try await process.write("ip utility, iproute2-6.1.0, libbpf 1.3.0\n")
        return 0
      case "-j", "-json":
        try await process.writeError("drydock: not simulated: ip \(word)\n")
        return 2
      default: break
      }
    }
    if let space { return try await inside(space, Array(words), process) }
    let object = words.first ?? ""
    let verb = words.dropFirst().first ?? "show"
    let rest = Array(words.dropFirst(2))
    if object == "netns" { return try await spaces(verb, rest, process) }
    if ["set", "add", "del", "delete", "change", "replace", "flush"].contains(verb) {
      return try await InternetChange(process: process, object: object, verb: verb, words: rest)
        .run()
    }
    guard ["show", "list", "ls", "s", "get", "dev", "l"].contains(verb) || words.count < 2 else {
      // A bare name shows that interface.
      if object.hasPrefix("a") || object.hasPrefix("l"), words.count == 2 {
        return try await showInterfaces(object, [verb], form, process)
      }
      try await process.writeError("drydock: not simulated: ip \(words.joined(separator: " "))\n")
      return 2
    }
    switch object {
    case "a", "addr", "address", "l", "link":
      return try await showInterfaces(object, rest, form, process)
    case "r", "route", "ro": return try await showRoutes(verb, rest, process)
    case "n", "neigh", "neighbour", "neighbor":
      try await process.write(
        process.machine.neighbours(of: process).map {
          "\($0.address) dev \($0.device) lladdr \($0.hardware) REACHABLE \n"
        }.joined())
      return 0
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

  // MARK: namespaces

  private func spaces(
    _ verb: String, _ words: [String], _ process: Process
  ) async throws -> ExitStatus {
    let machine = process.machine
    switch verb {
    case "show", "list", "ls":
      try await process.write((machine.local?.names ?? []).map { $0 + "\n" }.joined())
      return 0
    case "identify":
      let space = machine.local?.space(of: process) ?? ""
      try await process.write(space.isEmpty ? "" : space + "\n")
      return 0
    case "exec":
      return try await inside(words.first ?? "", Array(words.dropFirst()), process, isProgram: true)
    case "add", "del", "delete":
      guard process.caller.user == 0, process.caller.capabilities.contains(.sysAdmin) else {
        try await process.writeError(
          "mount --make-shared /run/netns failed: Operation not permitted\n")
        return 1
      }
      guard let name = words.first else {
        try await process.writeError("No netns name specified\n")
        return 1
      }
      do throws(LocalNetwork.Refusal) {
        if verb == "add" {
          try machine.localNetwork.addSpace(name)
        } else {
          try machine.localNetwork.removeSpace(name)
        }
        return 0
      } catch {
        try await process.writeError(error.text + "\n")
        return error.status
      }
    default:
      try await process.writeError("drydock: not simulated: ip netns \(verb)\n")
      return 2
    }
  }

  /// Runs a program, or `ip` itself, in a namespace.
  private func inside(
    _ space: String, _ words: [String], _ process: Process, isProgram: Bool = false
  ) async throws -> ExitStatus {
    guard let local = process.machine.local, !space.isEmpty, local.names.contains(space) else {
      try await process.writeError(
        "Cannot open network namespace \"\(space)\": No such file or directory\n")
      return 1
    }
    guard !words.isEmpty || !isProgram else {
      try await process.writeError("No command specified\n")
      return 1
    }
    local.enter(process, space)
    defer { local.leave(process) }
    return try await HostEntry.run(
      isProgram ? words : ["ip"] + words, on: process.machine, process)
  }

  // MARK: showing

  private func showInterfaces(
    _ object: String, _ words: [String], _ form: InterfaceText.Form, _ process: Process
  ) async throws -> ExitStatus {
    var form = form
    form.isLink = object.hasPrefix("l")
    let all = process.machine.allInterfaces
    var wanted: String?
    var kind: String?
    var master: String?
    var isUp = false
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "type": kind = rest.popFirst()
      case "master": master = rest.popFirst()
      case "up": isUp = true
      case "dev", "to", "scope", "global": break
      default: wanted = word
      }
    }
    var text = ""
    for (place, interface) in all.enumerated()
    where (wanted == nil || interface.name == wanted) && (!isUp || interface.isUp)
      && (kind == nil || interface.kind == kind
        || kind == "veth" && interface.kind == nil && interface.peer != nil)
      && (master == nil || interface.master == master)
    {
      text += InterfaceText(interface, index: interface.index ?? place + 1).text(form)
    }
    if let wanted, text.isEmpty {
      try await process.writeError("Device \"\(wanted)\" does not exist.\n")
      return 1
    }
    try await process.write(text)
    return 0
  }

  private func showRoutes(
    _ verb: String, _ words: [String], _ process: Process
  ) async throws -> ExitStatus {
    let machine = process.machine
    let all = machine.allInterfaces
    var lines = Self.routes(of: machine)
    if verb == "get", let target = words.first(where: { $0 != "to" }) {
      let found = Self.best(lines, for: target)
      guard let found else {
        try await process.writeError("RTNETLINK answers: Network is unreachable\n")
        return 2
      }
      func word(_ name: String) -> String? {
        found.firstIndex(of: name).flatMap { found.dropFirst($0 + 1).first }
      }
      let device = word("dev") ?? ""
      let own = all.first { $0.name == device }?.address ?? ""
      let source =
        own.isEmpty ? all.first { $0.name != "lo" && !$0.address.isEmpty }?.address ?? "" : own
      try await process.write(
        "\(target)\(word("via").map { " via \($0)" } ?? "") dev \(device) src "
          + "\(word("src") ?? source) uid \(process.caller.user) \n    cache \n")
      return 0
    }
    if let wanted = words.first(where: { $0 != "dev" && $0 != "to" && $0 != "via" }) {
      let column =
        words.contains("dev") ? " dev \(wanted) " : words.contains("via") ? " via \(wanted) " : ""
      lines = lines.filter { line in
        column.isEmpty ? line.hasPrefix(wanted + " ") : line.contains(column)
      }
    }
    try await process.write(lines.map { $0 + "\n" }.joined())
    return 0
  }

  /// The words of the route with the longest prefix that holds an address.
  private static func best(_ lines: [String], for target: String) -> [String]? {
    let parted = lines.map { $0.split(separator: " ").map(String.init) }
    func length(_ words: [String]) -> Int? {
      guard let first = words.first, first != "blackhole" else { return nil }
      if first == "default" { return 0 }
      let halves = first.split(separator: "/").map(String.init)
      let bits = halves.count == 2 ? Int(halves[1]) ?? 32 : 32
      return IPv4.network(target, bits) == IPv4.network(halves[0], bits) ? bits : nil
    }
    return parted.compactMap { words in length(words).map { ($0, words) } }.max { $0.0 < $1.0 }?.1
  }

  /// The lines of `ip route`: what the machine's network tells, else what follows from its
  /// interfaces.
  static func routes(of machine: Machine) -> [String] {
    if let told = machine.network?.routes(of: machine) { return told }
    let all = machine.allInterfaces
    var lines: [String] = []
    for interface in all {
      if let gateway = interface.gateway {
        lines.append("default via \(gateway) dev \(interface.name) ")
      }
    }
    for interface in all
    where interface.name != "lo" && interface.prefixLength < 32 && !interface.address.isEmpty {
      let network = IPv4.network(interface.address, interface.prefixLength)
      lines.append(
        "\(network)/\(interface.prefixLength) dev \(interface.name) proto kernel scope link "
          + "src \(interface.address) ")
    }
    return lines
  }
}

extension Machine {
  /// Its interfaces as the running process has them.
  var allInterfaces: [NetworkInterface] { network?.interfaces(of: self) ?? [.loopback] }

  func neighbours(
    of process: Process
  ) -> [(device: String, address: String, hardware: String)] {
    local.flatMap { $0.neighbours[$0.space(of: process)] } ?? []
  }
}

/// How `ip` writes an interface.
struct InterfaceText {
  struct Form {
    var isLink = false
    var isBrief = false
    var isOneLine = false
  }

  private let interface: NetworkInterface
  private let index: Int
  private var isLoopback: Bool { interface.name == "lo" }

  init(_ interface: NetworkInterface, index: Int) {
    self.interface = interface
    self.index = index
  }

  func text(_ form: Form) -> String {
    if form.isBrief { return brief(form.isLink) }
    if form.isOneLine { return oneLine(form.isLink) }
    return block(form.isLink)
  }

  /// With the other end of its wire: `eth0@if12`.
  private var title: String { interface.peer.map { "\(interface.name)@\($0)" } ?? interface.name }

  private var state: String {
    if !interface.isUp { return "DOWN" }
    if isLoopback || interface.kind == "dummy" { return "UNKNOWN" }
    if interface.hasCarrier { return "UP" }
    return interface.kind == "veth" ? "LOWERLAYERDOWN" : "DOWN"
  }

  private var flags: String {
    let first =
      isLoopback
      ? ["LOOPBACK"] : ["BROADCAST"] + (interface.kind == "dummy" ? ["NOARP"] : ["MULTICAST"])
    guard interface.isUp else { return first.joined(separator: ",") }
    return interface.hasCarrier
      ? (first + ["UP", "LOWER_UP"]).joined(separator: ",")
      : (["NO-CARRIER"] + first + ["UP"]).joined(separator: ",")
        + (interface.kind == "veth" ? ",M-DOWN" : "")
  }

  private var addresses: [String] {
    (interface.address.isEmpty ? [] : ["\(interface.address)/\(interface.prefixLength)"])
      + interface.more
  }

  private func brief(_ isLink: Bool) -> String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let last =
      isLink
      ? "\(interface.hardwareAddress) <\(flags)>" : addresses.joined(separator: " ")
    return pad(title, 17) + pad(state, 15) + last + (last.isEmpty ? "\n" : " \n")
  }

  private var head: String {
    let isVirtual =
      interface.peer != nil || interface.master != nil || interface.name.contains(".")
      || interface.kind != nil
    let queue = !interface.isUp ? "noop" : isLoopback || isVirtual ? "noqueue" : "fq_codel"
    return "\(index): \(title): <\(flags)> mtu \(interface.mtu) qdisc \(queue) "
      + (interface.master.map { "master \($0) " } ?? "") + "state \(state) "
  }

  private var wire: String {
    "link/\(isLoopback ? "loopback" : "ether") \(interface.hardwareAddress) brd "
      + "\(isLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff")"
      + (interface.peerNamespace.map { " link-netns \($0)" } ?? "")
  }

  private func line(of address: String) -> String {
    let parts = address.split(separator: "/").map(String.init)
    let length = parts.count > 1 ? Int(parts[1]) ?? 32 : 32
    // What was added by hand has no broadcast address.
    let broadcast =
      isLoopback || interface.kind != nil ? "" : " brd \(IPv4.broadcast(parts.first ?? "", length))"
    return "inet \(address)\(broadcast) scope \(isLoopback ? "host" : "global") \(interface.name)"
  }

  private func oneLine(_ isLink: Bool) -> String {
    let tail = "valid_lft forever preferred_lft forever"
    if isLink { return head + "mode DEFAULT group default qlen 1000\\    \(wire)\n" }
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return addresses.map {
      "\(index): \(interface.name)    \(line(of: $0))\\       \(tail)\n"
    }.joined()
  }

  private func block(_ isLink: Bool) -> String {
    var text =
      head + "\(isLink ? "mode DEFAULT " : "")group default qlen 1000\n    \(wire)\n"
    if !isLink {
      for address in addresses {
        text += "    \(line(of: address))\n       valid_lft forever preferred_lft forever\n"
      }
    }
    return text
  }
}
