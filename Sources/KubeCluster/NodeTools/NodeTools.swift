import Kubectl
import Linux

/// The programs that a node has beyond those of every machine.
enum NodeTools {
  static func all(_ host: NodeHost) -> [any Program] {
    var tools: [any Program] = [
      KubectlProgram(transport: host.cluster.transport, published: { PublishedManifests.find($0) }),
      ContainerRuntimeControl(host), ContainerdClient(host), Falco(host), Sysdig(host),
      CronTableEditor(), RuntimeCommand(host),
    ]
    tools += SecureShell.tools(of: host.cluster)
    guard host.cluster.blueprint.distribution == .kubeadm else { return tools }
    tools.append(Kubeadm(host))
    if host.plan.isControlPlane {
      tools += [EtcdControl(host.cluster), EtcdUtility(host.cluster)] as [any Program]
    }
    return tools
  }
}
