/// Redis with its replicas, and WordPress with its database inside.
extension BitnamiTemplates {
  static func redis(_ app: String) -> [String: String] {
    let part = """
      containerPorts:
        redis: 6379
      resourcesPreset: nano
      resources: {}
      persistence:
        enabled: true
        storageClass: ""
        accessModes: [ReadWriteOnce]
        size: 8Gi
      service:
        type: ClusterIP
        ports:
          redis: 6379
        nodePorts:
          redis: ""

      """ + placementValues + securityValues
    let values =
      "# Default values for redis.\n" + commonValues("bitnami/redis", app) + """
        # standalone or replication
        architecture: replication
        auth:
          enabled: true
          # a password is made when none is given
          password: ""
          existingSecret: ""
          existingSecretPasswordKey: ""

        """ + section("master", "count: 1\n" + part)
      + section("replica", "replicaCount: 3\n" + part)
    let password = BitnamiStore(
      name: "redis", ports: [], root: ("password", "redis-password", "REDIS_PASSWORD"),
      headless: nil, section: nil)
    return [
      "values.yaml": values, "templates/_helpers.tpl": definitions("redis"),
      "templates/serviceaccount.yaml": account,
      "templates/secret.yaml": "{{- if .Values.auth.enabled }}\n" + secret(password)
        + "{{- end }}\n",
      "templates/headless-svc.yaml": service("headless", "type: ClusterIP\n  clusterIP: None"),
      "templates/master/service.yaml": redisPart("master", "master"),
      "templates/replicas/service.yaml":
        "{{- if eq .Values.architecture \"replication\" }}\n" + redisPart("replica", "replicas")
        + "{{- end }}\n",
      "templates/NOTES.txt": notes("redis", redisNotes),
    ].mapValues { ChartTemplates.named($0, "redis") }
  }

  private static func service(_ suffix: String, _ kind: String, part: String? = nil) -> String {
    """
    apiVersion: v1
    kind: Service
    \(metadata("-\(suffix)", part: part))
    spec:
      \(kind)
      ports:
        - name: tcp-redis
          port: 6379
          targetPort: redis
      selector:
        {{- include "NAME.selectorLabels" . | nindent 4 }}\(component(part, 4))

    """
  }

  private static func redisPart(_ section: String, _ suffix: String) -> String {
    "{{- $part := .Values.\(section) }}\n"
      + service(suffix, "type: {{ $part.service.type }}", part: section)
        + """
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        \(metadata("-\(suffix)", part: section))
        spec:
          replicas: {{ $part.\(section == "master" ? "count" : "replicaCount") }}
          serviceName: {{ include "NAME.fullname" . }}-headless
          selector:
            matchLabels:
              {{- include "NAME.selectorLabels" . | nindent 6 }}\(component(section, 6))
          template:
            metadata:
              labels:
                {{- include "NAME.labels" . | nindent 8 }}\(component(section, 8))
                {{- with $part.podLabels }}
                {{- toYaml . | nindent 8 }}
                {{- end }}
            spec:
        \(container("redis"))
                  env:
                    - name: REDIS_REPLICATION_MODE
                      value: \(section)
                    {{- if .Values.auth.enabled }}
                    - name: REDIS_PASSWORD
                      valueFrom:
                        secretKeyRef:
                          name: {{ default (include "NAME.fullname" .) .Values.auth.existingSecret }}
                          key: {{ default "redis-password" .Values.auth.existingSecretPasswordKey }}
                    {{- end }}
                  ports:
                    - name: redis
                      containerPort: {{ $part.containerPorts.redis }}
                  resources:
                    {{- include "NAME.resources" $part | trim | nindent 12 }}
                  volumeMounts:
                    - name: \(persistenceName)
                      mountPath: /data
              {{- if not $part.persistence.enabled }}
              volumes:
                - name: \(persistenceName)
                  emptyDir: {}
              {{- else }}
        \(claims.split(separator: "name: data", omittingEmptySubsequences: false)
        .joined(separator: "name: \(persistenceName)"))
              {{- end }}

        """
  }

  private static let persistenceName = "redis-data"

  private static let redisNotes = """
        {{ include "NAME.fullname" . }}-master.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }} for read/write operations (port 6379)
        {{- if eq .Values.architecture "replication" }}
        {{ include "NAME.fullname" . }}-replicas.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }} for read-only operations (port 6379)
        {{- end }}
    {{- if .Values.auth.enabled }}

    To get your password run:

        export REDIS_PASSWORD=$(kubectl get secret --namespace {{ .Release.Namespace }} {{ default (include "NAME.fullname" .) .Values.auth.existingSecret }} -o jsonpath="{.data.redis-password}" | base64 -d)
    {{- end }}

    """

  /// WordPress is a web server with a password, and the chart mariadb below it.
  static func wordPress(_ app: String) -> [String: String] {
    let name = "wordpress"
    var files = web(
      name, app, repository: "bitnami/wordpress", ports: ["http": 8080, "https": 8443])
    let password = BitnamiStore(
      name: name, ports: [],
      root: ("wordpressPassword", "wordpress-password", "WORDPRESS_PASSWORD"), headless: nil,
      section: nil)
    let keys = secret(password).split(separator: ".Values.auth.", omittingEmptySubsequences: false)
    files["templates/secrets.yaml"] = ChartTemplates.named(
      keys.joined(separator: ".Values."), name)
    files["values.yaml", default: ""] += """
      wordpressUsername: user
      wordpressPassword: ""
      wordpressBlogName: User's Blog!
      existingSecret: ""
      mariadb:
        enabled: true

      """
    for (path, text) in store(.sql("mariadb", "MARIADB"), "12.0.2") {
      files["charts/mariadb/\(path)"] = text
    }
    files["charts/mariadb/Chart.yaml"] =
      "apiVersion: v2\nname: mariadb\nversion: 23.2.4\nappVersion: 12.0.2\n"
    return files
  }
}
