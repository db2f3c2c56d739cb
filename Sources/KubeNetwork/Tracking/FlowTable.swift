import Linux
import Simulation

/// A connection as the kernel's connection tracking remembers it.
final class Flow {
  let transport: Transport
  let began: Moment
  let source: (address: String, port: Int)
  /// As the client addressed it.
  let target: (address: String, port: Int)
  /// As NAT has it: the server's own, and whom the server sees.
  let inner: (address: String, port: Int)
  let seenAs: String
  /// The nodes that it passes.
  let nodes: Set<String>
  /// When its client closed it.
  var closed: Moment?

  init(
    _ transport: Transport, began: Moment, source: (address: String, port: Int),
    target: (address: String, port: Int), inner: (address: String, port: Int), seenAs: String,
    nodes: Set<String>
  ) {
    self.transport = transport
    self.began = began
    self.source = source
    self.target = target
    self.inner = inner
    self.seenAs = seenAs
    self.nodes = nodes
    closed = transport == .udp ? began : nil
  }

  /// Seconds that the kernel will still remember it: nf_conntrack_tcp_timeout_established,
  /// …_time_wait and nf_conntrack_udp_timeout. Nil: it has forgotten.
  func secondsLeft(at now: Moment) -> Int64? {
    guard let closed else { return 86_399 }
    let left = (transport == .udp ? 30 : 120) - (now - closed).seconds
    return left > 0 ? left : nil
  }
}

/// The connections that crossed the cluster's nodes lately.
struct FlowTable {
  private var flows: [Flow] = []
  /// More are forgotten, the oldest first.
  private static let most = 2048

  mutating func add(_ flow: Flow) {
    flows.append(flow)
    if flows.count > 2 * Self.most { flows.removeFirst(flows.count - Self.most) }
  }

  func known(on node: String, at now: Moment) -> [(flow: Flow, left: Int64)] {
    flows.suffix(Self.most).reversed().compactMap { flow in
      guard flow.nodes.contains(node) else { return nil }
      return flow.secondsLeft(at: now).map { (flow, $0) }
    }
  }

  mutating func remove(_ gone: [Flow]) {
    let gone = Set(gone.map(ObjectIdentifier.init))
    flows.removeAll { gone.contains(ObjectIdentifier($0)) }
  }
}
