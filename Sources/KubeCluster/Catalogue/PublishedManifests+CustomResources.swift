/// cert-manager with its own kinds.
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

  /// A definition whose objects may hold anything below spec and status.
  private static func definition(
    _ group: String, _ kind: String, _ plural: String, _ versions: [String], short: String = "",
    isNamespaced: Bool = true
  ) -> String {
    let singular = kind.lowercased()
    let shortNames = short.isEmpty ? "" : ", shortNames: [\(short)]"
    let approval =
      group.hasSuffix(".k8s.io")
      ? "\n  annotations: {api-approved.kubernetes.io: \"https://github.com/kubernetes-sigs\"}" : ""
    let served = versions.map { version in
      """
        - name: \(version)
          served: true
          storage: \(version == versions[0])
          subresources: {status: {}}
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                status: {type: object, x-kubernetes-preserve-unknown-fields: true}

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
