extension PublishedExamples {
  private static let nginx = "name: nginx, image: 'nginx:1.14.2', ports: [{containerPort: 80}]"

  /// What the tutorials and the pages about controllers put together.
  static let applications: [String: String] = [
    "application/simple_deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: nginx-deployment}
    spec:
      selector: {matchLabels: {app: nginx}}
      minReadySeconds: 5
      template:
        metadata: {labels: {app: nginx}}
        spec: {containers: [{\(nginx)}]}

    """,
    "application/update_deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: nginx-deployment}
    spec:
      selector: {matchLabels: {app: nginx}}
      template:
        metadata: {labels: {app: nginx}}
        spec: {containers: [{\(nginx.replacing("1.14.2", with: "1.16.1"))}]}

    """,
    "application/deployment-patch.yaml": patched("patch-demo", strategy: ""),
    "application/deployment-retainkeys.yaml": patched(
      "retainkeys-demo", strategy: "strategy: {rollingUpdate: {maxSurge: 30%}}"),
    "application/nginx-with-request.yaml": deployment(
      "nginx-deployment", app: "nginx", replicas: 2,
      "name: nginx, image: nginx, resources: {limits: {memory: 128Mi, cpu: 500m}}, "
        + "ports: [{containerPort: 80}]"),
    "application/nginx/nginx-deployment.yaml": deployment(
      "my-nginx", app: "nginx", replicas: 3, nginx),
    "application/nginx/nginx-svc.yaml": service(
      "my-nginx-svc", "type: LoadBalancer, ports: [{port: 80}], selector: {app: nginx}",
      labels: "app: nginx"),
    "application/ssa/nginx-deployment.yaml": serverSide("\n  replicas: 3"),
    "application/ssa/nginx-deployment-no-replicas.yaml": serverSide(""),
    "application/basic-daemonset.yaml": """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: example-daemonset}
    spec:
      selector: {matchLabels: {app.kubernetes.io/name: example}}
      template:
        metadata: {labels: {app.kubernetes.io/name: example}}
        spec:
          initContainers:
          - name: log-machine-id
            image: busybox:1.37
            command: [sh, -c, cat /etc/machine-id > /var/log/machine-id.log]
            volumeMounts:
            - {name: machine-id, mountPath: /etc/machine-id, readOnly: true}
            - {name: log-dir, mountPath: /var/log}
          containers:
          - {name: pause, image: 'registry.k8s.io/pause'}
          volumes:
          - {name: machine-id, hostPath: {path: /etc/machine-id, type: File}}
          - {name: log-dir, hostPath: {path: /var/log}}

    """,
    "application/deployment-sidecar.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: myapp, labels: {app: myapp}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: myapp}}
      template:
        metadata: {labels: {app: myapp}}
        spec:
          containers:
          - name: myapp
            image: alpine:latest
            command: [sh, -c, 'while true; do echo "logging" >> /opt/logs.txt; sleep 1; done']
            volumeMounts: [{name: data, mountPath: /opt}]
          initContainers:
          - name: logshipper
            image: alpine:latest
            restartPolicy: Always
            command: [sh, -c, tail -F /opt/logs.txt]
            volumeMounts: [{name: data, mountPath: /opt}]
          volumes: [{name: data, emptyDir: {}}]

    """,
    "application/job/job-sidecar.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: myjob}
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: myjob
            image: alpine:latest
            command: [sh, -c, echo "logging" > /opt/logs.txt]
            volumeMounts: [{name: data, mountPath: /opt}]
          initContainers:
          - name: logshipper
            image: alpine:latest
            restartPolicy: Always
            command: [sh, -c, tail -F /opt/logs.txt]
            volumeMounts: [{name: data, mountPath: /opt}]
          volumes: [{name: data, emptyDir: {}}]

    """,
    "application/job/indexed-job.yaml": """
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
          initContainers:
          - name: input
            image: docker.io/library/bash
            command: [bash, -c,
              'items=(foo bar baz qux xyz); echo ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt']
            volumeMounts: [{name: input, mountPath: /input}]
          containers:
          - name: worker
            image: docker.io/library/busybox
            command: [rev, /input/data.txt]
            volumeMounts: [{name: input, mountPath: /input}]
          volumes: [{name: input, emptyDir: {}}]

    """,
    "application/guestbook/redis-leader-deployment.yaml": guestbook(
      "redis-leader", "app: redis, role: leader, tier: backend", "app: redis", replicas: 1,
      "name: leader, image: 'docker.io/redis:6.0.5'", port: 6379),
    "application/guestbook/redis-follower-deployment.yaml": guestbook(
      "redis-follower", "app: redis, role: follower, tier: backend", "app: redis", replicas: 2,
      "name: follower, "
        + "image: 'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower:v2'",
      port: 6379),
    "application/guestbook/frontend-deployment.yaml": guestbook(
      "frontend", "app: guestbook, tier: frontend", "app: guestbook, tier: frontend", replicas: 3,
      "name: php-redis, "
        + "image: 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5', "
        + "env: [{name: GET_HOSTS_FROM, value: dns}]", port: 80),
    "application/guestbook/redis-leader-service.yaml": service(
      "redis-leader",
      "ports: [{port: 6379, targetPort: 6379}], selector: {app: redis, role: leader, tier: backend}",
      labels: "app: redis, role: leader, tier: backend"),
    "application/guestbook/redis-follower-service.yaml": service(
      "redis-follower",
      "ports: [{port: 6379}], selector: {app: redis, role: follower, tier: backend}",
      labels: "app: redis, role: follower, tier: backend"),
    "application/guestbook/frontend-service.yaml": service(
      "frontend", "ports: [{port: 80}], selector: {app: guestbook, tier: frontend}",
      labels: "app: guestbook, tier: frontend"),
    "application/mysql/mysql-pv.yaml": """
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: mysql-pv-volume, labels: {type: local}}
    spec:
      storageClassName: manual
      capacity: {storage: 20Gi}
      accessModes: [ReadWriteOnce]
      hostPath: {path: /mnt/data}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: mysql-pv-claim}
    spec:
      storageClassName: manual
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 20Gi}}

    """,
    "application/mysql/mysql-deployment.yaml": """
    apiVersion: v1
    kind: Service
    metadata: {name: mysql}
    spec: {ports: [{port: 3306}], selector: {app: mysql}, clusterIP: None}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: mysql}
    spec:
      selector: {matchLabels: {app: mysql}}
      strategy: {type: Recreate}
      template:
        metadata: {labels: {app: mysql}}
        spec:
          containers:
          - name: mysql
            image: mysql:9
            env: [{name: MYSQL_ROOT_PASSWORD, value: password}]
            ports: [{containerPort: 3306, name: mysql}]
            volumeMounts: [{name: mysql-persistent-storage, mountPath: /var/lib/mysql}]
          volumes:
          - {name: mysql-persistent-storage, persistentVolumeClaim: {claimName: mysql-pv-claim}}

    """,
    "application/mongodb/mongo-deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: mongo
      labels: {app.kubernetes.io/name: mongo, app.kubernetes.io/component: backend}
    spec:
      replicas: 1
      selector:
        matchLabels: {app.kubernetes.io/name: mongo, app.kubernetes.io/component: backend}
      template:
        metadata:
          labels: {app.kubernetes.io/name: mongo, app.kubernetes.io/component: backend}
        spec:
          containers:
          - name: mongo
            image: mongo:4.2
            args: [--bind_ip, 0.0.0.0]
            resources: {requests: {cpu: 100m, memory: 100Mi}}
            ports: [{containerPort: 27017}]

    """,
    "application/mongodb/mongo-service.yaml": service(
      "mongo",
      "ports: [{port: 27017, targetPort: 27017}], selector: {app.kubernetes.io/name: mongo, "
        + "app.kubernetes.io/component: backend}",
      labels: "app.kubernetes.io/name: mongo, app.kubernetes.io/component: backend"),
    "application/wordpress/mysql-deployment.yaml": wordpress(
      "wordpress-mysql", tier: "mysql", claim: "mysql-pv-claim",
      service: "ports: [{port: 3306}], clusterIP: None",
      """
      name: mysql
              image: mysql:8.0
              env:
              - {name: MYSQL_ROOT_PASSWORD, \(password)}
              - {name: MYSQL_DATABASE, value: wordpress}
              - {name: MYSQL_USER, value: wordpress}
              - {name: MYSQL_PASSWORD, \(password)}
              ports: [{containerPort: 3306, name: mysql}]
              volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
      """),
    "application/wordpress/wordpress-deployment.yaml": wordpress(
      "wordpress", tier: "frontend", claim: "wp-pv-claim",
      service: "type: LoadBalancer, ports: [{port: 80}]",
      """
      name: wordpress
              image: wordpress:6.2.1-apache
              env:
              - {name: WORDPRESS_DB_HOST, value: wordpress-mysql}
              - {name: WORDPRESS_DB_PASSWORD, \(password)}
              - {name: WORDPRESS_DB_USER, value: wordpress}
              ports: [{containerPort: 80, name: wordpress}]
              volumeMounts: [{name: data, mountPath: /var/www/html}]
      """),
  ]

  private static let password =
    "valueFrom: {secretKeyRef: {name: mysql-pass, key: password}}"

  private static func patched(_ name: String, strategy: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name)}
    spec:
      replicas: 2
      selector: {matchLabels: {app: nginx}}
      \(strategy)
      template:
        metadata: {labels: {app: nginx}}
        spec:
          containers: [{name: \(name)-ctr, image: nginx}]
          tolerations: [{effect: NoSchedule, key: dedicated, value: test-team}]

    """
  }

