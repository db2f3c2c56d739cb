/// The templates and values that the charts of bitnami have in common, and each one's own.
enum BitnamiTemplates {
  /// As those charts write the tags of images.
  static func tag(_ app: String) -> String { "\(app)-debian-12-r0" }

  /// Beyond what a fresh chart defines: the image, and resources by preset.
  static func definitions(_ name: String) -> String {
    ChartSkeleton.definitions(name)
      + ChartTemplates.named(
        """
        {{- define "NAME.image" -}}
        {{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
        {{- if .Values.image.digest -}}
        {{ printf "%s/%s@%s" $registry .Values.image.repository .Values.image.digest }}
        {{- else -}}
        {{ printf "%s/%s:%s" $registry .Values.image.repository (toString .Values.image.tag) }}
        {{- end -}}
        {{- end }}

        {{/* The resources that are given, else those of the preset, as bitnami's common chart has it. */}}
        {{- define "NAME.resources" -}}
        {{- $sizes := dict "nano" (list "100m" "128Mi" "150m" "192Mi") "micro" (list "250m" "256Mi" "375m" "384Mi") "small" (list "500m" "512Mi" "750m" "768Mi") "medium" (list "500m" "1024Mi" "750m" "1536Mi") "large" (list "1.0" "2048Mi" "1.5" "3072Mi") "xlarge" (list "1.0" "3072Mi" "3.0" "6144Mi") "2xlarge" (list "1.0" "3072Mi" "6.0" "12288Mi") }}
        {{- if .resources }}
        {{- toYaml .resources }}
        {{- else if hasKey $sizes .resourcesPreset }}
        {{- $size := get $sizes .resourcesPreset }}
        requests:
          cpu: {{ index $size 0 }}
          memory: {{ index $size 1 }}
          ephemeral-storage: 50Mi
        limits:
          cpu: {{ index $size 2 }}
          memory: {{ index $size 3 }}
          ephemeral-storage: 2Gi
        {{- else if ne .resourcesPreset "none" }}
        {{- fail (printf "ERROR: Preset key '%s' invalid. Allowed values are nano,micro,small,medium,large,xlarge,2xlarge" .resourcesPreset) }}
        {{- else }}
        {}
        {{- end }}
        {{- end }}

        {{/* A password that was given, else the one that is there, else a new one. */}}
        {{- define "NAME.password" -}}
        {{- $known := lookup "v1" "Secret" .context.Release.Namespace .secret }}
        {{- if .given }}
        {{- .given | toString | b64enc }}
        {{- else if and $known.data (hasKey $known.data .key) }}
        {{- index $known.data .key }}
        {{- else }}
        {{- randAlphaNum 10 | b64enc }}
        {{- end }}
        {{- end }}

        """, name)
  }

  /// The head of every values.yaml.
  static func commonValues(_ repository: String, _ app: String) -> String {
    """
    global:
      imageRegistry: ""
      imagePullSecrets: []
      defaultStorageClass: ""
    nameOverride: ""
    fullnameOverride: ""
    commonLabels: {}
    commonAnnotations: {}
    clusterDomain: cluster.local
    image:
      registry: docker.io
      repository: \(repository)
      tag: \(tag(app))
      digest: ""
      pullPolicy: IfNotPresent
      pullSecrets: []
      debug: false
    serviceAccount:
      create: true
      name: ""
      annotations: {}
      automountServiceAccountToken: false

    """
  }

  static let securityValues = """
    podSecurityContext:
      enabled: true
      fsGroupChangePolicy: Always
      sysctls: []
      supplementalGroups: []
      fsGroup: 1001
    containerSecurityContext:
      enabled: true
      seLinuxOptions: {}
      runAsUser: 1001
      runAsGroup: 1001
      runAsNonRoot: true
      privileged: false
      readOnlyRootFilesystem: true
      allowPrivilegeEscalation: false
      capabilities:
        drop: ["ALL"]
      seccompProfile:
        type: RuntimeDefault

    """

