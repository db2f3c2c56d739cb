import Documents
import KubeAPIServer
import KubeNetwork
import KubeNode
import KubeObjects
import Linux

/// Does what the agents of network plug-ins do when they start on a node: they put their
/// configuration and programs where the container runtime looks, and the node becomes Ready.
final class PlugInInstaller {
  private let machines: () -> [String: Machine]
  private weak var fleet: NodeFleet?
  /// What is on the nodes from the start.
  private let original: NetworkPlugIn?

  init(
    network: ClusterNetwork, fleet: NodeFleet, original: NetworkPlugIn?,
    machines: @escaping () -> [String: Machine]
  ) {
    self.machines = machines
    self.original = original
    self.fleet = fleet
    network.pods.onChange { [weak self] old, new in
      guard let new, new.isConditionTrue("Ready"), old?.isConditionTrue("Ready") != true else {
        return
      }
      self?.started(new)
    }
  }

  private func started(_ pod: Value) {
    guard let owner = pod.controllerReference, owner.kind == "DaemonSet",
      let plugIn = PlugInFiles.plugIn(ofDaemonSet: owner.name),
      let node = pod[path: "spec", "nodeName"]?.string, let machine = machines()[node]
    else { return }
    if plugIn == original, machine.files.isUntouched { return }
    PlugInFiles.install(plugIn, on: machine)
    fleet?.kubelets[node]?.networkChanged()
  }
}
