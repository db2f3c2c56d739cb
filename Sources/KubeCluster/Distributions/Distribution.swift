import Documents
import KubeObjects
import PKI

/// Whose installer made a cluster: what it calls things, and where it keeps them.
package enum Distribution: String, Hashable, Sendable {
  case kubeadm, k3s, microk8s

  /// The release that its parts say they are.
  var version: String { self == .k3s ? "v1.36.2+k3s1" : "v1.36.2" }

  /// Where Services get their addresses; the first is the API's, the tenth the name server's.
  var serviceRange: IPPrefix {
    switch self {
    case .kubeadm: .standardServices
    case .k3s: IPPrefix("10.43.0.0/16") ?? .standardServices
    case .microk8s: IPPrefix("10.152.183.0/24") ?? .standardServices
    }
  }

  var apiPort: Int { self == .microk8s ? 16443 : 6443 }

  /// What its kubeconfig calls cluster, user and context.
  var clusterName: String {
    switch self {
    case .kubeadm: "kubernetes"
    case .k3s: "default"
    case .microk8s: "microk8s-cluster"
    }
  }

  var userName: String {
    switch self {
    case .kubeadm: "kubernetes-admin"
    case .k3s: "default"
    case .microk8s: "admin"
    }
  }

  var contextName: String {
    switch self {
    case .kubeadm: "kubernetes-admin@kubernetes"
    case .k3s: "default"
    case .microk8s: "microk8s"
    }
  }

  /// Whom the certificate of its kubeconfig names.
  var administrator: (user: String, groups: [String]) {
    switch self {
    case .kubeadm: ("kubernetes-admin", ["kubeadm:cluster-admins"])
    case .k3s: ("system:admin", ["system:masters"])
    case .microk8s: ("admin", ["system:masters"])
    }
  }

  /// Labels of its nodes, the control plane's among them.
  func labels(isControlPlane: Bool) -> [String: String] {
    switch self {
    case .kubeadm:
      isControlPlane ? ["node.kubernetes.io/exclude-from-external-load-balancers": ""] : [:]
    case .k3s:
      ["node.kubernetes.io/instance-type": "k3s", "beta.kubernetes.io/instance-type": "k3s"]
    case .microk8s:
      [
        "microk8s.io/cluster": "true",
        "node.kubernetes.io/microk8s-controlplane": "microk8s-controlplane",
      ]
    }
  }

  /// The value of the control plane's role label; nil: it has none.
  var roleLabel: String? {
    switch self {
    case .kubeadm: ""
    case .k3s: "true"
    case .microk8s: nil
    }
  }

  /// Where a node's tool is, that comes with the distribution; nil: where such programs live.
  func path(of tool: String) -> String? {
    guard ["kubectl", "crictl", "ctr"].contains(tool) else { return nil }
    switch self {
    case .kubeadm: return nil
    case .k3s: return "/var/lib/rancher/k3s/data/current/bin/\(tool)"
    case .microk8s: return "/snap/microk8s/current/\(tool)"
    }
  }

  /// Where its containerd listens.
  var runtimeSockets: [String] {
    switch self {
    case .kubeadm: ["/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock"]
    case .k3s: ["/run/k3s/containerd/containerd.sock"]
    case .microk8s: ["/var/snap/microk8s/common/run/containerd.sock"]
    }
  }

  /// What is in a new cluster of it.
  func addOns(_ cluster: Cluster, _ node: Blueprint.NodePlan) -> [Value] {
    switch self {
    case .kubeadm:
      return AddOns.objects(
        controlPlane: node, authorityPEM: cluster.keys.authority.facts.pem,
        plugIn: cluster.blueprint.plugIn)
    case .k3s: return Manifest(K3sManifests.all).documents.map(\.value)
    case .microk8s:
      return Manifest(MicroK8sAddOn.networking).documents.map(\.value)
    }
  }
}
