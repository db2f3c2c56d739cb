package import Linux
package import Shell

/// Lists and changes a node's packet filter: `iptables -t nat -L -n`, `iptables -A INPUT …`.
package struct PacketFilter: Program {
  package let name = "iptables"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    guard let node = NodeTables.node(process) else { return 0 }
    guard try await NodeTables.isRoot(process, PacketFilterCall.title) else { return 4 }
    let call = PacketFilterCall(network, node, process.arguments)
    let text: String
    do throws(PacketFilterCall.Ending) {
      text = try call.run()
    } catch {
      try await process.writeError(error.text)
      return error.status
    }
    try await process.write(text)
    return 0
  }
}

/// One call of iptables.
private struct PacketFilterCall {
  static let title = "iptables v1.8.10 (nf_tables)"

  struct Ending: Error {
    var text: String
    var status: ExitStatus

    init(_ text: String, _ status: ExitStatus) { (self.text, self.status) = (text, status) }

    static func usage(_ text: String) -> Ending {
      Ending(
        "\(title): \(text)\nTry `iptables -h' or 'iptables --help' for more information.\n", 2)
    }

    static func notSimulated(_ text: String) -> Ending {
      Ending("drydock: not simulated: \(text)\n", 2)
    }
  }

  private let network: ClusterNetwork
  private let node: String
  private let arguments: [String]
  private var tableName = "filter"
  private var command = ""
  private var rest: [String] = []
  private var isNumeric = false
  private var isVerbose = false
  private var isNumbered = false

  private static let commands: [String: String] = [
    "--append": "-A", "--insert": "-I", "--delete": "-D", "--check": "-C", "--replace": "-R",
    "--list": "-L", "--list-rules": "-S", "--flush": "-F", "--zero": "-Z", "--new-chain": "-N",
    "--new": "-N", "--delete-chain": "-X", "--policy": "-P", "--rename-chain": "-E",
    "--version": "-V",
  ]

  init(_ network: ClusterNetwork, _ node: String, _ arguments: [String]) {
    self.network = network
    self.node = node
    self.arguments = arguments
  }

  func run() throws(Ending) -> String {
    var call = self
    return try call.start()
  }

  private mutating func start() throws(Ending) -> String {
    var words = arguments[...]
    while let word = words.popFirst() {
      switch word {
      case "-t", "--table": tableName = words.popFirst() ?? tableName
      case "-n", "--numeric": isNumeric = true
      case "-v", "--verbose", "-vv": isVerbose = true
      case "--line-numbers": isNumbered = true
      case "-w", "--wait", "-x", "--exact": break
      default: try take(word)
      }
    }
    switch command {
    case "-V": return "\(Self.title)\n"
    case "": throw .usage("no command specified")
    case "-L", "-S": return try list()
    default: return try change()
    }
  }

  /// A command, letters of one dash (`-nvL`), or a word of the command's own.
  private mutating func take(_ word: String) throws(Ending) {
    if let known = Self.commands[word] {
      try begin(known)
    } else if command.isEmpty, word.hasPrefix("-"), !word.hasPrefix("--") {
      for letter in word.dropFirst() {
        switch letter {
        case "n": isNumeric = true
        case "v": isVerbose = true
        case "x", "w": break
        case "4": break
        case _ where Self.commands.values.contains("-\(letter)"): try begin("-\(letter)")
        default: throw .usage("unknown option \"\(word)\"")
        }
      }
    } else if ["-L", "-S"].contains(command), word.hasPrefix("-"), !word.hasPrefix("--"),
      word.dropFirst().allSatisfy({ "nvx".contains($0) })
    {
      isNumeric = isNumeric || word.contains("n")
      isVerbose = isVerbose || word.contains("v")
    } else {
      rest.append(word)
    }
  }

  private mutating func begin(_ found: String) throws(Ending) {
    guard command.isEmpty || command == found else {
      throw .usage("Cannot use \(found) with \(command)")
    }
    command = found
  }

  // MARK: Listing

