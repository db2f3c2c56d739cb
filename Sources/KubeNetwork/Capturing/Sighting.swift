import Linux
import Simulation

/// An address and a port of it.
struct PacketEnd: Hashable {
  var address: String
  var port: Int
}

/// What a packet carries.
enum PacketContent {
  /// Numbers of bytes count from the connection's beginning.
  case segment(flags: String, sequence: Int, acknowledged: Int, data: [UInt8])
  case datagram([UInt8])
  case question(id: Int, NameQuestion)
  case answer(id: Int, NameQuestion, NameAnswer)
  case echo(isReply: Bool, id: Int, sequence: Int)
  /// Nobody takes packets for that port.
  case unreachable(port: PacketEnd, transport: Transport)
}

/// A packet as an interface saw it.
struct Sighting {
  let moment: Moment
  let interface: String
  let isIncoming: Bool
  let source: PacketEnd
  let destination: PacketEnd
  let transport: Transport
  let content: PacketContent
  /// What the sender's own interface carries at most.
  let mtu: Int
  /// The nodes' own packet around it, on its way through a tunnel.
  let tunnel: PacketRoute.Tunnel?
}

/// Somebody who looks at the interfaces of a Pod or node.
final class PacketTap {
  let place: NetworkNamespace
  private let see: (Sighting) -> Void

  init(_ place: NetworkNamespace, see: @escaping (Sighting) -> Void) {
    self.place = place
    self.see = see
  }

  func see(_ sighting: Sighting) { see(sighting) }
}

/// The interfaces that a connection's packets pass, and which addresses they have there.
struct PacketRoute {
  struct Tunnel: Hashable {
    var source: String
    var destination: String
    var port: Int
    var network: Int
  }

  private struct Point {
    var place: NetworkNamespace
    var interface: String
    var isIncoming: Bool
    var source: PacketEnd
    var destination: PacketEnd
    var tunnel: Tunnel?
  }

  private unowned let network: ClusterNetwork
  private let transport: Transport
  private var points: [Point] = []
  /// What the interfaces of both ends carry, the client's first.
  private let limits: (near: Int, far: Int)
  /// Between one interface and the next.
  private static let step = Span(nanoseconds: 9_000)

  /// Of a packet from a port; what was dropped on its way is seen until there.
  init(_ network: ClusterNetwork, _ packet: Packet, from port: Int, _ journey: Journey) {
    self.network = network
    transport = packet.transport
    func limit(_ isPod: Bool) -> Int { isPod ? network.podMTU : 1500 }
    if case .delivered(let place, _, _) = journey.end {
      limits = (limit(packet.source.isPod), limit(place.isPod))
    } else {
      limits = (limit(packet.source.isPod), 1500)
    }
    let source = packet.source
    let client = PacketEnd(address: source.address, port: port)
    let target = PacketEnd(address: packet.address, port: packet.port)
    switch journey.end {
    case .delivered(let place, let inner, let innerPort) where place === source:
      let own = PacketEnd(address: inner, port: innerPort)
      let near = PacketEnd(address: journey.seenAs, port: port)
      points = [
        Point(
          place: source, interface: "lo", isIncoming: true, source: near, destination: own)
      ]
    case .delivered(let place, let inner, let innerPort):
      let seen = PacketEnd(address: journey.seenAs, port: port)
      let node = approach(source, client, target, journey.via ?? place.node)
      arrive(at: place, from: node, seen, PacketEnd(address: inner, port: innerPort))
    case .outside(let outer, let outerPort):
      let node = approach(source, client, target, nil)
      guard let node, let host = network.node(node) else { return }
      add(
        host, "eth0", isIncoming: false, PacketEnd(address: host.address, port: port),
        PacketEnd(address: outer, port: outerPort))
    case .failed:
      let node = approach(source, client, target, journey.via)
      guard let dropped = journey.dropped, journey.hops.last?.stage == .ingress else { return }
      let seen = PacketEnd(address: journey.seenAs, port: port)
      arrive(
        at: dropped.place, from: node, seen,
        PacketEnd(address: dropped.address, port: dropped.port))
      // Policies let nothing onto the Pod's own wire.
      let wire = wire(dropped.place)
      points.removeAll { $0.place === dropped.place || $0.interface == wire }
    }
  }

  private func wire(_ place: NetworkNamespace) -> String {
    network.pod(of: place).map(network.wireName) ?? ""
  }

