/// Add-ons with kinds of their own: cert-manager, MetalLB, and what the network plug-ins bring.
extension PublishedManifests {
  static let certManager = PublishedManifest(
    marks: ["cert-manager", "/cert-manager.yaml"],
    text: ([
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: cert-manager}\n",
      definition("acme.cert-manager.io", "Challenge", "challenges", ["v1"]),
      definition("acme.cert-manager.io", "Order", "orders", ["v1"]),
      definition(
        "cert-manager.io", "CertificateRequest", "certificaterequests", ["v1"],
        short: "cr"),
      definition("cert-manager.io", "Certificate", "certificates", ["v1"], short: "cert"),
      definition(
        "cert-manager.io", "ClusterIssuer", "clusterissuers", ["v1"],
        isNamespaced: false),
      definition("cert-manager.io", "Issuer", "issuers", ["v1"]),
    ] + ["cert-manager", "cert-manager-cainjector", "cert-manager-webhook"].map(workload))
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

  /// The kinds that Calico brings.
  static let calicoKinds =
    ([
      ("BGPConfiguration", "bgpconfigurations"), ("BGPFilter", "bgpfilters"),
      ("BGPPeer", "bgppeers"),
      ("BlockAffinity", "blockaffinities"), ("CalicoNodeStatus", "caliconodestatuses"),
      ("ClusterInformation", "clusterinformations"), ("FelixConfiguration", "felixconfigurations"),
      ("GlobalNetworkPolicy", "globalnetworkpolicies"), ("GlobalNetworkSet", "globalnetworksets"),
      ("HostEndpoint", "hostendpoints"), ("IPAMBlock", "ipamblocks"), ("IPAMConfig", "ipamconfigs"),
      ("IPAMHandle", "ipamhandles"), ("IPPool", "ippools"), ("IPReservation", "ipreservations"),
      ("KubeControllersConfiguration", "kubecontrollersconfigurations"),
      ("NetworkPolicy", "networkpolicies"), ("NetworkSet", "networksets"), ("Tier", "tiers"),
    ].map {
      definition(
        "crd.projectcalico.org", $0.0, $0.1, ["v1"],
        isNamespaced: ["networkpolicies", "networksets"].contains($0.1))
    }
    + [
      // What Calico's own API server serves.
      ("GlobalNetworkPolicy", "globalnetworkpolicies", "gnp", false),
      ("NetworkPolicy", "networkpolicies", "caliconetworkpolicy, caliconetworkpolicies", true),
      ("Tier", "tiers", "", false),
    ].map {
      definition(
        "projectcalico.org", $0.0, $0.1, ["v3"], short: $0.2, isNamespaced: $0.3)
    }).joined(separator: "---\n")

  /// The kinds that Cilium brings.
  static let ciliumKinds = [
    ("CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", "ccnp", false),
    ("CiliumEndpoint", "ciliumendpoints", "cep", true),
    ("CiliumIdentity", "ciliumidentities", "ciliumid", false),
    ("CiliumNetworkPolicy", "ciliumnetworkpolicies", "cnp", true),
    ("CiliumNode", "ciliumnodes", "cn", false),
  ].map {
    definition(
      "cilium.io", $0.0, $0.1, ["v2"], short: $0.2, isNamespaced: $0.3,
      columns: $0.1.hasSuffix("networkpolicies")
        ? "{jsonPath: .metadata.creationTimestamp, name: Age, type: date}, {jsonPath: "
          + "'.status.conditions[?(@.type==\"Valid\")].status', name: Valid, type: string}"
        : "")
  }.joined(separator: "---\n")

  /// A definition whose objects may hold anything below spec and status.
  static func definition(
    _ group: String, _ kind: String, _ plural: String, _ versions: [String], short: String = "",
    isNamespaced: Bool = true, columns: String = ""
  ) -> String {
    let singular = kind.lowercased()
    let printed = columns.isEmpty ? "" : "additionalPrinterColumns: [\(columns)]"
    let shortNames = short.isEmpty ? "" : ", shortNames: [\(short)]"
    // Cilium's policies may be lists of what others have once.
    let several =
      group == "cilium.io"
      ? "specs: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}"
      : ""
    let approval =
      group.hasSuffix(".k8s.io")
      ? "\n  annotations: {api-approved.kubernetes.io: \"https://github.com/kubernetes-sigs\"}" : ""
    let served = versions.map { version in
      """
        - name: \(version)
          served: true
          storage: \(version == versions[0])
          subresources: {status: {}}
          \(printed)
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                status: {type: object, x-kubernetes-preserve-unknown-fields: true}
                \(several)

      """
    }
    return """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: \(plural).\(group)\(approval)
      spec:
        group: \(group)
        names: {kind: \(kind), listKind: \(kind)List, plural: \(plural), singular: \(singular)\(shortNames)}
        scope: \(isNamespaced ? "Namespaced" : "Cluster")
        versions:
      \(served.joined())
      """
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
