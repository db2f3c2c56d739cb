/// Charts of network plug-ins, which a cluster then acts upon.
extension Catalogue {
  static let cilium = PublishedChart(
    name: "cilium", description: "eBPF-based Networking, Security, and Observability",
    versions: [
      ("1.18.4", "1.18.4"), ("1.18.0", "1.18.0"), ("1.17.9", "1.17.9"), ("1.16.16", "1.16.16"),
      ("1.15.19", "1.15.19"), ("1.14.19", "1.14.19"), ("1.13.18", "1.13.18"),
    ],
    shape: .files(
      values: """
        # Default values for cilium.
        kubeProxyReplacement: "false"
        k8sServiceHost: ""
        k8sServicePort: ""
        routingMode: ""
        tunnelProtocol: vxlan
        policyEnforcementMode: default
        image:
          repository: quay.io/cilium/cilium
          tag: ""
          pullPolicy: IfNotPresent
        operator:
          enabled: true
          replicas: 2
          image:
            repository: quay.io/cilium/operator
        ipam:
          mode: cluster-pool
          operator:
            clusterPoolIPv4PodCIDRList: [10.0.0.0/8]
            clusterPoolIPv4MaskSize: 24
        cluster:
          name: default
          id: 0
        # encryption between nodes: ipsec or wireguard
        encryption:
          enabled: false
          type: ipsec
          nodeEncryption: false
        authentication:
          enabled: false
          mutual:
            spire:
              enabled: false
        hubble:
          enabled: true
          relay:
            enabled: false
          ui:
            enabled: false
        gatewayAPI:
          enabled: false
        ingressController:
          enabled: false
        envoy:
          enabled: true

        """,
      templates: [
        ("cilium-configmap.yaml", ciliumSettings), ("cilium-agent.yaml", ciliumAgent),
        ("NOTES.txt", ciliumNotes),
      ], definitions: [PublishedKinds.cilium]))

  private static let ciliumSettings = """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: cilium-config
      namespace: {{ .Release.Namespace }}
    data:
      cluster-name: {{ .Values.cluster.name }}
      cluster-id: {{ .Values.cluster.id | quote }}
      enable-policy: {{ .Values.policyEnforcementMode | lower | quote }}
      ipam: {{ .Values.ipam.mode | quote }}
      routing-mode: {{ default "tunnel" .Values.routingMode | quote }}
      tunnel-protocol: {{ .Values.tunnelProtocol | quote }}
      kube-proxy-replacement: {{ .Values.kubeProxyReplacement | quote }}
      enable-hubble: {{ .Values.hubble.enabled | quote }}
      {{- if .Values.encryption.enabled }}
      {{- if eq .Values.encryption.type "wireguard" }}
      enable-wireguard: "true"
      {{- else }}
      enable-ipsec: "true"
      {{- end }}
      encrypt-node: {{ .Values.encryption.nodeEncryption | quote }}
      {{- end }}
      {{- if .Values.authentication.mutual.spire.enabled }}
      mesh-auth-enabled: "true"
      mesh-auth-mutual-enabled: "true"
      {{- end }}
      enable-gateway-api: {{ .Values.gatewayAPI.enabled | quote }}

    """

  private static let ciliumAgent = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: cilium, namespace: "{{ .Release.Namespace }}"}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: cilium-operator, namespace: "{{ .Release.Namespace }}"}
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: cilium
      namespace: {{ .Release.Namespace }}
      labels: {k8s-app: cilium, app.kubernetes.io/part-of: cilium, app.kubernetes.io/name: cilium-agent}
    spec:
      selector: {matchLabels: {k8s-app: cilium}}
      template:
        metadata:
          labels: {k8s-app: cilium, app.kubernetes.io/name: cilium-agent, app.kubernetes.io/part-of: cilium}
        spec:
          hostNetwork: true
          priorityClassName: system-node-critical
          serviceAccountName: cilium
          tolerations: [{operator: Exists}]
          containers:
            - name: cilium-agent
              image: "{{ .Values.image.repository }}:{{ default (printf "v%s" .Chart.AppVersion) .Values.image.tag }}"
              imagePullPolicy: {{ .Values.image.pullPolicy }}
              command: [cilium-agent]
              args: [--config-dir=/tmp/cilium/config-map]
              securityContext: {privileged: true}
    {{- if .Values.operator.enabled }}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cilium-operator
      namespace: {{ .Release.Namespace }}
      labels: {io.cilium/app: operator, name: cilium-operator}
    spec:
      replicas: {{ .Values.operator.replicas }}
      selector: {matchLabels: {io.cilium/app: operator, name: cilium-operator}}
      template:
        metadata: {labels: {io.cilium/app: operator, name: cilium-operator}}
        spec:
          hostNetwork: true
          priorityClassName: system-cluster-critical
          serviceAccountName: cilium-operator
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - labelSelector: {matchLabels: {io.cilium/app: operator}}
                  topologyKey: kubernetes.io/hostname
          tolerations: [{operator: Exists}]
          containers:
            - name: cilium-operator
              image: "{{ .Values.operator.image.repository }}-generic:v{{ .Chart.AppVersion }}"
              command: [cilium-operator-generic]
    {{- end }}
    {{- if .Values.hubble.relay.enabled }}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: hubble-relay, namespace: "{{ .Release.Namespace }}", labels: {k8s-app: hubble-relay}}
    spec:
      selector: {k8s-app: hubble-relay}
      ports: [{port: 80, targetPort: grpc, protocol: TCP}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: hubble-relay, namespace: "{{ .Release.Namespace }}", labels: {k8s-app: hubble-relay}}
    spec:
      replicas: 1
      selector: {matchLabels: {k8s-app: hubble-relay}}
      template:
        metadata: {labels: {k8s-app: hubble-relay}}
        spec:
          containers:
            - name: hubble-relay
              image: "quay.io/cilium/hubble-relay:v{{ .Chart.AppVersion }}"
              command: [hubble-relay]
              args: [serve]
              ports: [{name: grpc, containerPort: 4245}]
    {{- end }}

    """

  private static let ciliumNotes = """
    You have successfully installed Cilium{{ if .Values.hubble.relay.enabled }} with Hubble Relay{{ end }}.

    Your release version is {{ .Chart.Version }}.

    """

  static let tetragon = PublishedChart(
    name: "tetragon", description: "Helm chart for Tetragon",
    versions: [("1.6.0", "1.6.0"), ("1.5.0", "1.5.0"), ("1.4.1", "1.4.1")],
    shape: .parts([("operator", "quay.io/cilium/tetragon-operator:v1.6.0", 2113)]))

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
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: tigera-operator, namespace: "{{ .Release.Namespace }}"}
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
    subjects: [{kind: ServiceAccount, name: tigera-operator, namespace: "{{ .Release.Namespace }}"}]
    roleRef: {kind: ClusterRole, name: tigera-operator, apiGroup: rbac.authorization.k8s.io}
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
