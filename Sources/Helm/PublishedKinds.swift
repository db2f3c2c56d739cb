/// The kinds that well-known software brings, for charts and for manifests by address.
package enum PublishedKinds {
  /// The kinds that Calico brings.
  package static let calico =
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
  package static let cilium = [
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
  package static func definition(
    _ group: String, _ kind: String, _ plural: String, _ versions: [String], short: String = "",
    isNamespaced: Bool = true, columns: String = "",
    spec: String = "{type: object, x-kubernetes-preserve-unknown-fields: true}"
  ) -> String {
    let singular = kind.lowercased()
    let printed = columns.isEmpty ? "" : "additionalPrinterColumns: [\(columns)]"
    // Cilium's policies may be lists of what others have once.
    let several =
      group == "cilium.io"
      ? "specs: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}"
      : ""
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
          \(printed)
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: \(spec)
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

  /// The kinds of Calico's operator, and those it installs.
  package static let tigeraOperator =
    calico + "---\n"
    + [
      ("APIServer", "apiservers"), ("Goldmane", "goldmanes"), ("ImageSet", "imagesets"),
      ("Installation", "installations"), ("TigeraStatus", "tigerastatuses"),
      ("Whisker", "whiskers"),
    ].map {
      definition("operator.tigera.io", $0.0, $0.1, ["v1"], isNamespaced: false)
    }.joined(separator: "---\n")
}
