import Linux
import PKI
import Simulation

/// The machine that a learner sits at: a shell, the usual tools, kubectl and its configuration.
enum Workstation {
  static func machine(
    timeline: Timeline, seed: UInt64, transport: InProcessTransport
  ) -> Machine {
    let machine = Machine(hostName: "workstation", timeline: timeline, seed: seed)
    Tools.equip(machine)
    Tools.equip(machine, with: Tools.unsimulated)
    Tools.equip(machine, with: Tools.clients(over: transport))
    // The workstation's disk is fresh: these writes have no way to fail.
    try? StandardFiles.install(
      program: "kubectl", at: "/usr/local/bin/kubectl", into: machine.files)
    try? machine.files.place(profile, at: "/root/.bashrc")
    return machine
  }

  /// Gives root the clusters' admin.conf as one, a context for each cluster.
  static func configure(_ machine: Machine, for clusters: [Cluster]) {
    let accesses = clusters.compactMap { cluster -> Kubeconfigs.Access? in
      guard var access = cluster.access(at: cluster.address) else { return nil }
      if !cluster.blueprint.label.isEmpty {
        access.user = "kubernetes-admin"
        access.context = "kubernetes-admin@\(access.cluster)"
        access.userEntry = "kubernetes-admin-\(access.cluster)"
      }
      return access
    }
    try? machine.files.place(Kubeconfigs.text(accesses), at: "/root/.kube/config", mode: 0o600)
    // The nodes are called by their names.
    let hosts = clusters.flatMap { $0.blueprint.nodes.prefix(64) }
      .map { "\($0.address) \($0.name)\n" }.joined()
    try? machine.files.place(
      (machine.files.text("/etc/hosts") ?? "") + hosts, at: "/etc/hosts")
  }

  private static let profile = """
    alias k=kubectl
    alias ll='ls -l'
    PS1='\\[\\e[1;32m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]\\$ '
    """ + "\n"
}
