import Shell
import Simulation

/// Tries ports of hosts: `nmap`, with the ports that it is given.
struct PortScanner: Program {
  let name = "nmap"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.flatMap { word in
      // -p80 and -Pn: one dash, more than one letter.
      word.hasPrefix("-p") && word.count > 2 ? ["-p", String(word.dropFirst(2))] : [word]
    }
    var plan = Plan()
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "-p": plan.ports = try Self.ports(rest.popFirst() ?? "")
      case "-Pn", "-P0": plan.skipsDiscovery = true
      case "-sU": plan.transport = .udp
      case "-sn", "-sP": plan.onlyDiscovers = true
      case "--open": plan.onlyOpen = true
      case "-sT": plan.connects = true
      case "-sS", "-n", "-v", "-R", "--reason", "-T4", "-T3", "-T5", "-4": break
      case "-V", "--version":
        try await process.write("Nmap version \(Self.version) ( https://nmap.org )\n")
        return 0
      default:
        guard !word.hasPrefix("-") else {
          try await process.writeError("drydock: not simulated: nmap \(word)\n")
          return 255
        }
        plan.targets.append(word)
      }
    }
    guard !plan.ports.isEmpty || plan.onlyDiscovers else {
      try await process.writeError(
        "drydock: not simulated: the list of likely ports of nmap: name yours with -p\n")
      return 255
    }
    // Only root's scan sees the resets themselves.
    plan.connects = plan.connects || !process.caller.capabilities.contains(.netRaw)
    return try await scan(plan, process)
  }

  static let version = "7.94SVN"

  private struct Plan {
    var targets: [String] = []
    var ports: [Int] = []
    var transport = Transport.tcp
    var skipsDiscovery = false
    var onlyDiscovers = false
    var onlyOpen = false
    var connects = false
  }

  private static func ports(_ text: String) throws -> [Int] {
    var found: Set<Int> = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let low = ends[0].isEmpty ? 1 : ServiceNames.port(ends[0])
      let high = ends.count == 1 ? low : ends[1].isEmpty ? 65535 : Int(ends[1])
      guard let low, let high, (0...65535).contains(low), (low...65535).contains(high) else {
        throw UsageError(
          "Ports specified must be between 0 and 65535 inclusive\nQUITTING!", hint: false)
      }
      found.formUnion(low...high)
    }
    return found.sorted()
  }

  private func scan(_ plan: Plan, _ process: Process) async throws -> ExitStatus {
    let machine = process.machine
    let begun = machine.timeline.now
    try await process.write(
      "Starting Nmap \(Self.version) ( https://nmap.org ) at "
        + Calendar(machine.now).formatted("%Y-%m-%d %H:%M UTC") + "\n")
    var counts = (all: 0, up: 0)
    for target in plan.targets {
      guard let addresses = Self.addresses(of: target, machine) else {
        try await process.writeError("Failed to resolve \"\(target)\".\n")
        continue
      }
      for address in addresses {
        counts.all += 1
        let isNamed = !Resolver.isAddress(target) && !target.contains("/")
        let isUp = try await look(at: address, isNamed ? target : nil, plan, process)
        if isUp { counts.up += 1 }
      }
    }
    if counts.all == 0 {
      try await process.writeError("WARNING: No targets were specified, so 0 hosts scanned.\n")
    } else if counts.up == 0, !plan.onlyDiscovers {
      try await process.write(
        "Note: Host seems down. If it is really up, but blocking our ping probes, try -Pn\n")
    }
    let span = Double((machine.timeline.now - begun).nanoseconds) / 1e9
    try await process.write(
      "Nmap done: \(counts.all) IP address"
        + "\(counts.all == 1 ? "" : "es") (\(counts.up) host\(counts.up == 1 ? "" : "s") up) scanned "
        + "in \(DecimalText.fixed(span, 2)) seconds\n")
    return 0
  }

  /// One address, or those of a range of at most 256; nil: there is no such name.
  private static func addresses(of target: String, _ machine: Machine) -> [String]? {
    let halves = target.split(separator: "/").map(String.init)
    if halves.count == 2, Resolver.isAddress(halves[0]), let length = Int(halves[1]),
      (24...32).contains(length)
    {
      let base = IPv4.number(halves[0]) & IPv4.mask(length)
      return (0..<(UInt32(1) << UInt32(32 - length))).map { IPv4.text(base &+ $0) }
    }
    return (try? Resolver(machine).lookUp(target).addresses.first).map { [$0] }
  }

  private func look(
    at address: String, _ name: String?, _ plan: Plan, _ process: Process
  ) async throws -> Bool {
    let machine = process.machine
    guard let network = machine.network else { return false }
    var latency = "."
    if !plan.skipsDiscovery || plan.onlyDiscovers {
      var isUp = false
      do {
        let trip = try await network.echo(
          from: machine, to: address, timeout: .milliseconds(500))
        latency = " (\(DecimalText.general(Double(trip.nanoseconds) / 1e9, 2))s latency)."
        isUp = true
      } catch is NetworkFailure {
        // What answers no echoes may still answer on the ports that it tries next.
        for port in [443, 80] where !isUp {
          isUp = try await state(network, machine, address, port, .tcp) != .filtered
        }
      }
      guard isUp else { return false }
    }
    var states: [(port: Int, state: State)] = []
    for port in plan.onlyDiscovers ? [] : plan.ports {
      try await process.step(4)
      states.append((port, try await state(network, machine, address, port, plan.transport)))
    }
    let reverse = Resolver.reverseName(address).flatMap {
      try? Resolver(machine).ask(NameQuestion($0, type: "PTR")).records.first?.data
    }
    let told = reverse.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
    var text = "Nmap scan report for "
    text += (name ?? told).map { "\($0) (\(address))\n" } ?? "\(address)\n"
    text += "Host is up\(latency)\n"
    if name != nil, let told, told != name { text += "rDNS record for \(address): \(told)\n" }
    if !plan.onlyDiscovers { text += table(states, plan, name ?? told ?? address, address) }
    try await process.write(text)
    return true
  }

  private enum State: String {
    case open, closed, filtered
    case openOrFiltered = "open|filtered"
  }

  private func state(
    _ network: any NetworkStack, _ machine: Machine, _ address: String, _ port: Int,
    _ transport: Transport
  ) async throws -> State {
    do {
      let connection = try await network.connect(
        from: machine, to: address, port: port, transport: transport, timeout: .milliseconds(20))
      connection.close()
      return transport == .udp ? .openOrFiltered : .open
    } catch let failure as NetworkFailure {
      if failure == .refused { return .closed }
      return transport == .udp ? .openOrFiltered : .filtered
    }
  }

  private func table(
    _ states: [(port: Int, state: State)], _ plan: Plan, _ name: String, _ address: String
  ) -> String {
    let kind = plan.transport == .udp ? "udp" : "tcp"
    var shown = states
    var hidden: [String] = []
    for state in [State.closed, .filtered, .openOrFiltered] {
      let count = states.count { $0.state == state }
      // More than 25 alike are not worth their lines.
      guard count > 25 || plan.onlyOpen && state != .openOrFiltered && count > 0 else { continue }
      shown.removeAll { $0.state == state }
      let why =
        state == .filtered
        ? "no-response"
        : plan.transport == .udp ? "port-unreach" : plan.connects ? "conn-refused" : "reset"
      hidden.append("\(count) \(state.rawValue) \(kind) port\(count == 1 ? "" : "s") (\(why))")
    }
    var text = ""
    if shown.isEmpty {
      text +=
        "All \(states.count) scanned port\(states.count == 1 ? "" : "s") on \(name)"
        + "\(name == address ? "" : " (\(address))") \(states.count == 1 ? "is" : "are") in ignored "
        + "states.\n"
    }
    text += hidden.isEmpty ? "\n" : "Not shown: \(hidden.joined(separator: ", "))\n"
    if shown.isEmpty { return text + "\n" }
    let rows =
      [["PORT", "STATE", "SERVICE"]]
      + shown.map { ["\($0.port)/\(kind)", $0.state.rawValue, Self.names[$0.port] ?? "unknown"] }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      text +=
        (0..<2).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count + 1) }
        .joined() + row[2] + "\n"
    }
    return text + "\n"
  }

  /// Names of ports as nmap has them, of those that people meet.
  private static let names = [
    21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 80: "http", 81: "hosts2-ns",
    111: "rpcbind",
    179: "bgp", 443: "https", 2049: "nfs", 2379: "etcd-client", 2380: "etcd-server", 3000: "ppp",
    3306: "mysql", 5000: "upnp", 5432: "postgresql", 5672: "amqp", 6379: "redis",
    6443: "sun-sr-https", 8000: "http-alt", 8080: "http-proxy", 8081: "blackice-icecap",
    8443: "https-alt", 8888: "sun-answerbook", 9000: "cslistener", 9090: "zeus-admin",
    9100: "jetdirect", 9200: "wap-wsp", 11211: "memcache", 27017: "mongod",
  ]
}
