import Helm

/// Calico by its operator: `tigera-operator.yaml` and `custom-resources.yaml`.
extension PublishedManifests {
  /// Since v3.30 the kinds are in a file of their own, `operator-crds.yaml`.
  static let tigera = [
    PublishedManifest(
      marks: ["calico", "/operator-crds.yaml"], text: PublishedKinds.tigeraOperator),
    PublishedManifest(marks: ["calico/v3.3", "/tigera-operator.yaml"], text: operatorItself),
    PublishedManifest(
      marks: ["calico", "/tigera-operator.yaml"],
      text: operatorItself + "---\n" + PublishedKinds.tigeraOperator),
    PublishedManifest(marks: ["calico", "/custom-resources.yaml"], text: installation),
  ]

  private static let operatorItself = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: tigera-operator
      labels: {name: tigera-operator, pod-security.kubernetes.io/enforce: privileged}
    ---
    \(TigeraOperatorAccess.manifests(namespace: "tigera-operator"))
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: tigera-operator, namespace: tigera-operator, labels: {k8s-app: tigera-operator}}
    spec:
      replicas: 1
      selector: {matchLabels: {name: tigera-operator}}
      template:
        metadata: {labels: {name: tigera-operator, k8s-app: tigera-operator}}
        spec:
          nodeSelector: {kubernetes.io/os: linux}
          tolerations:
          - {effect: NoExecute, operator: Exists}
          - {effect: NoSchedule, operator: Exists}
          serviceAccountName: tigera-operator
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers:
          - name: tigera-operator
            image: quay.io/tigera/operator:v1.40.0
            imagePullPolicy: IfNotPresent
            command: [operator]
            args: [-manage-crds=true]
            env:
            - {name: WATCH_NAMESPACE, value: ""}
            - {name: OPERATOR_NAME, value: tigera-operator}

    """

  private static let installation = """
    apiVersion: operator.tigera.io/v1
    kind: Installation
    metadata: {name: default}
    spec:
      calicoNetwork:
        ipPools:
        - {name: default-ipv4-ippool, blockSize: 26, cidr: 192.168.0.0/16, encapsulation: VXLANCrossSubnet, natOutgoing: Enabled, nodeSelector: all()}
    ---
    apiVersion: operator.tigera.io/v1
    kind: APIServer
    metadata: {name: default}
    spec: {}

    """
}
