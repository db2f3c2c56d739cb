/// Charts of what moves packets: network plug-ins, what watches them, and NGINX's Gateways.
extension Catalogue {
  static let cilium = PublishedChart(
    name: "cilium", description: "eBPF-based Networking, Security, and Observability",
    versions: [
      ("1.18.4", "1.18.4"), ("1.18.1", "1.18.1"), ("1.17.9", "1.17.9"), ("1.17.2", "1.17.2"),
      ("1.16.16", "1.16.16"), ("1.15.19", "1.15.19"),
    ],
    shape: .files(
      values: """
        # Default values for cilium.
        image:
          repository: quay.io/cilium/cilium
          tag: ""
        cluster:
          name: default
        kubeProxyReplacement: "false"
        policyEnforcementMode: "default"
        routingMode: ""
        tunnelProtocol: "vxlan"
        ipam:
          mode: "cluster-pool"
        encryption:
          enabled: false
          type: ipsec
          nodeEncryption: false
        authentication:
          mutual:
            spire:
              enabled: false
        operator:
          image:
            repository: quay.io/cilium/operator
            suffix: ""
          replicas: 2

        """,
      templates: [("cilium.yaml", ciliumParts), ("NOTES.txt", ciliumNotes)], definitions: []))

  private static let ciliumParts = """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: cilium
      namespace: {{ .Release.Namespace }}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: cilium-operator
      namespace: {{ .Release.Namespace }}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: cilium-config
      namespace: {{ .Release.Namespace }}
    data:
      cluster-name: {{ .Values.cluster.name | quote }}
      enable-policy: {{ .Values.policyEnforcementMode | lower | quote }}
      ipam: {{ .Values.ipam.mode | quote }}
      kube-proxy-replacement: {{ .Values.kubeProxyReplacement | toString | quote }}
      routing-mode: {{ default "tunnel" .Values.routingMode | quote }}
      tunnel-protocol: {{ .Values.tunnelProtocol | quote }}
      {{- if .Values.encryption.enabled }}
      {{- if eq .Values.encryption.type "wireguard" }}
      enable-wireguard: "true"
      {{- else }}
      enable-ipsec: "true"
      {{- end }}
      {{- if .Values.encryption.nodeEncryption }}
      encrypt-node: "true"
      {{- end }}
      {{- end }}
      mesh-auth-mutual-enabled: {{ .Values.authentication.mutual.spire.enabled | toString | quote }}
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: cilium
      namespace: {{ .Release.Namespace }}
      labels:
        k8s-app: cilium
        app.kubernetes.io/part-of: cilium
        app.kubernetes.io/name: cilium-agent
    spec:
      selector:
        matchLabels:
          k8s-app: cilium
      updateStrategy:
        type: RollingUpdate
        rollingUpdate:
          maxUnavailable: 2
      template:
        metadata:
          labels:
            k8s-app: cilium
            app.kubernetes.io/name: cilium-agent
            app.kubernetes.io/part-of: cilium
        spec:
          hostNetwork: true
          priorityClassName: system-node-critical
          serviceAccountName: cilium
          nodeSelector:
            kubernetes.io/os: linux
          tolerations:
            - operator: Exists
          containers:
            - name: cilium-agent
              image: "{{ .Values.image.repository }}:{{ default (printf "v%s" .Chart.AppVersion) .Values.image.tag }}"
              imagePullPolicy: IfNotPresent
              command:
                - cilium-agent
              args:
                - --config-dir=/tmp/cilium/config-map
              securityContext:
                privileged: true
              volumeMounts:
                - name: cilium-config-path
                  mountPath: /tmp/cilium/config-map
                  readOnly: true
          volumes:
            - name: cilium-config-path
              configMap:
                name: cilium-config
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cilium-operator
      namespace: {{ .Release.Namespace }}
      labels:
        io.cilium/app: operator
        name: cilium-operator
    spec:
      replicas: {{ .Values.operator.replicas }}
      selector:
        matchLabels:
          io.cilium/app: operator
          name: cilium-operator
      template:
        metadata:
          labels:
            io.cilium/app: operator
            name: cilium-operator
        spec:
          hostNetwork: true
          priorityClassName: system-cluster-critical
          serviceAccountName: cilium-operator
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - labelSelector:
                    matchLabels:
                      io.cilium/app: operator
                  topologyKey: kubernetes.io/hostname
          tolerations:
            - operator: Exists
          containers:
            - name: cilium-operator
              image: "{{ .Values.operator.image.repository }}-generic{{ .Values.operator.image.suffix }}:v{{ .Chart.AppVersion }}"
              imagePullPolicy: IfNotPresent
              command:
                - cilium-operator-generic
    """

