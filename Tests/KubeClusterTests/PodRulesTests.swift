import Testing

@testable import KubeCluster

/// What a Pod's specification makes of its containers, as a learner sees it: manifest, seconds to
/// wait, line, and a part of what it prints.
struct PodRule: Sendable, CustomTestStringConvertible {
  let name: String
  /// The Pod's spec, in YAML's flow form.
  let spec: String
  var wait = 20
  let line: String
  let words: [String]
  var testDescription: String { name }
}

let sleepingBox = "image: busybox, command: [sleep, \"3600\"]"

private let cases: [PodRule] = [
  PodRule(
    name: "a shared process namespace shows everybody, pause first",
    spec:
      "{shareProcessNamespace: true, containers: [{name: web, image: nginx}, {name: sh, \(sleepingBox)}]}",
    line: "kubectl exec p -c sh -- ps",
    words: [
      "    1 65535     0:00 /pause\n", "nginx: master process nginx -g daemon off;\n", "sleep 3600",
    ]),
  PodRule(
    name: "/proc shows the files of another container",
    spec:
      "{shareProcessNamespace: true, containers: [{name: web, image: nginx}, {name: sh, \(sleepingBox)}]}",
    line:
      "kubectl exec p -c sh -- sh -c 'cat /proc/$(pidof nginx | tr \" \" \"\\n\" | tail -1)/root/etc/nginx/nginx.conf'",
    words: ["worker_processes  auto;"]),
  PodRule(
    name: "hostPID shows the node's processes",
    spec: "{hostPID: true, containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl exec p -- ps", words: ["/sbin/init", "/usr/bin/kubelet"]),
  PodRule(
    name: "nginx on a read-only root file system says why it ends",
    spec:
      "{containers: [{name: c, image: nginx, securityContext: {readOnlyRootFilesystem: true}}]}",
    line: "kubectl logs p; kubectl get pod p",
    words: [
      "info: can not modify /etc/nginx/conf.d/default.conf (read-only file system?)",
      "nginx: [emerg] mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)",
      "CrashLoopBackOff",
    ]),
  PodRule(
    name: "nginx as somebody else may not make its folders",
    spec: "{securityContext: {runAsUser: 1000}, containers: [{name: c, image: nginx}]}",
    line: "kubectl logs p",
    words: [
      "[warn] 1#1: the \"user\" directive makes sense only if the master process runs with "
        + "super-user privileges, ignored in /etc/nginx/nginx.conf:2\n",
      "mkdir() \"/var/cache/nginx/client_temp\" failed (13: Permission denied)",
    ]),
  PodRule(
    name: "nginx without capabilities may not give its folders away",
    spec: "{containers: [{name: c, image: nginx, securityContext: {capabilities: {drop: [ALL]}}}]}",
    line: "kubectl logs p",
    words: ["chown(\"/var/cache/nginx/client_temp\", 101) failed (1: Operation not permitted)"]),
  PodRule(
    name: "nginx with its folders in emptyDirs runs read-only",
    spec: """
      {volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}], containers: [{name: c, \
      image: nginx, securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: a, \
      mountPath: /var/cache/nginx}, {name: b, mountPath: /run}]}]}
      """,
    line: "kubectl exec p -- curl -s localhost; kubectl logs p",
    words: ["Welcome to nginx!", "127.0.0.1 - - [", "start worker process 30"]),
  PodRule(
    name: "nginx for anybody listens on 8080",
    spec: "{containers: [{name: c, image: nginxinc/nginx-unprivileged}]}",
    line: "kubectl exec p -- sh -c 'curl -sI localhost:8080 | head -1; id -u'",
    words: ["HTTP/1.1 200 OK", "101\n"]),
  PodRule(
    name: "nginx writes its access log where a volume is mounted",
    spec: """
      {volumes: [{name: a, emptyDir: {}}], containers: [{name: c, image: nginx, volumeMounts: \
      [{name: a, mountPath: /var/log/nginx}]}, {name: s, \(sleepingBox), volumeMounts: [{name: a, \
      mountPath: /logs}]}]}
      """,
    line: "kubectl exec p -c s -- sh -c 'wget -qO- localhost >/dev/null; cat /logs/access.log'",
    words: ["\"GET / HTTP/1.1\" 200 615"]),
  PodRule(
    name: "the log of a server that nobody has looked at tells of its start",
    spec: "{containers: [{name: c, image: \"nginx:1.25\"}]}",
    line: "kubectl logs p; kubectl exec p -- nginx -v",
    words: [
      "/docker-entrypoint.sh: Configuration complete; ready for start up\n",
      "[notice] 1#1: nginx/1.25.5\n", "nginx version: nginx/1.25.5\n",
    ]),
  PodRule(
    name: "a server that listens on localhost is not reached from elsewhere",
    spec:
      "{containers: [{name: c, image: hashicorp/http-echo, args: [\"-listen=127.0.0.1:5678\", \"-text=hi\"]}, {name: s, \(sleepingBox)}]}",
    line:
      "kubectl exec p -c s -- sh -c 'wget -qO- 127.0.0.1:5678; wget -qO- -T1 $(hostname -i):5678'",
    words: ["hi\n", "Connection refused"]),
  PodRule(
    name: "control group files tell the limits",
    spec:
      "{containers: [{name: c, \(sleepingBox), resources: {requests: {cpu: 100m}, limits: {cpu: 200m, memory: 64Mi}}}]}",
    line:
      "kubectl exec p -- sh -c 'cd /sys/fs/cgroup; cat cpu.max memory.max cpu.weight; cat memory.events | head -1'",
    words: ["20000 100000\n67108864\n17\nlow 0\n"]),
  PodRule(
    name: "a CPU limit holds a busy container back",
    spec:
      "{containers: [{name: c, image: polinux/stress, command: [stress, -c, \"1\"], resources: {limits: {cpu: 250m}}}]}",
    wait: 120,
    line:
      "kubectl exec p -- sh -c \"awk '/nr_throttled/ {print (\\$2 > 100)}; /^usage_usec/ {print (\\$2 > 25000000 && \\$2 < 33000000)}' /sys/fs/cgroup/cpu.stat\"",
    words: ["1\n1\n"]),
  PodRule(
    name: "an emptyDir in memory is a tmpfs of its size, and full when it is full",
    spec: """
      {volumes: [{name: m, emptyDir: {medium: Memory, sizeLimit: 8Mi}}], containers: [{name: c, \
      \(sleepingBox), volumeMounts: [{name: m, mountPath: /m}]}]}
      """,
    line:
      "kubectl exec p -- sh -c 'mount | grep /m; df -k /m | tail -1; dd if=/dev/zero of=/m/f bs=1M count=9'",
    words: ["tmpfs on /m type tmpfs (rw,", "8192", "No space left on device"]),
  PodRule(
    name: "files in memory count as memory of who writes them",
    spec: """
      {restartPolicy: Never, volumes: [{name: m, emptyDir: {medium: Memory, sizeLimit: 64Mi}}, \
      {name: d, emptyDir: {}}], containers: [{name: c, image: busybox, command: [sh, -c, \
      "dd if=/dev/zero of=/m/f bs=1M count=40; echo survived"], resources: {limits: {memory: 32Mi}}, \
      volumeMounts: [{name: m, mountPath: /m}]}, {name: o, \(sleepingBox)}]}
      """,
    line: "kubectl get pod p -o jsonpath='{.status.containerStatuses[0].state.terminated.reason}'",
    words: ["OOMKilled"]),
  PodRule(
    name: "a termination message is what the container left",
    spec: """
      {restartPolicy: Never, containers: [{name: a, image: busybox, command: [sh, -c, \
      "echo -n left > /dev/termination-log; exit 3"]}, {name: b, image: busybox, command: [sh, -c, \
      "echo printed; exit 4"], terminationMessagePolicy: FallbackToLogsOnError}, {name: c, image: \
      busybox, command: [sh, -c, "echo elsewhere > /tmp/m"], terminationMessagePath: /tmp/m}]}
      """,
    line: "kubectl get pod p -o jsonpath='{.status.containerStatuses[*].state.terminated.message}'",
    words: ["left printed\n elsewhere\n"]),
  PodRule(
    name: "a deadline ends the Pod",
    spec:
      "{activeDeadlineSeconds: 10, terminationGracePeriodSeconds: 1, containers: [{name: c, \(sleepingBox)}]}",
    line:
      "kubectl get pod p -o jsonpath='{.status.phase} {.status.reason} {.status.message}'; kubectl get events | grep Deadline",
    words: [
      "Failed DeadlineExceeded Pod was active on the node longer than the specified deadline",
      "Normal   DeadlineExceeded",
    ]),
  PodRule(
    name: "a safe sysctl is set, others are forbidden",
    spec:
      "{securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: \"0\"}]}, containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl exec p -- sysctl net.ipv4.tcp_syncookies net.ipv4.ip_unprivileged_port_start",
    words: ["net.ipv4.tcp_syncookies = 0\nnet.ipv4.ip_unprivileged_port_start = 0\n"]),
  PodRule(
    name: "an unsafe sysctl is forbidden",
    spec:
      "{securityContext: {sysctls: [{name: net.core.somaxconn, value: \"1024\"}]}, containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl get pod p; kubectl get pod p -o jsonpath={.status.message}",
    words: [
      "SysctlForbidden",
      "Pod was rejected: forbidden sysctl: \"net.core.somaxconn\" not allowlisted",
    ]),
  PodRule(
    name: "who names a node that is too small is refused by its kubelet",
    spec:
      "{nodeName: controlplane, containers: [{name: c, \(sleepingBox), resources: {requests: {cpu: \"64\"}}}]}",
    line: "kubectl get pod p; kubectl describe pod p",
    words: ["OutOfcpu", "Node didn't have enough resource: cpu, requested: 64000, used: "]),
  PodRule(
    name: "an emptyDir over its limit evicts the Pod",
    spec: """
      {volumes: [{name: d, emptyDir: {sizeLimit: 2Mi}}], containers: [{name: c, image: busybox, \
      command: [sh, -c, "dd if=/dev/zero of=/d/f bs=1M count=3; sleep 3600"], volumeMounts: \
      [{name: d, mountPath: /d}]}]}
      """, wait: 30,
    line: "kubectl get pod p; kubectl get pod p -o jsonpath='{.status.reason} {.status.message}'",
    words: ["Error", "Evicted Usage of EmptyDir volume \"d\" exceeds the limit \"2Mi\". "]),
  PodRule(
    name: "a container over its ephemeral storage evicts the Pod",
    spec: """
      {containers: [{name: c, image: busybox, command: [sh, -c, \
      "dd if=/dev/zero of=/f bs=1M count=3; sleep 3600"], resources: {limits: {ephemeral-storage: 2Mi}}}]}
      """, wait: 30,
    line: "kubectl describe pod p",
    words: ["Pod ephemeral local storage usage exceeds the total limit of containers 2Mi."]),
  PodRule(
    name: "containers start one after the other, each after the hook of the one before",
    spec: """
      {containers: [{name: a, \(sleepingBox), lifecycle: {postStart: {exec: {command: [sleep, "5"]}}}}, \
      {name: b, \(sleepingBox)}]}
      """, wait: 4, line: "kubectl get pod p", words: ["0/2     ContainerCreating"]),
  PodRule(
    name: "a failed postStart hook is told without its output, and ends the container",
    spec:
      "{containers: [{name: a, \(sleepingBox), lifecycle: {postStart: {exec: {command: [sh, -c, \"echo no; exit 2\"]}}}}]}",
    line: "kubectl describe pod p",
    words: ["FailedPostStartHook  ", "kubelet            PostStartHook failed\n"]),
  PodRule(
    name: "a probe that cannot be made counts neither way",
    spec:
      "{containers: [{name: c, \(sleepingBox), livenessProbe: {exec: {command: [nope]}, periodSeconds: 1, failureThreshold: 1}}]}",
    line: "kubectl get pod p; kubectl describe pod p",
    words: [
      "1/1     Running   0",
      "Liveness probe errored and resulted in unknown state: rpc error: code "
        + "= Unknown desc = failed to exec in container: failed to start exec \"",
    ]),
  PodRule(
    name: "missing pull secrets are told",
    spec: "{imagePullSecrets: [{name: a}, {name: b}], containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl describe pod p",
    words: [
      "Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not "
        + "succeed."
    ]),
  PodRule(
    name: "capabilities are root's alone, the bounding set is everybody's",
    spec:
      "{securityContext: {runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, \(sleepingBox), securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [NET_ADMIN]}}}]}",
    line: "kubectl exec p -- grep -E 'Cap(Eff|Bnd)|NoNew|Seccomp:' /proc/1/status",
    words: [
      "CapEff:\t0000000000000000\nCapBnd:\t00000000a80435fb\nNoNewPrivs:\t1\nSeccomp:\t2\n"
    ]),
  PodRule(
    name: "NET_ADMIN and SYS_TIME are what their names say",
    spec:
      "{containers: [{name: c, \(sleepingBox), securityContext: {capabilities: {drop: [CHOWN]}}}]}",
    line:
      "kubectl exec p -- sh -c 'ip link add d0 type dummy; date -s \"2030-01-01 00:00\"; touch /f; chown 5 /f'",
    words: [
      "ip: RTNETLINK answers: Operation not permitted",
      "date: can't set date: Operation not permitted",
      "chown: /f: Operation not permitted",
    ]),
  PodRule(
    name: "an HTTPS probe of a server of HTTP fails",
    spec:
      "{containers: [{name: c, image: nginx, readinessProbe: {httpGet: {port: 80, scheme: HTTPS}}}]}",
    line: "kubectl get pod p; kubectl describe pod p",
    words: ["0/1     Running", ":80/\": http: server gave HTTP response to HTTPS client"]),
  PodRule(
    name: "a gRPC probe of a server of HTTP waits until its time is up",
    spec: "{containers: [{name: c, image: nginx, readinessProbe: {grpc: {port: 80}}}]}",
    line: "kubectl get pod p; kubectl describe pod p",
    words: ["0/1     Running", ":80\" within 1s: context deadline exceeded"]),
  PodRule(
    name: "a gRPC probe of nothing waits until its time is up",
    spec: "{containers: [{name: c, image: nginx, readinessProbe: {grpc: {port: 81}}}]}",
    line: "kubectl describe pod p", words: [":81\" within 1s: context deadline exceeded"]),
  PodRule(
    name: "a gRPC probe of etcd passes",
    spec:
      "{containers: [{name: c, image: \"registry.k8s.io/etcd:3.5.1-0\", command: [etcd, --listen-client-urls, "
      + "\"http://0.0.0.0:2379\", --advertise-client-urls, \"http://127.0.0.1:2379\"], "
      + "readinessProbe: {grpc: {port: 2379}}}]}",
    line: "kubectl get pod p", words: ["1/1     Running"]),
  PodRule(
    name: "an ephemeral container sees its target's processes",
    spec: "{containers: [{name: web, image: nginx}]}",
    line: "kubectl debug p --image=busybox --target=web -c d -- ps; sleep 5; kubectl logs p -c d",
    words: ["1 root      0:00 nginx: master process nginx -g daemon off;", "nginx: worker process"]),
]

