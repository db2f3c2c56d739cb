import Helm

/// Knative Serving's kinds and Pods, and Kourier, its lightest network layer.
extension PublishedManifests {
  static let knative = [
    PublishedManifest(marks: ["knative", "/serving-crds.yaml"], text: servingKinds),
    PublishedManifest(marks: ["knative", "/serving-core.yaml"], text: servingKinds + serving),
    PublishedManifest(marks: ["kourier", "/kourier.yaml"], text: kourier),
  ]

  private static let servingKinds =
    ([
      ("autoscaling.internal.knative.dev", "Metric", "metrics", "v1alpha1"),
      ("autoscaling.internal.knative.dev", "PodAutoscaler", "podautoscalers", "v1alpha1"),
      ("caching.internal.knative.dev", "Image", "images", "v1alpha1"),
      ("networking.internal.knative.dev", "Certificate", "certificates", "v1alpha1"),
      ("networking.internal.knative.dev", "ClusterDomainClaim", "clusterdomainclaims", "v1alpha1"),
      ("networking.internal.knative.dev", "Ingress", "ingresses", "v1alpha1"),
      ("networking.internal.knative.dev", "ServerlessService", "serverlessservices", "v1alpha1"),
      ("serving.knative.dev", "Configuration", "configurations", "v1"),
      ("serving.knative.dev", "DomainMapping", "domainmappings", "v1beta1"),
      ("serving.knative.dev", "Revision", "revisions", "v1"),
      ("serving.knative.dev", "Route", "routes", "v1"),
      ("serving.knative.dev", "Service", "services", "v1"),
    ].map {
      PublishedKinds.definition(
        $0.0, $0.1, $0.2, [$0.3],
        short: [
          "Metric": "", "PodAutoscaler": "kpa, pa", "Image": "img", "Certificate": "kcert",
          "ClusterDomainClaim": "cdc", "Ingress": "kingress, king", "ServerlessService": "sks",
          "Configuration": "config, cfg", "DomainMapping": "dm", "Revision": "rev", "Route": "rt",
          "Service": "kservice, ksvc",
        ][$0.1] ?? "", isNamespaced: $0.1 != "ClusterDomainClaim",
        columns: $0.1 == "Ingress"
          ? "{jsonPath: '.status.conditions[?(@.type==\"Ready\")].status', name: Ready, type: string}, "
            + "{jsonPath: '.status.conditions[?(@.type==\"Ready\")].reason', name: Reason, type: string}"
          : "")
    }).joined(separator: "---\n") + "---\n"

  private static let serving =
    """
    apiVersion: v1
    kind: Namespace
    metadata: {name: knative-serving, labels: {app.kubernetes.io/name: knative-serving}}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: config-network, namespace: knative-serving}
    data: {}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: config-domain, namespace: knative-serving}
    data: {}
    ---

    """
    + [("activator", 8012), ("autoscaler", 8080), ("controller", 9090), ("webhook", 8443)].map {
      workload(
        $0.0, "gcr.io/knative-releases/knative.dev/serving/cmd/\($0.0):v1.20.0", port: $0.1,
        in: "knative-serving")
    }.joined(separator: "---\n")

  private static let kourier = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: kourier-system
      labels: {networking.knative.dev/ingress-provider: kourier}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: kourier-bootstrap, namespace: kourier-system}
    data:
      envoy-bootstrap.yaml: |
        node: {cluster: kourier-knative, id: 3scale-kourier-gateway}
        dynamic_resources:
          ads_config: {api_type: GRPC, transport_api_version: V3}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: config-kourier, namespace: knative-serving}
    data: {}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: net-kourier, namespace: knative-serving}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: net-kourier}
    rules:
    - {apiGroups: [""], resources: [events], verbs: [get, list, create, update, patch, delete]}
    - apiGroups: [""]
      resources: [pods, endpoints, services, secrets, configmaps]
      verbs: [get, list, watch]
    - {apiGroups: [networking.internal.knative.dev], resources: [ingresses], verbs: [get, list, watch, patch]}
    - {apiGroups: [networking.internal.knative.dev], resources: [ingresses/status], verbs: [update]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: net-kourier}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: net-kourier}
    subjects: [{kind: ServiceAccount, name: net-kourier, namespace: knative-serving}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: net-kourier-controller
      namespace: knative-serving
      labels: {networking.knative.dev/ingress-provider: kourier}
    spec:
      selector: {matchLabels: {app: net-kourier-controller}}
      template:
        metadata: {labels: {app: net-kourier-controller}}
        spec:
          serviceAccountName: net-kourier
          containers:
          - name: controller
            image: gcr.io/knative-releases/knative.dev/net-kourier/cmd/kourier:v1.20.0
            env: [{name: KOURIER_GATEWAY_NAMESPACE, value: kourier-system}]
            ports: [{name: http2-xds, containerPort: 18000}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: net-kourier-controller, namespace: knative-serving}
    spec:
      selector: {app: net-kourier-controller}
      ports: [{name: grpc-xds, port: 18000, targetPort: 18000}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: 3scale-kourier-gateway
      namespace: kourier-system
      labels: {networking.knative.dev/ingress-provider: kourier}
    spec:
      selector: {matchLabels: {app: 3scale-kourier-gateway}}
      template:
        metadata: {labels: {app: 3scale-kourier-gateway}}
        spec:
          containers:
          - name: kourier-gateway
            image: docker.io/envoyproxy/envoy:v1.36-latest
            command: [/usr/local/bin/envoy]
            args: [--base-id 1, -c /tmp/config/envoy-bootstrap.yaml, --log-level info]
            ports:
            - {name: http2-external, containerPort: 8080}
            - {name: http2-internal, containerPort: 8081}
            - {name: https-external, containerPort: 8443}
            readinessProbe:
              httpGet: {path: /ready, port: 8081, httpHeaders: [{name: Host, value: internalkourier}]}
              initialDelaySeconds: 10
              periodSeconds: 5
            resources: {requests: {cpu: 200m, memory: 200Mi}, limits: {cpu: "1", memory: 800Mi}}
            securityContext:
              allowPrivilegeEscalation: false
              runAsNonRoot: true
              runAsUser: 65534
              capabilities: {drop: [ALL]}
            volumeMounts: [{name: config-volume, mountPath: /tmp/config}]
          volumes: [{name: config-volume, configMap: {name: kourier-bootstrap}}]
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kourier
      namespace: kourier-system
      labels: {networking.knative.dev/ingress-provider: kourier}
    spec:
      type: LoadBalancer
      selector: {app: 3scale-kourier-gateway}
      ports:
      - {name: http2, port: 80, targetPort: 8080}
      - {name: https, port: 443, targetPort: 8443}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kourier-internal
      namespace: kourier-system
      labels: {networking.knative.dev/ingress-provider: kourier}
    spec:
      selector: {app: 3scale-kourier-gateway}
      ports: [{name: http2, port: 80, targetPort: 8081}]

    """
}
