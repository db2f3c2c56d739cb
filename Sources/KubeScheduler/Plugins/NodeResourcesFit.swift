/// Keeps a Pod off nodes without room for what it asks, and prefers the emptier ones.
struct NodeResourcesFit: FilterPlugin, ScorePlugin {
  let name = "NodeResourcesFit"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    .filter(Filter(requests: pod.requests.exact, plugin: self))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    let wanted = pod.requests.exact
    switch event.subject {
    case .node(let old, let new):
      let isEnough = Self.shortages(of: wanted, used: ResourceAmounts(), in: new).isEmpty
      guard isEnough, let old else { return isEnough }
      // Only more of something that is asked for helps.
      return Self.hasGrown(wanted, from: old.allocatable, to: new.allocatable)
    case .assignedPod(let old?, let new):
      guard let new else { return true }
      // Scaled down in place.
      return Self.hasGrown(wanted, from: new.requests.exact, to: old.requests.exact)
    case .ownUpdate(let old, let new):
      return Self.hasGrown(old.requests.exact, from: new.requests.exact, to: old.requests.exact)
    default: return false
    }
  }

  private static func hasGrown(
    _ wanted: ResourceAmounts, from old: ResourceAmounts, to new: ResourceAmounts
  ) -> Bool {
    new.pods > old.pods
      || wanted.milliCPU > 0 && new.milliCPU > old.milliCPU
      || wanted.memory > 0 && new.memory > old.memory
      || wanted.ephemeralStorage > 0 && new.ephemeralStorage > old.ephemeralStorage
      || wanted.others.contains { $0.amount > 0 && new[$0.name] > old[$0.name] }
  }

  /// One resource of which a node has too little.
  struct Shortage {
    var resource: String
    /// The node would not do even if it were empty.
    var isHopeless: Bool
  }

  /// `used` counts the node's Pods in its `pods`.
  static func shortages(
    of wanted: ResourceAmounts, used: ResourceAmounts, in node: NodeInfo.Facts
  ) -> [Shortage] {
    var found: [Shortage] = []
    let has = node.allocatable
    if used.pods.saturatingAdd(1) > has.pods {
      found.append(Shortage(resource: "pods", isHopeless: false))
    }
    func compare(_ name: String, _ want: Int64, _ has: Int64, _ used: Int64) {
      guard want > 0, want > has.saturatingSubtract(used) else { return }
      found.append(Shortage(resource: name, isHopeless: want > has))
    }
    compare("cpu", wanted.milliCPU, has.milliCPU, used.milliCPU)
    compare("memory", wanted.memory, has.memory, used.memory)
    compare(
      "ephemeral-storage", wanted.ephemeralStorage, has.ephemeralStorage, used.ephemeralStorage)
    for item in wanted.others {
      compare(item.name, item.amount, has[item.name], used[item.name])
    }
    return found
  }

  private struct Filter: NodeFilter {
    let requests: ResourceAmounts
    let plugin: NodeResourcesFit
    /// Nothing but CPU and memory is asked for.
    let isPlain: Bool

    init(requests: ResourceAmounts, plugin: NodeResourcesFit) {
      self.requests = requests
      self.plugin = plugin
      isPlain = requests.others.isEmpty && requests.ephemeralStorage == 0
    }

    var isLocal: Bool { true }

    func check(_ node: NodeInfo) -> Rejection? {
      let room = node.room
      // The common cases first, in which nothing is put together.
      if isPlain, room.pods > 0 {
        let cpu = requests.milliCPU
        let memory = requests.memory
        let lacksCPU = cpu > 0 && cpu > room.milliCPU.saturatingSubtract(room.usedMilliCPU)
        let lacksMemory = memory > 0 && memory > room.memory.saturatingSubtract(room.usedMemory)
        switch (lacksCPU, lacksMemory) {
        case (false, false): return nil
        case (true, false) where cpu <= room.milliCPU: return Self.fullCPU
        case (false, true) where memory <= room.memory: return Self.fullMemory
        default: break
        }
      }
      var amounts = node.requested
      amounts.pods = Int64(node.pods.count)
      let shortages = NodeResourcesFit.shortages(of: requests, used: amounts, in: node.facts)
      guard !shortages.isEmpty else { return nil }
      return Rejection(
        shortages.contains(where: \.isHopeless) ? .unresolvable : .unschedulable,
        plugin: plugin.name,
        reasons: shortages.map {
          $0.resource == "pods" ? "Too many pods" : "Insufficient \($0.resource)"
        })
    }

    private static let fullCPU = NodeResourcesFit().unschedulable("Insufficient cpu")
    private static let fullMemory = NodeResourcesFit().unschedulable("Insufficient memory")
  }

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    LeastAllocated(milliCPU: pod.requests.assumedMilliCPU, memory: pod.requests.assumedMemory)
  }

  /// The default scoring strategy: the mean share of CPU and memory that would stay free.
  private struct LeastAllocated: NodeScorer {
    let milliCPU: Int64
    let memory: Int64

    func score(_ node: NodeInfo) -> Int64 {
      let room = node.room
      var sum: Int64 = 0
      var weights: Int64 = 0
      func add(_ used: Int64, _ capacity: Int64) {
        guard capacity > 0 else { return }
        weights += 1
        guard used <= capacity else { return }
        let (product, overflow) = (capacity - used).multipliedReportingOverflow(by: 100)
        sum += overflow ? (capacity - used) / capacity * 100 : product / capacity
      }
      add(room.assumedMilliCPU.saturatingAdd(milliCPU), room.milliCPU)
      add(room.assumedMemory.saturatingAdd(memory), room.memory)
      return weights == 0 ? 0 : sum / weights
    }
  }
}
