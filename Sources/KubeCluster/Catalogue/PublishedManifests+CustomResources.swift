import Helm

/// Add-ons with kinds of their own: cert-manager, MetalLB, and what the network plug-ins bring.
extension PublishedManifests {
  static let certManager = PublishedManifest(
    marks: ["cert-manager", "/cert-manager.yaml"],
    text: (["apiVersion: v1\nkind: Namespace\nmetadata: {name: cert-manager}\n"]
      + PublishedKinds.certManager
      + ["cert-manager", "cert-manager-cainjector", "cert-manager-webhook"].map(workload))
      .joined(separator: "---\n"))

  static let metalLB = PublishedManifest(
    marks: ["metallb", "/metallb-native.yaml"],
    text: (["apiVersion: v1\nkind: Namespace\nmetadata: {name: metallb-system}\n"]
      + [
        ("BGPAdvertisement", "bgpadvertisements"), ("BGPPeer", "bgppeers"),
        ("Community", "communities"), ("IPAddressPool", "ipaddresspools"),
        ("L2Advertisement", "l2advertisements"), ("ServiceL2Status", "servicel2statuses"),
      ].map { definition("metallb.io", $0.0, $0.1, ["v1beta1"]) } + [metalLBWorkloads])
      .joined(separator: "---\n"))

  private static let metalLBWorkloads = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: controller, namespace: metallb-system, labels: {app: metallb}}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: speaker, namespace: metallb-system, labels: {app: metallb}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: controller, namespace: metallb-system, labels: {app: metallb, component: controller}}
    spec:
      selector: {matchLabels: {app: metallb, component: controller}}
      template:
        metadata: {labels: {app: metallb, component: controller}}
        spec:
          serviceAccountName: controller
          containers:
          - name: controller
            image: quay.io/metallb/controller:v0.15.2
            args: [--port=7472, --log-level=info]
            ports: [{name: monitoring, containerPort: 7472}]
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: speaker, namespace: metallb-system, labels: {app: metallb, component: speaker}}
    spec:
      selector: {matchLabels: {app: metallb, component: speaker}}
      template:
        metadata: {labels: {app: metallb, component: speaker}}
        spec:
          serviceAccountName: speaker
          hostNetwork: true
          tolerations: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule, operator: Exists}]
          containers:
          - name: speaker
            image: quay.io/metallb/speaker:v0.15.2
            args: [--port=7472, --log-level=info]
            ports: [{name: monitoring, containerPort: 7472}]

    """

  static func definition(
    _ group: String, _ kind: String, _ plural: String, _ versions: [String], short: String = "",
    isNamespaced: Bool = true, columns: String = ""
  ) -> String {
    PublishedKinds.definition(
      group, kind, plural, versions, short: short, isNamespaced: isNamespaced)
  }

  private static func workload(_ name: String) -> String {
    """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: \(name), namespace: cert-manager, labels: {app: \(name)}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: \(name), namespace: cert-manager, labels: {app: \(name)}}
    spec: {ports: [{port: 9402, protocol: TCP}], selector: {app: \(name)}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name), namespace: cert-manager, labels: {app: \(name)}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: \(name)}}
      template:
        metadata: {labels: {app: \(name)}}
        spec:
          serviceAccountName: \(name)
          containers:
          - name: \(name)
            image: quay.io/jetstack/\(name == "cert-manager" ? "cert-manager-controller" : name):v1.19.1
            ports: [{containerPort: 9402, protocol: TCP}]

    """
  }
}
