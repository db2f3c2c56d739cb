import Helm

/// The simulated web: add-ons that learners install by address, in manifests of our own that make
/// objects of the same names.
enum PublishedManifests {
  static let all =
    [
      metricsServer,
      metricsServerHighAvailability,
      ingressNginx(.baremetal, marks: ["ingress-nginx", "/baremetal/deploy.yaml"]),
      ingressNginx(.kind, marks: ["ingress-nginx", "/kind/deploy.yaml"]),
      ingressNginx(.cloud, marks: ["ingress-nginx", "/deploy.yaml"]),
      PublishedManifest(
        marks: ["calico", "/calico.yaml"],
        text: PublishedKinds.calico + "---\n" + NetworkPlugIn.calico.manifest),
      PublishedManifest(
        marks: ["cilium", "/quick-install.yaml"],
        text: PublishedKinds.cilium + "---\n" + NetworkPlugIn.cilium.manifest),
      PublishedManifest(
        marks: ["flannel", "/kube-flannel.yml"], text: NetworkPlugIn.flannel.manifest),
      localPath, metalLB, certManager, dashboard,
    ] + operators + gatewayAPI + knative + networkPolicyAPI + tigera + snapshots

  /// The bytes at an address, or nil where the simulated web has nothing.
  static func find(_ address: String) -> [UInt8]? {
    guard address.hasPrefix("https://") || address.hasPrefix("http://") else { return nil }
    let text = PublishedExamples.find(address) ?? all.first { $0.isAt(address) }?.text
    return text.map { Array($0.utf8) }
  }
}
