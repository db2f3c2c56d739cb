extension PublishedExamples {
  /// Pods of the pages that show what a Pod can say.
  static let pods: [String: String] = [
    "pods/probe/grpc-liveness.yaml": pod(
      "etcd-with-grpc",
      """
      name: etcd, image: 'registry.k8s.io/etcd:3.5.1-0', command: [/usr/local/bin/etcd,
          --data-dir, /var/lib/etcd, --listen-client-urls, 'http://0.0.0.0:2379',
          --advertise-client-urls, 'http://127.0.0.1:2379', --log-level, debug],
          ports: [{containerPort: 2379}],
          livenessProbe: {grpc: {port: 2379}, initialDelaySeconds: 10}
      """),
    "pods/qos/qos-pod-4.yaml": """
    apiVersion: v1
    kind: Pod
    metadata: {name: qos-demo-4, namespace: qos-example}
    spec:
      containers:
      - {name: qos-demo-4-ctr-1, image: nginx, resources: {requests: {memory: 200Mi}}}
      - {name: qos-demo-4-ctr-2, image: redis}

    """,
    "pods/qos/qos-pod-5.yaml": pod(
      "qos-demo-5",
      """
      name: qos-demo-ctr-5, image: nginx, resources: {
          limits: {memory: 200Mi, cpu: 700m}, requests: {memory: 200Mi, cpu: 700m}}
      """, namespace: "qos-example"),
    "pods/resource/pod-resize.yaml": pod(
      "resize-demo",
      """
      name: pause, image: 'registry.k8s.io/pause:3.8', resizePolicy: [
          {resourceName: cpu, restartPolicy: NotRequired},
          {resourceName: memory, restartPolicy: RestartContainer}],
          resources: {limits: {memory: 200Mi, cpu: 700m}, requests: {memory: 200Mi, cpu: 700m}}
      """, namespace: "qos-example"),
    "pods/resource/extended-resource-pod.yaml": extended("extended-resource-demo", count: 3),
    "pods/resource/extended-resource-pod-2.yaml": extended("extended-resource-demo-2", count: 2),
    "pods/security/security-context-5.yaml": pod(
      "security-context-demo",
      """
      name: sec-ctx-demo, image: 'registry.k8s.io/e2e-test-images/agnhost:2.45',
          command: [sh, -c, sleep 1h], securityContext: {allowPrivilegeEscalation: false}
      """,
      """
      securityContext: {runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000],
        supplementalGroupsPolicy: Strict}
      """),
    "pods/security/hello-apparmor.yaml": pod(
      "hello-apparmor",
      "name: hello, image: 'busybox:1.28', "
        + "command: [sh, -c, \"echo 'Hello AppArmor!' && sleep 1h\"]",
      """
      securityContext: {appArmorProfile: {type: Localhost,
        localhostProfile: k8s-apparmor-example-deny-write}}
      """),
    "pods/security/seccomp/ga/audit-pod.yaml": seccomp("audit", "Localhost", "audit"),
    "pods/security/seccomp/ga/violation-pod.yaml": seccomp("violation", "Localhost", "violation"),
    "pods/security/seccomp/ga/fine-pod.yaml": seccomp("fine", "Localhost", "fine-grained"),
    "pods/security/seccomp/ga/default-pod.yaml": seccomp("default", "RuntimeDefault", nil),
    "pods/private-reg-pod.yaml": pod(
      "private-reg", "name: private-reg-container, image: '<your-private-image>'",
      "imagePullSecrets: [{name: regcred}]"),
    "pods/pod-projected-svc-token.yaml": pod(
      "nginx",
      "name: nginx, image: nginx, volumeMounts: [{name: vault-token, "
        + "mountPath: /var/run/secrets/tokens}]",
      """
      serviceAccountName: build-robot
      volumes:
      - name: vault-token
        projected:
          sources:
          - serviceAccountToken: {path: vault-token, expirationSeconds: 7200, audience: vault}
      """),
    "pods/pod-configmap-envFrom.yaml": printing(
      "dapi-test-pod", "env", "envFrom: [{configMapRef: {name: special-config}}]"),
    "pods/pod-configmap-env-var-valueFrom.yaml": pod(
      "dapi-test-pod",
      """
      name: test-container, image: 'registry.k8s.io/busybox:1.27.2',
          command: [/bin/echo, $(SPECIAL_LEVEL_KEY) $(SPECIAL_TYPE_KEY)], env: [
          {name: SPECIAL_LEVEL_KEY, valueFrom: {configMapKeyRef: {name: special-config,
            key: SPECIAL_LEVEL}}},
          {name: SPECIAL_TYPE_KEY, valueFrom: {configMapKeyRef: {name: special-config,
            key: SPECIAL_TYPE}}}]
      """, "restartPolicy: Never"),
    "pods/pod-configmap-volume-specific-key.yaml": printing(
      "dapi-test-pod", "cat /etc/config/keys",
      "volumeMounts: [{name: config-volume, mountPath: /etc/config}]",
      """
      volumes:
      - name: config-volume
        configMap: {name: special-config, items: [{key: SPECIAL_LEVEL, path: keys}]}
      """),
    "pods/inject/secret-envars-pod.yaml": pod(
      "secret-envars-test-pod",
      """
      name: envars-test-container, image: nginx, env: [
          {name: SECRET_USERNAME, valueFrom: {secretKeyRef: {name: test-secret, key: username}}},
          {name: SECRET_PASSWORD, valueFrom: {secretKeyRef: {name: test-secret, key: password}}}]
      """),
    "pods/inject/pod-secret-envFrom.yaml": pod(
      "envfrom-secret",
      "name: envars-test-container, image: nginx, envFrom: [{secretRef: {name: test-secret}}]"),
    "pods/inject/pod-multiple-secret-env-variable.yaml": pod(
      "envvars-multiple-secrets",
      """
      name: envars-test-container, image: nginx, env: [
          {name: BACKEND_USERNAME,
            valueFrom: {secretKeyRef: {name: backend-user, key: backend-username}}},
          {name: DB_USERNAME, valueFrom: {secretKeyRef: {name: db-user, key: db-username}}}]
      """),
    "pods/inject/dependent-envars.yaml": pod(
      "dependent-envars-demo",
      """
      name: dependent-envars-demo, image: 'busybox:1.28', command: [sh, -c], args: [
          'while true; do printf "\\nUNCHANGED_REFERENCE=$UNCHANGED_REFERENCE\\n";
          printf "SERVICE_ADDRESS=$SERVICE_ADDRESS\\n";
          printf "ESCAPED_REFERENCE=$ESCAPED_REFERENCE\\n"; sleep 30; done;'], env: [
          {name: SERVICE_PORT, value: "80"}, {name: SERVICE_IP, value: 172.17.0.1},
          {name: UNCHANGED_REFERENCE, value: '$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'},
          {name: PROTOCOL, value: https},
          {name: SERVICE_ADDRESS, value: '$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'},
          {name: ESCAPED_REFERENCE, value: '$$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'}]
      """),
    "pods/inject/dapi-envars-pod.yaml": pod(
      "dapi-envars-fieldref",
      """
      name: test-container, image: 'registry.k8s.io/busybox:1.27.2', command: [sh, -c], args: [
          'while true; do echo; printenv MY_NODE_NAME MY_POD_NAME MY_POD_NAMESPACE;
          printenv MY_POD_IP MY_POD_SERVICE_ACCOUNT; sleep 10; done;'], env: [
          {name: MY_NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}},
          {name: MY_POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}},
          {name: MY_POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}},
          {name: MY_POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}},
          {name: MY_POD_SERVICE_ACCOUNT,
            valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}]
      """, "restartPolicy: Never"),
    "pods/inject/dapi-envars-container.yaml": pod(
      "dapi-envars-resourcefieldref",
      """
      name: test-container, image: 'registry.k8s.io/busybox:1.27.2', command: [sh, -c], args: [
          'while true; do echo; printenv MY_CPU_REQUEST MY_CPU_LIMIT;
          printenv MY_MEM_REQUEST MY_MEM_LIMIT; sleep 10; done;'],
          \(sized), env: [
          {name: MY_CPU_REQUEST, valueFrom: {resourceFieldRef: {containerName: test-container,
            resource: requests.cpu}}},
          {name: MY_CPU_LIMIT, valueFrom: {resourceFieldRef: {containerName: test-container,
            resource: limits.cpu}}},
          {name: MY_MEM_REQUEST, valueFrom: {resourceFieldRef: {containerName: test-container,
            resource: requests.memory}}},
          {name: MY_MEM_LIMIT, valueFrom: {resourceFieldRef: {containerName: test-container,
            resource: limits.memory}}}]
      """, "restartPolicy: Never"),
    "pods/inject/dapi-volume.yaml": """
    apiVersion: v1
    kind: Pod
    metadata:
      name: kubernetes-downwardapi-volume-example
      labels: {zone: us-est-coast, cluster: test-cluster1, rack: rack-22}
      annotations: {build: two, builder: john-doe}
    spec:
      containers:
      - name: client-container
        image: registry.k8s.io/busybox:1.27.2
        command: [sh, -c]
        args: ['while true; do for f in labels annotations; do if [ -e /etc/podinfo/$f ]; then
          printf "\\n\\n"; cat /etc/podinfo/$f; fi; done; sleep 5; done;']
        volumeMounts: [{name: podinfo, mountPath: /etc/podinfo}]
      volumes:
      - name: podinfo
        downwardAPI:
          items:
          - {path: labels, fieldRef: {fieldPath: metadata.labels}}
          - {path: annotations, fieldRef: {fieldPath: metadata.annotations}}

    """,
    "pods/inject/dapi-volume-resources.yaml": pod(
      "kubernetes-downwardapi-volume-example-2",
      """
      name: client-container, image: 'registry.k8s.io/busybox:1.27.2', command: [sh, -c], args: [
          'while true; do for f in cpu_limit cpu_request mem_limit mem_request; do
          if [ -e /etc/podinfo/$f ]; then printf "\\n"; cat /etc/podinfo/$f; fi; done;
          sleep 5; done;'],
          \(sized), volumeMounts: [{name: podinfo, mountPath: /etc/podinfo}]
      """,
      """
      volumes:
      - name: podinfo
        downwardAPI:
          items:
          - {path: cpu_limit, resourceFieldRef: {containerName: client-container,
            resource: limits.cpu, divisor: 1m}}
          - {path: cpu_request, resourceFieldRef: {containerName: client-container,
            resource: requests.cpu, divisor: 1m}}
          - {path: mem_limit, resourceFieldRef: {containerName: client-container,
            resource: limits.memory, divisor: 1Mi}}
          - {path: mem_request, resourceFieldRef: {containerName: client-container,
            resource: requests.memory, divisor: 1Mi}}
      """),
    "pods/pod-with-scheduling-gates.yaml": pod(
      "test-pod", "name: pause, image: 'registry.k8s.io/pause:3.6'",
      "schedulingGates: [{name: example.com/foo}, {name: example.com/bar}]"),
    "pods/pod-without-scheduling-gates.yaml": pod(
      "test-pod", "name: pause, image: 'registry.k8s.io/pause:3.6'"),
    "pods/topology-spread-constraints/one-constraint.yaml": spread(["zone"]),
    "pods/topology-spread-constraints/two-constraints.yaml": spread(["zone", "node"]),
    "pods/storage/pv-duplicate.yaml": pod(
      "test",
      """
      name: test, image: nginx, volumeMounts: [
          {name: config, mountPath: /usr/share/nginx/html, subPath: html},
          {name: config, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}]
      """, "volumes: [{name: config, persistentVolumeClaim: {claimName: task-pv-claim}}]"),
    "debug/termination.yaml": pod(
      "termination-demo",
      """
      name: termination-demo-container, image: debian, command: [/bin/sh],
          args: [-c, sleep 10 && echo Sleep expired > /dev/termination-log]
      """),
    "debug/counter-pod-err.yaml": pod(
      "counter-err",
      """
      name: count, image: 'busybox:1.28', args: [/bin/sh, -c,
          'i=0; while true; do echo "$i: $(date)"; echo "$i: err" >&2; i=$((i+1)); sleep 1; done']
      """),
    "service/networking/curlpod.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: curl-deployment}
    spec:
      replicas: 1
      selector: {matchLabels: {app: curlpod}}
      template:
        metadata: {labels: {app: curlpod}}
        spec:
          volumes: [{name: secret-volume, secret: {secretName: nginxsecret}}]
          containers:
          - name: curlpod
            image: radial/busyboxplus:curl
            command: [sh, -c, while true; do sleep 1; done]
            volumeMounts: [{name: secret-volume, mountPath: /etc/nginx/ssl}]

    """,
    "admin/sched/pod1.yaml": scheduled("no-annotation", by: nil),
    "admin/sched/pod2.yaml": scheduled("annotation-default-scheduler", by: "default-scheduler"),
    "admin/sched/pod3.yaml": scheduled("annotation-second-scheduler", by: "my-scheduler"),
    "security/example-baseline-pod.yaml": pod(
      "nginx", "name: nginx, image: nginx, ports: [{containerPort: 80}]"),
    "policy/high-priority-pod.yaml": pod(
      "high-priority",
      """
      name: high-priority, image: ubuntu, command: [/bin/sh],
          args: [-c, while true; do echo hello; sleep 10; done],
          resources: {requests: {memory: 10Gi, cpu: 500m}, limits: {memory: 10Gi, cpu: 500m}}
      """, "priorityClassName: high"),
  ]

  /// What is fetched, not applied: profiles of seccomp, and a template for sed.
  static let files = [
    "application/job/job-tmpl.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: process-item-$ITEM
      labels:
        jobgroup: jobexample
    spec:
      template:
        metadata:
          name: jobexample
          labels:
            jobgroup: jobexample
        spec:
          containers:
          - name: c
            image: busybox:1.28
            command: ["sh", "-c", "echo Processing item $ITEM && sleep 5"]
          restartPolicy: Never

    """,
    "audit/audit-policy.yaml": """
    apiVersion: audit.k8s.io/v1
    kind: Policy
    omitStages: [RequestReceived]
    rules:
    - {level: RequestResponse, resources: [{group: "", resources: [pods]}]}
    - {level: Metadata, resources: [{group: "", resources: [pods/log, pods/status]}]}
    - {level: None, resources: [{group: "", resources: [configmaps], resourceNames: [controller-leader]}]}
    - {level: None, users: ['system:kube-proxy'], verbs: [watch],
        resources: [{group: "", resources: [endpoints, services]}]}
    - {level: None, userGroups: ['system:authenticated'], nonResourceURLs: ['/api*', /version]}
    - {level: Request, resources: [{group: "", resources: [configmaps]}], namespaces: [kube-system]}
    - {level: Metadata, resources: [{group: "", resources: [secrets, configmaps]}]}
    - {level: Request, resources: [{group: ""}, {group: extensions}]}
    - {level: Metadata, omitStages: [RequestReceived]}

    """,
    "pods/security/seccomp/profiles/audit.json": "{\"defaultAction\": \"SCMP_ACT_LOG\"}\n",
    "pods/security/seccomp/profiles/fine-grained.json": """
    {
      "defaultAction": "SCMP_ACT_ERRNO",
      "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
      "syscalls": [
        {"action": "SCMP_ACT_ALLOW", "names": [
          "accept4", "epoll_wait", "pselect6", "futex", "madvise", "epoll_ctl",
          "getsockname", "setsockopt", "vfork", "mmap", "read", "write", "close",
          "arch_prctl", "sched_getaffinity", "munmap", "brk", "rt_sigaction",
          "rt_sigprocmask", "sigaltstack", "gettid", "clone", "bind", "socket", "openat",
          "readlinkat", "exit_group", "epoll_create1", "listen", "rt_sigreturn",
          "sched_yield", "clock_gettime", "connect", "dup2", "epoll_pwait", "execve", "exit",
          "fcntl", "getpid", "getuid", "ioctl", "mprotect", "nanosleep", "open", "poll",
          "recvfrom", "sendto", "set_tid_address", "setitimer", "writev", "fstatfs",
          "getdents64", "pipe2", "getrlimit"
        ]}
      ]
    }

    """,
    "pods/security/seccomp/profiles/violation.json": "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}\n",
  ]

  private static let sized =
    "resources: {requests: {memory: 32Mi, cpu: 125m}, limits: {memory: 64Mi, cpu: 250m}}"

  private static func extended(_ name: String, count: Int) -> String {
    pod(
      name,
      "name: \(name)-ctr, image: nginx, resources: {requests: {example.com/dongle: \(count)}, "
        + "limits: {example.com/dongle: \(count)}}")
  }

  private static func seccomp(_ name: String, _ type: String, _ profile: String?) -> String {
    let file = profile.map { ", localhostProfile: profiles/\($0).json" } ?? ""
    return pod(
      "\(name)-pod",
      """
      name: test-container, image: 'hashicorp/http-echo:1.0',
          args: ['-text=just made some \(name == "default" ? "more " : "")syscalls!'],
          securityContext: {allowPrivilegeEscalation: false}
      """, labels: "app: \(name)-pod",
      "securityContext: {seccompProfile: {type: \(type)\(file)}}")
  }

  private static func printing(
    _ name: String, _ command: String, _ more: String, _ rest: String = ""
  ) -> String {
    pod(
      name,
      "name: test-container, image: 'registry.k8s.io/busybox:1.27.2', "
        + "command: [/bin/sh, -c, \(command)], \(more)", rest + "\nrestartPolicy: Never")
  }

  private static func spread(_ keys: [String]) -> String {
    let constraints = keys.map {
      "- {maxSkew: 1, topologyKey: \($0), whenUnsatisfiable: DoNotSchedule, "
        + "labelSelector: {matchLabels: {foo: bar}}}"
    }
    return pod(
      "mypod", "name: pause, image: 'registry.k8s.io/pause:3.1'", labels: "foo: bar",
      (["topologySpreadConstraints:"] + constraints).joined(separator: "\n"))
  }

  private static func scheduled(_ name: String, by scheduler: String?) -> String {
    pod(
      name,
      "name: pod-with-\(name)-container, "
        + "image: 'registry.k8s.io/pause:3.8'", labels: "name: multischeduler-example",
      scheduler.map { "schedulerName: \($0)" } ?? "")
  }
}
