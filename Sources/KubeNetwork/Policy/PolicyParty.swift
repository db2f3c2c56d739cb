package import Documents
package import KubeObjects

/// One side of a connection as policies see it.
package struct PolicyParty {
  /// nil for what is no Pod of the network: nodes, Pods on their node's network, the outside.
  package var pod: Pod?
  package var address: IPAddress?
  /// A Pod, or a node of the cluster; the world otherwise.
  package var isOfCluster: Bool
  /// A node's labels.
  package var node: Value?
  /// The names by which an address outside of the cluster is known.
  var domains: [String] = []
  /// The Services that it stands behind, where a policy names some.
  var services: [Value] = []

  /// Whether a container of it calls that port so.
  func names(_ port: Int, _ transport: String, as name: String) -> Bool {
    pod?.ports.contains { $0.name == name && $0.number == port && $0.transport == transport }
      ?? false
  }

  package struct Pod {
    package var namespace: String
    package var name: String
    package var labels: Value?
    package var namespaceLabels: Value?
    var serviceAccount: String
    /// Named container ports: name, number, protocol.
    package var ports: [(name: String, number: Int, transport: String)]

    package init(_ pod: Value, namespaceLabels: Value?) {
      namespace = pod.namespace
      name = pod.name
      labels = pod.labels
      self.namespaceLabels = namespaceLabels
      serviceAccount = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
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

  package struct RuleReference: Hashable, Sendable {
    /// The policy's title.
    package var policy: String
    /// The rule's place in its list, from 0.
    package var rule: Int
  }

  package var direction: Direction
  package var isAllowed: Bool
  /// The policies that isolate the Pod in this direction; none leaves it open.
  package var isolating: [String]
  package var allowing: RuleReference?
  package var denying: RuleReference?
  /// Whether no rule of another policy could have allowed what was denied.
  package var isDenialAbsolute = false
  /// The rules that handed the decision to the next tier.
  package var passing: [RuleReference] = []
  /// What may be said on the connection; empty: anything.
  package var contents: [AllowedContent] = []
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
