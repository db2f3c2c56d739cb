package import Documents
package import KubeObjects

/// One side of a connection as policies see it.
package struct PolicyParty {
  /// nil for what is no Pod of the network: nodes, Pods on their node's network, the outside.
  package var pod: Pod?
  package var address: IPAddress?
  /// A Pod, or a node of the cluster; the world otherwise.
  package var isOfCluster: Bool

  package struct Pod {
    package var namespace: String
    package var name: String
    package var labels: Value?
    package var namespaceLabels: Value?
    /// Named container ports: name, number, protocol.
    package var ports: [(name: String, number: Int, transport: String)]

    package init(_ pod: Value, namespaceLabels: Value?) {
      namespace = pod.namespace
      name = pod.name
      labels = pod.labels
      self.namespaceLabels = namespaceLabels
      let containers =
        (pod["spec"]?.items("containers") ?? []) + (pod["spec"]?.items("initContainers") ?? [])
      ports = containers.flatMap { $0.items("ports") }.compactMap { port in
        guard let name = port["name"]?.string, let number = port["containerPort"]?.int else {
          return nil
        }
        return (name, Int(clamping: number), port["protocol"]?.string ?? "TCP")
      }
    }
  }

  package init(pod: Pod?, address: IPAddress?) {
    self.pod = pod
    self.address = address
    isOfCluster = pod != nil
  }
}

/// Whether policies let a connection pass, and which of them said so.
package struct PolicyVerdict: Hashable, Sendable {
  package enum Direction: String, Sendable { case egress, ingress }

  package var direction: Direction
  package var isAllowed: Bool
  /// The policies that isolate the Pod in this direction; none leaves it open.
  package var isolating: [String]
  /// The policy and the number of its rule that allowed it.
  package var allowing: (policy: String, rule: Int)? {
    get { allowingPolicy.map { ($0, allowingRule) } }
    set {
      allowingPolicy = newValue?.policy
      allowingRule = newValue?.rule ?? 0
    }
  }
  /// The policy whose rule of denial matched.
  package var denying: String?
  private var allowingPolicy: String?
  private var allowingRule = 0
  /// What it would have needed, in words, when it is not allowed.
  package var reason = ""
  /// The rule that came nearest: it has the peer and lacks the port, or the other way round.
  package var nearest: Nearest?

  package struct Nearest: Hashable, Sendable {
    package var policy: String
    package var rule: Int
    package var hasPeer: Bool
  }

  init(_ direction: Direction, isAllowed: Bool, isolating: [String]) {
    self.direction = direction
    self.isAllowed = isAllowed
    self.isolating = isolating
  }
}
