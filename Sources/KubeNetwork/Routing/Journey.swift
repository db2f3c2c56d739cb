package import Linux

/// The way of a packet, step by step, and where it ended.
package struct Journey {
  package enum Stage: String, Sendable {
    case resolve, source, service, rule, endpoint, egress, ingress, route, node, listener
    case gateway, backend
  }

  package struct Hop {
    package var stage: Stage
    /// What happened, in one line.
    package var text: String
    package var isFailure = false
    /// What is responsible for a failure: an object, and a field of it.
    package var object = ""
    package var field = ""
    /// The smallest change that would let the packet go on.
    package var remedy = ""
  }

  package enum End {
    /// Arrived at a namespace's port.
    case delivered(NetworkNamespace, address: String, port: Int)
    /// Left the cluster for that address.
    case outside(address: String, port: Int)
    case failed(NetworkFailure)
  }

  package var hops: [Hop] = []
  package var end: End = .failed(.unreachable)
  /// The address that the far side sees.
  package var seenAs = ""
  /// The node whose rules chose an endpoint, and the one that puts itself in the sender's place.
  var via: String?
  var masquerader: String?
  /// Where it was to arrive, as far as it got.
  var dropped: (place: NetworkNamespace, address: String, port: Int)?
  /// Whom policies at the target see, where nodes on the way put themselves in the sender's place.
  var sender: PolicyParty?
  /// Whether the sender's own policies were asked before, at the edge of its node.
  var hasLeft = false
  /// What policies of either side let be said, where they look at that.
  var contents: [[AllowedContent]] = []

  mutating func note(_ stage: Stage, _ text: String) {
    hops.append(Hop(stage: stage, text: text))
  }

  mutating func fail(
    _ stage: Stage, _ failure: NetworkFailure, _ text: String, object: String = "",
    field: String = "", remedy: String = ""
  ) {
    hops.append(
      Hop(
        stage: stage, text: text, isFailure: true, object: object, field: field, remedy: remedy))
    end = .failed(failure)
  }
}

/// What is to be carried where.
package struct Packet {
  package var source: NetworkNamespace
  package var address: String
  package var port: Int
  package var transport: Transport

  package init(
    from source: NetworkNamespace, to address: String, port: Int, transport: Transport = .tcp
  ) {
    self.source = source
    self.address = address
    self.port = port
    self.transport = transport
  }
}
