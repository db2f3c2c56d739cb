/// The files of a fresh chart, as `helm create` makes one: a Deployment with what belongs to it.
enum ChartSkeleton {
  static func files(
    _ name: String, image: String = "nginx", port: Int = 80, version: String = "0.1.0",
    appVersion: String = "1.16.0"
  ) -> [(path: String, text: String)] {
    [
      ("Chart.yaml", chart(name, version, appVersion)),
      ("values.yaml", values(name, image, port)), (".helmignore", ".git/\n*.swp\n*.bak\n*.tmp\n"),
      ("templates/_helpers.tpl", definitions(name)),
      ("templates/deployment.yaml", named(deployment, name)),
      ("templates/service.yaml", named(service, name)),
      ("templates/serviceaccount.yaml", named(account, name)),
      ("templates/ingress.yaml", named(ingress, name)),
      ("templates/hpa.yaml", named(autoscaler, name)),
      ("templates/NOTES.txt", named(notes, name)),
      ("templates/tests/test-connection.yaml", named(test, name)),
    ]
  }

  private static func named(_ text: String, _ name: String) -> String {
    text.split(separator: "CHARTNAME", omittingEmptySubsequences: false).joined(separator: name)
  }

  private static func chart(_ name: String, _ version: String, _ appVersion: String) -> String {
    """
    apiVersion: v2
    name: \(name)
    description: A Helm chart for Kubernetes

    # application charts are installed; library charts only hold definitions for others
    type: application

    # the version of the chart: raise it with every change of chart or values
    version: \(version)

    # the version of the application inside; it need not be a semantic version
    appVersion: "\(appVersion)"

    """
  }

  private static func values(_ name: String, _ image: String, _ port: Int) -> String {
    """
    # Default values for \(name).

    replicaCount: 1

    image:
      repository: \(image)
      pullPolicy: IfNotPresent
      # the chart's appVersion, unless set
      tag: ""

    imagePullSecrets: []
    nameOverride: ""
    fullnameOverride: ""

    serviceAccount:
      create: true
      automount: true
      annotations: {}
      name: ""

    podAnnotations: {}
    podLabels: {}

    podSecurityContext: {}
    securityContext: {}

    service:
      type: ClusterIP
      port: \(port)

    ingress:
      enabled: false
      className: ""
      annotations: {}
      hosts:
        - host: chart-example.local
          paths:
            - path: /
              pathType: ImplementationSpecific
      tls: []

    resources: {}

    livenessProbe:
      httpGet:
        path: /
        port: http
    readinessProbe:
      httpGet:
        path: /
        port: http

    autoscaling:
      enabled: false
      minReplicas: 1
      maxReplicas: 100
      targetCPUUtilizationPercentage: 80

    volumes: []
    volumeMounts: []

    nodeSelector: {}
    tolerations: []
    affinity: {}

    """
  }

  static func definitions(_ name: String) -> String { named(definitionsText, name) }

  private static let definitionsText = """
    {{/* The chart's name, unless overridden. */}}
    {{- define "CHARTNAME.name" -}}
    {{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
    {{- end }}

    {{/* The release's name with the chart's, no longer than a DNS label. */}}
    {{- define "CHARTNAME.fullname" -}}
    {{- if .Values.fullnameOverride }}
    {{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
    {{- else }}
    {{- $name := default .Chart.Name .Values.nameOverride }}
    {{- if contains $name .Release.Name }}
    {{- .Release.Name | trunc 63 | trimSuffix "-" }}
    {{- else }}
    {{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
    {{- end }}
    {{- end }}
    {{- end }}

    {{- define "CHARTNAME.chart" -}}
    {{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
    {{- end }}

    {{- define "CHARTNAME.labels" -}}
    helm.sh/chart: {{ include "CHARTNAME.chart" . }}
    {{ include "CHARTNAME.selectorLabels" . }}
    {{- if .Chart.AppVersion }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    {{- end }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
    {{- end }}

    {{- define "CHARTNAME.selectorLabels" -}}
    app.kubernetes.io/name: {{ include "CHARTNAME.name" . }}
    app.kubernetes.io/instance: {{ .Release.Name }}
    {{- end }}

    {{- define "CHARTNAME.serviceAccountName" -}}
    {{- if .Values.serviceAccount.create }}
    {{- default (include "CHARTNAME.fullname" .) .Values.serviceAccount.name }}
    {{- else }}
    {{- default "default" .Values.serviceAccount.name }}
    {{- end }}
    {{- end }}

    """
}
