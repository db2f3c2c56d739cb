import Documents

/// An add-on of MicroK8s as `microk8s status` lists it, and what enabling it brings where that is
/// simulated.
struct MicroK8sAddOn: Sendable {
  let name: String
  let summary: String
  /// Manifests; nil: not simulated.
  var text: (@Sendable () -> String)?
  /// The object by which it is seen whether it is enabled: kind, namespace, name.
  var mark: (kind: String, namespace: String, name: String)?
  /// The add-on that another name stands for.
  var alias: String?

  /// What is there from the start: Calico and the name server.
  static var networking: String {
    NetworkPlugIn.calico.manifest + "\n---\n" + coreDNS
  }

  /// Those that cannot be disabled or stand for programs of the snap alone.
  static let builtIn = ["ha-cluster", "helm", "helm3"]

  static let all: [MicroK8sAddOn] = [
    .init(
      name: "cert-manager", summary: "Cloud native certificate management",
      text: { PublishedManifests.certManager.text },
      mark: ("Deployment", "cert-manager", "cert-manager")),
    .init(name: "cis-hardening", summary: "Apply CIS K8s hardening"),
    .init(name: "community", summary: "The community addons repository"),
    .init(
      name: "dashboard", summary: "The Kubernetes dashboard",
      text: { PublishedManifests.dashboard.text },
      mark: ("Deployment", "kubernetes-dashboard", "kubernetes-dashboard")),
    .init(
      name: "dns", summary: "CoreDNS", text: { Self.coreDNS },
      mark: ("Deployment", "kube-system", "coredns")),
    .init(name: "gpu", summary: "Alias to nvidia add-on", alias: "nvidia"),
    .init(name: "ha-cluster", summary: "Configure high availability on the current node"),
    .init(name: "helm", summary: "Helm - the package manager for Kubernetes"),
    .init(name: "helm3", summary: "Helm 3 - the package manager for Kubernetes"),
    .init(name: "host-access", summary: "Allow Pods connecting to Host services smoothly"),
    .init(
      name: "hostpath-storage", summary: "Storage class; allocates storage from host directory",
      text: { Self.hostpath }, mark: ("Deployment", "kube-system", "hostpath-provisioner")),
    .init(
      name: "ingress", summary: "Ingress controller for external access",
      text: { Self.ingress }, mark: ("DaemonSet", "ingress", "nginx-ingress-microk8s-controller")),
    .init(name: "kube-ovn", summary: "An advanced network fabric for Kubernetes"),
    .init(name: "mayastor", summary: "OpenEBS MayaStor"),
    .init(
      name: "metallb", summary: "Loadbalancer for your Kubernetes cluster",
      text: { PublishedManifests.metalLB.text },
      mark: ("Deployment", "metallb-system", "controller")),
    .init(
      name: "metrics-server", summary: "K8s Metrics Server for API access to service metrics",
      text: { PublishedManifests.metricsServer.text },
      mark: ("Deployment", "kube-system", "metrics-server")),
    .init(name: "minio", summary: "MinIO object storage"),
    .init(name: "nvidia", summary: "NVIDIA hardware (GPU and network) support"),
    .init(
      name: "observability",
      summary: "A lightweight observability stack for logs, traces and metrics"),
    .init(name: "prometheus", summary: "Prometheus operator for monitoring and logging"),
    .init(name: "rbac", summary: "Role-Based Access Control for authorisation"),
    .init(name: "registry", summary: "Private image registry exposed on localhost:32000"),
    .init(name: "rook-ceph", summary: "Distributed Ceph storage using Rook"),
    .init(
      name: "storage", summary: "Alias to hostpath-storage add-on, deprecated",
      alias: "hostpath-storage"),
  ]

  static let coreDNS = K3sManifests.coreDNS
    .replacing("rancher/mirrored-coredns-coredns:1.13.1", with: "coredns/coredns:1.12.0")
    .replacing("10.43.0.10", with: "10.152.183.10")

  private static let hostpath = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: microk8s-hostpath, namespace: kube-system}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: hostpath-provisioner, namespace: kube-system, labels: {k8s-app: hostpath-provisioner}}
    spec:
      replicas: 1
      selector: {matchLabels: {k8s-app: hostpath-provisioner}}
      strategy: {type: Recreate}
      template:
        metadata: {labels: {k8s-app: hostpath-provisioner}}
        spec:
          serviceAccountName: microk8s-hostpath
          containers:
          - name: hostpath-provisioner
            image: cdkbot/hostpath-provisioner:1.5.0
            env:
            - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            - {name: PV_DIR, value: /var/snap/microk8s/common/default-storage}
            volumeMounts:
            - {name: pv-volume, mountPath: /var/snap/microk8s/common/default-storage}
          volumes:
          - {name: pv-volume, hostPath: {path: /var/snap/microk8s/common/default-storage, type: DirectoryOrCreate}}
    ---
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: microk8s-hostpath
      annotations: {storageclass.kubernetes.io/is-default-class: "true"}
    provisioner: microk8s.io/hostpath
    reclaimPolicy: Delete
    volumeBindingMode: WaitForFirstConsumer

    """

  private static let ingress = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: ingress}
    ---
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata: {name: public}
    spec: {controller: k8s.io/ingress-nginx}
    ---
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata: {name: nginx}
    spec: {controller: k8s.io/ingress-nginx}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: nginx-ingress-microk8s-serviceaccount, namespace: ingress}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: nginx-ingress-microk8s-clusterrole}
    rules:
    - {apiGroups: [""], resources: [configmaps, endpoints, nodes, pods, secrets, namespaces, services], verbs: [get, list, watch]}
    - {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [get, list, watch]}
    - {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}
    - {apiGroups: [""], resources: [events], verbs: [create, patch]}
    - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch, get]}
    - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [list, watch, get, update, create]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: nginx-ingress-microk8s}
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: nginx-ingress-microk8s-clusterrole
    subjects:
    - {kind: ServiceAccount, name: nginx-ingress-microk8s-serviceaccount, namespace: ingress}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: nginx-load-balancer-microk8s-conf, namespace: ingress}
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: nginx-ingress-microk8s-controller, namespace: ingress, labels: {microk8s-application: nginx-ingress-microk8s}}
    spec:
      selector: {matchLabels: {name: nginx-ingress-microk8s}}
      template:
        metadata: {labels: {name: nginx-ingress-microk8s}}
        spec:
          terminationGracePeriodSeconds: 60
          serviceAccountName: nginx-ingress-microk8s-serviceaccount
          containers:
          - name: nginx-ingress-microk8s
            image: registry.k8s.io/ingress-nginx/controller:v1.12.1
            args:
            - /nginx-ingress-controller
            - --configmap=$(POD_NAMESPACE)/nginx-load-balancer-microk8s-conf
            - --publish-status-address=127.0.0.1
            - --ingress-class=public
            - --watch-ingress-without-class=true
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            ports:
            - {name: http, containerPort: 80, hostPort: 80}
            - {name: https, containerPort: 443, hostPort: 443}
            - {name: health, containerPort: 10254, hostPort: 10254}
            readinessProbe:
              httpGet: {path: /healthz, port: 10254, scheme: HTTP}
              periodSeconds: 10

    """
}
