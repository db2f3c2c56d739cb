import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Cilium's agents on the nodes: each goes by the settings that it read when it started, and they
/// tell of the policies that they have taken.
final class CiliumAgents {
  private unowned let network: ClusterNetwork
  private let configMaps: Informer
  private let client: ComponentClient
  /// The ConfigMap as it was from some moment on, the newest last.
  private var history: [(since: Moment, object: Value)] = []
  private static let historyLimit = 64

  init(_ network: ClusterNetwork, changed: @escaping () -> Void) {
    self.network = network
    client = ComponentClient(
      server: network.client.server,
      user: UserInfo(name: "system:cilium-operator", groups: ["system:masters"]),
      manager: "cilium-operator-generic")
    configMaps = network.client.informer(.configMaps)
    configMaps.onChange { [weak self] _, new in
      guard let self, let new, new.name == CiliumSettings.name, new.namespace == "kube-system"
      else { return }
      if history.count == Self.historyLimit { history.removeFirst() }
      history.append((network.timeline.now, new))
      changed()
    }
    network.pods.onChange { old, new in
      if Self.start(old) != Self.start(new) { changed() }
    }
  }

  /// When the agent that a Pod is has started; nil for other Pods.
  private static func start(_ pod: Value?) -> Moment? {
    guard let pod, pod.label("k8s-app") == "cilium", pod.namespace == "kube-system" else {
      return nil
    }
    let running = pod[path: "status", "containerStatuses"]?.array?.first?[path: "state", "running"]
    return (running?["startedAt"]?.string).flatMap { Moment(rfc3339: $0) }
  }

  private func read(at start: Moment?) -> Value? {
    guard let start else { return history.last?.object }
    return (history.last { $0.since.seconds <= start.seconds } ?? history.first)?.object
  }

  /// The ConfigMap that the agent of a node goes by; without a node, that of the longest running one.
  func settings(on node: String? = nil) -> Value? {
    let starts = network.pods.objects.values.filter {
      node == nil || $0[path: "spec", "nodeName"]?.string == node
    }.compactMap { Self.start($0) }
    return read(at: starts.min())
  }

  /// Says of a policy that it is good, as Cilium's operator does once it has looked at it.
  func acknowledge(_ policy: Value, _ plural: String) {
    let known = policy[path: "status", "conditions"]?.array ?? []
    let why = Self.problem(policy)
    let status = why == nil ? "True" : "False"
    let message = why ?? "Policy validation succeeded"
    guard
      !known.contains(where: {
        $0.text("type") == "Valid" && $0.text("status") == status
          && $0.text("message") == message
      })
    else { return }
    var changed = policy
    changed["status"] = [
      "conditions": [
        [
          "lastTransitionTime": .string(network.timeline.now.rfc3339), "message": .string(message),
          "status": .string(status), "type": "Valid",
        ]
      ]
    ]
    _ = try? client.update(.init("cilium.io", "v2", plural), changed, subresource: "status")
  }

  /// Why Cilium would not take a policy, by the rules of its Sanitize; nil when it does.
  static func problem(_ policy: Value) -> String? {
    let specs = [policy["spec"]].compactMap { $0 } + policy.items("specs")
    if specs.isEmpty { return "Invalid CiliumNetworkPolicy spec(s): empty" }
    for spec in specs {
      switch (spec.has("endpointSelector"), spec.has("nodeSelector")) {
      case (true, true): return "rule cannot have both EndpointSelector and NodeSelector"
      case (false, false): return "rule must have one of EndpointSelector or NodeSelector"
      default: break
      }
      let rules = ["ingress", "ingressDeny", "egress", "egressDeny"].flatMap { spec.items($0) }
      if rules.contains(where: { $0.has("toPorts") && $0.has("icmps") }) {
        return "the combination of ToPorts and ICMPs is not supported yet"
      }
    }
    return nil
  }
}
