import KubeObjects

/// One rule that somebody gave a node's packet filter, beside those of kube-proxy.
struct FilterRule {
  /// A condition that `!` may turn round.
  struct Match<Value> {
    var value: Value
    var isNegated = false

    func holds(_ test: (Value) -> Bool) -> Bool { test(value) != isNegated }
  }

  var source: Match<IPPrefix>?
  var destination: Match<IPPrefix>?
  /// `tcp`, in small letters.
  var transport: Match<String>?
  /// Names of interfaces; a `+` at the end stands for any rest.
  var incoming: Match<String>?
  var outgoing: Match<String>?
  var sourcePorts: Match<[ClosedRange<Int>]>?
  var destinationPorts: Match<[ClosedRange<Int>]>?
  /// States of a connection: NEW, ESTABLISHED and the like.
  var states: Match<[String]>?
  /// `ACCEPT`, `DROP`, `REJECT`, `RETURN`, `LOG` or a chain.
  var target = ""
  /// As the tools show it.
  var shown: PacketRule

  func matches(_ packet: FilteredPacket) -> Bool {
    func holds(_ match: Match<IPPrefix>?, _ address: String) -> Bool {
      guard let match else { return true }
      guard let address = IPAddress(address) else { return false }
      return match.holds { $0.contains(address) }
    }
    func holds(_ match: Match<[ClosedRange<Int>]>?, _ port: Int?) -> Bool {
      match?.holds { ranges in port.map { port in ranges.contains { $0 ~= port } } ?? false }
        ?? true
    }
    func holds(_ match: Match<String>?, _ interface: String) -> Bool {
      match?.holds { $0.hasSuffix("+") ? interface.hasPrefix($0.dropLast()) : $0 == interface }
        ?? true
    }
    return holds(source, packet.source) && holds(destination, packet.destination)
      && (transport?.holds { $0 == packet.transport } ?? true)
      && holds(sourcePorts, packet.sourcePort) && holds(destinationPorts, packet.port)
      && holds(incoming, packet.incoming) && holds(outgoing, packet.outgoing)
      && (states?.holds { $0.contains(packet.isReply ? "ESTABLISHED" : "NEW") } ?? true)
  }
}

/// A packet as a node's filter meets it.
struct FilteredPacket {
  var source: String
  var destination: String
  var transport: String
  var sourcePort: Int?
  var port: Int?
  /// Of a connection that is there already.
  var isReply = false
  /// The interface that it came by; "" where the node itself sends.
  var incoming = ""
  var outgoing = ""

  /// What comes back.
  var reply: FilteredPacket {
    FilteredPacket(
      source: destination, destination: source, transport: transport, sourcePort: port,
      port: sourcePort, isReply: true, incoming: outgoing, outgoing: incoming)
  }
}
