/// Deployments behind a Service: web servers, memcached.
extension BitnamiTemplates {
  static func web(
    _ name: String, _ app: String, repository: String, ports: [String: Int]
  ) -> [String: String] {
    let isHTTP = ports["http"] != nil
    let served = ports.sorted { $0.value < $1.value }
    var values = "# Default values for \(name).\n" + commonValues(repository, app)
    values += """
      replicaCount: 1
      revisionHistoryLimit: 10
      updateStrategy:
        type: RollingUpdate
        rollingUpdate: {}
      containerPorts:
      \(served.map { "  \($0.key): \($0.value)" }.joined(separator: "\n"))
      resourcesPreset: nano
      resources: {}
      livenessProbe:
        enabled: true
        initialDelaySeconds: 30
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
        successThreshold: 1
      readinessProbe:
        enabled: true
        initialDelaySeconds: 5
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 3
        successThreshold: 1
      autoscaling:
        enabled: false
        minReplicas: ""
        maxReplicas: ""
        targetCPU: ""
        targetMemory: ""
      pdb:
        create: true
        minAvailable: ""
        maxUnavailable: ""
      networkPolicy:
        enabled: true
        allowExternal: true
        allowExternalEgress: true
      extraVolumes: []
      extraVolumeMounts: []
      service:
        type: \(isHTTP ? "LoadBalancer" : "ClusterIP")
        ports:
      \(served.map { "    \($0.key): \(Self.outside($0.key, $0.value))" }.joined(separator: "\n"))
        nodePorts:
      \(served.map { "    \($0.key): \"\"" }.joined(separator: "\n"))
        targetPort:
      \(served.map { "    \($0.key): \($0.key)" }.joined(separator: "\n"))
        clusterIP: ""
        loadBalancerIP: ""
        loadBalancerSourceRanges: []
        sessionAffinity: None
        annotations: {}
        externalTrafficPolicy: Cluster
      ingress:
        enabled: false
        pathType: ImplementationSpecific
        hostname: \(name).local
        path: /
        annotations: {}
        ingressClassName: ""
        tls: false

      """
    values += placementValues + securityValues
    var files = [
      "values.yaml": values, "templates/_helpers.tpl": definitions(name),
      "templates/deployment.yaml": deployment(
        port: isHTTP ? "http" : name, isPage: ports["https"] != nil),
      "templates/svc.yaml": service, "templates/serviceaccount.yaml": account,
      "templates/pdb.yaml": disruptions, "templates/networkpolicy.yaml": policy,
      "templates/hpa.yaml": autoscaler,
      "templates/NOTES.txt": notes(name == "nginx" ? "NGINX" : name, webNotes),
    ]
    if isHTTP { files["templates/ingress.yaml"] = ingress }
    return files.mapValues { ChartTemplates.named($0, name) }
  }

  private static func outside(_ key: String, _ port: Int) -> Int {
    key == "http" ? 80 : key == "https" ? 443 : port
  }

  /// `isPage`: it answers `GET /` with a page.
  private static func deployment(port: String, isPage: Bool) -> String {
    let readiness =
      isPage
      ? "httpGet:\n              path: /\n              port: http"
      : "tcpSocket:\n              port: \(port)"
    return """
      {{- $part := .Values }}
      apiVersion: apps/v1
      kind: Deployment
      \(metadata())
          {{- with .Values.commonLabels }}
          {{- toYaml . | nindent 4 }}
          {{- end }}
      spec:
        {{- if not .Values.autoscaling.enabled }}
        replicas: {{ .Values.replicaCount }}
        {{- end }}
        revisionHistoryLimit: {{ .Values.revisionHistoryLimit }}
        {{- with .Values.updateStrategy }}
        strategy:
          {{- toYaml . | nindent 4 }}
        {{- end }}
        selector:
          matchLabels:
            {{- include "NAME.selectorLabels" . | nindent 6 }}
        template:
      \(podMetadata())
          spec:
      \(container("NAME"))
                env:
                  - name: BITNAMI_DEBUG
                    value: {{ ternary "true" "false" .Values.image.debug | quote }}
                  {{- with .Values.extraEnvVars }}
                  {{- toYaml . | nindent 12 }}
                  {{- end }}
                ports:
                  {{- range $name, $port := .Values.containerPorts }}
                  {{- if $port }}
                  - name: {{ $name }}
                    containerPort: {{ $port }}
                  {{- end }}
                  {{- end }}
                {{- if .Values.livenessProbe.enabled }}
                livenessProbe:
                  tcpSocket:
                    port: \(port)
                  {{- omit .Values.livenessProbe "enabled" | toYaml | nindent 12 }}
                {{- end }}
                {{- if .Values.readinessProbe.enabled }}
                readinessProbe:
                  \(readiness)
                  {{- omit .Values.readinessProbe "enabled" | toYaml | nindent 12 }}
                {{- end }}
                resources:
                  {{- include "NAME.resources" .Values | trim | nindent 12 }}
                volumeMounts:
                  - name: empty-dir
                    mountPath: /tmp
                    subPath: tmp-dir
                  {{- with .Values.extraVolumeMounts }}
                  {{- toYaml . | nindent 12 }}
                  {{- end }}
            volumes:
              - name: empty-dir
                emptyDir: {}
              {{- with .Values.extraVolumes }}
              {{- toYaml . | nindent 8 }}
              {{- end }}

      """
  }

