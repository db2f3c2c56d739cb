import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI

/// What the snap of MicroK8s leaves on a machine.
struct MicroK8sFiles {
  let host: NodeHost
  private var cluster: Cluster { host.cluster }

  static let folder = "/var/snap/microk8s/current"
  static let kubeconfig = "\(folder)/credentials/client.config"
  private static let daemons = [
    "apiserver-kicker", "cluster-agent", "containerd", "k8s-dqlite", "kubelite",
  ]
  static var services: [String] {
    ["cron.service", "ssh.service", "systemd-journald.service"]
      + daemons.map { "snap.microk8s.daemon-\($0).service" }
  }

  // The machine's disk is fresh: these writes have no way to fail.
  private func place(_ path: String, _ text: String, mode: Int = 0o644) {
    try? host.machine.files.place(text, at: path, mode: mode)
  }

  func install() {
    host.machine.install(MicroK8sProgram(host), at: "/snap/bin/microk8s")
    for name in Self.daemons {
      let unit = "snap.microk8s.daemon-\(name).service"
      let path = "/snap/microk8s/current/run-\(name)-with-args"
      host.machine.install(Daemon("run-\(name)-with-args"), at: path)
      place(
        "/etc/systemd/system/\(unit)",
        "[Unit]\nDescription=Service for snap application microk8s.daemon-\(name)\n\n[Service]\n"
          + "ExecStart=\(path)\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n")
      NodeFiles.linkUnit(unit, in: "/etc/systemd/system", on: host.machine)
    }
    if let access = cluster.access(at: "127.0.0.1") {
      place(Self.kubeconfig, Kubeconfigs.text([access]), mode: 0o660)
    }
    place("\(Self.folder)/certs/ca.crt", cluster.keys.authority.facts.pem)
    place("\(Self.folder)/args/kube-apiserver", apiServerArguments)
    place(
      "\(Self.folder)/args/kubelet",
      "--kubeconfig=${SNAP_DATA}/credentials/kubelet.config\n--cluster-domain=cluster.local\n"
        + "--cluster-dns=\(cluster.server.serviceRange.host(10))\n"
        + "--container-runtime-endpoint=${SNAP_COMMON}/run/containerd.sock\n")
    place(
      "/etc/crictl.yaml",
      "runtime-endpoint: unix:///var/snap/microk8s/common/run/containerd.sock\n")
    try? host.machine.files.makeDirectories("/var/snap/microk8s/common/run")
    try? host.machine.files.write(
      [], to: "/var/snap/microk8s/common/run/containerd.sock", mode: 0o660)
  }

  private var apiServerArguments: String {
    "--cert-dir=${SNAP_DATA}/certs\n--service-cluster-ip-range=\(cluster.server.serviceRange)\n"
      + "--authorization-mode=\(cluster.server.authorizesByRole ? "RBAC,Node" : "AlwaysAllow")\n"
      + "--secure-port=16443\n--etcd-servers=unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:"
      + "12379\n"
  }
}
