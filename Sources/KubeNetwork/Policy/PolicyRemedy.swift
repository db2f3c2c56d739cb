import Documents
import KubeObjects

/// The smallest change to NetworkPolicies that would let a refused connection pass.
struct PolicyRemedy {
  /// The policy to change, the field, and what to write there.
  let object: String
  let field: String
  let change: String

  /// `home` is the namespace of the isolated Pod; `peer` is the Pod on the other side, if one.
  init(
    _ verdict: PolicyVerdict, subject: String, peer: Value?, address: String, port: Int,
    transport: String, home: String
  ) {
    let direction = verdict.direction.rawValue
    let key = verdict.direction == .egress ? "to" : "from"
    let portText = "{port: \(port), protocol: \(transport)}"
    let peerText = Self.peer(peer, address: address, home: home)
    if let denying = verdict.denying {
      object = Self.title(denying.policy)
      if verdict.isDenialAbsolute {
        field = "spec.\(direction)Deny"
        change = "take the rule of denial away, or make it narrower"
      } else {
        field = "spec.\(direction)[\(denying.rule)]"
        change = "put a rule before it that lets \(peerText) pass, or make it narrower"
      }
      return
    }
    guard let nearest = verdict.nearest else {
      object = Self.title(verdict.isolating.first ?? "")
      field = "spec.\(direction)"
      change =
        "add the rule: {\(key): [\(peerText)]"
        + (transport == "ICMP" ? "}" : ", ports: [\(portText)]}")
      return
    }
    object = Self.title(nearest.policy)
    if nearest.hasPeer {
      field = "spec.\(direction)[\(nearest.rule)].ports"
      change = "add \(portText)"
    } else {
      field = "spec.\(direction)[\(nearest.rule)].\(key)"
      change = "add \(peerText)"
    }
  }

  static func title(_ policy: String) -> String {
    policy.contains(" ") ? policy : "NetworkPolicy \(policy)"
  }

  private static func peer(_ pod: Value?, address: String, home: String) -> String {
    guard let pod else {
      return "{ipBlock: {cidr: \(address)/\(address.contains(":") ? 128 : 32)}}"
    }
    let changing: Set<String> = [
      "pod-template-hash", "controller-revision-hash", "pod-template-generation",
      "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
    ]
    let labels = (pod.labels?.strings ?? [:]).filter { !changing.contains($0.key) }
      .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    let pods = labels.isEmpty ? "podSelector: {}" : "podSelector: {matchLabels: {\(labels)}}"
    guard pod.namespace != home else { return "{\(pods)}" }
    return "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \(pod.namespace)}}, "
      + "\(pods)}"
  }
}
