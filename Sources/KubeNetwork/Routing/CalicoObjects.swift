import Documents
import KubeAPIServer
import KubeObjects

/// What a starting calico-node puts into the API, once its kinds are there: the pool that Pods get
/// their addresses from, and Felix's and the cluster's settings.
struct CalicoObjects {
  private static let group = "crd.projectcalico.org"
  /// The kind that comes last of those that are filled.
  static let definition = "ippools.\(group)"

  private let client: ComponentClient
  private let version: String
  private let seed: UInt64

  /// `agents` is calico-node's DaemonSet.
  init(_ client: ComponentClient, agents: Value, seed: UInt64) {
    self.client = client
    self.seed = seed
    let images = (agents[path: "spec", "template", "spec", "containers"]?.array ?? [])
      .map { $0.text("image") }
    version = images.first.flatMap { $0.split(separator: ":").last.map(String.init) } ?? ""
  }

  func create() {
    put(
      "IPPool", "ippools", "default-ipv4-ippool",
      [
        "allowedUses": ["Workload", "Tunnel"], "assignmentMode": "Automatic", "blockSize": 26,
        "cidr": "10.244.0.0/16", "ipipMode": "Never", "natOutgoing": true,
        "nodeSelector": "all()", "vxlanMode": "Always",
      ])
    put(
      "FelixConfiguration", "felixconfigurations", "default",
      [
        "bpfConnectTimeLoadBalancing": "TCP", "bpfHostNetworkedNATWithoutCTLB": "Enabled",
        "floatingIPs": "Disabled", "logSeverityScreen": "Info", "reportingInterval": "0s",
      ])
    let digits = ClusterNetwork.digits("\(seed)") + ClusterNetwork.digits("guid \(seed)")
    put(
      "ClusterInformation", "clusterinformations", "default",
      [
        "calicoVersion": .string(version), "clusterGUID": .string(digits),
        "clusterType": "k8s,bgp,kubeadm,kdd", "datastoreReady": true,
      ])
  }

  private func put(_ kind: String, _ plural: String, _ name: String, _ spec: Value) {
    // Where somebody made it before, his own stays.
    _ = try? client.create(
      .init(Self.group, "v1", plural),
      [
        "apiVersion": .string("\(Self.group)/v1"), "kind": .string(kind),
        "metadata": ["name": .string(name)], "spec": spec,
      ])
  }
}
