/// What k3s puts into a new cluster: the manifests of its server's folder, and what their charts
/// come to.
enum K3sManifests {
  /// By file name, as in /var/lib/rancher/k3s/server/manifests.
  static let files: [(name: String, text: String)] = [
    ("coredns.yaml", coreDNS), ("local-storage.yaml", localStorage),
    ("metrics-server.yaml", metricsServer), ("traefik.yaml", traefik),
  ]

  static var all: String { files.map(\.text).joined(separator: "---\n") }

  static let coreDNS = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: coredns, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: coredns, namespace: kube-system}
    data:
      Corefile: |
        .:53 {
            errors
            health
            ready
            kubernetes cluster.local in-addr.arpa ip6.arpa {
              pods insecure
              fallthrough in-addr.arpa ip6.arpa
            }
            prometheus :9153
            cache 30
            loop
            reload
            loadbalance
            forward . /etc/resolv.conf
        }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: coredns
      namespace: kube-system
      labels: {k8s-app: kube-dns, kubernetes.io/name: CoreDNS}
    spec:
      revisionHistoryLimit: 0
      strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
      selector: {matchLabels: {k8s-app: kube-dns}}
      template:
        metadata: {labels: {k8s-app: kube-dns}}
        spec:
          priorityClassName: system-cluster-critical
          serviceAccountName: coredns
          tolerations:
          - {key: CriticalAddonsOnly, operator: Exists}
          - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
          nodeSelector: {kubernetes.io/os: linux}
          containers:
          - name: coredns
            image: rancher/mirrored-coredns-coredns:1.13.1
            imagePullPolicy: IfNotPresent
            args: ["-conf", "/etc/coredns/Corefile"]
            resources: {limits: {memory: 170Mi}, requests: {cpu: 100m, memory: 70Mi}}
            volumeMounts: [{name: config-volume, mountPath: /etc/coredns, readOnly: true}]
            ports:
            - {containerPort: 53, name: dns, protocol: UDP}
            - {containerPort: 53, name: dns-tcp, protocol: TCP}
            - {containerPort: 9153, name: metrics, protocol: TCP}
            livenessProbe:
              httpGet: {path: /health, port: 8080, scheme: HTTP}
              initialDelaySeconds: 60
              periodSeconds: 10
            readinessProbe:
              httpGet: {path: /ready, port: 8181, scheme: HTTP}
              periodSeconds: 2
            securityContext:
              allowPrivilegeEscalation: false
              capabilities: {add: [NET_BIND_SERVICE], drop: [all]}
              readOnlyRootFilesystem: true
          dnsPolicy: Default
          volumes:
          - name: config-volume
            configMap: {name: coredns, items: [{key: Corefile, path: Corefile}]}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kube-dns
      namespace: kube-system
      annotations: {prometheus.io/port: "9153", prometheus.io/scrape: "true"}
      labels: {k8s-app: kube-dns, kubernetes.io/cluster-service: "true", kubernetes.io/name: CoreDNS}
    spec:
      selector: {k8s-app: kube-dns}
      clusterIP: 10.43.0.10
      ports:
      - {name: dns, port: 53, protocol: UDP}
      - {name: dns-tcp, port: 53, protocol: TCP}
      - {name: metrics, port: 9153, protocol: TCP}

    """

  static let localStorage = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: local-path-provisioner-service-account, namespace: kube-system}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: local-path-provisioner, namespace: kube-system}
    spec:
      revisionHistoryLimit: 0
      selector: {matchLabels: {app: local-path-provisioner}}
      template:
        metadata: {labels: {app: local-path-provisioner}}
        spec:
          priorityClassName: system-node-critical
          serviceAccountName: local-path-provisioner-service-account
          tolerations:
          - {key: CriticalAddonsOnly, operator: Exists}
          - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
          containers:
          - name: local-path-provisioner
            image: rancher/local-path-provisioner:v0.0.32
            imagePullPolicy: IfNotPresent
            command: [local-path-provisioner, start, --config, /etc/config/config.json]
            volumeMounts: [{name: config-volume, mountPath: /etc/config/}]
            env:
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
          volumes: [{name: config-volume, configMap: {name: local-path-config}}]
    ---
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: local-path
      annotations:
        defaultVolumeType: local
        storageclass.kubernetes.io/is-default-class: "true"
    provisioner: rancher.io/local-path
    volumeBindingMode: WaitForFirstConsumer
    reclaimPolicy: Delete
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: local-path-config, namespace: kube-system}
    data:
      config.json: |
        {
          "nodePathMap":[
          {
            "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",
            "paths":["/var/lib/rancher/k3s/storage"]
          }
          ]
        }

    """

  static let metricsServer = PublishedManifests.metricsServer.text.replacing(
    "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
    with: "rancher/mirrored-metrics-server:v0.8.0")

  /// k3s' Helm controller makes a Job for each chart; what the charts hold is in it as they leave it.
  private static func installation(_ chart: String) -> String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: helm-install-\(chart)
      namespace: kube-system
      labels: {helmcharts.helm.cattle.io/chart: \(chart)}
    spec:
      backoffLimit: 1000
      template:
        metadata: {labels: {helmcharts.helm.cattle.io/chart: \(chart)}}
        spec:
          restartPolicy: OnFailure
          tolerations: [{operator: Exists}]
          containers:
          - name: helm
            image: rancher/klipper-helm:v0.9.10-build20251111
            args: [install]
            env:
            - {name: NAME, value: \(chart)}
            - {name: CHART_NAMESPACE, value: kube-system}
    ---

    """
  }

  static let traefik =
    installation("traefik-crd") + installation("traefik") + """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: traefik, namespace: kube-system}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: traefik-kube-system}
      rules:
      - {apiGroups: [""], resources: [configmaps, nodes, services, secrets], verbs: [get, list, watch]}
      - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
      - {apiGroups: [""], resources: [pods], verbs: [get]}
      - {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [get, list, watch]}
      - {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: traefik-kube-system}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: traefik-kube-system}
      subjects: [{kind: ServiceAccount, name: traefik, namespace: kube-system}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata:
        name: traefik
        annotations: {ingressclass.kubernetes.io/is-default-class: "true"}
        labels: {app.kubernetes.io/instance: traefik-kube-system, app.kubernetes.io/name: traefik}
      spec: {controller: traefik.io/ingress-controller}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: traefik
        namespace: kube-system
        labels: {app.kubernetes.io/instance: traefik-kube-system, app.kubernetes.io/name: traefik}
      spec:
        replicas: 1
        selector:
          matchLabels:
            app.kubernetes.io/instance: traefik-kube-system
            app.kubernetes.io/name: traefik
        template:
          metadata:
            labels: {app.kubernetes.io/instance: traefik-kube-system, app.kubernetes.io/name: traefik}
          spec:
            priorityClassName: system-cluster-critical
            serviceAccountName: traefik
            tolerations:
            - {key: CriticalAddonsOnly, operator: Exists}
            - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
            containers:
            - name: traefik
              image: rancher/mirrored-library-traefik:3.6.2
              imagePullPolicy: IfNotPresent
              args:
              - --entryPoints.traefik.address=:8080/tcp
              - --entryPoints.web.address=:8000/tcp
              - --entryPoints.websecure.address=:8443/tcp
              - --ping=true
              - --providers.kubernetesingress
              - --providers.kubernetesingress.ingressendpoint.publishedservice=kube-system/traefik
              env:
              - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
              - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
              ports:
              - {containerPort: 8080, name: traefik, protocol: TCP}
              - {containerPort: 8000, name: web, protocol: TCP}
              - {containerPort: 8443, name: websecure, protocol: TCP}
              readinessProbe:
                httpGet: {path: /ping, port: 8080, scheme: HTTP}
                initialDelaySeconds: 2
                periodSeconds: 10
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: traefik
        namespace: kube-system
        labels: {app.kubernetes.io/instance: traefik-kube-system, app.kubernetes.io/name: traefik}
      spec:
        type: LoadBalancer
        selector:
          app.kubernetes.io/instance: traefik-kube-system
          app.kubernetes.io/name: traefik
        ports:
        - {name: web, port: 80, targetPort: web, protocol: TCP}
        - {name: websecure, port: 443, targetPort: websecure, protocol: TCP}

      """
}