  /// What values say of where Pods go.
  static let placementValues = """
    podAnnotations: {}
    podLabels: {}
    affinity: {}
    nodeSelector: {}
    tolerations: []
    priorityClassName: ""
    extraEnvVars: []

    """

  static let account = """
    {{- if .Values.serviceAccount.create }}
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ include "NAME.serviceAccountName" . }}
      namespace: {{ .Release.Namespace | quote }}
      labels:
        {{- include "NAME.labels" . | nindent 4 }}
      {{- with .Values.serviceAccount.annotations }}
      annotations:
        {{- toYaml . | nindent 4 }}
      {{- end }}
    automountServiceAccountToken: {{ .Values.serviceAccount.automountServiceAccountToken }}
    {{- end }}

    """

  static let disruptions = """
    {{- if .Values.pdb.create }}
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    \(metadata())
    spec:
      {{- if .Values.pdb.minAvailable }}
      minAvailable: {{ .Values.pdb.minAvailable }}
      {{- end }}
      {{- if or .Values.pdb.maxUnavailable (not .Values.pdb.minAvailable) }}
      maxUnavailable: {{ .Values.pdb.maxUnavailable | default 1 }}
      {{- end }}
      selector:
        matchLabels:
          {{- include "NAME.selectorLabels" . | nindent 6 }}
    {{- end }}

    """

  /// An object's metadata; `suffix` follows the release's name.
  static func metadata(_ suffix: String = "", part: String? = nil) -> String {
    """
    metadata:
      name: {{ include "NAME.fullname" . }}\(suffix)
      namespace: {{ .Release.Namespace | quote }}
      labels:
        {{- include "NAME.labels" . | nindent 4 }}\(component(part, 4))
    """
  }

  /// Charts with sections tell their parts apart by a label.
  static func component(_ part: String?, _ indent: Int) -> String {
    part.map { "\n\(String(repeating: " ", count: indent))app.kubernetes.io/component: \($0)" }
      ?? ""
  }

  /// The metadata of a Pod, by `$part`, the section of the values it is made by.
  static func podMetadata(part: String? = nil) -> String {
    """
        metadata:
          labels:
            {{- include "NAME.labels" . | nindent 8 }}\(component(part, 8))
            {{- with $part.podLabels }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- with $part.podAnnotations }}
          annotations:
            {{- toYaml . | nindent 8 }}
          {{- end }}
    """
  }

  /// What a Pod's specification says by `$part`, as far as the first fields of its container.
  static func container(_ name: String) -> String {
    """
          serviceAccountName: {{ include "NAME.serviceAccountName" . }}
          automountServiceAccountToken: {{ .Values.serviceAccount.automountServiceAccountToken }}
          {{- with $part.affinity }}
          affinity:
            {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with $part.nodeSelector }}
          nodeSelector:
            {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with $part.tolerations }}
          tolerations:
            {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with $part.priorityClassName }}
          priorityClassName: {{ . }}
          {{- end }}
          {{- with .Values.image.pullSecrets }}
          imagePullSecrets:
            {{- range . }}
            - name: {{ . }}
            {{- end }}
          {{- end }}
          {{- if $part.podSecurityContext.enabled }}
          securityContext:
            {{- omit $part.podSecurityContext "enabled" | toYaml | nindent 8 }}
          {{- end }}
          containers:
            - name: \(name)
              image: {{ include "NAME.image" . }}
              imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
              {{- if $part.containerSecurityContext.enabled }}
              securityContext:
                {{- omit $part.containerSecurityContext "enabled" | toYaml | nindent 12 }}
              {{- end }}
    """
  }

  static func notes(_ title: String, _ rest: String) -> String {
    """
    CHART NAME: {{ .Chart.Name }}
    CHART VERSION: {{ .Chart.Version }}
    APP VERSION: {{ .Chart.AppVersion }}

    ** Please be patient while the chart is being deployed **

    \(title) can be accessed through the following DNS name from within your cluster:


    """ + rest
  }
}
