import Documents

/// A chart of a public repository: drydock's own work under a well-known name, with versions.
struct PublishedChart: Sendable {
  let name: String
  let description: String
  /// Newest first.
  let versions: [(chart: String, app: String)]
  let shape: Shape

  /// What the chart installs.
  enum Shape: Sendable {
    /// A Deployment with Service, account, Ingress and autoscaler, like a fresh chart's.
    case web(image: String, port: Int)
    /// A StatefulSet with Services and a Secret of that variable.
    case database(image: String, port: Int, variable: String, key: String)
    /// A Deployment and its Service with the values of bitnami's charts.
    case bitnamiWeb(repository: String, ports: [String: Int])
    case bitnamiStore(BitnamiStore)
    case bitnamiRedis
    case bitnamiWordPress
    /// Deployments of these names and images.
    case parts([(name: String, image: String, port: Int)])
    /// The same with kinds that `crds.install` leaves out, under a name of its own.
    case operators([(name: String, image: String, port: Int)], name: String, kinds: String)
    /// Files of its own.
    case files(values: String, templates: [(path: String, text: String)], definitions: [String])
  }

  /// The newest version of a range; versions before a release only when the range names such.
  ///
  /// The real repositories hold far more versions than are listed here: one that somebody names,
  /// and that is not newer than the newest, is there too, with the application of the listed one
  /// before it.
  func best(_ range: String?, allowsEarly: Bool = false) -> (chart: String, app: String)? {
    guard let range, !range.isEmpty else { return versions.first }
    if let exact = versions.first(where: { $0.chart == range || "v" + $0.chart == range }) {
      return exact
    }
    guard let wanted = VersionRange(range) else { return nil }
    let fitting = versions.first { Version($0.chart).map(wanted.holds) ?? false }
    return fitting ?? wanted.least.flatMap(unlisted)
  }

  private func unlisted(_ wanted: Version) -> (chart: String, app: String)? {
    let known = versions.compactMap { version in
      Version(version.chart).map { (number: $0, text: version) }
    }
    guard let newest = known.first, let oldest = known.last, wanted < newest.number,
      wanted.before.isEmpty
    else { return nil }
    let near = known.first { $0.number < wanted } ?? oldest
    let text = wanted.numbers.map(String.init).joined(separator: ".")
    let mark = near.text.chart.hasPrefix("v") ? "v" : ""
    // Where chart and application are released together, their versions are one.
    return (mark + text, near.text.app == near.text.chart ? mark + text : near.text.app)
  }

  func chart(_ version: (chart: String, app: String)) throws -> Chart {
    var files: [String: String] = [:]
    var dependencies: Value?
    switch shape {
    case .web(let image, let port):
      for file in ChartSkeleton.files(name, image: image, port: port) {
        files[file.path] = file.text
      }
    case .database(let image, let port, let variable, let key):
      files = ChartTemplates.database(name, image, port, variable, key)
    case .bitnamiWeb(let repository, let ports):
      files = BitnamiTemplates.web(name, version.app, repository: repository, ports: ports)
    case .bitnamiStore(let store): files = BitnamiTemplates.store(store, version.app)
    case .bitnamiRedis: files = BitnamiTemplates.redis(version.app)
    case .bitnamiWordPress:
      files = BitnamiTemplates.wordPress(version.app)
      dependencies = [["name": "mariadb", "version": "23.x.x", "condition": "mariadb.enabled"]]
    case .parts(let parts): files = ChartTemplates.parts(name, parts)
    case .operators(let parts, let own, let kinds):
      files = ChartTemplates.parts(name, parts, own: own)
      files["values.yaml", default: ""] += "crds:\n  install: true\n  keep: true\n"
      files["templates/crds.yaml"] = "{{- if .Values.crds.install }}\n\(kinds)\n{{- end }}\n"
    case .files(let values, let templates, let definitions):
      files["values.yaml"] = values
      for template in templates { files["templates/\(template.path)"] = template.text }
      for (index, text) in definitions.enumerated() { files["crds/crd-\(index).yaml"] = text }
    }
    var metadata: Value = [
      "apiVersion": "v2", "name": .string(name), "description": .string(description),
      "version": .string(version.chart), "appVersion": .string(version.app),
      "type": "application",
    ]
    if let dependencies { metadata["dependencies"] = dependencies }
    files["Chart.yaml"] = YAML.text(metadata)
    files["README.md"] = "# \(name)\n\n\(description)\n"
    return try Chart(files: files)
  }
}

