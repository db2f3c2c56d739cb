import Documents
import KubeAPIServer
import KubeObjects

/// Who depends on whom: every object with owners, found by itself and by each of its owners.
struct OwnerGraph {
  /// An object as the graph knows it.
  struct Node: Hashable {
    var resource: GroupVersionResource
    var namespace: String
    var name: String
    var uid: String
  }

  private(set) var dependents: [String: Set<Node>] = [:]
  private var owners: [String: [String]] = [:]

  mutating func set(_ node: Node, owners new: [String]) {
    let old = owners[node.uid] ?? []
    if old == new { return }
    for owner in old where !new.contains(owner) { drop(node, from: owner) }
    for owner in new { dependents[owner, default: []].insert(node) }
    owners[node.uid] = new.isEmpty ? nil : new
  }

  mutating func remove(_ node: Node) {
    for owner in owners.removeValue(forKey: node.uid) ?? [] { drop(node, from: owner) }
  }

  private mutating func drop(_ node: Node, from owner: String) {
    dependents[owner]?.remove(node)
    if dependents[owner]?.isEmpty == true { dependents[owner] = nil }
  }

  /// By kind, namespace and name, so that the order never depends on chance.
  func sortedDependents(of uid: String) -> [Node] {
    (dependents[uid] ?? []).sorted {
      ($0.resource.description, $0.namespace, $0.name)
        < ($1.resource.description, $1.namespace, $1.name)
    }
  }

  func hasDependents(_ uid: String) -> Bool { dependents[uid] != nil }
  func owners(of uid: String) -> [String] { owners[uid] ?? [] }
}
