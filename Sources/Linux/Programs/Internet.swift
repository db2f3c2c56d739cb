import Documents
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
      case "-j", "-json": form.isJSON = true
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
    case "r", "route", "ro": return try await showRoutes(verb, rest, form, process)
    case "ru", "rule":
      try await process.write(
        "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n"
          + "32767:\tfrom all lookup default\n")
      return 0
    case "n", "neigh", "neighbour", "neighbor":
      try await process.write(
        process.machine.neighbours(of: process).map {
          "\($0.address) dev \($0.device) lladdr \($0.hardware) REACHABLE \n"
        }.joined())
      return 0
    case "" where process.isBusyBox: throw UsageError("no object")
    case "":
      try await process.writeError(
        "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n"
          + "where  OBJECT := { address | link | route | neigh | netns }\n")
      return 255
    default:
      if process.isBusyBox { throw UsageError("unknown object") }
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
      let guests = (machine.guestNetworks?() ?? []).enumerated().map {
        "\($1.name) (id: \($0))\n"
      }
      try await process.write(
        (guests + (machine.local?.names ?? []).map { $0 + "\n" }).joined())
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
    let program = isProgram ? words : ["ip"] + words
    if !program.isEmpty,
      let guest = process.machine.guestNetworks?().first(where: { $0.name == space })
    {
      process.enteredNetwork = guest.network
      return try await HostEntry.run(program, on: process.machine, process)
    }
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
    return try await HostEntry.run(program, on: process.machine, process)
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
    var objects: [Value] = []
    for (place, interface) in all.enumerated()
    where (wanted == nil || interface.name == wanted) && (!isUp || interface.isUp)
      && (kind == nil || interface.kind == kind
        || kind == "veth" && interface.kind == nil && interface.peer != nil)
      && (master == nil || interface.master == master)
    {
      let shown = InterfaceText(interface, index: interface.number(at: place))
      if form.isJSON { objects.append(shown.value(form.isLink)) } else { text += shown.text(form) }
    }
    if form.isJSON {
      try await process.write(JSON.text(.array(objects)) + "\n")
      return 0
    }
    if let wanted, text.isEmpty {
      try await process.writeError(
        process.isBusyBox
          ? "ip: can't find device '\(wanted)'\n" : "Device \"\(wanted)\" does not exist.\n")
      return 1
    }
    try await process.write(text)
    return 0
  }

  private func showRoutes(
    _ verb: String, _ words: [String], _ form: InterfaceText.Form, _ process: Process
  ) async throws -> ExitStatus {
    let machine = process.machine
    let all = machine.allInterfaces
    let table = words.firstIndex(of: "table").flatMap { words.dropFirst($0 + 1).first }
    if table == "local" || table == "255" {
      let wanted = words.firstIndex(of: "dev").flatMap { words.dropFirst($0 + 1).first }
      let shown = all.filter { wanted == nil || $0.name == wanted }
      try await process.write(Self.localRoutes(shown).map { $0 + "\n" }.joined())
      return 0
    }
    var lines = Self.routes(of: machine)
    if verb == "get", let target = words.first(where: { $0 != "to" }) {
      if all.contains(where: { $0.isAt(target) }) || target.hasPrefix("127.") {
        let source = target.hasPrefix("127.") ? "127.0.0.1" : target
        try await process.write(
          "local \(target) dev lo src \(source) uid \(process.caller.user) \n    cache <local> \n")
        return 0
      }
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
    let passed = ["dev", "to", "via", "table", "main", "all"]
    if let wanted = words.first(where: { !passed.contains($0) }) {
      let column =
        words.contains("dev") ? " dev \(wanted) " : words.contains("via") ? " via \(wanted) " : ""
      lines = lines.filter { line in
        column.isEmpty ? line.hasPrefix(wanted + " ") : line.contains(column)
      }
    }
    if form.isJSON {
      try await process.write(JSON.text(.array(lines.map(Self.value(ofRoute:)))) + "\n")
      return 0
    }
    try await process.write(lines.map { $0 + "\n" }.joined())
    return 0
  }

  /// What the kernel keeps in the table `local`: every address of the machine's own.
  private static func localRoutes(_ all: [NetworkInterface]) -> [String] {
    var lines: [String] = []
    for interface in all {
      let tail = "dev \(interface.name) proto kernel scope"
      for address in interface.all {
        let halves = address.split(separator: "/").map(String.init)
        let own = halves.first ?? ""
        let length = halves.count > 1 ? Int(halves[1]) ?? 32 : 32
        if interface.name == "lo" {
          lines.append("local \(IPv4.network(own, length))/\(length) \(tail) host src \(own) ")
        }
        lines.append("local \(own) \(tail) host src \(own) ")
        if length < 31, interface.isUp {
          lines.append("broadcast \(IPv4.broadcast(own, length)) \(tail) link src \(own) ")
        }
      }
    }
    return lines
  }

  /// A route as `ip -json` tells it.
  private static func value(ofRoute line: String) -> Value {
    let words = line.split(separator: " ").map(String.init)
    let isTyped = ["blackhole", "unreachable", "prohibit"].contains(words.first ?? "")
    var value: Value = ["dst": .string(words.dropFirst(isTyped ? 1 : 0).first ?? "")]
    if isTyped { value["type"] = .string(words.first ?? "") }
    let names = [
      "via": "gateway", "dev": "dev", "proto": "protocol", "scope": "scope", "src": "prefsrc",
    ]
    for (index, word) in words.enumerated() {
      guard let name = names[word], let text = words.dropFirst(index + 1).first else { continue }
      value[name] = .string(text)
    }
    value["flags"] = words.contains("onlink") ? ["onlink"] : []
    return value
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