  private mutating func add(
    _ place: NetworkNamespace, _ interface: String, isIncoming: Bool, _ source: PacketEnd,
    _ destination: PacketEnd, _ tunnel: Tunnel? = nil
  ) {
    points.append(
      Point(
        place: place, interface: interface, isIncoming: isIncoming, source: source,
        destination: destination, tunnel: tunnel))
  }

  /// The way to the node whose rules decide; that node.
  private mutating func approach(
    _ source: NetworkNamespace, _ client: PacketEnd, _ target: PacketEnd, _ via: String?
  ) -> String? {
    guard let home = source.node, let host = network.node(home) else {
      add(source, "eth0", isIncoming: false, client, target)
      guard let via, let host = network.node(via) else { return nil }
      add(host, "eth0", isIncoming: true, client, target)
      return via
    }
    if source.isPod {
      add(source, "eth0", isIncoming: false, client, target)
      add(host, wire(source), isIncoming: true, client, target)
    }
    // To a node port of another one: that node's rules decide.
    guard let via, via != home, let other = network.node(via), other.address == target.address
    else { return home }
    let seen = PacketEnd(address: host.address, port: client.port)
    add(host, "eth0", isIncoming: false, seen, target)
    add(other, "eth0", isIncoming: true, seen, target)
    return via
  }

  /// From a node on to a Pod or another node.
  private mutating func arrive(
    at place: NetworkNamespace, from node: String?, _ source: PacketEnd, _ destination: PacketEnd
  ) {
    let name = network.pod(of: place).map(network.wireName)
    if let node, let host = network.node(node), node != place.node {
      guard place.isPod, let home = place.node, let other = network.node(home) else {
        if host !== place { add(host, "eth0", isIncoming: false, source, destination) }
        add(place, "eth0", isIncoming: true, source, destination)
        return
      }
      let tunnel = network.tunnel(from: host, to: other)
      add(host, tunnel.interface, isIncoming: false, source, destination)
      add(host, "eth0", isIncoming: false, source, destination, tunnel.outer)
      add(other, "eth0", isIncoming: true, source, destination, tunnel.outer)
      add(other, tunnel.interface, isIncoming: true, source, destination)
    }
    guard place.isPod, let name, let home = place.node.flatMap(network.node) else { return }
    add(home, name, isIncoming: false, source, destination)
    add(place, "eth0", isIncoming: true, source, destination)
  }

  /// Shows a packet to all who look; backwards is what comes back.
  func show(_ content: PacketContent, backwards: Bool = false) {
    // What happens at one moment is shown in its order.
    let start = max(network.timeline.now, network.lastSeen)
    network.lastSeen = start + Span(nanoseconds: Int64(points.count) * Self.step.nanoseconds)
    for (number, point) in (backwards ? points.reversed() : points).enumerated() {
      for tap in network.taps where tap.place === point.place {
        tap.see(
          Sighting(
            moment: start + Span(nanoseconds: Int64(number) * Self.step.nanoseconds),
            interface: point.interface,
            isIncoming: point.interface == "lo" || point.isIncoming != backwards,
            source: backwards ? point.destination : point.source,
            destination: backwards ? point.source : point.destination, transport: transport,
            content: content, mtu: backwards ? limits.far : limits.near,
            tunnel: point.tunnel.map {
              backwards
                ? Tunnel(
                  source: $0.destination, destination: $0.source, port: $0.port,
                  network: $0.network) : $0
            }))
      }
    }
  }
}

extension ClusterNetwork {
  /// What carries packets between the Pods of two nodes, as each plug-in has it by default.
  func tunnel(
    from one: NetworkNamespace, to other: NetworkNamespace
  ) -> (interface: String, outer: PacketRoute.Tunnel) {
    func outer(_ port: Int, _ network: Int) -> PacketRoute.Tunnel {
      .init(source: one.address, destination: other.address, port: port, network: network)
    }
    return switch plugIn {
    case .calico: ("vxlan.calico", outer(4789, 4096))
    case .flannel: ("flannel.1", outer(8472, 1))
    case .cilium: ("cilium_vxlan", outer(8472, 2))
    }
  }

  /// Does something whose packets nobody is to see.
  func quietly<Result>(_ body: () -> Result) -> Result {
    let kept = taps
    taps = []
    defer { taps = kept }
    return body()
  }

  /// A route for packets that somebody might look at; nil while nobody looks.
  func watched(_ packet: Packet, from port: Int, _ journey: Journey) -> PacketRoute? {
    taps.isEmpty ? nil : PacketRoute(self, packet, from: port, journey)
  }
}
