/// The provisioner of volumes on nodes' own disks, and the dashboard.
extension PublishedManifests {
  static let localPath = PublishedManifest(
    marks: ["local-path-provisioner", "/local-path-storage.yaml"],
    text: """
      apiVersion: v1
      kind: Namespace
      metadata: {name: local-path-storage}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: local-path-provisioner-service-account, namespace: local-path-storage}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: local-path-provisioner-role, namespace: local-path-storage}
      rules:
      - apiGroups: [""]
        resources: [pods]
        verbs: [get, list, watch, create, patch, update, delete]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: local-path-provisioner-role}
      rules:
      - apiGroups: [""]
        resources: [nodes, persistentvolumeclaims, configmaps, pods, pods/log]
        verbs: [get, list, watch]
      - apiGroups: [""]
        resources: [persistentvolumes]
        verbs: [get, list, watch, create, patch, update, delete]
      - {apiGroups: [""], resources: [events], verbs: [create, patch]}
      - {apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: [get, list, watch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: local-path-provisioner-bind, namespace: local-path-storage}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: local-path-provisioner-role}
      subjects:
      - kind: ServiceAccount
        name: local-path-provisioner-service-account
        namespace: local-path-storage
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: local-path-provisioner-bind}
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: ClusterRole
        name: local-path-provisioner-role
      subjects:
      - kind: ServiceAccount
        name: local-path-provisioner-service-account
        namespace: local-path-storage
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: local-path-provisioner, namespace: local-path-storage}
      spec:
        replicas: 1
        selector: {matchLabels: {app: local-path-provisioner}}
        template:
          metadata: {labels: {app: local-path-provisioner}}
          spec:
            serviceAccountName: local-path-provisioner-service-account
            containers:
            - name: local-path-provisioner
              image: rancher/local-path-provisioner:v0.0.32
              imagePullPolicy: IfNotPresent
              command: [local-path-provisioner, --debug, start, --config, /etc/config/config.json]
              volumeMounts: [{name: config-volume, mountPath: /etc/config/}]
              env:
              - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            volumes: [{name: config-volume, configMap: {name: local-path-config}}]
      ---
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: {name: local-path}
      provisioner: rancher.io/local-path
      volumeBindingMode: WaitForFirstConsumer
      reclaimPolicy: Delete
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: local-path-config, namespace: local-path-storage}
      data:
        config.json: |
          {"nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES",
            "paths": ["/opt/local-path-provisioner"]}]}

      """)

  static let dashboard = PublishedManifest(
    marks: ["kubernetes/dashboard", "/recommended.yaml"],
    text: """
      apiVersion: v1
      kind: Namespace
      metadata: {name: kubernetes-dashboard}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard,
        namespace: kubernetes-dashboard}
      ---
      apiVersion: v1
      kind: Service
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard,
        namespace: kubernetes-dashboard}
      spec: {ports: [{port: 443, targetPort: 8443}], selector: {k8s-app: kubernetes-dashboard}}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard-certs,
        namespace: kubernetes-dashboard}
      type: Opaque
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard-settings,
        namespace: kubernetes-dashboard}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard}
      rules:
      - {apiGroups: [metrics.k8s.io], resources: [pods, nodes], verbs: [get, list, watch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: kubernetes-dashboard}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubernetes-dashboard}
      subjects:
      - {kind: ServiceAccount, name: kubernetes-dashboard, namespace: kubernetes-dashboard}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {labels: {k8s-app: kubernetes-dashboard}, name: kubernetes-dashboard,
        namespace: kubernetes-dashboard}
      spec:
        replicas: 1
        selector: {matchLabels: {k8s-app: kubernetes-dashboard}}
        template:
          metadata: {labels: {k8s-app: kubernetes-dashboard}}
          spec:
            serviceAccountName: kubernetes-dashboard
            containers:
            - name: kubernetes-dashboard
              image: kubernetesui/dashboard:v2.7.0
              args: [--auto-generate-certificates, --namespace=kubernetes-dashboard]
              ports: [{containerPort: 8443, protocol: TCP}]

      """)
}
