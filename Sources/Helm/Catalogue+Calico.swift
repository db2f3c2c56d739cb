/// Calico by its operator.
extension Catalogue {
  static let tigeraOperator = PublishedChart(
    name: "tigera-operator",
    description: "Installs the Tigera operator for Calico",
    versions: [
      ("v3.31.2", "v3.31.2"), ("v3.30.5", "v3.30.5"), ("v3.29.6", "v3.29.6"),
      ("v3.28.5", "v3.28.5"), ("v3.27.5", "v3.27.5"), ("v3.26.4", "v3.26.4"),
    ],
    shape: .files(
      values: """
        # Default values for tigera-operator.
        imagePullSecrets: {}
        installation:
          enabled: true
          kubernetesProvider: ""
          imagePullSecrets: []
        apiServer:
          enabled: true
        goldmane:
          enabled: true
        whisker:
          enabled: true
        certs:
          node:
            key:
            cert:
            commonName:
        resources: {}
        tolerations:
          - effect: NoExecute
            operator: Exists
          - effect: NoSchedule
            operator: Exists
        nodeSelector:
          kubernetes.io/os: linux
        podAnnotations: {}
        podLabels: {}
        tigeraOperator:
          image: tigera/operator
          version: v1.40.0
          registry: quay.io
        calicoctl:
          image: docker.io/calico/ctl
          tag: ""

        """,
      templates: [
        ("tigera-operator/02-tigera-operator.yaml", tigeraWorkload),
        ("crs/custom-resources.yaml", tigeraInstallation),
      ], definitions: [PublishedKinds.tigeraOperator]))

  private static let tigeraWorkload = """
    \(TigeraOperatorAccess.manifests(namespace: "\"{{ .Release.Namespace }}\""))
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: tigera-operator, namespace: "{{ .Release.Namespace }}", labels: {k8s-app: tigera-operator}}
    spec:
      replicas: 1
      selector: {matchLabels: {name: tigera-operator}}
      template:
        metadata: {labels: {name: tigera-operator, k8s-app: tigera-operator}}
        spec:
          nodeSelector: {{- toYaml .Values.nodeSelector | nindent 8 }}
          tolerations: {{- toYaml .Values.tolerations | nindent 8 }}
          serviceAccountName: tigera-operator
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers:
            - name: tigera-operator
              image: "{{ .Values.tigeraOperator.registry }}/{{ .Values.tigeraOperator.image }}:{{ .Values.tigeraOperator.version }}"
              imagePullPolicy: IfNotPresent
              command: [operator]
              env:
                - {name: WATCH_NAMESPACE, value: ""}
                - {name: OPERATOR_NAME, value: tigera-operator}

    """

  private static let tigeraInstallation = """
    {{- if .Values.installation.enabled }}
    apiVersion: operator.tigera.io/v1
    kind: Installation
    metadata: {name: default}
    spec: {{- omit .Values.installation "enabled" | toYaml | nindent 2 }}
    {{- end }}
    {{- if .Values.apiServer.enabled }}
    ---
    apiVersion: operator.tigera.io/v1
    kind: APIServer
    metadata: {name: default}
    spec: {}
    {{- end }}

    """
}

/// What Calico's operator may do, for its chart and for its manifest by address.
package enum TigeraOperatorAccess {
  /// `namespace` as it is to stand in YAML.
  package static func manifests(namespace: String) -> String {
    """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: tigera-operator, namespace: \(namespace)}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: tigera-operator, labels: {k8s-app: tigera-operator}}
    rules:
      - {apiGroups: [""], resources: [namespaces, pods, services, endpoints, events, configmaps, secrets, serviceaccounts], verbs: ["*"]}
      - {apiGroups: [apps], resources: [deployments, daemonsets, statefulsets], verbs: ["*"]}
      - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings, roles, rolebindings], verbs: ["*"]}
      - {apiGroups: [operator.tigera.io, projectcalico.org, crd.projectcalico.org], resources: ["*"], verbs: ["*"]}
      - {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, list, watch, create, update]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: tigera-operator}
    subjects: [{kind: ServiceAccount, name: tigera-operator, namespace: \(namespace)}]
    roleRef: {kind: ClusterRole, name: tigera-operator, apiGroup: rbac.authorization.k8s.io}
    """
  }
}
