import KubeObjects
package import Linux
package import Shell

/// `ufw`: rules for what may come to a node, kept in files and put into its packet filter.
package struct FirewallProgram: Program {
  package let name = "ufw"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  private struct Refusal: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    guard process.caller.user == 0 else {
      try await process.writeError("ERROR: You need to be root to run this script\n")
      return 1
    }
    var words = process.arguments
    let isForced = words.first == "--force" || words.first == "-f"
    if isForced { words.removeFirst() }
    do {
      return try await run(words, isForced: isForced, process)
    } catch let refusal as Refusal {
      try await process.writeError("ERROR: \(refusal.text)\n")
      return 1
    }
  }

  private func run(
    _ words: [String], isForced: Bool, _ process: Process
  ) async throws -> ExitStatus {
    var firewall = Firewall(of: process.machine.files)
    let rest = Array(words.dropFirst())
    switch words.first {
    case "version", "--version":
      try await process.write("ufw 0.36.2\nCopyright 2008-2023 Canonical Ltd.\n")
    case "status": try await status(firewall, rest, process)
    case "show" where rest == ["added"]:
      let lines = firewall.rules.filter { !$0.isVersion6 }.map { "ufw \($0.command)\n" }
      try await process.write(
        "Added user rules (see 'ufw status' for running firewall):\n"
          + (lines.isEmpty ? "(None)\n" : lines.joined()))
    case "app" where rest.first == "list":
      try await process.write("Available applications:\n  OpenSSH\n")
    case "enable":
      let question =
        "Command may disrupt existing ssh connections. Proceed with operation (y|n)? "
      guard try await agrees(question, isForced: isForced, process) else { return 0 }
      firewall.isEnabled = true
      try keep(firewall, process)
      try await process.write("Firewall is active and enabled on system startup\n")
    case "disable":
      firewall.isEnabled = false
      try keep(firewall, process)
      try await process.write("Firewall stopped and disabled on system startup\n")
    case "reload":
      if firewall.isEnabled { try keep(firewall, process) }
      try await process.write(
        firewall.isEnabled ? "Firewall reloaded\n" : "Firewall not enabled (skipping reload)\n")
    case "reset":
      let question =
        "Resetting all rules to installed defaults. This may disrupt existing ssh\n"
        + "connections. Proceed with operation (y|n)? "
      guard try await agrees(question, isForced: isForced, process) else { return 0 }
      try keep(Firewall(), process)
    case "default":
      try await process.write(try setDefault(&firewall, rest))
      try keep(firewall, process)
    case "logging":
      guard let level = rest.first,
        ["on", "off", "low", "medium", "high", "full"].contains(level)
      else { throw Refusal("Invalid syntax") }
      firewall.logging = level == "on" ? "low" : level
      try keep(firewall, process)
      try await process.write(level == "off" ? "Logging disabled\n" : "Logging enabled\n")
    case "delete": return try await delete(&firewall, rest, isForced: isForced, process)
    case "insert", "prepend", "allow", "deny", "reject", "limit", "rule":
      try await add(&firewall, words, process)
    case "route", "app", "show":
      try await process.writeError(
        "drydock: not simulated: ufw \(words.joined(separator: " "))\n")
      return 1
    case nil: throw Refusal("not enough args")
    default: throw Refusal("Invalid syntax")
    }
    return 0
  }

  private func agrees(
    _ question: String, isForced: Bool, _ process: Process
  ) async throws -> Bool {
    if isForced { return true }
    try await process.write(question)
    let answer = try await process.readLine()?.lowercased() ?? ""
    if ["y", "yes"].contains(answer) { return true }
    try await process.write("Aborted\n")
    return false
  }

  /// Writes the files, and the packet filter where the firewall is on or was.
  private func keep(_ firewall: Firewall, _ process: Process) throws {
    try firewall.save(to: process.machine.files)
    if let node = NodeTables.node(process) {
      network.startFilter(of: node, on: process.machine)
    }
  }

  // MARK: Showing

  private func status(
    _ firewall: Firewall, _ words: [String], _ process: Process
  ) async throws {
    guard firewall.isEnabled else { return try await process.write("Status: inactive\n") }
    var text = "Status: active\n"
    let isNumbered = words.first == "numbered"
    let isVerbose = words.first == "verbose"
    if isVerbose {
      text +=
        "Logging: \(firewall.logging == "off" ? "off" : "on (\(firewall.logging))")\n"
        + "Default: \(firewall.incoming) (incoming), \(firewall.outgoing) (outgoing), "
        + "\(firewall.routed) (routed)\nNew profiles: skip\n"
    }
    guard !firewall.rules.isEmpty else { return try await process.write(text) }
    let margin = isNumbered ? "     " : ""
    text += "\n\(margin)To                         Action      From\n"
    text += "\(margin)--                         ------      ----\n"
    for (index, rule) in firewall.rules.enumerated() {
      let number = String(index + 1)
      if isNumbered { text += "[\(number.count < 2 ? " " : "")\(number)] " }
      text += rule.line(showsDirection: isNumbered || isVerbose) + "\n"
    }
    try await process.write(text + "\n")
  }

  // MARK: Changing

  private func setDefault(_ firewall: inout Firewall, _ words: [String]) throws -> String {
    guard let policy = words.first, ["allow", "deny", "reject"].contains(policy) else {
      throw Refusal("Invalid syntax")
    }
    let way = words.dropFirst().first ?? "incoming"
    switch way {
    case "incoming", "input": firewall.incoming = policy
    case "outgoing", "output": firewall.outgoing = policy
    case "routed", "forward": firewall.routed = policy
    default: throw Refusal("Invalid syntax")
    }
    return
      "Default \(way) policy changed to '\(policy)'\n(be sure to update your rules accordingly)\n"
  }

  private func add(
    _ firewall: inout Firewall, _ words: [String], _ process: Process
  ) async throws {
    var words = words
    var place: Int?
    if words.first == "insert" {
      guard let number = words.dropFirst().first.flatMap({ Int($0) }), number > 0,
        number <= max(1, firewall.rules.count)
      else { throw Refusal("Invalid position '\(words.dropFirst().first ?? "")'") }
      place = number - 1
      words.removeFirst(2)
    } else if words.first == "prepend" {
      place = 0
      words.removeFirst()
    }
    guard firewall.rules.count < 1000 else { throw Refusal("too many rules") }
    var text = ""
    for rule in try Self.rules(words) {
      let suffix = rule.isVersion6 ? " (v6)" : ""
      if let old = firewall.rules.firstIndex(where: { $0.isLike(rule) }) {
        if firewall.rules[old] == rule {
          text += "Skipping adding existing rule\(suffix)\n"
          continue
        }
        firewall.rules[old] = rule
        text += (firewall.isEnabled ? "Rule updated" : "Rules updated") + "\(suffix)\n"
        continue
      }
      let end =
        rule.isVersion6
        ? firewall.rules.count
        : firewall.rules.firstIndex(where: \.isVersion6)
          ?? firewall.rules.count
      firewall.rules.insert(rule, at: rule.isVersion6 ? end : min(place ?? end, end))
      text +=
        (firewall.isEnabled ? place == nil ? "Rule added" : "Rule inserted" : "Rules updated")
        + "\(suffix)\n"
    }
    try keep(firewall, process)
    try await process.write(text)
  }

  private func delete(
    _ firewall: inout Firewall, _ words: [String], isForced: Bool, _ process: Process
  ) async throws -> ExitStatus {
    if words.count == 1, let number = Int(words[0]) {
      guard firewall.rules.indices.contains(number - 1) else {
        throw Refusal("Could not find rule '\(number)'")
      }
      let rule = firewall.rules[number - 1]
      let question = "Deleting:\n \(rule.command)\nProceed with operation (y|n)? "
      guard try await agrees(question, isForced: isForced, process) else { return 0 }
      firewall.rules.remove(at: number - 1)
      try keep(firewall, process)
      try await process.write("Rule deleted\(rule.isVersion6 ? " (v6)" : "")\n")
      return 0
    }
    var text = ""
    for rule in try Self.rules(words) {
      let suffix = rule.isVersion6 ? " (v6)" : ""
      guard
        let old = firewall.rules.firstIndex(where: { $0.isLike(rule) && $0.action == rule.action })
      else {
        text += "Could not delete non-existent rule\(suffix)\n"
        continue
      }
      firewall.rules.remove(at: old)
      text += (firewall.isEnabled ? "Rule deleted" : "Rules updated") + "\(suffix)\n"
    }
    try keep(firewall, process)
    try await process.write(text)
    return 0
  }

  // MARK: Reading

  /// The rules that `allow 22/tcp` or `deny from 10.0.0.0/8 to any port 80` stands for: one for
  /// each version of IP that its addresses leave open.
  private static func rules(_ words: [String]) throws -> [FirewallRule] {
    var words = words[...]
    if words.first == "rule" { words.removeFirst() }
    var rule = FirewallRule()
    guard let action = words.popFirst().flatMap(FirewallRule.Action.init(rawValue:)) else {
      throw Refusal("Invalid syntax")
    }
    rule.action = action
    if words.first == "in" || words.first == "out" { rule.isOutgoing = words.popFirst() == "out" }
    if let mark = words.firstIndex(of: "comment"), mark + 1 < words.endIndex {
      rule.comment = words[mark + 1]
      words = words[..<mark]
    }
    guard !words.isEmpty else { throw Refusal("Invalid syntax") }
    let extended: Set = ["from", "to", "on", "proto", "port", "log", "log-all"]
    if words.count == 1, let word = words.first, !extended.contains(word) {
      try readSimple(word, into: &rule)
    } else {
      try readExtended(words, into: &rule)
    }
    let isSix = [rule.source, rule.destination].contains { $0.contains(":") }
    let isFour = [rule.source, rule.destination].contains { $0.contains(".") }
    if isSix, isFour { throw Refusal("Mixed IP versions for 'from' and 'to'") }
    var other = rule
    other.isVersion6 = true
    return isFour ? [rule] : isSix ? [other] : [rule, other]
  }

  private static func readSimple(_ word: String, into rule: inout FirewallRule) throws {
    if word == "OpenSSH" {
      (rule.application, rule.destinationPort, rule.transport) = (word, "22", "tcp")
      return
    }
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    guard let first = parts.first else { throw Refusal("Bad port") }
    if parts.count > 1 {
      guard ["tcp", "udp"].contains(parts[1]) else {
        throw Refusal("Unsupported protocol '\(parts[1])'")
      }
      rule.transport = parts[1]
    }
    if !(first.first?.isNumber ?? false) {
      guard let number = ServiceNames.port(first) else {
        throw Refusal("Could not find a profile matching '\(word)'")
      }
      rule.destinationPort = String(number)
      // What /etc/services knows for TCP alone.
      if parts.count < 2, ["ssh", "http"].contains(first) { rule.transport = "tcp" }
      return
    }
    rule.destinationPort = try port(first, rule.transport)
  }

  private static func readExtended(
    _ words: ArraySlice<String>, into rule: inout FirewallRule
  ) throws {
    var words = words
    var side = ""
    while let word = words.popFirst() {
      if word == "log" || word == "log-all" { continue }
      guard let value = words.popFirst() else { throw Refusal("Invalid syntax") }
      switch word {
      case "on": rule.interface = value
      case "proto":
        guard ["tcp", "udp", "any"].contains(value) else {
          throw Refusal("Unsupported protocol '\(value)'")
        }
        rule.transport = value
      case "from", "to":
        side = word
        let isAddress =
          value == "any" || IPAddress(value) != nil || IPPrefix(value) != nil
        guard isAddress else {
          throw Refusal("Bad \(word == "from" ? "source" : "destination") address")
        }
        if word == "from" { rule.source = value } else { rule.destination = value }
      case "port":
        guard !side.isEmpty else { throw Refusal("Need 'from' or 'to' with 'port'") }
        let found = try port(value, rule.transport, checksTransport: false)
        if side == "from" { rule.sourcePort = found } else { rule.destinationPort = found }
      default: throw Refusal("Invalid token '\(word)'")
      }
    }
    let several = [rule.sourcePort, rule.destinationPort].contains {
      $0.contains(",") || $0.contains(":")
    }
    if several, rule.transport == "any" {
      throw Refusal("Must specify 'tcp' or 'udp' with multiple ports")
    }
  }

  private static func port(
    _ text: String, _ transport: String, checksTransport: Bool = true
  ) throws -> String {
    var found: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: ":", omittingEmptySubsequences: false).map {
        ServiceNames.port($0) ?? -1
      }
      guard ends.count <= 2, ends.allSatisfy({ (0...65_535).contains($0) }),
        ends == ends.sorted()
      else { throw Refusal("Bad port '\(text)'") }
      found.append(ends.map { String($0) }.joined(separator: ":"))
    }
    let joined = found.joined(separator: ",")
    if checksTransport, transport == "any", joined.contains(",") || joined.contains(":") {
      throw Refusal("Must specify 'tcp' or 'udp' with multiple ports")
    }
    return joined
  }
}
