import Linux

extension ClusterNetwork {
  /// Nobody answers for a machine that is switched off, and what is tunnelled to it is lost.
  func failIfAbsent(_ target: NetworkNamespace, _ journey: inout Journey) -> Bool {
    guard let name = target.node, absent.contains(name) else { return false }
    journey.fail(
      .node, target.isPod ? .timedOut : .unreachable, "node \(name) is switched off",
      object: "Node \(name)", field: "status.conditions", remedy: "switch the machine on")
    return true
  }
}
