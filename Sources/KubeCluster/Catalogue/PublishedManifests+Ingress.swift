/// ingress-nginx, for a cloud's load balancer or for bare machines.
extension PublishedManifests {
  static func ingressNginx(isCloud: Bool, marks: [String]) -> PublishedManifest {
    PublishedManifest(
      marks: marks,
      text: ingressAccess
        + ingressController
        .replacing("SERVICE_TYPE", with: isCloud ? "LoadBalancer" : "NodePort"))
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
            - --election-id=ingress-nginx-leader
            - --controller-class=k8s.io/ingress-nginx
            - --ingress-class=nginx
            - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            ports:
            - {containerPort: 80, name: http, protocol: TCP}
            - {containerPort: 443, name: https, protocol: TCP}
            resources: {requests: {cpu: 100m, memory: 90Mi}}
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
