/// Prefers nodes whose use of CPU and memory the Pod would bring closer together.
struct NodeResourcesBalancedAllocation: ScorePlugin {
  let name = "NodeResourcesBalancedAllocation"

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    let wanted = pod.requests.exact
    // A Pod that asks for nothing changes no balance.
    guard wanted.milliCPU > 0 || wanted.memory > 0 else { return nil }
    return Scorer(milliCPU: wanted.milliCPU, memory: wanted.memory)
  }

  private struct Scorer: NodeScorer {
    let milliCPU: Int64
    let memory: Int64

    func score(_ node: NodeInfo) -> Int64 {
      let room = node.room
      let before = Self.balance(
        room.usedMilliCPU, room.milliCPU, room.usedMemory, room.memory)
      let after = Self.balance(
        room.usedMilliCPU.saturatingAdd(milliCPU), room.milliCPU,
        room.usedMemory.saturatingAdd(memory), room.memory)
      // 75 leaves the balance as it is; 50 is the worst change and 100 the best.
      return 50 + (50 + after - before) / 2
    }

    static func balance(
      _ usedCPU: Int64, _ hasCPU: Int64, _ usedMemory: Int64, _ hasMemory: Int64
    ) -> Int64 {
      guard hasCPU != 0, hasMemory != 0 else { return 100 }
      let cpu = min(Double(usedCPU) / Double(hasCPU), 1)
      let memory = min(Double(usedMemory) / Double(hasMemory), 1)
      return Int64((1 - abs((cpu - memory) / 2)) * 100)
    }
  }
}
