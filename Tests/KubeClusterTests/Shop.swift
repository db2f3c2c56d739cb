@testable import KubeCluster

extension Cluster {
  /// A Pod that serves, behind a Service, and one to ask from, with drydock's words about the network.
  static func shop() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    _ = cluster.shell.run(
      """
      kubectl run web --image=nginx --port=80 --expose
      kubectl run box --image=busybox -- sleep 36000
      kubectl wait --for=condition=Ready pod/web pod/box --timeout=60s
      """)
    return cluster
  }
}
