/// Charts of add-ons that a cluster then acts upon.
extension Catalogue {
  static let ingressNginx = PublishedChart(
    name: "ingress-nginx",
    description:
      "Ingress controller for Kubernetes using NGINX as a reverse proxy and load balancer",
    versions: [
      ("4.14.0", "1.14.0"), ("4.13.3", "1.13.3"), ("4.12.1", "1.12.1"), ("4.11.3", "1.11.3"),
      ("4.10.1", "1.10.1"), ("4.7.1", "1.8.1"),
    ],
    shape: .files(
      values: """
        # Default values for ingress-nginx.
        controller:
          name: controller
          image:
            registry: registry.k8s.io
            image: ingress-nginx/controller
            tag: ""
          kind: Deployment
          replicaCount: 1
          hostNetwork: false
          ingressClassResource:
            name: nginx
            enabled: true
            default: false
            controllerValue: k8s.io/ingress-nginx
          service:
            type: LoadBalancer
            nodePorts:
              http: ""
              https: ""
          resources:
            requests:
              cpu: 100m
              memory: 90Mi
        rbac:
          create: true

        """,
      templates: [
        ("controller.yaml", controller), ("rbac.yaml", controllerAccess),
        ("NOTES.txt", controllerNotes),
      ],
      definitions: []))

  private static let controller = """
    {{- $labels := dict "app.kubernetes.io/name" "ingress-nginx" "app.kubernetes.io/instance" .Release.Name "app.kubernetes.io/component" "controller" }}
    {{- $name := ternary .Release.Name (printf "%s-ingress-nginx" .Release.Name) (contains "ingress-nginx" .Release.Name) }}
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ $name }}-controller
      labels: {{- toYaml $labels | nindent 4 }}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: {{ $name }}-controller
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      type: {{ .Values.controller.service.type }}
      ports:
        - name: http
          appProtocol: http
          port: 80
          targetPort: http
          {{- with .Values.controller.service.nodePorts.http }}
          nodePort: {{ . }}
          {{- end }}
        - name: https
          appProtocol: https
          port: 443
          targetPort: https
          {{- with .Values.controller.service.nodePorts.https }}
          nodePort: {{ . }}
          {{- end }}
      selector: {{- toYaml $labels | nindent 4 }}
    ---
    apiVersion: apps/v1
    kind: {{ .Values.controller.kind }}
    metadata:
      name: {{ $name }}-controller
      labels: {{- toYaml $labels | nindent 4 }}
    spec:
      {{- if eq .Values.controller.kind "Deployment" }}
      replicas: {{ .Values.controller.replicaCount }}
      {{- end }}
      selector:
        matchLabels: {{- toYaml $labels | nindent 6 }}
      template:
        metadata:
          labels: {{- toYaml $labels | nindent 8 }}
        spec:
          {{- if .Values.controller.hostNetwork }}
          hostNetwork: true
          {{- end }}
          serviceAccountName: {{ $name }}
          terminationGracePeriodSeconds: 300
          containers:
            - name: controller
              image: "{{ .Values.controller.image.registry }}/{{ .Values.controller.image.image }}:{{ .Values.controller.image.tag | default (printf "v%s" .Chart.AppVersion) }}"
              args:
                - /nginx-ingress-controller
                - --election-id={{ $name }}-leader
                - --controller-class={{ .Values.controller.ingressClassResource.controllerValue }}
                - --ingress-class={{ .Values.controller.ingressClassResource.name }}
                - --configmap=$(POD_NAMESPACE)/{{ $name }}-controller
              env:
                - name: POD_NAME
                  valueFrom: {fieldRef: {fieldPath: metadata.name}}
                - name: POD_NAMESPACE
                  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
              ports:
                - {name: http, containerPort: 80, protocol: TCP}
                - {name: https, containerPort: 443, protocol: TCP}
              resources: {{- toYaml .Values.controller.resources | nindent 12 }}
    {{- if .Values.controller.ingressClassResource.enabled }}
    ---
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata:
      name: {{ .Values.controller.ingressClassResource.name }}
      labels: {{- toYaml $labels | nindent 4 }}
      {{- if .Values.controller.ingressClassResource.default }}
      annotations:
        ingressclass.kubernetes.io/is-default-class: "true"
      {{- end }}
    spec:
      controller: {{ .Values.controller.ingressClassResource.controllerValue }}
    {{- end }}

    """

  private static let controllerAccess = """
    {{- $name := ternary .Release.Name (printf "%s-ingress-nginx" .Release.Name) (contains "ingress-nginx" .Release.Name) }}
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ $name }}
    {{- if .Values.rbac.create }}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: {{ $name }}
    rules:
      - {apiGroups: [""], resources: [configmaps, endpoints, nodes, pods, secrets, namespaces, services], verbs: [get, list, watch]}
      - {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [get, list, watch]}
      - {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}
      - {apiGroups: [""], resources: [events], verbs: [create, patch]}
      - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch, get]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: {{ $name }}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $name }}}
    subjects:
      - {kind: ServiceAccount, name: {{ $name }}, namespace: {{ .Release.Namespace }}}
    {{- end }}

    """

  private static let controllerNotes = """
    The ingress-nginx controller has been installed.
    It may take a few minutes for the load balancer IP to be available.
    You can watch the status by running 'kubectl get service --namespace {{ .Release.Namespace }} {{ .Release.Name }}-controller --output wide --watch'

    """

