import Documents
import KubeAPIServer

/// What the scheduler knows of nodes and of the Pods on them, its own fresh decisions included.
final class ClusterCache {
  private(set) var nodes: [String: NodeInfo] = [:]
  /// Nodes in the order in which they are tried: zone by zone in turns.
  private(set) var order: [NodeInfo] = []
  private var assigned: [String: PodInfo] = [:]
  private var nextSlot = 0
  private var freeSlots: [(slot: Int, generation: UInt64)] = []
  private var tree = NodeTree()
  private(set) var namespaceLabels: [String: Mapping] = [:]
  private(set) var nominations = Nominations()
  /// Which nodes have Pods with likes or dislikes.
  private var affinityNodes: Set<String> = []
  let tallies = PodTallies()
  let affinities = AffinityTallies()
  private let topology = TopologyIndex()
  /// How many nodes are tainted, how many cordoned.
  private(set) var taintedCount = 0
  private(set) var cordonedCount = 0
  /// How many nodes hold an image.
  private(set) var imageNodes: [String: Int] = [:]
  /// Why nodes refuse the Pods that are being scheduled; nil: they do not.
  let verdicts = NodeMemo<PodSignature, Rejection?>()
  /// Who would have to leave them.
  let dryRuns = NodeMemo<DryRun, Result<Preemption, Rejection>>()
  let storage = StorageCache()
  /// Services and sets that own Pods: what the default spreading counts by.
  let owners = OwnerSelectors()

  var hasAffinityPods: Bool { !affinityNodes.isEmpty }

  func labels(ofNamespace name: String) -> Mapping { namespaceLabels[name] ?? [:] }
  func setLabels(ofNamespace name: String, _ labels: Mapping?) {
    guard namespaceLabels[name] != labels else { return }
    namespaceLabels[name] = labels
    affinities.forget()
  }

  func column(_ key: String) -> TopologyIndex.Column { topology.column(key, self) }

  func setNode(_ value: Value) {
    let facts = NodeInfo.Facts(value)
    if let known = nodes[facts.name] {
      if known.exists { count(known.facts, -1) }
      if known.facts.labels != facts.labels || !known.exists { affinities.forget() }
      let isMoved = known.facts.zone != facts.zone || !known.exists
      if isMoved, known.exists { tree.remove(known.name, zone: known.facts.zone) }
      let hasOtherLabels = known.facts.labels != facts.labels
      known.facts = facts
      known.exists = true
      if hasOtherLabels { topology.update(known) }
      if isMoved { reorder { $0.add(facts.name, zone: facts.zone) } }
    } else {
      addNode(facts)
      reorder { $0.add(facts.name, zone: facts.zone) }
    }
    count(facts, 1)
  }

  @discardableResult
  private func addNode(_ facts: NodeInfo.Facts) -> NodeInfo {
    let (slot, generation) = takeSlot()
    let node = NodeInfo(slot: slot, generation: generation, facts: facts)
    node.isPromised = !nominations.pods(on: facts.name).isEmpty
    nodes[facts.name] = node
    topology.update(node)
    return node
  }

  func removeNode(_ name: String) {
    guard let known = nodes[name], known.exists else { return }
    count(known.facts, -1)
    known.exists = false
    if !known.pods.isEmpty { affinities.forget() }
    reorder { $0.remove(name, zone: known.facts.zone) }
    dropIfEmpty(known)
  }

  private func dropIfEmpty(_ node: NodeInfo) {
    guard !node.exists, node.pods.isEmpty else { return }
    nodes[node.name] = nil
    tallies.forget(slot: node.slot)
    freeSlots.append((node.slot, node.generation &+ 1))
  }

  private func takeSlot() -> (slot: Int, generation: UInt64) {
    if let free = freeSlots.popLast() { return free }
    nextSlot += 1
    return (nextSlot - 1, 1)
  }

  private func reorder(_ change: (inout NodeTree) -> Void) {
    change(&tree)
    isOrderStale = true
  }

  private var isOrderStale = false

  /// Nodes that exist, in the order of trying.
  func nodesInOrder() -> [NodeInfo] {
    if isOrderStale {
      isOrderStale = false
      order = tree.list.compactMap { nodes[$0] }
    }
    return order
  }

