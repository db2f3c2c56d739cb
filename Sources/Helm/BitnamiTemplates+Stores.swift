/// What keeps data: a Secret, Services and a StatefulSet (or one Deployment).
extension BitnamiTemplates {
  static func store(_ store: BitnamiStore, _ app: String) -> [String: String] {
    var values =
      "# Default values for \(store.name).\n" + commonValues("bitnami/\(store.name)", app)
    values += """
      architecture: standalone
      auth:
        enabled: true
        # a password is made when none is given
        \(store.root.value): ""
        username: ""
        database: ""
        existingSecret: ""
      pdb:
        create: true
        minAvailable: ""
        maxUnavailable: ""

      """
    let inner = """
      replicaCount: \(store.replicas)
      containerPorts:
      \(store.ports.map { "  \($0.key): \($0.number)" }.joined(separator: "\n"))
      resourcesPreset: \(store.section == nil ? "small" : "nano")
      resources: {}
      persistence:
        enabled: true
        existingClaim: ""
        storageClass: ""
        accessModes: [ReadWriteOnce]
        size: 8Gi
      service:
        type: ClusterIP
        ports:
      \(store.ports.map { "    \($0.key): \($0.number)" }.joined(separator: "\n"))
        nodePorts:
      \(store.ports.map { "    \($0.key): \"\"" }.joined(separator: "\n"))

      """ + placementValues + securityValues
    values += section(store.section, inner)
    return [
      "values.yaml": values, "templates/_helpers.tpl": definitions(store.name),
      "templates/serviceaccount.yaml": account, "templates/pdb.yaml": disruptions,
      "templates/secrets.yaml": secret(store), "templates/svc.yaml": services(store),
      store.headless == nil ? "templates/dep.yaml" : "templates/statefulset.yaml": workload(store),
      "templates/NOTES.txt": notes(store.name, storeNotes(store)),
    ].mapValues { ChartTemplates.named($0, store.name) }
  }

  static func section(_ name: String?, _ inner: String) -> String {
    guard let name else { return inner }
    return "\(name):\n"
      + inner.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }

  private static func part(_ store: BitnamiStore) -> String {
    "{{- $part := .Values\(store.section.map { ".\($0)" } ?? "") }}"
  }

  static func secret(_ store: BitnamiStore) -> String {
    """
    {{- if not .Values.auth.existingSecret }}
    apiVersion: v1
    kind: Secret
    \(metadata())
    type: Opaque
    data:
      \(store.root.key): {{ include "NAME.password" (dict "context" . "secret" (include "NAME.fullname" .) "key" "\(store.root.key)" "given" .Values.auth.\(store.root.value)) | quote }}
    {{- end }}

    """
  }

  private static func services(_ store: BitnamiStore) -> String {
    let ports = store.ports.map { port in
      """
          - name: \(port.name)
            port: {{ $part.service.ports.\(port.key) }}
            targetPort: \(port.key)
            {{- if and (ne $part.service.type "ClusterIP") $part.service.nodePorts.\(port.key) }}
            nodePort: {{ $part.service.nodePorts.\(port.key) }}
            {{- end }}
      """
    }.joined(separator: "\n")
    func service(_ suffix: String, _ kind: String) -> String {
      """
      apiVersion: v1
      kind: Service
      \(metadata(suffix, part: store.section))
      spec:
        \(kind)
        ports:
      \(ports)
        selector:
          {{- include "NAME.selectorLabels" . | nindent 4 }}\(component(store.section, 4))

      """
    }
    var text = part(store) + "\n" + service("", "type: {{ $part.service.type }}")
    if let suffix = store.headless {
      text +=
        "---\n"
        + service(
          "-\(suffix)", "type: ClusterIP\n  clusterIP: None\n  publishNotReadyAddresses: true")
    }
    return text
  }

  private static func workload(_ store: BitnamiStore) -> String {
    let isSet = store.headless != nil
    return """
      \(part(store))
      apiVersion: apps/v1
      kind: \(isSet ? "StatefulSet" : "Deployment")
      \(metadata(store.name == "kafka" ? "-controller" : "", part: store.section))
      spec:
        replicas: {{ $part.replicaCount }}
        \(isSet ? "serviceName: {{ include \"NAME.fullname\" . }}-\(store.headless ?? "")" : "strategy: {type: Recreate}")
        selector:
          matchLabels:
            {{- include "NAME.selectorLabels" . | nindent 6 }}\(component(store.section, 6))
        template:
      \(podMetadata(part: store.section))
          spec:
      \(container("NAME"))
                env:
                  - name: \(store.root.variable)
                    valueFrom:
                      secretKeyRef:
                        name: {{ default (include "NAME.fullname" .) .Values.auth.existingSecret }}
                        key: \(store.root.key)
                  {{- with $part.extraEnvVars }}
                  {{- toYaml . | nindent 12 }}
                  {{- end }}
                ports:
                  {{- range $name, $port := $part.containerPorts }}
                  - name: {{ $name }}
                    containerPort: {{ $port }}
                  {{- end }}
                resources:
                  {{- include "NAME.resources" $part | trim | nindent 12 }}
                volumeMounts:
                  - name: data
                    mountPath: /bitnami/\(store.name)
            {{- if and $part.persistence.enabled $part.persistence.existingClaim }}
            volumes:
              - name: data
                persistentVolumeClaim:
                  claimName: {{ $part.persistence.existingClaim }}
            {{- else if not $part.persistence.enabled }}
            volumes:
              - name: data
                emptyDir: {}
            {{- else }}
      \(isSet ? claims : claimedVolume)
            {{- end }}
      \(isSet ? "" : claim)

      """
  }

  static let claims = """
      volumeClaimTemplates:
        - apiVersion: v1
          kind: PersistentVolumeClaim
          metadata:
            name: data
          spec:
            accessModes: {{ toYaml $part.persistence.accessModes | nindent 10 }}
            {{- with default .Values.global.defaultStorageClass $part.persistence.storageClass }}
            storageClassName: {{ . }}
            {{- end }}
            resources:
              requests:
                storage: {{ $part.persistence.size | quote }}
    """

  private static let claimedVolume = """
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: {{ include "NAME.fullname" . }}
    """

  private static let claim = """
    {{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) }}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    \(metadata())
    spec:
      accessModes: {{ toYaml .Values.persistence.accessModes | nindent 4 }}
      {{- with default .Values.global.defaultStorageClass .Values.persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .Values.persistence.size | quote }}
    {{- end }}
    """

  private static func storeNotes(_ store: BitnamiStore) -> String {
    """
        {{ include "NAME.fullname" . }}.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }} (port \(store.ports.first?.number ?? 0))

    To get the password run:

        kubectl get secret --namespace {{ .Release.Namespace }} {{ default (include "NAME.fullname" .) .Values.auth.existingSecret }} -o jsonpath="{.data.\(store.root.key)}" | base64 -d

    """
  }
}
