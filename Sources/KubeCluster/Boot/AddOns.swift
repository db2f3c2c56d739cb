import Documents
import Helm

/// What kubeadm and the network plug-in leave in a new cluster, as manifests.
enum AddOns {
  static func objects(
    controlPlane: Blueprint.NodePlan, authorityPEM: String, plugIn: NetworkPlugIn?
  ) -> [Value] {
    let text = [
      coreDNS, kubeProxy(controlPlane), plugIn == .cilium ? PublishedKinds.cilium : nil,
      plugIn?.manifest, configuration(controlPlane, authorityPEM),
    ].compactMap { $0 }.joined(separator: "\n---\n")
    return Manifest(text).documents.map(\.value)
  }

  private static let coreDNS = """
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
            health {
               lameduck 5s
            }
            ready
            kubernetes cluster.local in-addr.arpa ip6.arpa {
               pods insecure
               fallthrough in-addr.arpa ip6.arpa
               ttl 30
            }
            prometheus :9153
            forward . /etc/resolv.conf {
               max_concurrent 1000
            }
            cache 30 {
               disable success cluster.local
               disable denial cluster.local
            }
            loop
            reload
            loadbalance
        }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: coredns
      namespace: kube-system
      labels: {k8s-app: kube-dns}
    spec:
      replicas: 2
      strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
      selector: {matchLabels: {k8s-app: kube-dns}}
      template:
        metadata: {labels: {k8s-app: kube-dns}}
        spec:
          priorityClassName: system-cluster-critical
          serviceAccountName: coredns
          tolerations:
          - {key: CriticalAddonsOnly, operator: Exists}
          - {key: node-role.kubernetes.io/control-plane, effect: NoSchedule}
          nodeSelector: {kubernetes.io/os: linux}
          containers:
          - name: coredns
            image: registry.k8s.io/coredns/coredns:v1.13.1
            imagePullPolicy: IfNotPresent
            args: ["-conf", "/etc/coredns/Corefile"]
            resources: {limits: {memory: 170Mi}, requests: {cpu: 100m, memory: 70Mi}}
            volumeMounts: [{name: config-volume, mountPath: /etc/coredns, readOnly: true}]
            ports:
            - {containerPort: 53, name: dns, protocol: UDP}
            - {containerPort: 53, name: dns-tcp, protocol: TCP}
            - {containerPort: 9153, name: metrics, protocol: TCP}
            - {containerPort: 8080, name: liveness-probe, protocol: TCP}
            - {containerPort: 8181, name: readiness-probe, protocol: TCP}
            livenessProbe:
              httpGet: {path: /health, port: liveness-probe, scheme: HTTP}
              initialDelaySeconds: 60
              timeoutSeconds: 5
              successThreshold: 1
              failureThreshold: 5
            readinessProbe:
              httpGet: {path: /ready, port: readiness-probe, scheme: HTTP}
            securityContext:
              allowPrivilegeEscalation: false
              capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}
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
      clusterIP: 10.96.0.10
      ports:
      - {name: dns, port: 53, protocol: UDP, targetPort: 53}
      - {name: dns-tcp, port: 53, protocol: TCP, targetPort: 53}
      - {name: metrics, port: 9153, protocol: TCP, targetPort: 9153}
    """

