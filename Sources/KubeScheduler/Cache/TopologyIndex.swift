/// Which domain of a topology key each node is in, as dense numbers, so that what is counted by
/// domain is an array and not a dictionary of texts.
final class TopologyIndex {
  /// One topology key.
  final class Column {
    let key: String
    /// The values of the key that were ever seen; their places are the domains.
    private(set) var names: [String] = []
    private var numbers: [String: Int] = [:]
    /// By slot of the node; -1: it has no such label.
    private var domains: [Int32] = []

    fileprivate init(_ key: String) { self.key = key }

    /// The domain of a node; nil: it is in none.
    func domain(of node: NodeInfo) -> Int? {
      guard node.slot < domains.count else { return nil }
      let domain = domains[node.slot]
      return domain < 0 ? nil : Int(domain)
    }

    fileprivate func update(_ node: NodeInfo) {
      while domains.count <= node.slot { domains.append(-1) }
      guard let name = node.topology(key) else {
        domains[node.slot] = -1
        return
      }
      let number = numbers[name] ?? names.count
      if number == names.count {
        numbers[name] = number
        names.append(name)
      }
      domains[node.slot] = Int32(clamping: number)
    }
  }

  private var columns: [String: Column] = [:]

  func column(_ key: String, _ cluster: ClusterCache) -> Column {
    if let known = columns[key] { return known }
    let column = Column(key)
    for node in cluster.nodes.values { column.update(node) }
    columns[key] = column
    return column
  }

  /// A node is new or has other labels.
  func update(_ node: NodeInfo) {
    for column in columns.values { column.update(node) }
  }
}

/// Numbers of Pods by topology key and domain.
struct TopologyCounts {
  struct Part {
    let column: TopologyIndex.Column
    /// By domain; those beyond the end have none.
    fileprivate(set) var amounts: [Int64] = []
    fileprivate var filled = 0

    func at(_ node: NodeInfo) -> Int64 {
      guard let domain = column.domain(of: node), domain < amounts.count else { return 0 }
      return amounts[domain]
    }

    fileprivate mutating func add(_ domain: Int, _ amount: Int64) {
      while amounts.count <= domain { amounts.append(0) }
      let before = amounts[domain]
      amounts[domain] = before.saturatingAdd(amount)
      filled += (amounts[domain] == 0 ? 0 : 1) - (before == 0 ? 0 : 1)
    }
  }

  /// One for each key that has Pods.
  private(set) var parts: [Part] = []

  var isEmpty: Bool { parts.isEmpty }

  mutating func add(_ column: TopologyIndex.Column, _ node: NodeInfo, _ amount: Int64) {
    guard amount != 0, let domain = column.domain(of: node) else { return }
    let place = place(of: column)
    parts[place].add(domain, amount)
    if parts[place].filled == 0 { parts.remove(at: place) }
  }

  private mutating func place(of column: TopologyIndex.Column) -> Int {
    if let place = parts.firstIndex(where: { $0.column === column }) { return place }
    parts.append(Part(column: column))
    return parts.count - 1
  }

  mutating func merge(_ other: TopologyCounts, times factor: Int64) {
    for part in other.parts {
      if factor == 1, !parts.contains(where: { $0.column === part.column }) {
        parts.append(part)
        continue
      }
      let place = place(of: part.column)
      for (domain, amount) in part.amounts.enumerated() where amount != 0 {
        parts[place].add(domain, amount.multipliedReportingOverflow(by: factor).partialValue)
      }
      if parts[place].filled == 0 { parts.remove(at: place) }
    }
  }

  func at(_ column: TopologyIndex.Column, _ node: NodeInfo) -> Int64 {
    parts.first { $0.column === column }?.at(node) ?? 0
  }

  /// The sum over all keys for a node.
  func total(_ node: NodeInfo) -> Int64 { parts.reduce(0) { $0.saturatingAdd($1.at(node)) } }
}
