/// A kind of cluster that drydock can boot, named as `--cluster` names it.
package struct Blueprint: Hashable, Sendable {
  package var name: String
  /// The nodes, the control plane's first; empty for an API server alone.
  package var nodes: [NodePlan]
  /// Whether controllers and the scheduler run.
  package var hasControllers: Bool
  /// Whether kubelets run and obey Pods; without, a client plays them.
  package var kubelets: Kubelets
  /// Where Pods' addresses come from, a /24 for each node.
  package var podCIDR = "10.244.0.0/16"
  /// Whether kubeadm's add-ons (CoreDNS, kube-proxy, a CNI) and control-plane Pods are there.
  package var hasAddOns: Bool
  /// What connects Pods; nil leaves nodes NotReady until one is installed.
  package var plugIn: NetworkPlugIn? = .calico
  /// Whether a cloud gives addresses to Services of type LoadBalancer.
  package var isInCloud = false
  /// Whose installer made it.
  package var distribution = Distribution.kubeadm
  /// What tells it from the clusters beside it; empty where it stands alone.
  package var label = ""
  /// How many clusters of the same start stand before it.
  package var position = 0
  /// Clusters that stand beside it, each with an API, nodes and a context of its own.
  package var beside: [Blueprint] = []

  package enum Kubelets: Sendable {
    case none, simulated
    /// Kubelets that run no containers and only obey the `stand-in/…` annotations of recordings.
    case standIn
  }

  package struct NodePlan: Hashable, Sendable {
    package var name: String
    package var isControlPlane = false
    package var cpus = 2
    package var memoryKiB: Int64 = 4_000_000
    package var address: String
    /// Whether it is a node already, or a machine that `kubeadm join` is still to make one.
    package var isJoined = true
  }

  package static let kubeadm = Blueprint(
    name: "kubeadm",
    nodes: [
      NodePlan(name: "controlplane", isControlPlane: true, address: "192.168.56.10"),
      NodePlan(name: "node01", address: "192.168.56.11"),
      NodePlan(name: "node02", address: "192.168.56.12"),
    ], hasControllers: true, kubelets: .simulated, hasAddOns: true)

  /// As kubeadm, with a machine that has not joined yet: node02.
  package static let joining: Blueprint = {
    var blueprint = kubeadm
    blueprint.name = "joining"
    blueprint.nodes[blueprint.nodes.count - 1].isJoined = false
    return blueprint
  }()

  /// One node that is control plane and worker at once.
  package static let single = Blueprint(
    name: "single",
    nodes: [NodePlan(name: "controlplane", isControlPlane: true, address: "192.168.56.10")],
    hasControllers: true, kubelets: .simulated, hasAddOns: true)

  /// The three nodes of the recordings: 4 CPU and 8 GiB each, no add-ons.
  package static let plain = Blueprint(
    name: "plain",
    nodes: [
      NodePlan(
        name: "controlplane", isControlPlane: true, cpus: 4, memoryKiB: 8_388_608,
        address: "10.0.0.1"),
      NodePlan(name: "node01", cpus: 4, memoryKiB: 8_388_608, address: "10.0.0.2"),
      NodePlan(name: "node02", cpus: 4, memoryKiB: 8_388_608, address: "10.0.0.3"),
    ], hasControllers: true, kubelets: .standIn, hasAddOns: false)

  package static let apiserver = Blueprint(
    name: "apiserver", nodes: [], hasControllers: false, kubelets: .none, hasAddOns: false)
  package static let bare = Blueprint(
    name: "bare", nodes: [], hasControllers: true, kubelets: .none, hasAddOns: false)

  /// `scale-N`: a control plane and N workers.
  package static func scale(_ workers: Int) -> Blueprint {
    let control = NodePlan(
      name: "controlplane", isControlPlane: true, cpus: 16, memoryKiB: 64_000_000,
      address: "172.16.0.1")
    let nodes = (1...max(1, workers)).map { index in
      NodePlan(
        name: "node" + String(repeating: "0", count: max(0, 5 - "\(index)".count)) + "\(index)",
        cpus: 16, memoryKiB: 64_000_000,
        address: "172.\(16 + (index + 1) / 65536).\((index + 1) / 256 % 256).\((index + 1) % 256)")
    }
    var scale = Blueprint(
      name: "scale-\(workers)", nodes: [control] + nodes, hasControllers: true,
      kubelets: .simulated, hasAddOns: false)
    // Room for 32,768 nodes, above the Services' range.
    scale.podCIDR = "10.128.0.0/9"
    return scale
  }

  /// A server that takes Pods too, and an agent.
  package static let k3s: Blueprint = {
    var blueprint = Blueprint(
      name: "k3s",
      nodes: [
        NodePlan(name: "server", isControlPlane: true, address: "192.168.56.10"),
        NodePlan(name: "agent", address: "192.168.56.11"),
      ], hasControllers: true, kubelets: .simulated, podCIDR: "10.42.0.0/16", hasAddOns: true)
    blueprint.distribution = .k3s
    return blueprint
  }()

  /// One machine with the snap on it.
  package static let microk8s: Blueprint = {
    var blueprint = Blueprint(
      name: "microk8s",
      nodes: [NodePlan(name: "microk8s-vm", isControlPlane: true, address: "192.168.56.10")],
      hasControllers: true, kubelets: .simulated, podCIDR: "10.1.0.0/16", hasAddOns: true)
    blueprint.distribution = .microk8s
    return blueprint
  }()

  package static let all = [kubeadm, joining, single, k3s, microk8s, plain, apiserver, bare]

  /// The blueprint of that name, `scale-N` included (at most 5,000 workers), or nil. After a plus
  /// sign stands what is different: `kubeadm+flannel`, `kubeadm+none`, `single+cilium+cloud`.
  /// Several with commas between them stand beside each other: `prod=kubeadm,dev=single`.
  package static func named(_ name: String) -> Blueprint? {
    name.contains(where: { ",=".contains($0) }) ? several(name) : alone(name)
  }

  private static func alone(_ name: String) -> Blueprint? {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return plain(named: name) }
    guard var found = plain(named: parts[0]), found.kubelets == .simulated, found.hasAddOns,
      found.distribution == .kubeadm || parts.dropFirst() == ["cloud"]
    else { return nil }
    for option in parts.dropFirst() {
      switch option {
      case "cloud": found.isInCloud = true
      case "none": found.plugIn = nil
      default:
        guard let plugIn = NetworkPlugIn(rawValue: option) else { return nil }
        found.plugIn = plugIn
      }
    }
    found.name = name
    return found
  }

  private static func plain(named name: String) -> Blueprint? {
    if let found = all.first(where: { $0.name == name }) { return found }
    guard name.hasPrefix("scale-"), let workers = Int(name.dropFirst(6)),
      (1...5000).contains(workers)
    else { return nil }
    return scale(workers)
  }
}
