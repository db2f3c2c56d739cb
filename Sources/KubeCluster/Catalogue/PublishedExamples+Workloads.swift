extension PublishedExamples {
  private static let nginx = "name: nginx, image: 'nginx:1.14.2', ports: [{containerPort: 80}]"

  /// Pods, and what makes Pods.
  static let workloads: [String: String] = [
    "pods/simple-pod.yaml": pod("nginx", nginx),
    "pods/two-container-pod.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: two-containers}
    spec:
      restartPolicy: Never
      volumes: [{name: shared-data, emptyDir: {}}]
      containers:
      - name: nginx-container
        image: nginx
        volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
      - name: debian-container
        image: debian
        volumeMounts: [{name: shared-data, mountPath: /pod-data}]
        command: [/bin/sh]
        args: [-c, "echo Hello from the debian container > /pod-data/index.html"]

    """,
    "pods/init-containers.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: init-demo}
    spec:
      dnsPolicy: Default
      volumes: [{name: workdir, emptyDir: {}}]
      initContainers:
      - name: install
        image: busybox:1.28
        command: [wget, -O, /work-dir/index.html, 'http://info.cern.ch']
        volumeMounts: [{name: workdir, mountPath: /work-dir}]
      containers:
      - name: nginx
        image: nginx
        ports: [{containerPort: 80}]
        volumeMounts: [{name: workdir, mountPath: /usr/share/nginx/html}]

    """,
    "pods/lifecycle-events.yaml": pod(
      "lifecycle-demo",
      """
      name: lifecycle-demo-container, image: nginx, lifecycle: {
          postStart: {exec: {command: [/bin/sh, -c,
            echo Hello from the postStart handler > /usr/share/message]}},
          preStop: {exec: {command: [/bin/sh, -c,
            nginx -s quit; while killall -0 nginx; do sleep 1; done]}}}
      """),
    "pods/share-process-namespace.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: nginx}
    spec:
      shareProcessNamespace: true
      containers:
      - {name: nginx, image: nginx}
      - name: shell
        image: busybox:1.28
        command: [sleep, "3600"]
        securityContext: {capabilities: {add: [SYS_PTRACE]}}
        stdin: true
        tty: true

    """,
    "pods/probe/exec-liveness.yaml": pod(
      "liveness-exec",
      """
      name: liveness, image: 'registry.k8s.io/busybox:1.27.2', args: [/bin/sh, -c,
          touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600],
          livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5,
            periodSeconds: 5}
      """, labels: "test: liveness"),
    "pods/probe/http-liveness.yaml": pod(
      "liveness-http",
      """
      name: liveness, image: 'registry.k8s.io/e2e-test-images/agnhost:2.40', args: [liveness],
          livenessProbe: {httpGet: {path: /healthz, port: 8080,
            httpHeaders: [{name: Custom-Header, value: Awesome}]},
            initialDelaySeconds: 3, periodSeconds: 3}
      """, labels: "test: liveness"),
    "pods/probe/tcp-liveness-readiness.yaml": pod(
      "goproxy",
      """
      name: goproxy, image: 'registry.k8s.io/goproxy:0.1', ports: [{containerPort: 8080}],
          readinessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 15, periodSeconds: 10},
          livenessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 15, periodSeconds: 10}
      """, labels: "app: goproxy"),
    "debug/counter-pod.yaml": pod(
      "counter",
      """
      name: count, image: 'busybox:1.28', args: [/bin/sh, -c,
          'i=0; while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done']
      """),
    "application/shell-demo.yaml": pod(
      "shell-demo",
      """
      name: nginx, image: nginx,
          volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
      """,
      """
      volumes: [{name: shared-data, emptyDir: {}}]
      hostNetwork: true
      dnsPolicy: Default
      """),
    "application/deployment.yaml": deployment(
      "nginx-deployment", app: "nginx", replicas: 2, nginx),
    "application/deployment-update.yaml": deployment(
      "nginx-deployment", app: "nginx", replicas: 2,
      nginx.replacing("1.14.2", with: "1.16.1")),
    "application/deployment-scale.yaml": deployment(
      "nginx-deployment", app: "nginx", replicas: 4,
      nginx.replacing("1.14.2", with: "1.16.1")),
    "application/nginx-app.yaml": service(
      "my-nginx-svc", "type: LoadBalancer, ports: [{port: 80}], selector: {app: nginx}",
      labels: "app: nginx") + "---\n"
      + deployment("my-nginx", app: "nginx", replicas: 3, nginx),
    "application/php-apache.yaml": phpApache,
    "application/hpa/php-apache.yaml": """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: php-apache}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: php-apache}
      minReplicas: 1
      maxReplicas: 10
      metrics:
      - type: Resource
        resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}

    """,
    "application/web/web.yaml": web,
    "application/web/web-parallel.yaml": web.replacing(
      "serviceName: nginx", with: "serviceName: nginx\n  podManagementPolicy: Parallel"),
    "application/job/cronjob.yaml": """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: hello}
    spec:
      schedule: "* * * * *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: OnFailure
              containers:
              - name: hello
                image: busybox:1.28
                imagePullPolicy: IfNotPresent
                command: [/bin/sh, -c, date; echo Hello from the Kubernetes cluster]

    """,
    "controllers/nginx-deployment.yaml": deployment(
      "nginx-deployment", app: "nginx", replicas: 3, nginx),
    "controllers/replication.yaml": """
    apiVersion: v1
    kind: ReplicationController
    metadata: {name: nginx}
    spec:
      replicas: 3
      selector: {app: nginx}
      template:
        metadata: {name: nginx, labels: {app: nginx}}
        spec: {containers: [{name: nginx, image: nginx, ports: [{containerPort: 80}]}]}

    """,
    "controllers/job.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: pi}
    spec:
      backoffLimit: 4
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: pi
            image: perl:5.34.0
            command: [perl, "-Mbignum=bpi", -wle, print bpi(2000)]

    """,
    "controllers/daemonset.yaml": """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: fluentd-elasticsearch
      namespace: kube-system
      labels: {k8s-app: fluentd-logging}
    spec:
      selector: {matchLabels: {name: fluentd-elasticsearch}}
      template:
        metadata: {labels: {name: fluentd-elasticsearch}}
        spec:
          terminationGracePeriodSeconds: 30
          tolerations:
          - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
          - {key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}
          volumes: [{name: varlog, hostPath: {path: /var/log}}]
          containers:
          - name: fluentd-elasticsearch
            image: quay.io/fluentd_elasticsearch/fluentd:v5.0.1
            resources: {limits: {memory: 200Mi}, requests: {cpu: 100m, memory: 200Mi}}
            volumeMounts: [{name: varlog, mountPath: /var/log}]

    """,
    "admin/dns/dnsutils.yaml": pod(
      "dnsutils",
      """
      name: dnsutils, image: 'registry.k8s.io/e2e-test-images/agnhost:2.39',
          imagePullPolicy: IfNotPresent
      """, namespace: "default", "restartPolicy: Always"),
    "admin/dns/busybox.yaml": pod(
      "busybox",
      """
      name: busybox, image: 'busybox:1.28', command: [sleep, "3600"], imagePullPolicy: IfNotPresent
      """, namespace: "default", "restartPolicy: Always"),
  ]

  private static let phpApache = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: php-apache}
    spec:
      selector: {matchLabels: {run: php-apache}}
      template:
        metadata: {labels: {run: php-apache}}
        spec:
          containers:
          - name: php-apache
            image: registry.k8s.io/hpa-example
            ports: [{containerPort: 80}]
            resources: {limits: {cpu: 500m}, requests: {cpu: 200m}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: php-apache, labels: {run: php-apache}}
    spec: {ports: [{port: 80}], selector: {run: php-apache}}

    """

  private static let web = """
    apiVersion: v1
    kind: Service
    metadata: {name: nginx, labels: {app: nginx}}
    spec: {clusterIP: None, ports: [{port: 80, name: web}], selector: {app: nginx}}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: web}
    spec:
      serviceName: nginx
      replicas: 2
      selector: {matchLabels: {app: nginx}}
      template:
        metadata: {labels: {app: nginx}}
        spec:
          containers:
          - name: nginx
            image: registry.k8s.io/nginx-slim:0.21
            ports: [{containerPort: 80, name: web}]
            volumeMounts: [{name: www, mountPath: /usr/share/nginx/html}]
      volumeClaimTemplates:
      - metadata: {name: www}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}

    """
}