@Test("a Pod's specification shows in its containers", arguments: cases)
private func rules(_ rule: PodRule) {
  rule.check()
}

extension PodRule {
  /// Plays the rule on a cluster of one node.
  func check() {
    let cluster = Cluster(.single, seed: 3)
    let manifest =
      "cat <<'X' | kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
      + "spec: \(spec)\nX\nsleep \(wait)"
    let made = cluster.shell.run(manifest)
    let result = cluster.shell.run(line)
    let shown = result.output + result.errors
    for part in words { #expect(shown.contains(part), "\(made.errors)\(shown)") }
  }
}

@Test("a container is resized in place, or restarted where its policy wants that")
func resizing() {
  let cluster = Cluster(.single, seed: 3)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  _ = run(
    """
    cat <<'X' | kubectl apply -f -
    apiVersion: v1
    kind: Pod
    metadata: {name: p}
    spec:
      containers:
      - name: c
        image: busybox
        command: [sh, -c, 'trap exit TERM; while true; do sleep 1; done']
        resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}}
        resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]
    X
    kubectl wait --for=condition=Ready pod/p
    """)
  let patch = "kubectl patch pod p --subresource resize -p"
  _ = run(
    "\(patch) '{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"limits\":{\"cpu\":\"300m\"}}}]}}'; sleep 3"
  )
  let state = "kubectl get pod p -o jsonpath='{.status.containerStatuses[0]"
  #expect(
    run("\(state).resources.limits.cpu} {.status.containerStatuses[0].restartCount}'") == "300m 0")
  #expect(run("kubectl exec p -- cat /sys/fs/cgroup/cpu.max") == "30000 100000\n")
  #expect(
    run("kubectl describe pod p").contains(
      "Pod resize completed: {\"containers\":[{\"name\":\"c\",\"resources\":{\"limits\":{\"cpu\":\"300m\","
        + "\"memory\":\"64Mi\"},\"requests\":{\"cpu\":\"100m\",\"memory\":\"32Mi\"}}}],\"generation\":2}"
    ))
  _ = run(
    "\(patch) '{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"limits\":{\"memory\":\"96Mi\"}}}]}}'; sleep 10"
  )
  #expect(run("\(state).restartCount}'") == "1")
  #expect(run("kubectl exec p -- cat /sys/fs/cgroup/memory.max") == "100663296\n")
  _ = run(
    "\(patch) '{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"64\"},\"limits\":{\"cpu\":\"64\"}}}]}}'; sleep 3"
  )
  #expect(
    run(
      "kubectl get pod p -o jsonpath='{.status.conditions[?(@.type==\"PodResizePending\")].reason}'"
    )
      == "Infeasible")
}