  private static func serverSide(_ replicas: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: nginx-deployment, labels: {app: nginx}}
    spec:\(replicas)
      selector: {matchLabels: {app: nginx}}
      template:
        metadata: {labels: {app: nginx}}
        spec: {containers: [{name: nginx, image: 'nginx:1.14.2'}]}

    """
  }

  private static func guestbook(
    _ name: String, _ labels: String, _ selector: String, replicas: Int, _ container: String,
    port: Int
  ) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name), labels: {\(labels)}}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {\(selector)}}
      template:
        metadata: {labels: {\(labels)}}
        spec:
          containers:
          - {\(container), resources: {requests: {cpu: 100m, memory: 100Mi}},
            ports: [{containerPort: \(port)}]}

    """
  }

  private static func wordpress(
    _ name: String, tier: String, claim: String, service: String, _ container: String
  ) -> String {
    """
    apiVersion: v1
    kind: Service
    metadata: {name: \(name), labels: {app: wordpress}}
    spec: {\(service), selector: {app: wordpress, tier: \(tier)}}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(claim), labels: {app: wordpress}}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name), labels: {app: wordpress}}
    spec:
      selector: {matchLabels: {app: wordpress, tier: \(tier)}}
      strategy: {type: Recreate}
      template:
        metadata: {labels: {app: wordpress, tier: \(tier)}}
        spec:
          volumes: [{name: data, persistentVolumeClaim: {claimName: \(claim)}}]
          containers:
          - \(container)

    """
  }
}