  private static func kubeProxy(_ node: Blueprint.NodePlan) -> String {
    """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: kube-proxy, namespace: kube-system}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: kube-proxy, namespace: kube-system, labels: {app: kube-proxy}}
    data:
      config.conf: |-
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        bindAddress: 0.0.0.0
        bindAddressHardFail: false
        clientConnection:
          acceptContentTypes: ""
          burst: 0
          contentType: ""
          kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
          qps: 0
        clusterCIDR: 10.244.0.0/16
        configSyncPeriod: 0s
        conntrack:
          maxPerCore: null
          min: null
          tcpBeLiberal: false
          tcpCloseWaitTimeout: null
          tcpEstablishedTimeout: null
          udpStreamTimeout: 0s
          udpTimeout: 0s
        detectLocal:
          bridgeInterface: ""
          interfaceNamePrefix: ""
        detectLocalMode: ""
        enableProfiling: false
        healthzBindAddress: ""
        hostnameOverride: ""
        iptables:
          localhostNodePorts: null
          masqueradeAll: false
          masqueradeBit: null
          minSyncPeriod: 0s
          syncPeriod: 0s
        ipvs:
          excludeCIDRs: null
          minSyncPeriod: 0s
          scheduler: ""
          strictARP: false
          syncPeriod: 0s
          tcpFinTimeout: 0s
          tcpTimeout: 0s
          udpTimeout: 0s
        kind: KubeProxyConfiguration
        metricsBindAddress: ""
        mode: ""
        nftables:
          masqueradeAll: false
          masqueradeBit: null
          minSyncPeriod: 0s
          syncPeriod: 0s
        nodePortAddresses: null
        oomScoreAdj: null
        portRange: ""
        showHiddenMetricsForVersion: ""
      kubeconfig.conf: |-
        apiVersion: v1
        kind: Config
        clusters:
        - cluster:
            certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
            server: https://\(node.address):6443
          name: default
        contexts:
        - context:
            cluster: default
            namespace: default
            user: default
          name: default
        current-context: default
        users:
        - name: default
          user:
            tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
    spec:
      selector: {matchLabels: {k8s-app: kube-proxy}}
      template:
        metadata: {labels: {k8s-app: kube-proxy}}
        spec:
          priorityClassName: system-node-critical
          serviceAccountName: kube-proxy
          hostNetwork: true
          tolerations: [{operator: Exists}]
          nodeSelector: {kubernetes.io/os: linux}
          containers:
          - name: kube-proxy
            image: registry.k8s.io/kube-proxy:v1.36.2
            imagePullPolicy: IfNotPresent
            command: [/usr/local/bin/kube-proxy, --config=/var/lib/kube-proxy/config.conf, --hostname-override=$(NODE_NAME)]
            securityContext: {privileged: true}
            env: [{name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
            volumeMounts:
            - {mountPath: /var/lib/kube-proxy, name: kube-proxy}
            - {mountPath: /run/xtables.lock, name: xtables-lock}
            - {mountPath: /lib/modules, name: lib-modules, readOnly: true}
          volumes:
          - {name: kube-proxy, configMap: {name: kube-proxy}}
          - {name: xtables-lock, hostPath: {path: /run/xtables.lock, type: FileOrCreate}}
          - {name: lib-modules, hostPath: {path: /lib/modules}}
    """
  }

  private static func configuration(
    _ node: Blueprint.NodePlan, _ authorityPEM: String
  ) -> String {
    let indented = authorityPEM.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    // Each node adds the socket of its own runtime.
    let kubelets = NodeFiles.kubeletConfiguration.split(separator: "\n").map { line in
      line.hasPrefix("containerRuntimeEndpoint")
        ? "    containerRuntimeEndpoint: \"\"" : "    " + line
    }.joined(separator: "\n")
    return """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: kubeadm-config, namespace: kube-system}
      data:
        ClusterConfiguration: |
          apiServer: {}
          apiVersion: kubeadm.k8s.io/v1beta4
          caCertificateValidityPeriod: 87600h0m0s
          certificateValidityPeriod: 8760h0m0s
          certificatesDir: /etc/kubernetes/pki
          clusterName: kubernetes
          controllerManager: {}
          dns: {}
          encryptionAlgorithm: RSA-2048
          etcd:
            local:
              dataDir: /var/lib/etcd
          imageRepository: registry.k8s.io
          kind: ClusterConfiguration
          kubernetesVersion: v1.36.2
          networking:
            dnsDomain: cluster.local
            podSubnet: 10.244.0.0/16
            serviceSubnet: 10.96.0.0/12
          proxy: {}
          scheduler: {}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: kubelet-config, namespace: kube-system}
      data:
        kubelet: |
      \(kubelets)
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: cluster-info, namespace: kube-public}
      data:
        kubeconfig: |
          apiVersion: v1
          clusters:
          - cluster:
              server: https://\(node.address):6443
            name: ""
          kind: Config
        ca.crt: |
      \(indented)
      """
  }
}
