/// The network plug-ins that a cluster may have, with what their manifests leave in it.
package enum NetworkPlugIn: String, Sendable, CaseIterable {
  /// Routes between nodes, and obeys NetworkPolicies.
  case calico
  /// Routes between nodes, and takes no notice of NetworkPolicies.
  case flannel
  /// Routes in the kernel's own programs, and obeys NetworkPolicies.
  case cilium

  package var manifest: String {
    switch self {
    case .calico: Self.calicoManifest
    case .flannel: Self.flannelManifest
    case .cilium: Self.ciliumManifest
    }
  }

  private static let calicoManifest = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: calico-kube-controllers, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: calico-node, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: calico-config, namespace: kube-system}
    data:
      typha_service_name: none
      calico_backend: bird
      veth_mtu: "0"
      cni_network_config: |-
        {
          "name": "k8s-pod-network",
          "cniVersion": "0.3.1",
          "plugins": [
            {"type": "calico", "ipam": {"type": "calico-ipam"}, "policy": {"type": "k8s"}},
            {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}
          ]
        }
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: calico-node, namespace: kube-system, labels: {k8s-app: calico-node}}
    spec:
      selector: {matchLabels: {k8s-app: calico-node}}
      updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
      template:
        metadata: {labels: {k8s-app: calico-node}}
        spec:
          nodeSelector: {kubernetes.io/os: linux}
          hostNetwork: true
          tolerations:
          - {effect: NoSchedule, operator: Exists}
          - {key: CriticalAddonsOnly, operator: Exists}
          - {effect: NoExecute, operator: Exists}
          serviceAccountName: calico-node
          terminationGracePeriodSeconds: 0
          priorityClassName: system-node-critical
          containers:
          - name: calico-node
            image: quay.io/calico/node:v3.31.0
            imagePullPolicy: IfNotPresent
            env:
            - {name: DATASTORE_TYPE, value: kubernetes}
            - {name: NODENAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            - {name: CALICO_NETWORKING_BACKEND, valueFrom: {configMapKeyRef: {name: calico-config, key: calico_backend}}}
            - {name: CLUSTER_TYPE, value: "k8s,bgp"}
            - {name: FELIX_HEALTHENABLED, value: "true"}
            securityContext: {privileged: true}
            resources: {requests: {cpu: 250m}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: calico-kube-controllers, namespace: kube-system, labels: {k8s-app: calico-kube-controllers}}
    spec:
      replicas: 1
      selector: {matchLabels: {k8s-app: calico-kube-controllers}}
      strategy: {type: Recreate}
      template:
        metadata: {name: calico-kube-controllers, namespace: kube-system, labels: {k8s-app: calico-kube-controllers}}
        spec:
          nodeSelector: {kubernetes.io/os: linux}
          tolerations:
          - {key: CriticalAddonsOnly, operator: Exists}
          - {key: node-role.kubernetes.io/control-plane, effect: NoSchedule}
          serviceAccountName: calico-kube-controllers
          priorityClassName: system-cluster-critical
          containers:
          - name: calico-kube-controllers
            image: quay.io/calico/kube-controllers:v3.31.0
            imagePullPolicy: IfNotPresent
            env:
            - {name: ENABLED_CONTROLLERS, value: "node,loadbalancer"}
            - {name: DATASTORE_TYPE, value: kubernetes}
    """

  private static let flannelManifest = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: kube-flannel, labels: {k8s-app: flannel, pod-security.kubernetes.io/enforce: privileged}}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: flannel, namespace: kube-flannel, labels: {k8s-app: flannel}}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: kube-flannel-cfg, namespace: kube-flannel, labels: {app: flannel, k8s-app: flannel, tier: node}}
    data:
      net-conf.json: |
        {
          "Network": "10.244.0.0/16",
          "EnableNFTables": false,
          "Backend": {
            "Type": "vxlan"
          }
        }
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: kube-flannel-ds, namespace: kube-flannel, labels: {app: flannel, k8s-app: flannel, tier: node}}
    spec:
      selector: {matchLabels: {app: flannel, k8s-app: flannel}}
      template:
        metadata: {labels: {app: flannel, k8s-app: flannel, tier: node}}
        spec:
          hostNetwork: true
          priorityClassName: system-node-critical
          serviceAccountName: flannel
          tolerations: [{operator: Exists, effect: NoSchedule}]
          containers:
          - name: kube-flannel
            image: ghcr.io/flannel-io/flannel:v0.27.4
            args: [--ip-masq, --kube-subnet-mgr]
            resources: {requests: {cpu: 100m, memory: 50Mi}}
            securityContext: {privileged: false, capabilities: {add: [NET_ADMIN, NET_RAW]}}
    """

  private static let ciliumManifest = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: cilium, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: cilium-operator, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: cilium-config, namespace: kube-system}
    data: {cluster-name: kubernetes, enable-policy: default, ipam: kubernetes, tunnel-protocol: vxlan, kube-proxy-replacement: "false"}
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: cilium, namespace: kube-system, labels: {k8s-app: cilium}}
    spec:
      selector: {matchLabels: {k8s-app: cilium}}
      template:
        metadata: {labels: {k8s-app: cilium, app.kubernetes.io/name: cilium-agent}}
        spec:
          hostNetwork: true
          priorityClassName: system-node-critical
          serviceAccountName: cilium
          tolerations: [{operator: Exists}]
          containers:
          - name: cilium-agent
            image: quay.io/cilium/cilium:v1.18.4
            imagePullPolicy: IfNotPresent
            command: [cilium-agent]
            args: [--config-dir=/tmp/cilium/config-map]
            securityContext: {privileged: true}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: cilium-operator, namespace: kube-system, labels: {io.cilium/app: operator}}
    spec:
      replicas: 1
      selector: {matchLabels: {io.cilium/app: operator, name: cilium-operator}}
      template:
        metadata: {labels: {io.cilium/app: operator, name: cilium-operator}}
        spec:
          hostNetwork: true
          priorityClassName: system-cluster-critical
          serviceAccountName: cilium-operator
          tolerations: [{operator: Exists}]
          containers:
          - name: cilium-operator
            image: quay.io/cilium/operator-generic:v1.18.4
            imagePullPolicy: IfNotPresent
            command: [cilium-operator-generic]
    """
}
