extension PublishedExamples {
  /// What configures Pods: commands, ConfigMaps, Secrets, security contexts, volumes.
  static let configuration: [String: String] = [
    "pods/commands.yaml": pod(
      "command-demo",
      """
      name: command-demo-container, image: debian, command: [printenv],
          args: [HOSTNAME, KUBERNETES_PORT]
      """, labels: "purpose: demonstrate-command", "restartPolicy: OnFailure"),
    "pods/inject/envars.yaml": pod(
      "envar-demo",
      """
      name: envar-demo-container, image: 'gcr.io/google-samples/hello-app:2.0', env: [
            {name: DEMO_GREETING, value: Hello from the environment},
            {name: DEMO_FAREWELL, value: Such a sweet sorrow}]
      """, labels: "purpose: demonstrate-envars"),
    "pods/inject/secret.yaml": """
    apiVersion: v1
    kind: Secret
    metadata: {name: test-secret}
    data: {username: bXktYXBw, password: Mzk1MjgkdmRnN0pi}

    """,
    "pods/inject/secret-pod.yaml": pod(
      "secret-test-pod",
      """
      name: test-container, image: nginx,
          volumeMounts: [{name: secret-volume, mountPath: /etc/secret-volume, readOnly: true}]
      """, "volumes: [{name: secret-volume, secret: {secretName: test-secret}}]"),
    "pods/inject/pod-single-secret-env-variable.yaml": pod(
      "env-single-secret",
      """
      name: envars-test-container, image: nginx, env: [{name: SECRET_USERNAME,
            valueFrom: {secretKeyRef: {name: backend-user, key: backend-username}}}]
      """),
    "configmap/configmap-multikeys.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: special-config, namespace: default}
    data: {SPECIAL_LEVEL: very, SPECIAL_TYPE: charm}

    """,
    "configmap/configmaps.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: special-config, namespace: default}
    data: {special.how: very}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: env-config, namespace: default}
    data: {log_level: INFO}

    """,
    "pods/pod-configmap-envFrom.yaml": environmentPod(
      "envFrom: [{configMapRef: {name: special-config}}]"),
    "pods/pod-single-configmap-env-variable.yaml": environmentPod(
      """
      env: [{name: SPECIAL_LEVEL_KEY,
            valueFrom: {configMapKeyRef: {name: special-config, key: special.how}}}]
      """),
    "pods/pod-multiple-configmap-env-variable.yaml": environmentPod(
      """
      env: [{name: SPECIAL_LEVEL_KEY,
              valueFrom: {configMapKeyRef: {name: special-config, key: special.how}}},
            {name: LOG_LEVEL, valueFrom: {configMapKeyRef: {name: env-config, key: log_level}}}]
      """),
    "pods/pod-configmap-volume.yaml": pod(
      "dapi-test-pod",
      """
      name: test-container, image: 'registry.k8s.io/busybox:1.27.2',
          command: [/bin/sh, -c, ls /etc/config/],
          volumeMounts: [{name: config-volume, mountPath: /etc/config}]
      """,
      """
      volumes: [{name: config-volume, configMap: {name: special-config}}]
      restartPolicy: Never
      """),
    "pods/config/example-redis-config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: example-redis-config}
    data: {redis-config: ""}

    """,
    "pods/config/redis-pod.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: redis}
    spec:
      containers:
      - name: redis
        image: redis:8.0.2
        command: [redis-server, /redis-master/redis.conf]
        env: [{name: MASTER, value: "true"}]
        ports: [{containerPort: 6379}]
        resources: {limits: {cpu: "0.1"}}
        volumeMounts:
        - {name: data, mountPath: /redis-master-data}
        - {name: config, mountPath: /redis-master}
      volumes:
      - {name: data, emptyDir: {}}
      - name: config
        configMap:
          name: example-redis-config
          items: [{key: redis-config, path: redis.conf}]

    """,
    "pods/security/security-context.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: security-context-demo}
    spec:
      securityContext:
        {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}
      volumes: [{name: sec-ctx-vol, emptyDir: {}}]
      containers:
      - name: sec-ctx-demo
        image: busybox:1.28
        command: [sh, -c, sleep 1h]
        volumeMounts: [{name: sec-ctx-vol, mountPath: /data/demo}]
        securityContext: {allowPrivilegeEscalation: false}

    """,
    "pods/security/security-context-2.yaml": pod(
      "security-context-demo-2",
      """
      name: sec-ctx-demo-2, image: 'gcr.io/google-samples/hello-app:2.0',
          securityContext: {runAsUser: 2000, allowPrivilegeEscalation: false}
      """, "securityContext: {runAsUser: 1000}"),
    "pods/security/security-context-3.yaml": pod(
      "security-context-demo-3",
      "name: sec-ctx-3, image: 'gcr.io/google-samples/hello-app:2.0'"),
    "pods/security/security-context-4.yaml": pod(
      "security-context-demo-4",
      """
      name: sec-ctx-4, image: 'gcr.io/google-samples/hello-app:2.0',
          securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME]}}
      """),
    "pods/storage/redis.yaml": pod(
      "redis",
      "name: redis, image: redis, volumeMounts: [{name: redis-storage, mountPath: /data/redis}]",
      "volumes: [{name: redis-storage, emptyDir: {}}]"),
    "pods/storage/pv-volume.yaml": """
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: task-pv-volume, labels: {type: local}}
    spec:
      storageClassName: manual
      capacity: {storage: 10Gi}
      accessModes: [ReadWriteOnce]
      hostPath: {path: /mnt/data}

    """,
    "pods/storage/pv-claim.yaml": """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: task-pv-claim}
    spec:
      storageClassName: manual
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 3Gi}}

    """,
    "pods/storage/pv-pod.yaml": pod(
      "task-pv-pod",
      """
      name: task-pv-container, image: nginx, ports: [{containerPort: 80, name: http-server}],
          volumeMounts: [{name: task-pv-storage, mountPath: /usr/share/nginx/html}]
      """,
      "volumes: [{name: task-pv-storage, persistentVolumeClaim: {claimName: task-pv-claim}}]"),
    "pods/storage/projected.yaml": pod(
      "test-projected-volume",
      """
      name: test-projected-volume, image: 'busybox:1.28', args: [sleep, "86400"],
          volumeMounts: [{name: all-in-one, mountPath: /projected-volume, readOnly: true}]
      """,
      """
      volumes: [{name: all-in-one, projected: {sources: [
        {secret: {name: user}}, {secret: {name: pass}}]}}]
      """),
    "access/simple-role.yaml": role("Role", "pod-reader, namespace: default", "pods"),
    "access/simple-clusterrole.yaml": role("ClusterRole", "secret-reader", "secrets"),
  ]

  private static func environmentPod(_ environment: String) -> String {
    pod(
      "dapi-test-pod",
      "name: test-container, image: 'registry.k8s.io/busybox:1.27.2', command: [/bin/sh, -c, env],\n"
        + "    " + environment, "restartPolicy: Never")
  }

  private static func role(_ kind: String, _ metadata: String, _ resource: String) -> String {
    """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: \(kind)
    metadata: {name: \(metadata)}
    rules: [{apiGroups: [""], resources: [\(resource)], verbs: [get, watch, list]}]

    """
  }
}
