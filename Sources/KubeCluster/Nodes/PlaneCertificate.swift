import Documents
import Linux
import PKI

/// One certificate of the control plane as kubeadm knows it.
struct PlaneCertificate {
  /// As `kubeadm certs` names it.
  let name: String
  /// Below /etc/kubernetes/pki, without `.crt`.
  let file: String
  let authority: ClusterKeys.AuthorityName
  let subject: Subject
  let uses: Set<ExtendedUse>
  var names: [AlternativeName] = []

  static let folder = "/etc/kubernetes/pki"
  var path: String { "\(Self.folder)/\(file).crt" }
  var keyPath: String { "\(Self.folder)/\(file).key" }

  static func bytes(_ address: String) -> [UInt8] {
    address.split(separator: ".").compactMap { UInt8($0) }
  }

  static func all(_ plan: Blueprint.NodePlan) -> [PlaneCertificate] {
    let local: [AlternativeName] = [
      .dns("localhost"), .dns(plan.name), .address(bytes(plan.address)), .address([127, 0, 0, 1]),
    ]
    let masters = ["kubeadm:cluster-admins"]
    return [
      PlaneCertificate(
        name: "apiserver", file: "apiserver", authority: .kubernetes,
        subject: Subject(commonName: "kube-apiserver"), uses: [.server],
        names: [
          .dns(plan.name), .dns("kubernetes"), .dns("kubernetes.default"),
          .dns("kubernetes.default.svc"), .dns("kubernetes.default.svc.cluster.local"),
          .address([10, 96, 0, 1]), .address(bytes(plan.address)),
        ]),
      PlaneCertificate(
        name: "apiserver-etcd-client", file: "apiserver-etcd-client", authority: .etcd,
        subject: Subject(commonName: "kube-apiserver-etcd-client"), uses: [.client]),
      PlaneCertificate(
        name: "apiserver-kubelet-client", file: "apiserver-kubelet-client",
        authority: .kubernetes,
        subject: Subject(commonName: "kube-apiserver-kubelet-client", organizations: masters),
        uses: [.client]),
      PlaneCertificate(
        name: "etcd-healthcheck-client", file: "etcd/healthcheck-client", authority: .etcd,
        subject: Subject(commonName: "kube-etcd-healthcheck-client"), uses: [.client]),
      PlaneCertificate(
        name: "etcd-peer", file: "etcd/peer", authority: .etcd,
        subject: Subject(commonName: plan.name), uses: [.client, .server], names: local),
      PlaneCertificate(
        name: "etcd-server", file: "etcd/server", authority: .etcd,
        subject: Subject(commonName: plan.name), uses: [.client, .server], names: local),
      PlaneCertificate(
        name: "front-proxy-client", file: "front-proxy-client", authority: .frontProxy,
        subject: Subject(commonName: "front-proxy-client"), uses: [.client]),
    ]
  }

  /// Makes the certificate, valid for a year from `start`, and its key.
  func install(on host: NodeHost, from start: Int64) {
    let made = host.cluster.keys.leaf(
      file, subject, by: authority, uses: uses, names: names, from: start)
    try? host.machine.files.place(made.certificate, at: path)
    try? host.machine.files.place(made.key, at: keyPath, mode: 0o600)
  }
}

/// One kubeconfig of the control plane.
struct PlaneKubeconfig {
  /// `admin.conf`
  let name: String
  let user: String
  let groups: [String]

  var path: String { "/etc/kubernetes/\(name)" }

  static func all(_ plan: Blueprint.NodePlan) -> [PlaneKubeconfig] {
    [
      PlaneKubeconfig(
        name: "admin.conf", user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"]),
      PlaneKubeconfig(
        name: "controller-manager.conf", user: "system:kube-controller-manager", groups: []),
      PlaneKubeconfig(name: "scheduler.conf", user: "system:kube-scheduler", groups: []),
      PlaneKubeconfig(
        name: "super-admin.conf", user: "kubernetes-super-admin", groups: ["system:masters"]),
    ]
  }

  func install(on host: NodeHost, _ server: String, from start: Int64) {
    let made = host.cluster.keys.leaf(
      "conf/\(name)", Subject(commonName: user, organizations: groups), by: .kubernetes,
      uses: [.client], from: start)
    try? host.machine.files.place(
      Kubeconfigs.text(
        server: server, authority: host.cluster.keys.authority.facts.pem, user: user,
        certificate: made.certificate, key: made.key), at: path, mode: 0o600)
  }
}