/// Templates of the catalogue's charts.
enum ChartTemplates {
  static func database(
    _ name: String, _ image: String, _ port: Int, _ variable: String, _ key: String
  ) -> [String: String] {
    let values = """
      # Default values for \(name).
      nameOverride: ""
      fullnameOverride: ""
      image:
        registry: docker.io
        repository: \(image)
        tag: ""
      auth:
        # a password is made when none is given
        password: ""
        existingSecret: ""
        database: my_database
      replicaCount: 1
      primary:
        persistence:
          enabled: true
          size: 8Gi
          storageClass: ""
        resources: {}
      service:
        type: ClusterIP
        port: \(port)

      """
    let text = """
      {{- $secret := default (include "NAME.fullname" .) .Values.auth.existingSecret }}
      {{- if not .Values.auth.existingSecret }}
      apiVersion: v1
      kind: Secret
      metadata:
        name: {{ include "NAME.fullname" . }}
        labels:
          {{- include "NAME.labels" . | nindent 4 }}
      type: Opaque
      data:
        {{- $known := lookup "v1" "Secret" .Release.Namespace (include "NAME.fullname" .) }}
        {{- if .Values.auth.password }}
        \(key): {{ .Values.auth.password | b64enc }}
        {{- else if $known.data }}
        \(key): {{ index $known.data "\(key)" }}
        {{- else }}
        \(key): {{ randAlphaNum 10 | b64enc }}
        {{- end }}
      {{- end }}
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: {{ include "NAME.fullname" . }}-headless
        labels:
          {{- include "NAME.labels" . | nindent 4 }}
      spec:
        clusterIP: None
        ports:
          - name: tcp-NAME
            port: {{ .Values.service.port }}
            targetPort: tcp
        selector:
          {{- include "NAME.selectorLabels" . | nindent 4 }}
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: {{ include "NAME.fullname" . }}
        labels:
          {{- include "NAME.labels" . | nindent 4 }}
      spec:
        type: {{ .Values.service.type }}
        ports:
          - name: tcp-NAME
            port: {{ .Values.service.port }}
            targetPort: tcp
        selector:
          {{- include "NAME.selectorLabels" . | nindent 4 }}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: {{ include "NAME.fullname" . }}
        labels:
          {{- include "NAME.labels" . | nindent 4 }}
      spec:
        replicas: {{ .Values.replicaCount }}
        serviceName: {{ include "NAME.fullname" . }}-headless
        selector:
          matchLabels:
            {{- include "NAME.selectorLabels" . | nindent 6 }}
        template:
          metadata:
            labels:
              {{- include "NAME.labels" . | nindent 8 }}
          spec:
            containers:
              - name: NAME
                image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}"
                env:
                  - name: \(variable)
                    valueFrom:
                      secretKeyRef:
                        name: {{ $secret }}
                        key: \(key)
                ports:
                  - name: tcp
                    containerPort: \(port)
                {{- with .Values.primary.resources }}
                resources:
                  {{- toYaml . | nindent 12 }}
                {{- end }}
                volumeMounts:
                  - name: data
                    mountPath: /data
            {{- if not .Values.primary.persistence.enabled }}
            volumes:
              - name: data
                emptyDir: {}
            {{- end }}
        {{- if .Values.primary.persistence.enabled }}
        volumeClaimTemplates:
          - metadata:
              name: data
            spec:
              accessModes: [ReadWriteOnce]
              {{- with .Values.primary.persistence.storageClass }}
              storageClassName: {{ . }}
              {{- end }}
              resources:
                requests:
                  storage: {{ .Values.primary.persistence.size }}
        {{- end }}

      """
    let notes = """
      CHART NAME: {{ .Chart.Name }}
      CHART VERSION: {{ .Chart.Version }}
      APP VERSION: {{ .Chart.AppVersion }}

      \(name) can be reached on port {{ .Values.service.port }} at
      {{ include "NAME.fullname" . }}.{{ .Release.Namespace }}.svc.cluster.local

      To get the password run:

          kubectl get secret --namespace {{ .Release.Namespace }} {{ include "NAME.fullname" . }} -o jsonpath="{.data.\(key)}" | base64 -d

      """
    return [
      "values.yaml": values, "templates/_helpers.tpl": ChartSkeleton.definitions(name),
      "templates/all.yaml": named(text, name), "templates/NOTES.txt": named(notes, name),
    ]
  }

