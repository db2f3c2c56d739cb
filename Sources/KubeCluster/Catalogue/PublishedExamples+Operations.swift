extension PublishedExamples {
  /// Of pages for operators: limits, quotas, logs, audit, and further kinds of Jobs and Services.
  static let operations: [String: String] = [
    "admin/resource/limit-mem-cpu-container.yaml": limits(
      "limit-mem-cpu-per-container",
      """
      {type: Container, max: {cpu: 800m, memory: 1Gi}, min: {cpu: 100m, memory: 99Mi},
          default: {cpu: 700m, memory: 900Mi}, defaultRequest: {cpu: 110m, memory: 111Mi}}
      """),
    "concepts/policy/limit-range/problematic-limit-range.yaml": limits(
      "cpu-resource-constraint",
      """
      {type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 500m}, max: {cpu: "1"},
          min: {cpu: 100m}}
      """),
    "concepts/policy/limit-range/example-conflict-with-limitrange-cpu.yaml": pod(
      "example-conflict-with-limitrange-cpu",
      "name: demo, image: 'registry.k8s.io/pause:3.8', resources: {requests: {cpu: 700m}}"),
    "concepts/policy/limit-range/example-no-conflict-with-limitrange-cpu.yaml": pod(
      "example-no-conflict-with-limitrange-cpu",
      """
      name: demo, image: 'registry.k8s.io/pause:3.8',
          resources: {requests: {cpu: 700m}, limits: {cpu: 700m}}
      """),
    "admin/resource/limit-range-pod-1.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: busybox1}
    spec:
      containers:
      - {name: busybox-cnt01, image: 'busybox:1.28', command: [/bin/sh], args: [-c, "\(greeting("01"))"],
          resources: {requests: {memory: 100Mi, cpu: 100m}, limits: {memory: 200Mi, cpu: 500m}}}
      - {name: busybox-cnt02, image: 'busybox:1.28', command: [/bin/sh], args: [-c, "\(greeting("02"))"],
          resources: {requests: {memory: 100Mi, cpu: 100m}}}
      - {name: busybox-cnt03, image: 'busybox:1.28', command: [/bin/sh], args: [-c, "\(greeting("03"))"],
          resources: {limits: {memory: 200Mi, cpu: 500m}}}
      - {name: busybox-cnt04, image: 'busybox:1.28', command: [/bin/sh], args: [-c, "\(greeting("04"))"]}

    """,
    "admin/resource/storagelimits.yaml": limits(
      "storagelimits",
      "{type: PersistentVolumeClaim, max: {storage: 2Gi}, min: {storage: 1Gi}}"),
    "admin/resource/pvc-limit-lower.yaml": claim("pvc-limit-lower", "500Mi"),
    "admin/resource/pvc-limit-greater.yaml": claim("pvc-limit-greater", "5Gi"),
    "policy/priority-class-resourcequota.yaml": """
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: pods-cluster-services}
    spec:
      scopeSelector:
        matchExpressions: [{operator: In, scopeName: PriorityClass, values: [cluster-services]}]

    """,
    "admin/snowflake-deployment.yaml": deployment(
      "snowflake", app: "snowflake", replicas: 2,
      "name: snowflake, image: registry.k8s.io/serve_hostname, imagePullPolicy: Always"),
    "admin/logging/two-files-counter-pod.yaml": counter(""),
    "admin/logging/two-files-counter-pod-streaming-sidecar.yaml": counter(
      """
      - {name: count-log-1, image: 'busybox:1.28', volumeMounts: [{name: varlog, mountPath: /var/log}],
          args: [/bin/sh, -c, 'tail -n+1 -F /var/log/1.log']}
      - {name: count-log-2, image: 'busybox:1.28', volumeMounts: [{name: varlog, mountPath: /var/log}],
          args: [/bin/sh, -c, 'tail -n+1 -F /var/log/2.log']}

      """),
    "application/job/redis/redis-pod.yaml": pod(
      "redis-master",
      """
      name: master, image: redis, env: [{name: MASTER, value: "true"}],
          ports: [{containerPort: 6379}]
      """, labels: "app: redis"),
    "application/job/redis/redis-service.yaml": service("redis", "app: redis", "port: 6379"),
    "application/job/indexed-job-vol.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: indexed-job}
    spec:
      completions: 5
      parallelism: 3
      completionMode: Indexed
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: worker, image: docker.io/library/busybox, command: [rev, /input/data.txt],
              volumeMounts: [{mountPath: /input, name: input}]}
          volumes:
          - name: input
            downwardAPI:
              items:
              - {path: data.txt, fieldRef: {
                  fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}

    """,
    "controllers/job-backoff-limit-per-index-example.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: job-backoff-limit-per-index-example}
    spec:
      completions: 10
      parallelism: 3
      completionMode: Indexed
      backoffLimitPerIndex: 1
      maxFailedIndexes: 5
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: example
            image: python
            # Every second index fails.
            command: [sh, -c, 'echo Hello world; test $((JOB_COMPLETION_INDEX % 2)) = 1']

    """,
    "controllers/replicaset.yaml": """
    apiVersion: apps/v1
    kind: ReplicaSet
    metadata: {name: my-repset}
    spec:
      replicas: 3
      selector: {matchLabels: {pod-is-for: garbage-collection-example}}
      template:
        metadata: {labels: {pod-is-for: garbage-collection-example}}
        spec: {containers: [{name: nginx, image: nginx}]}

    """,
    "service/networking/dual-stack-default-svc.yaml": service(
      "my-service", "app.kubernetes.io/name: MyApp", "protocol: TCP, port: 80"),
    "service/networking/dual-stack-preferred-svc.yaml": service(
      "my-service", "app.kubernetes.io/name: MyApp", "protocol: TCP, port: 80",
      "ipFamilyPolicy: PreferDualStack, "),
    "service/networking/ingress-resource-backend.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: ingress-resource-backend}
    spec:
      defaultBackend: {resource: {apiGroup: k8s.example.com, kind: StorageBucket, name: static-assets}}
      rules:
      - http:
          paths:
          - path: /icons
            pathType: ImplementationSpecific
            backend: {resource: {apiGroup: k8s.example.com, kind: StorageBucket, name: icon-assets}}

    """,
    "pods/user-namespaces-stateless.yaml": pod(
      "userns", "name: shell, command: [sleep, infinity], image: debian", "hostUsers: false"),
    "access/simple-clusterrolebinding-to-group.yaml": """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: read-secrets-global}
    subjects: [{kind: Group, name: manager, apiGroup: rbac.authorization.k8s.io}]
    roleRef: {kind: ClusterRole, name: secret-reader, apiGroup: rbac.authorization.k8s.io}

    """,
    "customresourcedefinition/shirt-resource-definition.yaml": """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: shirts.stable.example.com}
    spec:
      group: stable.example.com
      scope: Namespaced
      names: {plural: shirts, singular: shirt, kind: Shirt}
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec: {type: object, properties: {color: {type: string}, size: {type: string}}}
        selectableFields: [{jsonPath: .spec.color}, {jsonPath: .spec.size}]
        additionalPrinterColumns:
        - {jsonPath: .spec.color, name: Color, type: string}
        - {jsonPath: .spec.size, name: Size, type: string}

    """,
    "customresourcedefinition/shirt-resources.yaml": [
      ("example1", "blue", "S"), ("example2", "blue", "M"), ("example3", "green", "M"),
    ].map { name, color, size in
      "---\napiVersion: stable.example.com/v1\nkind: Shirt\nmetadata: {name: \(name)}\n"
        + "spec: {color: \(color), size: \(size)}\n"
    }.joined(),
  ]

  private static func limits(_ name: String, _ limit: String) -> String {
    """
    apiVersion: v1
    kind: LimitRange
    metadata: {name: \(name)}
    spec:
      limits:
      - \(limit)

    """
  }

  private static func claim(_ name: String, _ size: String) -> String {
    """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(name)}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: \(size)}}}

    """
  }

  private static func service(
    _ name: String, _ labels: String, _ port: String, _ rest: String = ""
  ) -> String {
    """
    apiVersion: v1
    kind: Service
    metadata: {name: \(name), labels: {\(labels)}}
    spec: {\(rest)selector: {\(labels)}, ports: [{\(port)}]}

    """
  }

  private static func greeting(_ number: String) -> String {
    "while true; do echo hello from cnt\(number); sleep 10;done"
  }

  /// A Pod whose container counts into two files.
  private static func counter(_ sidecars: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: counter}
    spec:
      containers:
      - name: count
        image: busybox:1.28
        volumeMounts: [{name: varlog, mountPath: /var/log}]
        args:
        - /bin/sh
        - -c
        - >
          i=0; while true; do echo "$i: $(date)" >> /var/log/1.log;
          echo "$(date) INFO $i" >> /var/log/2.log; i=$((i+1)); sleep 1; done

    """ + sidecars.split(separator: "\n").map { "  \($0)\n" }.joined()
      + "  volumes: [{name: varlog, emptyDir: {}}]\n"
  }
}