  private func table() throws(Ending) -> PacketTable {
    let tables = ServiceTables(network, node: node)
    switch tableName {
    case "nat": return tables.nat
    case "mangle": return tables.mangle
    case "filter": return network.filters[node]?.merged(with: tables.filter) ?? tables.filter
    default:
      throw Ending(
        "\(Self.title): table '\(tableName)' does not exist\n"
          + "Perhaps iptables or your kernel needs to be upgraded.\n", 3)
    }
  }

  private func list() throws(Ending) -> String {
    let table = try table()
    let chain = rest.first
    if rest.count > 1 { throw .notSimulated("iptables \(command) with a number") }
    if let chain, !table.ordered.contains(chain) {
      throw Ending("iptables: \(NodeFilter.Failure.noChain.rawValue)\n", 1)
    }
    if command == "-S" {
      let chains = chain.map { [$0] } ?? table.ordered
      return chains.map {
        table.builtIn.contains($0)
          ? "-P \($0) \(table.policies[$0] ?? "ACCEPT")\n" : "-N \($0)\n"
      }.joined()
        + chains.map { name in
          table.rules.filter { $0.chain == name }.map(\.saved).joined()
        }.joined()
    }
    return table.listed(
      chain, isNumeric: isNumeric, isVerbose: isVerbose, isNumbered: isNumbered) ?? ""
  }

  // MARK: Changing

  private func change() throws(Ending) -> String {
    guard tableName == "filter" else {
      throw .notSimulated("changing the table \(tableName) with iptables")
    }
    let others = Dictionary(
      grouping: ServiceTables(network, node: node).filter.rules, by: \.chain
    ).mapValues(\.count)
    var filter = network.filters[node] ?? NodeFilter()
    do {
      try apply(to: &filter, others)
    } catch let failure as NodeFilter.Failure {
      if failure == .notOwn {
        throw .notSimulated("deleting a rule of kube-proxy's, which would write it again")
      }
      throw Ending("iptables: \(failure.rawValue)\n", 1)
    } catch let problem as FilterRuleReader.Problem {
      switch problem {
      case .refused(let text): throw .usage(text)
      case .notSimulated(let text): throw .notSimulated(text)
      }
    } catch {
      throw error as? Ending ?? .usage("\(error)")
    }
    network.filters[node] = filter
    return ""
  }

  private func apply(to filter: inout NodeFilter, _ others: [String: Int]) throws {
    var words = rest[...]
    let chain = words.popFirst()
    switch command {
    case "-F": return try filter.flush(chain)
    case "-X": return try filter.remove(chain: chain)
    case "-Z": return
    default: break
    }
    guard let chain else { throw Ending.usage("option \"\(command)\" requires an argument") }
    let place = words.first.flatMap { Int($0) }.map { min(max($0, 0), 1 << 20) }
    switch command {
    case "-N": try filter.add(chain: chain)
    case "-P": try filter.setPolicy(words.first ?? "", of: chain)
    case "-A": try filter.append(try rule(words, chain, filter), to: chain)
    case "-I":
      if place != nil { words.removeFirst() }
      try filter.insert(
        try rule(words, chain, filter), into: chain, at: place ?? 1, others: others[chain] ?? 0)
    case "-D":
      if let place {
        try filter.remove(at: place, from: chain, others: others[chain] ?? 0)
      } else {
        try filter.remove(try rule(words, chain, filter), from: chain)
      }
    case "-C": _ = try filter.find(try rule(words, chain, filter), in: chain)
    case "-R":
      guard let place else { throw Ending.usage("-R requires a rule number") }
      words.removeFirst()
      let new = try rule(words, chain, filter)
      try filter.remove(at: place, from: chain, others: others[chain] ?? 0)
      try filter.insert(new, into: chain, at: place, others: others[chain] ?? 0)
    default: throw Ending.notSimulated("iptables \(command)")
    }
  }

  private func rule(
    _ words: ArraySlice<String>, _ chain: String, _ filter: NodeFilter
  ) throws -> FilterRule {
    let rule = try FilterRuleReader.read(words, chain: chain)
    let known = ["", "ACCEPT", "DROP", "REJECT", "RETURN", "LOG"]
    guard known.contains(rule.target) || filter.chains[rule.target] != nil else {
      throw Ending.usage("Couldn't load target `\(rule.target)':No such file or directory\n")
    }
    return rule
  }
}