  static let metricsServer = PublishedChart(
    name: "metrics-server",
    description: "Metrics Server is a scalable, efficient source of container resource metrics for "
      + "Kubernetes built-in autoscaling pipelines.",
    versions: [("3.13.0", "0.8.0"), ("3.12.2", "0.7.2"), ("3.11.0", "0.6.4")],
    shape: .files(
      values: """
        # Default values for metrics-server.
        image:
          repository: registry.k8s.io/metrics-server/metrics-server
          tag: ""
        replicas: 1
        defaultArgs:
          - --cert-dir=/tmp
          - --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname
          - --kubelet-use-node-status-port
          - --metric-resolution=15s
        args: []
        resources:
          requests:
            cpu: 100m
            memory: 200Mi

        """,
      templates: [("all.yaml", metrics)], definitions: []))

  private static let metrics = """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ .Release.Name }}
      labels: {app.kubernetes.io/name: metrics-server, app.kubernetes.io/instance: {{ .Release.Name }}}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: system:{{ .Release.Name }}
    rules:
      - {apiGroups: [""], resources: [nodes/metrics], verbs: [get]}
      - {apiGroups: [""], resources: [pods, nodes, namespaces, configmaps], verbs: [get, list, watch]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: system:{{ .Release.Name }}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:{{ .Release.Name }}"}
    subjects:
      - {kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: {{ .Release.Name }}
    spec:
      ports: [{name: https, port: 443, protocol: TCP, targetPort: https, appProtocol: https}]
      selector: {app.kubernetes.io/name: metrics-server, app.kubernetes.io/instance: {{ .Release.Name }}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ .Release.Name }}
      labels: {app.kubernetes.io/name: metrics-server, app.kubernetes.io/instance: {{ .Release.Name }}}
    spec:
      replicas: {{ .Values.replicas }}
      selector:
        matchLabels: {app.kubernetes.io/name: metrics-server, app.kubernetes.io/instance: {{ .Release.Name }}}
      template:
        metadata:
          labels: {app.kubernetes.io/name: metrics-server, app.kubernetes.io/instance: {{ .Release.Name }}}
        spec:
          serviceAccountName: {{ .Release.Name }}
          priorityClassName: system-cluster-critical
          containers:
            - name: metrics-server
              image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "v%s" .Chart.AppVersion) }}"
              args:
                - --secure-port=10250
                {{- range concat .Values.defaultArgs .Values.args }}
                - {{ . }}
                {{- end }}
              ports: [{name: https, containerPort: 10250, protocol: TCP}]
              resources: {{- toYaml .Values.resources | nindent 12 }}
    ---
    apiVersion: apiregistration.k8s.io/v1
    kind: APIService
    metadata:
      name: v1beta1.metrics.k8s.io
    spec:
      group: metrics.k8s.io
      groupPriorityMinimum: 100
      insecureSkipTLSVerify: true
      service: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}, port: 443}
      version: v1beta1
      versionPriority: 100

    """

  static let certManager = PublishedChart(
    name: "cert-manager", description: "A Helm chart for cert-manager",
    versions: [
      ("v1.19.1", "v1.19.1"), ("v1.18.2", "v1.18.2"), ("v1.17.4", "v1.17.4"),
      ("v1.16.1", "v1.16.1"),
      ("v1.13.3", "v1.13.3"),
    ],
    shape: .files(
      values: """
        # Default values for cert-manager.
        installCRDs: false
        crds:
          enabled: false
          keep: true
        replicaCount: 1
        image:
          repository: quay.io/jetstack/cert-manager-controller
        webhook:
          replicaCount: 1
        cainjector:
          enabled: true
          replicaCount: 1

        """,
      templates: [
        ("deployments.yaml", manager), ("crds.yaml", managerKinds), ("NOTES.txt", managerNotes),
      ],
      definitions: []))

  private static let manager = """
    {{- range $part := list "" "-webhook" "-cainjector" }}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ $.Release.Name }}{{ $part }}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ $.Release.Name }}{{ $part }}
      labels: {app.kubernetes.io/instance: {{ $.Release.Name }}, app: "cert-manager{{ $part }}"}
    spec:
      replicas: {{ $.Values.replicaCount }}
      selector:
        matchLabels: {app.kubernetes.io/instance: {{ $.Release.Name }}, app: "cert-manager{{ $part }}"}
      template:
        metadata:
          labels: {app.kubernetes.io/instance: {{ $.Release.Name }}, app: "cert-manager{{ $part }}"}
        spec:
          serviceAccountName: {{ $.Release.Name }}{{ $part }}
          containers:
            - name: cert-manager{{ default "-controller" $part }}
              image: quay.io/jetstack/cert-manager{{ default "-controller" $part }}:{{ $.Chart.AppVersion }}
    {{- end }}

    """

  private static let managerKinds =
    "{{- if or .Values.installCRDs .Values.crds.enabled }}\n"
    + PublishedKinds.certManager.map {
      "---\n"
        + $0.replacing(
          "metadata:\n",
          with: "metadata:\n{{- if .Values.crds.keep }}\n  annotations:\n"
            + "    helm.sh/resource-policy: keep\n{{- end }}\n", maxReplacements: 1)
    }.joined() + "{{- end }}\n"

  private static let managerNotes = """
    cert-manager {{ .Chart.AppVersion }} has been deployed successfully!

    In order to begin issuing certificates, you will need to set up a ClusterIssuer
    or Issuer resource (for example, by creating a 'letsencrypt-staging' issuer).

    """
}
