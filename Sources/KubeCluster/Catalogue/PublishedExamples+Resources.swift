extension PublishedExamples {
  /// Requests and limits, quotas, classes of service, and where Pods may go.
  static let resources: [String: String] = [
    "pods/resource/memory-request-limit.yaml": memory("memory-demo", "100Mi", "200Mi", "150M"),
    "pods/resource/memory-request-limit-2.yaml": memory("memory-demo-2", "50Mi", "100Mi", "250M"),
    "pods/resource/memory-request-limit-3.yaml": memory(
      "memory-demo-3", "1000Gi", "1000Gi", "150M"),
    "pods/resource/cpu-request-limit.yaml": processors("cpu-demo", "\"0.5\"", "\"1\""),
    "pods/resource/cpu-request-limit-2.yaml": processors("cpu-demo-2", "\"100\"", "\"100\""),
    "pods/qos/qos-pod.yaml": quality(
      "qos-demo",
      "limits: {memory: 200Mi, cpu: 700m}, requests: {memory: 200Mi, cpu: 700m}"),
    "pods/qos/qos-pod-2.yaml": quality(
      "qos-demo-2", "limits: {memory: 200Mi}, requests: {memory: 100Mi}"),
    "pods/qos/qos-pod-3.yaml": quality("qos-demo-3", ""),
    "admin/resource/memory-defaults.yaml": limits(
      "mem-limit-range", "default: {memory: 512Mi}, defaultRequest: {memory: 256Mi}"),
    "admin/resource/memory-defaults-pod.yaml": pod(
      "default-mem-demo", "name: default-mem-demo-ctr, image: nginx"),
    "admin/resource/memory-defaults-pod-2.yaml": pod(
      "default-mem-demo-2",
      "name: default-mem-demo-2-ctr, image: nginx, resources: {limits: {memory: 1Gi}}"),
    "admin/resource/memory-defaults-pod-3.yaml": pod(
      "default-mem-demo-3",
      "name: default-mem-demo-3-ctr, image: nginx, resources: {requests: {memory: 128Mi}}"),
    "admin/resource/cpu-defaults.yaml": limits(
      "cpu-limit-range", "default: {cpu: 1}, defaultRequest: {cpu: 500m}"),
    "admin/resource/cpu-defaults-pod.yaml": pod(
      "default-cpu-demo", "name: default-cpu-demo-ctr, image: nginx"),
    "admin/resource/memory-constraints.yaml": limits(
      "mem-min-max-demo-lr", "max: {memory: 1Gi}, min: {memory: 500Mi}"),
    "admin/resource/cpu-constraints.yaml": limits(
      "cpu-min-max-demo-lr", "max: {cpu: 800m}, min: {cpu: 200m}"),
    "admin/resource/quota-mem-cpu.yaml": quota(
      "mem-cpu-demo",
      "requests.cpu: 1, requests.memory: 1Gi, limits.cpu: 2, limits.memory: 2Gi"),
    "admin/resource/quota-mem-cpu-pod.yaml": quotaPod(
      "quota-mem-cpu-demo", "nginx", "800Mi", "800m", "600Mi", "400m"),
    "admin/resource/quota-mem-cpu-pod-2.yaml": quotaPod(
      "quota-mem-cpu-demo-2", "redis", "1Gi", "800m", "700Mi", "400m"),
    "admin/resource/quota-pod.yaml": quota("pod-demo", "pods: 2"),
    "admin/resource/quota-pod-deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pod-quota-demo}
    spec:
      replicas: 3
      selector: {matchLabels: {purpose: quota-demo}}
      template:
        metadata: {labels: {purpose: quota-demo}}
        spec: {containers: [{name: pod-quota-demo, image: nginx}]}

    """,
    "admin/resource/quota-objects.yaml": quota(
      "object-quota-demo",
      "persistentvolumeclaims: 1, services.loadbalancers: 2, services.nodeports: 0"),
    "admin/namespace-dev.yaml": namespace("development"),
    "admin/namespace-prod.yaml": namespace("production"),
    "pods/pod-nginx.yaml": pod(
      "nginx", "name: nginx, image: nginx, imagePullPolicy: IfNotPresent", labels: "env: test",
      "nodeSelector: {disktype: ssd}"),
    "pods/pod-nginx-specific-node.yaml": pod(
      "nginx", "name: nginx, image: nginx, imagePullPolicy: IfNotPresent", "nodeName: foo-node"),
    "pods/pod-nginx-required-affinity.yaml": pod(
      "nginx", "name: nginx, image: nginx, imagePullPolicy: IfNotPresent",
      """
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}]}}}
      """),
    "pods/pod-nginx-preferred-affinity.yaml": pod(
      "nginx", "name: nginx, image: nginx, imagePullPolicy: IfNotPresent",
      """
      affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1,
        preference: {matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}}]}}
      """),
    "pods/pod-with-node-affinity.yaml": pod(
      "with-node-affinity", "name: with-node-affinity, image: 'registry.k8s.io/pause:3.8'",
      """
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: topology.kubernetes.io/zone
                operator: In
                values: [antarctica-east1, antarctica-west1]
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 1
            preference:
              matchExpressions:
              - {key: another-node-label-key, operator: In, values: [another-node-label-value]}
      """),
    "pods/pod-with-pod-affinity.yaml": pod(
      "with-pod-affinity", "name: with-pod-affinity, image: 'registry.k8s.io/pause:3.8'",
      """
      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - labelSelector: {matchExpressions: [{key: security, operator: In, values: [S1]}]}
            topologyKey: topology.kubernetes.io/zone
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 100
            podAffinityTerm:
              labelSelector: {matchExpressions: [{key: security, operator: In, values: [S2]}]}
              topologyKey: topology.kubernetes.io/zone
      """),
    "pods/pod-with-toleration.yaml": pod(
      "nginx", "name: nginx, image: nginx, imagePullPolicy: IfNotPresent", labels: "env: test",
      "tolerations: [{key: example-key, operator: Exists, effect: NoSchedule}]"),
    "policy/zookeeper-pod-disruption-budget-minavailable.yaml": budget("minAvailable: 2"),
    "policy/zookeeper-pod-disruption-budget-maxunavailable.yaml": budget("maxUnavailable: 1"),
  ]

  private static func memory(
    _ name: String, _ request: String, _ limit: String, _ use: String
  ) -> String {
    pod(
      name,
      """
      name: \(name)-ctr, image: polinux/stress,
          resources: {requests: {memory: \(request)}, limits: {memory: \(limit)}},
          command: [stress], args: [--vm, "1", --vm-bytes, \(use), --vm-hang, "1"]
      """, namespace: "mem-example")
  }

  private static func processors(_ name: String, _ request: String, _ limit: String) -> String {
    pod(
      name,
      """
      name: \(name)-ctr, image: vish/stress, args: [-cpus, "2"],
          resources: {requests: {cpu: \(request)}, limits: {cpu: \(limit)}}
      """, namespace: "cpu-example")
  }

  private static func quality(_ name: String, _ resources: String) -> String {
    pod(
      name, "name: \(name)-ctr, image: nginx, resources: {\(resources)}", namespace: "qos-example")
  }

  private static func quotaPod(
    _ name: String, _ image: String, _ mostMemory: String, _ mostProcessor: String,
    _ memory: String, _ processor: String
  ) -> String {
    pod(
      name,
      """
      name: \(name)-ctr, image: \(image), resources: {
          limits: {memory: \(mostMemory), cpu: \(mostProcessor)},
          requests: {memory: \(memory), cpu: \(processor)}}
      """)
  }

  private static func limits(_ name: String, _ limit: String) -> String {
    """
    apiVersion: v1
    kind: LimitRange
    metadata: {name: \(name)}
    spec: {limits: [{\(limit), type: Container}]}

    """
  }

  private static func quota(_ name: String, _ hard: String) -> String {
    """
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: \(name)}
    spec: {hard: {\(hard)}}

    """
  }

  private static func namespace(_ name: String) -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata: {name: \(name), labels: {name: \(name)}}

    """
  }

  private static func budget(_ bound: String) -> String {
    """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: zk-pdb}
    spec: {\(bound), selector: {matchLabels: {app: zookeeper}}}

    """
  }
}
