/// ingress-nginx, for a cloud's load balancer or for bare machines.
extension PublishedManifests {
  /// Where its Service and its ports are for: a cloud's balancer, node ports, kind's host ports.
  enum IngressProvider { case cloud, baremetal, kind }

  static func ingressNginx(_ provider: IngressProvider, marks: [String]) -> PublishedManifest {
    let isCloud = provider == .cloud
    let published =
      switch provider {
      case .cloud:
        "\n        - --publish-service=$(POD_NAMESPACE)/ingress-nginx-controller"
      case .baremetal: ""
      case .kind:
        "\n        - --publish-status-address=localhost\n        - --watch-ingress-without-class=true"
      }
    return PublishedManifest(
      marks: marks,
      text: ingressAccess
        + ingressController
        .replacing(
          "SERVICE_TYPE",
          with: isCloud ? "LoadBalancer\n  externalTrafficPolicy: Local" : "NodePort"
        )
        .replacing("\n        - PUBLISHED", with: published)
        .replacing("HTTP_HOST", with: provider == .kind ? ", hostPort: 80" : "")
        .replacing("TLS_HOST", with: provider == .kind ? ", hostPort: 443" : "")
        .replacing(
          "TOLERATIONS",
          with: provider == .kind
            ? "tolerations:\n      - {effect: NoSchedule, key: node-role.kubernetes.io/control-plane,"
              + " operator: Equal}" : "tolerations: []"))
  }

  private static let ingressAccess = """
    apiVersion: v1
    kind: Namespace
    metadata:
      labels: {app.kubernetes.io/instance: ingress-nginx, app.kubernetes.io/name: ingress-nginx}
      name: ingress-nginx
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: ingress-nginx, namespace: ingress-nginx}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: ingress-nginx-admission, namespace: ingress-nginx}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: ingress-nginx, namespace: ingress-nginx}
    rules:
    - {apiGroups: [""], resources: [namespaces], verbs: [get]}
    - apiGroups: [""]
      resources: [configmaps, pods, secrets, endpoints, services]
      verbs: [get, list, watch]
    - apiGroups: [networking.k8s.io]
      resources: [ingresses, ingresses/status, ingressclasses]
      verbs: [get, list, watch, update]
    - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}
    - {apiGroups: [""], resources: [events], verbs: [create, patch]}
    - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch, get]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: ingress-nginx}
    rules:
    - apiGroups: [""]
      resources: [configmaps, endpoints, nodes, pods, secrets, namespaces]
      verbs: [list, watch]
    - {apiGroups: [""], resources: [services, nodes], verbs: [get, list, watch]}
    - apiGroups: [networking.k8s.io]
      resources: [ingresses, ingressclasses]
      verbs: [get, list, watch]
    - {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}
    - {apiGroups: [""], resources: [events], verbs: [create, patch]}
    - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch, get]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: ingress-nginx, namespace: ingress-nginx}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ingress-nginx}
    subjects: [{kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: ingress-nginx}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress-nginx}
    subjects: [{kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}]
    ---

    """

  private static let ingressController = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      labels:
        app.kubernetes.io/component: controller
        app.kubernetes.io/instance: ingress-nginx
        app.kubernetes.io/name: ingress-nginx
      name: ingress-nginx-controller
      namespace: ingress-nginx
    spec:
      ports:
      - {appProtocol: http, name: http, port: 80, protocol: TCP, targetPort: http}
      - {appProtocol: https, name: https, port: 443, protocol: TCP, targetPort: https}
      selector:
        app.kubernetes.io/component: controller
        app.kubernetes.io/instance: ingress-nginx
        app.kubernetes.io/name: ingress-nginx
      type: SERVICE_TYPE
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      labels:
        app.kubernetes.io/component: controller
        app.kubernetes.io/instance: ingress-nginx
        app.kubernetes.io/name: ingress-nginx
      name: ingress-nginx-controller
      namespace: ingress-nginx
    spec:
      minReadySeconds: 0
      revisionHistoryLimit: 10
      selector:
        matchLabels:
          app.kubernetes.io/component: controller
          app.kubernetes.io/instance: ingress-nginx
          app.kubernetes.io/name: ingress-nginx
      strategy: {rollingUpdate: {maxUnavailable: 1}, type: RollingUpdate}
      template:
        metadata:
          labels:
            app.kubernetes.io/component: controller
            app.kubernetes.io/instance: ingress-nginx
            app.kubernetes.io/name: ingress-nginx
        spec:
          containers:
          - name: controller
            image: registry.k8s.io/ingress-nginx/controller:v1.14.0
            args:
            - /nginx-ingress-controller
            - PUBLISHED
            - --election-id=ingress-nginx-leader
            - --controller-class=k8s.io/ingress-nginx
            - --ingress-class=nginx
            - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            ports:
            - {containerPort: 80, name: http, protocol: TCPHTTP_HOST}
            - {containerPort: 443, name: https, protocol: TCPTLS_HOST}
            livenessProbe:
              failureThreshold: 5
              httpGet: {path: /healthz, port: 10254, scheme: HTTP}
              initialDelaySeconds: 10
              periodSeconds: 10
              timeoutSeconds: 1
            readinessProbe:
              failureThreshold: 3
              httpGet: {path: /healthz, port: 10254, scheme: HTTP}
              initialDelaySeconds: 10
              periodSeconds: 10
              timeoutSeconds: 1
            resources: {requests: {cpu: 100m, memory: 90Mi}}
            securityContext:
              allowPrivilegeEscalation: false
              capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}
              runAsNonRoot: true
              runAsUser: 101
          TOLERATIONS
          nodeSelector: {kubernetes.io/os: linux}
          serviceAccountName: ingress-nginx
          terminationGracePeriodSeconds: 300
    ---
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata:
      labels:
        app.kubernetes.io/component: controller
        app.kubernetes.io/instance: ingress-nginx
        app.kubernetes.io/name: ingress-nginx
      name: nginx
    spec: {controller: k8s.io/ingress-nginx}

    """
}