  private func count(_ facts: NodeInfo.Facts, _ change: Int) {
    if !facts.taints.isEmpty { taintedCount += change }
    if facts.isUnschedulable { cordonedCount += change }
    for name in facts.images.keys {
      let count = (imageNodes[name] ?? 0) + change
      imageNodes[name] = count > 0 ? count : nil
    }
  }

  func isAssigned(_ uid: String) -> Bool { assigned[uid] != nil }
  func assignedPod(_ uid: String) -> PodInfo? { assigned[uid] }
  func place(of uid: String) -> String? { places[uid] }

  /// Puts a Pod on a node, or replaces what was known of it there.
  func assign(_ pod: PodInfo, to nodeName: String) {
    if let known = assigned[pod.uid] { unassign(known.uid) }
    let node: NodeInfo
    if let known = nodes[nodeName] {
      node = known
    } else {
      // The Pod may be heard of before its node.
      node = addNode(NodeInfo.Facts(["metadata": ["name": .string(nodeName)]]))
      node.exists = false
    }
    node.add(pod)
    assigned[pod.uid] = pod
    places[pod.uid] = nodeName
    if !pod.affinity.isEmpty { affinityNodes.insert(nodeName) }
    tallies.add(pod, slot: node.slot)
    if node.exists { affinities.change(pod, node, 1, self) }
  }

  private var places: [String: String] = [:]

  func unassign(_ uid: String) {
    guard let pod = assigned.removeValue(forKey: uid), let name = places.removeValue(forKey: uid),
      let node = nodes[name]
    else { return }
    node.remove(pod)
    if node.podsWithAffinity.isEmpty { affinityNodes.remove(name) }
    tallies.remove(pod, slot: node.slot)
    if node.exists { affinities.change(pod, node, -1, self) }
    dropIfEmpty(node)
  }

  func nominate(_ pod: PodInfo, _ nodeName: String) {
    clearNomination(pod.uid)
    nominations.set(pod, nodeName)
    nodes[nodeName]?.isPromised = true
  }

  func clearNomination(_ uid: String) {
    guard !nominations.isEmpty, let name = nominations.node(of: uid) else { return }
    nominations.remove(uid)
    nodes[name]?.isPromised = !nominations.pods(on: name).isEmpty
  }
}

/// Pods that wait for room on a node which was cleared for them.
struct Nominations {
  private var byNode: [String: [PodInfo]] = [:]
  private var nodeOf: [String: String] = [:]

  mutating func set(_ pod: PodInfo, _ node: String) {
    remove(pod.uid)
    guard !node.isEmpty else { return }
    byNode[node, default: []].append(pod)
    nodeOf[pod.uid] = node
  }

  mutating func remove(_ uid: String) {
    guard let node = nodeOf.removeValue(forKey: uid) else { return }
    byNode[node]?.removeAll { $0.uid == uid }
    if byNode[node]?.isEmpty == true { byNode[node] = nil }
  }

  var isEmpty: Bool { nodeOf.isEmpty }
  func pods(on node: String) -> [PodInfo] { byNode[node] ?? [] }
  func node(of uid: String) -> String? { nodeOf[uid] }
}

/// The order in which nodes are tried: the zones in turns, each in the order in which nodes came.
struct NodeTree {
  private var zones: [(name: String, nodes: [String])] = []

  mutating func add(_ node: String, zone: String) {
    if let index = zones.firstIndex(where: { $0.name == zone }) {
      zones[index].nodes.append(node)
    } else {
      zones.append((zone, [node]))
    }
  }

  mutating func remove(_ node: String, zone: String) {
    guard let index = zones.firstIndex(where: { $0.name == zone }) else { return }
    zones[index].nodes.removeAll { $0 == node }
    if zones[index].nodes.isEmpty { zones.remove(at: index) }
  }

  var list: [String] {
    var found: [String] = []
    let longest = zones.map(\.nodes.count).max() ?? 0
    for round in 0..<longest {
      for zone in zones where round < zone.nodes.count { found.append(zone.nodes[round]) }
    }
    return found
  }
}
