import Documents
import KubeObjects

/// A node, what it has and what runs on it.
final class NodeInfo {
  /// What a Node object says, read once.
  final class Facts {
    let value: Value
    let name: String
    let labels: Mapping
    let taints: [Taint]
    let isUnschedulable: Bool
    let allocatable: ResourceAmounts
    /// Bytes by image name.
    let images: [String: Int64]
    /// Region and zone, what the node order goes round by.
    let zone: String

    init(_ value: Value) {
      self.value = value
      name = value[path: "metadata", "name"]?.string ?? ""
      let labels = value[path: "metadata", "labels"]?.object ?? [:]
      self.labels = labels
      taints = value[path: "spec", "taints"]?.array?.map(Taint.init) ?? []
      isUnschedulable = value[path: "spec", "unschedulable"]?.bool ?? false
      allocatable = ResourceAmounts(value[path: "status", "allocatable"])
      var images: [String: Int64] = [:]
      for image in value[path: "status", "images"]?.array ?? [] {
        let size = image["sizeBytes"]?.int ?? 0
        for name in image["names"]?.array?.compactMap(\.string) ?? [] { images[name] = size }
      }
      self.images = images
      let region = labels["topology.kubernetes.io/region"]?.string ?? ""
      let zone = labels["topology.kubernetes.io/zone"]?.string ?? ""
      self.zone = region.isEmpty && zone.isEmpty ? "" : "\(region):\u{0}:\(zone)"
    }
  }

  /// What most Pods ask for, as plain numbers: filters and scores look at thousands of nodes.
  struct Room {
    var milliCPU: Int64 = 0
    var memory: Int64 = 0
    var usedMilliCPU: Int64 = 0
    var usedMemory: Int64 = 0
    /// With what is assumed of Pods that ask for nothing.
    var assumedMilliCPU: Int64 = 0
    var assumedMemory: Int64 = 0
    /// How many Pods more there may be.
    var pods: Int64 = 0
  }

  /// A dense number, for counts kept in arrays.
  let slot: Int
  var facts: Facts {
    didSet {
      measure()
      generation &+= 1
    }
  }
  /// Grows whenever something changes here, and from one node of a slot to the next.
  private(set) var generation: UInt64
  private(set) var room = Room()
  /// Whether a Pod that waits was promised room here; set whenever the promises change.
  var isPromised = false { didSet { generation &+= 1 } }
  /// A node may be gone while Pods on it still are known.
  var exists = true
  private(set) var pods: [PodInfo] = []
  /// Those of `pods` with likes or dislikes of others.
  private(set) var podsWithAffinity: [PodInfo] = []
  private(set) var requested = ResourceAmounts()
  private(set) var hostPorts: [HostPort] = []
  /// How many Pods here use a claim, by namespace/name.
  private(set) var claimUses: [String: Int] = [:]

  var name: String { facts.name }
  var labels: Mapping { facts.labels }

  init(slot: Int, generation: UInt64, facts: Facts) {
    self.slot = slot
    self.generation = generation
    self.facts = facts
    measure()
  }

  private func measure() {
    room.milliCPU = facts.allocatable.milliCPU
    room.memory = facts.allocatable.memory
    room.usedMilliCPU = requested.milliCPU
    room.usedMemory = requested.memory
    room.pods = facts.allocatable.pods.saturatingSubtract(Int64(pods.count))
  }

  /// A node of its own with the same Pods, to try something out.
  func copy() -> NodeInfo {
    let twin = NodeInfo(slot: slot, generation: generation, facts: facts)
    twin.pods = pods
    twin.podsWithAffinity = podsWithAffinity
    twin.requested = requested
    twin.room = room
    twin.hostPorts = hostPorts
    twin.claimUses = claimUses
    twin.isPromised = isPromised
    return twin
  }

  func topology(_ key: String) -> String? { facts.labels[key]?.string }

  func add(_ pod: PodInfo) {
    generation &+= 1
    pods.append(pod)
    if !pod.affinity.isEmpty { podsWithAffinity.append(pod) }
    requested.add(pod.requests.exact)
    room.assumedMilliCPU = room.assumedMilliCPU.saturatingAdd(pod.requests.assumedMilliCPU)
    room.assumedMemory = room.assumedMemory.saturatingAdd(pod.requests.assumedMemory)
    measure()
    hostPorts += pod.hostPorts
    for claim in pod.claims { claimUses["\(pod.namespace)/\(claim.name)", default: 0] += 1 }
  }

  func remove(_ pod: PodInfo) {
    // Mostly it is the very same one; comparing texts of thousands of Pods costs.
    guard
      let index = pods.lastIndex(where: { $0 === pod })
        ?? pods.lastIndex(where: { $0.uid == pod.uid })
    else { return }
    generation &+= 1
    let known = pods[index]
    // The order of Pods on a node means nothing: closing the gap costs nothing.
    pods.swapAt(index, pods.count - 1)
    pods.removeLast()
    if !known.affinity.isEmpty { podsWithAffinity.removeAll { $0.uid == known.uid } }
    requested.subtract(known.requests.exact)
    room.assumedMilliCPU = room.assumedMilliCPU.saturatingSubtract(
      known.requests.assumedMilliCPU)
    room.assumedMemory = room.assumedMemory.saturatingSubtract(known.requests.assumedMemory)
    measure()
    for port in known.hostPorts {
      if let place = hostPorts.firstIndex(of: port) { hostPorts.remove(at: place) }
    }
    for claim in known.claims {
      let key = "\(known.namespace)/\(claim.name)"
      let left = (claimUses[key] ?? 0) - 1
      claimUses[key] = left > 0 ? left : nil
    }
  }
}
