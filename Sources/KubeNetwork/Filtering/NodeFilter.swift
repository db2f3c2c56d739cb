/// What somebody added to the filter table of a node with iptables. It is gone when the node starts
/// again.
struct NodeFilter {
  struct Chain {
    /// Before the rules of kube-proxy, which it puts at the top when it starts.
    var above: [FilterRule] = []
    var below: [FilterRule] = []
    var policy = "ACCEPT"

    var rules: [FilterRule] { above + below }
  }

  static let builtIn = ["INPUT", "FORWARD", "OUTPUT"]

  private(set) var chains = Dictionary(uniqueKeysWithValues: builtIn.map { ($0, Chain()) })

  enum Failure: String, Error {
    case noChain = "No chain/target/match by that name."
    case exists = "Chain already exists."
    case noRule = "Bad rule (does a matching rule exist in that chain?)."
    case deletionTooBig = "Index of deletion too big."
    case insertionTooBig = "Index of insertion too big."
    case notEmpty = "Directory not empty."
    case inUse = "Too many links."
    case noPolicy = "Bad policy name. Run `dmesg' for more information."
    case tooMany = "Memory allocation problem."
    /// A rule of kube-proxy's, which it would write again.
    case notOwn
  }

  /// How many rules a chain can hold here; a real one ends with the memory.
  private static let most = 1000
  /// How many rules a packet is compared with: chains that jump to one another often would never end.
  private static let mostSteps = 100_000

  private func chain(_ name: String) throws(Failure) -> Chain {
    guard let chain = chains[name] else { throw .noChain }
    return chain
  }

  mutating func append(_ rule: FilterRule, to name: String) throws(Failure) {
    var chain = try chain(name)
    guard chain.rules.count < Self.most else { throw .tooMany }
    chain.below.append(rule)
    chains[name] = chain
  }

  /// `place` counts from 1, with the `others` that kube-proxy has in the chain.
  mutating func insert(
    _ rule: FilterRule, into name: String, at place: Int, others: Int
  ) throws(Failure) {
    var chain = try chain(name)
    guard chain.rules.count < Self.most else { throw .tooMany }
    let index = place - 1
    guard index >= 0, index <= chain.rules.count + others else { throw .insertionTooBig }
    if index <= chain.above.count {
      chain.above.insert(rule, at: index)
    } else if index < chain.above.count + others {
      // kube-proxy's jumps only mark and return: before all of them is the same.
      chain.above.append(rule)
    } else {
      chain.below.insert(rule, at: index - chain.above.count - others)
    }
    chains[name] = chain
  }

  func find(_ rule: FilterRule, in name: String) throws(Failure) -> Int {
    let wanted = rule.shown.saved
    guard let found = try chain(name).rules.firstIndex(where: { $0.shown.saved == wanted }) else {
      throw .noRule
    }
    return found
  }

  mutating func remove(_ rule: FilterRule, from name: String) throws(Failure) {
    remove(own: try find(rule, in: name), from: name)
  }

  mutating func remove(at place: Int, from name: String, others: Int) throws(Failure) {
    let chain = try chain(name)
    let index = place - 1
    guard index >= 0, index < chain.rules.count + others else { throw .deletionTooBig }
    if index < chain.above.count { return remove(own: index, from: name) }
    guard index >= chain.above.count + others else { throw .notOwn }
    remove(own: index - others, from: name)
  }

  private mutating func remove(own index: Int, from name: String) {
    guard var chain = chains[name] else { return }
    if index < chain.above.count {
      chain.above.remove(at: index)
    } else {
      chain.below.remove(at: index - chain.above.count)
    }
    chains[name] = chain
  }

  mutating func flush(_ name: String?) throws(Failure) {
    if let name { _ = try chain(name) }
    for key in name.map({ [$0] }) ?? Array(chains.keys) {
      chains[key]?.above = []
      chains[key]?.below = []
    }
  }

  mutating func add(chain name: String) throws(Failure) {
    guard chains[name] == nil else { throw .exists }
    guard chains.count < Self.most else { throw .tooMany }
    chains[name] = Chain()
  }

  /// Without a name, all chains that are empty and not the kernel's.
  mutating func remove(chain name: String?) throws(Failure) {
    guard let name else {
      for key in chains.keys where !Self.builtIn.contains(key) {
        guard chains[key]?.rules.isEmpty ?? true else { throw .notEmpty }
        chains[key] = nil
      }
      return
    }
    guard !Self.builtIn.contains(name), let chain = chains[name] else { throw .noChain }
    guard chain.rules.isEmpty else { throw .notEmpty }
    guard !chains.values.contains(where: { $0.rules.contains { $0.target == name } }) else {
      throw .inUse
    }
    chains[name] = nil
  }

  mutating func setPolicy(_ policy: String, of name: String) throws(Failure) {
    guard Self.builtIn.contains(name) else { throw .noChain }
    guard ["ACCEPT", "DROP"].contains(policy) else { throw .noPolicy }
    chains[name]?.policy = policy
  }

  // MARK: Deciding

  enum Verdict { case accept, drop, reject }

  /// What becomes of a packet, and by what: a rule or a policy as iptables-save shows it.
  func verdict(in name: String, on packet: FilteredPacket) -> (verdict: Verdict, by: String) {
    guard let chain = chains[name] else { return (.accept, "") }
    var steps = Self.mostSteps
    if let decided = walk(chain.above, packet, depth: 0, &steps) { return decided }
    // kube-proxy lets answers pass (KUBE-FORWARD).
    if name == "FORWARD", packet.isReply { return (.accept, "") }
    if let decided = walk(chain.below, packet, depth: 0, &steps) { return decided }
    return (chain.policy == "ACCEPT" ? .accept : .drop, "-P \(name) \(chain.policy)")
  }

  private func walk(
    _ rules: [FilterRule], _ packet: FilteredPacket, depth: Int, _ steps: inout Int
  ) -> (verdict: Verdict, by: String)? {
    for rule in rules {
      steps -= 1
      guard steps > 0, rule.matches(packet) else { continue }
      let shown = String(rule.shown.saved.dropLast())
      switch rule.target {
      case "ACCEPT": return (.accept, shown)
      case "DROP": return (.drop, shown)
      case "REJECT": return (.reject, shown)
      case "RETURN": return nil
      case let name:
        // The kernel refuses loops of chains; here they end.
        guard depth < 16, let chain = chains[name] else { continue }
        if let decided = walk(chain.rules, packet, depth: depth + 1, &steps) { return decided }
      }
    }
    return nil
  }

  // MARK: Showing

  /// The table with these rules where they are between kube-proxy's.
  func merged(with proxied: PacketTable) -> PacketTable {
    var table = proxied
    let others = Dictionary(grouping: table.rules, by: \.chain)
    table.rules = []
    table.chains.formUnion(chains.keys.filter { !Self.builtIn.contains($0) })
    for name in table.ordered {
      let own = chains[name]
      table.policies[name] = own?.policy
      table.rules += (own?.above ?? []).map(\.shown)
      table.rules += others[name] ?? []
      table.rules += (own?.below ?? []).map(\.shown)
    }
    return table
  }
}