  private static let service = """
    apiVersion: v1
    kind: Service
    \(metadata())
      {{- with .Values.service.annotations }}
      annotations:
        {{- toYaml . | nindent 4 }}
      {{- end }}
    spec:
      type: {{ .Values.service.type }}
      {{- if and (eq .Values.service.type "ClusterIP") .Values.service.clusterIP }}
      clusterIP: {{ .Values.service.clusterIP }}
      {{- end }}
      sessionAffinity: {{ .Values.service.sessionAffinity }}
      {{- if or (eq .Values.service.type "LoadBalancer") (eq .Values.service.type "NodePort") }}
      externalTrafficPolicy: {{ .Values.service.externalTrafficPolicy | quote }}
      {{- end }}
      {{- if eq .Values.service.type "LoadBalancer" }}
      {{- with .Values.service.loadBalancerSourceRanges }}
      loadBalancerSourceRanges: {{ toYaml . | nindent 4 }}
      {{- end }}
      {{- with .Values.service.loadBalancerIP }}
      loadBalancerIP: {{ . }}
      {{- end }}
      {{- end }}
      ports:
        {{- range $name, $port := .Values.service.ports }}
        {{- if $port }}
        - name: {{ $name }}
          port: {{ $port }}
          targetPort: {{ get $.Values.service.targetPort $name | default $name }}
          {{- if and (ne $.Values.service.type "ClusterIP") (get $.Values.service.nodePorts $name) }}
          nodePort: {{ get $.Values.service.nodePorts $name }}
          {{- end }}
        {{- end }}
        {{- end }}
      selector:
        {{- include "NAME.selectorLabels" . | nindent 4 }}

    """

  private static let policy = """
    {{- if .Values.networkPolicy.enabled }}
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    \(metadata())
    spec:
      podSelector:
        matchLabels:
          {{- include "NAME.selectorLabels" . | nindent 6 }}
      policyTypes: [Ingress, Egress]
      {{- if .Values.networkPolicy.allowExternalEgress }}
      egress:
        - {}
      {{- else }}
      egress:
        - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
      {{- end }}
      ingress:
        - ports:
            {{- range .Values.containerPorts }}
            - port: {{ . }}
            {{- end }}
          {{- if not .Values.networkPolicy.allowExternal }}
          from:
            - podSelector:
                matchLabels:
                  {{ include "NAME.fullname" . }}-client: "true"
          {{- end }}
    {{- end }}

    """

  private static let autoscaler = """
    {{- if .Values.autoscaling.enabled }}
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    \(metadata())
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: {{ include "NAME.fullname" . }}
      minReplicas: {{ .Values.autoscaling.minReplicas | default 1 }}
      maxReplicas: {{ .Values.autoscaling.maxReplicas | default 11 }}
      metrics:
        {{- with .Values.autoscaling.targetMemory }}
        - type: Resource
          resource: {name: memory, target: {type: Utilization, averageUtilization: {{ . }}}}
        {{- end }}
        {{- with .Values.autoscaling.targetCPU }}
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ . }}}}
        {{- end }}
    {{- end }}

    """

  private static let ingress = """
    {{- if .Values.ingress.enabled }}
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    \(metadata())
      {{- with .Values.ingress.annotations }}
      annotations:
        {{- toYaml . | nindent 4 }}
      {{- end }}
    spec:
      {{- with .Values.ingress.ingressClassName }}
      ingressClassName: {{ . }}
      {{- end }}
      rules:
        - host: {{ .Values.ingress.hostname }}
          http:
            paths:
              - path: {{ .Values.ingress.path }}
                pathType: {{ .Values.ingress.pathType }}
                backend:
                  service:
                    name: {{ include "NAME.fullname" . }}
                    port:
                      name: http
      {{- if .Values.ingress.tls }}
      tls:
        - hosts: [{{ .Values.ingress.hostname }}]
          secretName: {{ printf "%s-tls" .Values.ingress.hostname }}
      {{- end }}
    {{- end }}

    """

  private static let webNotes = """
        {{ include "NAME.fullname" . }}.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }} (port {{ range $name, $port := .Values.service.ports }}{{ if ne $name "https" }}{{ $port }}{{ end }}{{ end }})
    {{- if eq .Values.service.type "NodePort" }}

    To reach it from outside the cluster:

        export NODE_PORT=$(kubectl get --namespace {{ .Release.Namespace }} -o jsonpath="{.spec.ports[0].nodePort}" services {{ include "NAME.fullname" . }})
        export NODE_IP=$(kubectl get nodes -o jsonpath="{.items[0].status.addresses[0].address}")
        echo "http://${NODE_IP}:${NODE_PORT}"
    {{- else if eq .Values.service.type "LoadBalancer" }}

    To reach it from outside the cluster:

      NOTE: It may take a few minutes for the LoadBalancer IP to be available.
            Watch the status with: 'kubectl get svc --namespace {{ .Release.Namespace }} -w {{ include "NAME.fullname" . }}'

        export SERVICE_IP=$(kubectl get svc --namespace {{ .Release.Namespace }} {{ include "NAME.fullname" . }} --template "{{ "{{ range (index .status.loadBalancer.ingress 0) }}{{ . }}{{ end }}" }}")
        echo "http://${SERVICE_IP}"
    {{- end }}

    """
}