  static func parts(
    _ name: String, _ parts: [(name: String, image: String, port: Int)], own: String = ""
  ) -> [String: String] {
    var files = [
      "templates/_helpers.tpl": ChartSkeleton.definitions(name),
      "templates/NOTES.txt":
        "{{ .Chart.Name }} has been installed. Check its status by running:\n"
        + "  kubectl --namespace {{ .Release.Namespace }} get pods -l "
        + "\"app.kubernetes.io/instance={{ .Release.Name }}\"\n",
    ]
    var values = "# Default values for \(name).\nnameOverride: \"\(own)\"\nfullnameOverride: \"\"\n"
    for part in parts {
      let key = part.name.split(separator: "-").enumerated().map {
        $0.offset == 0
          ? String($0.element)
          : $0.element.prefix(1).uppercased()
            + $0.element.dropFirst()
      }.joined()
      let image = part.image.split(separator: ":").map(String.init)
      values += """
        \(key):
          enabled: true
          replicas: 1
          image:
            repository: \(image.first ?? "")
            tag: "\(image.last ?? "")"
          service:
            type: ClusterIP
            port: \(part.port)
          resources: {}

        """
      let text = """
        {{- if .Values.\(key).enabled }}
        apiVersion: v1
        kind: Service
        metadata:
          name: {{ include "NAME.fullname" . }}-\(part.name)
          labels:
            app.kubernetes.io/component: \(part.name)
            {{- include "NAME.labels" . | nindent 4 }}
        spec:
          type: {{ .Values.\(key).service.type }}
          ports:
            - name: http
              port: {{ .Values.\(key).service.port }}
              targetPort: \(part.port)
          selector:
            app.kubernetes.io/component: \(part.name)
            {{- include "NAME.selectorLabels" . | nindent 4 }}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ include "NAME.fullname" . }}-\(part.name)
          labels:
            app.kubernetes.io/component: \(part.name)
            {{- include "NAME.labels" . | nindent 4 }}
        spec:
          replicas: {{ .Values.\(key).replicas }}
          selector:
            matchLabels:
              app.kubernetes.io/component: \(part.name)
              {{- include "NAME.selectorLabels" . | nindent 6 }}
          template:
            metadata:
              labels:
                app.kubernetes.io/component: \(part.name)
                {{- include "NAME.labels" . | nindent 8 }}
            spec:
              containers:
                - name: \(part.name)
                  image: "{{ .Values.\(key).image.repository }}:{{ .Values.\(key).image.tag }}"
                  ports:
                    - containerPort: \(part.port)
                  {{- with .Values.\(key).resources }}
                  resources:
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
        {{- end }}

        """
      files["templates/\(part.name).yaml"] = named(text, name)
    }
    files["values.yaml"] = values
    return files
  }

  static func named(_ text: String, _ name: String) -> String {
    text.split(separator: "NAME.", omittingEmptySubsequences: false).joined(separator: name + ".")
      .split(separator: "tcp-NAME", omittingEmptySubsequences: false)
      .joined(separator: "tcp-" + name)
      .split(separator: "name: NAME", omittingEmptySubsequences: false)
      .joined(separator: "name: " + name)
  }
}
