import KubeAPIServer
import Linux

extension ClusterNetwork {
  /// Where a packet goes, and why.
  package func journey(_ packet: Packet) -> Journey {
    var journey = unfiltered(packet)
    filter(packet, &journey)
    return journey
  }

  /// Lets the filters of the nodes on the way decide about a packet that would arrive.
  private func filter(_ packet: Packet, _ journey: inout Journey) {
    guard !filters.isEmpty else { return }
    var target: NetworkNamespace?
    let (address, port): (String, Int)
    switch journey.end {
    case .delivered(let found, let inner, let innerPort):
      (target, address, port) = (found, inner, innerPort)
    case .outside(let outer, let outerPort): (address, port) = (outer, outerPort)
    case .failed: return
    }
    let source = packet.source
    let isOwn = target === source
    var passing = FilteredPacket(
      source: isOwn ? address : source.address, destination: address,
      transport: packet.transport.rawValue.lowercased(),
      sourcePort: nil, port: packet.transport == .icmp ? nil : port)
    if case .node(let node) = source.kind {
      passing.outgoing = isOwn ? "lo" : interface(of: target, on: node)
      guard pass(passing, "OUTPUT", node, &journey),
        pass(passing.reply, "INPUT", node, &journey)
      else { return }
    }
    if isOwn, source.isPod { return }
    passing.incoming = ""
    passing.outgoing = ""
    if source.isPod, let node = source.node, target.map({ !Self.isNode($0, node) }) ?? true {
      passing.incoming = interface(of: source, on: node)
      passing.outgoing = interface(of: target, on: node)
      guard pass(passing, "FORWARD", node, &journey),
        pass(passing.reply, "FORWARD", node, &journey)
      else { return }
    }
    guard let target, let node = target.node else { return }
    passing.source = isOwn ? address : journey.seenAs
    passing.incoming = isOwn ? "lo" : interface(of: source, on: node)
    passing.outgoing = ""
    if Self.isNode(target, node) {
      guard pass(passing, "INPUT", node, &journey) else { return }
      _ = pass(passing.reply, "OUTPUT", node, &journey)
    } else if source.node != node {
      passing.outgoing = interface(of: target, on: node)
      guard pass(passing, "FORWARD", node, &journey) else { return }
      _ = pass(passing.reply, "FORWARD", node, &journey)
    }
  }

  private static func isNode(_ place: NetworkNamespace, _ name: String) -> Bool {
    !place.isPod && place.node == name
  }

  /// The interface of a node that leads to a place.
  private func interface(of place: NetworkNamespace?, on node: String) -> String {
    guard let place, place.isPod, place.node == node, let pod = podsByAddress[place.address].first
    else { return "eth0" }
    return wireName(pod)
  }

  private func pass(
    _ packet: FilteredPacket, _ chain: String, _ node: String, _ journey: inout Journey
  ) -> Bool {
    guard let (verdict, rule) = filters[node]?.verdict(in: chain, on: packet), verdict != .accept
    else { return true }
    let what = packet.isReply ? "the answers" : "it"
    journey.fail(
      .rule, verdict == .drop ? .timedOut : .refused,
      "the packet filter of \(node) \(verdict == .drop ? "drops" : "rejects") \(what): \(rule)",
      object: "node \(node)", field: "iptables \(chain)",
      remedy: rule.hasPrefix("-P")
        ? "iptables -P \(chain) ACCEPT, or a rule that accepts it"
        : "on \(node): iptables -D \(rule.dropFirst(3))")
    return false
  }
}
