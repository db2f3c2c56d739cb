import Helm
import Kubectl
import Linux
import PKI
import Simulation

/// The machine that a learner sits at: a shell, the usual tools, kubectl and its configuration.
enum Workstation {
  static func machine(
    timeline: Timeline, seed: UInt64, transport: InProcessTransport, keys: ClusterKeys,
    server: String
  ) -> Machine {
    let machine = Machine(hostName: "workstation", timeline: timeline, seed: seed)
    let kubectl = KubectlProgram(
      transport: transport, published: { PublishedManifests.find($0) })
    machine.programs[kubectl.name] = kubectl
    Tools.equip(machine)
    Tools.equip(machine, with: Tools.unsimulated)
    Tools.equip(
      machine,
      with: [
        HelmProgram { process, flags in
          do throws(APIAccess.Failure) {
            return HelmAccess(try APIAccess(process, flags: flags, transport: transport))
          } catch {
            throw HelmError(error.message)
          }
        }
      ])
    // The workstation's disk is fresh: these writes have no way to fail.
    try? StandardFiles.install(
      program: kubectl.name, at: "/usr/local/bin/kubectl", into: machine.files)
    try? machine.files.place(
      kubeconfig(keys, server: server), at: "/root/.kube/config", mode: 0o600)
    try? machine.files.place(profile, at: "/root/.bashrc")
    return machine
  }

  /// kubeadm's admin.conf: the user kubernetes-admin of kubeadm:cluster-admins.
  private static func kubeconfig(_ keys: ClusterKeys, server: String) -> String {
    guard
      let admin = keys.clientCertificate(
        user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"])
    else { return "" }
    return Kubeconfigs.text(
      server: server, authority: keys.authority.facts.pem, user: "kubernetes-admin",
      certificate: admin.certificate.pem, key: admin.key.pem)
  }

  private static let profile = """
    alias k=kubectl
    alias ll='ls -l'
    PS1='\\[\\e[1;32m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]\\$ '
    """ + "\n"
}