  private static let ciliumNotes = """
    You have successfully installed Cilium.

    Your release version is {{ .Chart.Version }}.

    For any further help, visit https://docs.cilium.io/gettinghelp

    """

  static let nginxGateway = PublishedChart(
    name: "nginx-gateway-fabric", description: "NGINX Gateway Fabric",
    versions: [("2.2.1", "2.2.1"), ("2.1.4", "2.1.4"), ("2.0.2", "2.0.2"), ("1.6.2", "1.6.2")],
    shape: .files(
      values: """
        # Default values for nginx-gateway-fabric.
        nginxGateway:
          kind: deployment
          gatewayClassName: nginx
          gatewayControllerName: gateway.nginx.org/nginx-gateway-controller
          replicas: 1
          image:
            repository: ghcr.io/nginx/nginx-gateway-fabric
            tag: ""
        nginx:
          service:
            type: LoadBalancer

        """,
      templates: [("gateway.yaml", nginxGatewayParts)], definitions: [nginxProxyKind]))

  private static let nginxProxyKind = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: nginxproxies.gateway.nginx.org
    spec:
      group: gateway.nginx.org
      names: {categories: [nginx-gateway-fabric], kind: NginxProxy, listKind: NginxProxyList, plural: nginxproxies, singular: nginxproxy}
      scope: Namespaced
      versions:
      - name: v1alpha2
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
    """

  private static let nginxGatewayParts = """
    {{- $name := ternary .Release.Name (printf "%s-nginx-gateway-fabric" .Release.Name) (contains "nginx-gateway-fabric" .Release.Name) }}
    {{- $labels := dict "app.kubernetes.io/name" "nginx-gateway-fabric" "app.kubernetes.io/instance" .Release.Name }}
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ $name }}
      namespace: {{ .Release.Namespace }}
      labels: {{- toYaml $labels | nindent 4 }}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: {{ $name }}
      namespace: {{ .Release.Namespace }}
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      type: ClusterIP
      selector: {{- toYaml $labels | nindent 4 }}
      ports:
        - name: agent-grpc
          port: 443
          protocol: TCP
          targetPort: 8443
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ $name }}
      namespace: {{ .Release.Namespace }}
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      replicas: {{ .Values.nginxGateway.replicas }}
      selector:
        matchLabels: {{- toYaml $labels | nindent 6 }}
      template:
        metadata:
          labels: {{- toYaml $labels | nindent 8 }}
        spec:
          serviceAccountName: {{ $name }}
          containers:
            - name: nginx-gateway
              image: "{{ .Values.nginxGateway.image.repository }}:{{ default .Chart.AppVersion .Values.nginxGateway.image.tag }}"
              args:
                - controller
                - --gateway-ctlr-name={{ .Values.nginxGateway.gatewayControllerName }}
                - --gatewayclass={{ .Values.nginxGateway.gatewayClassName }}
              ports:
                - name: agent-grpc
                  containerPort: 8443
    ---
    apiVersion: gateway.nginx.org/v1alpha2
    kind: NginxProxy
    metadata:
      name: {{ $name | replace "-nginx-gateway-fabric" "" }}-proxy-config
      namespace: {{ .Release.Namespace }}
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      kubernetes:
        service:
          type: {{ .Values.nginx.service.type }}
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata:
      name: {{ .Values.nginxGateway.gatewayClassName }}
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      controllerName: {{ .Values.nginxGateway.gatewayControllerName }}
      parametersRef:
        group: gateway.nginx.org
        kind: NginxProxy
        name: {{ $name | replace "-nginx-gateway-fabric" "" }}-proxy-config
        namespace: {{ .Release.Namespace }}
    """

  static let tetragon = PublishedChart(
    name: "tetragon", description: "Helm chart for Tetragon",
    versions: [("1.6.0", "1.6.0"), ("1.5.0", "1.5.0"), ("1.4.1", "1.4.1")],
    shape: .parts([("operator", "quay.io/cilium/tetragon-operator:v1.6.0", 2113)]))
}
