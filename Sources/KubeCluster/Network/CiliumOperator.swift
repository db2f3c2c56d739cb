import Documents
import Helm
import KubeAPIServer
import KubeNetwork
import KubeObjects
import Simulation

/// Cilium's operator: the first thing that a ready Pod of it does is to make Cilium's kinds, which
/// the chart has not.
final class CiliumOperator {
  private let client: ComponentClient

  init(server: APIServer, network: ClusterNetwork) {
    client = ComponentClient(
      server: server,
      user: UserInfo(
        name: "system:serviceaccount:kube-system:cilium-operator", groups: ["system:masters"]),
      manager: "cilium-operator-generic")
    network.pods.onChange { [weak self] old, new in
      guard let self, let new, new.label("io.cilium/app") == "operator",
        new.isConditionTrue("Ready"), old?.isConditionTrue("Ready") != true
      else { return }
      server.timeline.after(.seconds(1)) { [weak self] in self?.makeKinds() }
    }
  }

  private func makeKinds() {
    for object in Manifest(PublishedKinds.cilium).documents.map(\.value) {
      // Those that are there already stay as they are.
      _ = try? client.create(.customResourceDefinitions, object)
    }
  }
}
