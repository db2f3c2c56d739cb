import Testing

@testable import KubeCluster

/// What a kubelet makes of Pods that do not go well, change or end.
private let cases: [PodRule] = [
  PodRule(
    name: "a hook that fails keeps its container from running, and says why",
    spec:
      "{containers: [{name: a, \(sleepingBox), lifecycle: {postStart: {exec: {command: [sh, -c, \"exit 2\"]}}}}]}",
    wait: 25,
    line:
      "kubectl get pod p; sleep 15; kubectl get pod p -o jsonpath='{.status.containerStatuses[0].state}'",
    words: [
      "0/1     ContainerCreating   0", "\"reason\":\"PostStartHookError\"",
      "Exec lifecycle hook ([sh -c exit 2]) for Container \\\"a\\\" in Pod \\\"p_default(",
      "failed - error: command 'sh -c exit 2' exited with 2: , message: \\\"\\\"",
    ]),
  PodRule(
    name: "a program that is not there waits for its next try",
    spec: "{containers: [{name: a, image: busybox, command: [nope]}]}", wait: 3,
    line: "kubectl get pod p; sleep 20; kubectl get pod p",
    words: ["0/1     RunContainerError", "0/1     CrashLoopBackOff"]),
  PodRule(
    name: "who never ran is not known to have ended",
    spec: "{activeDeadlineSeconds: 5, containers: [{name: a, image: \"nginx:nope\"}]}",
    line: "kubectl get pod p",
    words: ["0/1     ContainerStatusUnknown   0"]),
  PodRule(
    name: "a Pod that is deleted comes to a last phase",
    spec: "{containers: [{name: a, image: nginx}]}",
    line: "kubectl get pod p -w > w & kubectl delete pod p; sleep 1; cat w",
    words: ["1/1     Running", "1/1     Terminating", "0/1     Completed"]),
  PodRule(
    name: "a sidecar is told to end when those that it serves have ended",
    spec: """
      {initContainers: [{name: s, image: busybox, restartPolicy: Always, \
      command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 1; done"]}], \
      containers: [{name: c, \(sleepingBox)}]}
      """,
    line:
      "kubectl delete pod p --wait=false; sleep 10; kubectl get pod p -o jsonpath='{.status.initContainerStatuses[0].state}'",
    words: ["{\"running\":"]),
  PodRule(
    name: "a second deletion shortens the grace of the first",
    spec: "{containers: [{name: c, \(sleepingBox)}]}",
    line:
      "kubectl delete pod p --wait=false; kubectl delete pod p --grace-period=1 --wait=false; sleep 4; kubectl get pod p -o name 2>/dev/null || echo gone",
    words: ["gone\n"]),
  PodRule(
    name: "a probe's own grace ends its container, which does not come back where nothing may",
    spec: """
      {restartPolicy: Never, containers: [{name: c, \(sleepingBox), livenessProbe: \
      {exec: {command: ["false"]}, periodSeconds: 2, failureThreshold: 1, \
      terminationGracePeriodSeconds: 3}}]}
      """,
    line: "kubectl get pod p; kubectl describe pod p",
    words: ["0/1     Error", "Container c failed liveness probe\n"]),
  PodRule(
    name: "a container's rules say which exit codes start it again",
    spec: """
      {restartPolicy: Never, containers: [{name: c, image: busybox, restartPolicy: Never, \
      command: [sh, -c, "sleep 2; exit 42"], restartPolicyRules: \
      [{action: Restart, exitCodes: {operator: In, values: [42]}}]}]}
      """,
    line:
      "kubectl get pod p -o jsonpath='{.status.phase} {.status.containerStatuses[0].restartCount}'",
    words: ["Running 2"]),
  PodRule(
    name: "a rule for all starts init containers and neighbours again, in the same Pod",
    spec: """
      {restartPolicy: Never, initContainers: [{name: i, image: busybox, command: [sh, -c, "echo x >> /d/log"], \
      volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, emptyDir: {}}], \
      containers: [{name: c, image: busybox, \
      volumeMounts: [{name: d, mountPath: /d}], \
      command: [sh, -c, "sleep 3; if [ $(wc -l < /d/log) -lt 3 ]; then exit 88; fi; sleep 3600"], \
      restartPolicy: Never, restartPolicyRules: \
      [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}, {name: next, \(sleepingBox)}]}
      """,
    wait: 3,
    line: """
      for i in 1 2 3 4 5 6; do kubectl get pod p -o jsonpath='{.status.conditions[?(@.type=="AllContainersRestarting")].reason} '; sleep 1; done; \
      sleep 25; kubectl get pod p -o jsonpath=' {.status.phase} {.status.containerStatuses[*].restartCount} \
      {.status.initContainerStatuses[0].restartCount} {.status.conditions[?(@.type=="AllContainersRestarting")].status} \
      {.status.containerStatuses[1].lastState.terminated.exitCode}'; kubectl exec p -c next -- true && kubectl exec p -c c -- cat /d/log
      """,
    words: ["RestartAllContainersStarted", " Running 2 2 2 False 137", "x\nx\nx\n"]),
  PodRule(
    name: "a Pod with users of its own has the first free range of ids",
    spec: "{hostUsers: false, containers: [{name: c, \(sleepingBox)}]}",
    line: """
      kubectl exec p -- cat /proc/self/uid_map /proc/1/gid_map; kubectl run q --image=busybox -- sleep 1d; \
      kubectl wait --for=condition=Ready pod/q; kubectl exec q -- cat /proc/self/uid_map
      """,
    words: [
      "         0      65536      65536\n         0      65536      65536\n",
      "         0          0 4294967295\n",
    ]),
  PodRule(
    name: "a variable comes from a file that an init container wrote",
    spec: """
      {initContainers: [{name: i, image: busybox, volumeMounts: [{name: d, mountPath: /d}], \
      command: [sh, -c, "echo \\"# all\\n A = 'one two'\\nB='x\\ny'\\" > /d/e.env; echo C=1 > /d/bad.env"]}], \
      volumes: [{name: d, emptyDir: {}}], \
      containers: [{name: c, \(sleepingBox), env: [{name: FIRST, valueFrom: {fileKeyRef: {volumeName: d, path: e.env, key: A}}}, \
      {name: SECOND, value: "<$(FIRST)>"}, \
      {name: THIRD, valueFrom: {fileKeyRef: {volumeName: d, path: e.env, key: Z, optional: true}}}]}, \
      {name: m, \(sleepingBox), env: [{name: A, valueFrom: {fileKeyRef: {volumeName: d, path: e.env, key: Z}}}]}, \
      {name: b, \(sleepingBox), env: [{name: A, valueFrom: {fileKeyRef: {volumeName: d, path: bad.env, key: C}}}]}]}
      """,
    line: "kubectl exec p -c c -- env; kubectl describe pod p",
    words: [
      "FIRST=one two\n", "SECOND=<one two>\n",
      "Error: environment variable key \"Z\" not found in file \"/var/lib/kubelet/pods/",
      "/volumes/kubernetes.io~empty-dir/d/e.env\"", "Error: couldn't parse env file",
      "CreateContainerConfigError",
    ]),
  PodRule(
    name: "an image is a volume that nobody can write",
    spec: """
      {volumes: [{name: v, image: {reference: "nginx:1.27"}}], containers: [{name: c, \(sleepingBox), \
      volumeMounts: [{name: v, mountPath: /image}, {name: v, mountPath: /conf, subPath: etc/nginx}]}]}
      """,
    wait: 25,
    line:
      "kubectl exec p -- sh -c 'head -1 /image/etc/os-release; ls /conf; touch /image/x'; kubectl get events",
    words: [
      "PRETTY_NAME=\"Debian GNU/Linux", "nginx.conf", "Read-only file system",
      "Pulling image \"nginx:1.27\"",
    ]),
  PodRule(
    name: "a container waits for an image volume that cannot be pulled",
    spec: """
      {volumes: [{name: v, image: {reference: "nginx:nope"}}], containers: [{name: c, \(sleepingBox), \
      volumeMounts: [{name: v, mountPath: /image}]}, {name: d, \(sleepingBox)}]}
      """,
    line:
      "kubectl get pod p -o jsonpath='{.status.containerStatuses[*].state}'; kubectl get events",
    words: [
      "\"reason\":\"ImagePullBackOff\"", "\"running\":", "Failed to pull image \"nginx:nope\"",
    ]),
  PodRule(
    name: "resources of the Pod as a whole are told of, and resized",
    spec: """
      {resources: {requests: {cpu: 200m, memory: 100Mi}, limits: {cpu: 500m, memory: 200Mi}}, \
      containers: [{name: c, \(sleepingBox)}]}
      """,
    line: """
      kubectl get pod p -o jsonpath='{.status.resources.limits.cpu} {.status.allocatedResources}'; \
      kubectl patch pod p --subresource resize -p '{"spec":{"resources":{"requests":{"cpu":"300m"},"limits":{"cpu":"900m"}}}}'; \
      sleep 5; kubectl get pod p -o jsonpath='{.status.resources.limits.cpu} {.status.allocatedResources.cpu}'; \
      kubectl patch pod p --subresource resize -p '{"spec":{"resources":{"requests":{"cpu":"40"},"limits":{"cpu":"40"}}}}'; \
      sleep 5; kubectl get pod p -o jsonpath='{.status.allocatedResources.cpu} {.status.conditions[?(@.type=="PodResizePending")].reason}'
      """,
    words: ["500m {\"cpu\":\"200m\",\"memory\":\"100Mi\"}", "900m 300m", "300m Infeasible"]),
  PodRule(
    name: "init containers are listed as they were written",
    spec: """
      {initContainers: [{name: z, image: busybox}, {name: s, restartPolicy: Always, \(sleepingBox)}, \
      {name: a, image: busybox}], containers: [{name: c, \(sleepingBox)}]}
      """,
    line: "kubectl get pod p -o jsonpath='{.status.initContainerStatuses[*].name}'",
    words: ["z s a"]),
  PodRule(
    name: "all gates that are closed are told of, and one that opens is seen",
    spec:
      "{readinessGates: [{conditionType: a/b}, {conditionType: c/d}], containers: [{name: c, \(sleepingBox)}]}",
    line: """
      kubectl get pod p -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}'; echo; \
      kubectl patch pod p --subresource=status -p '{"status":{"conditions":[{"type":"a/b",\
      "status":"True"},{"type":"c/d","status":"True"}]}}'; sleep 2; kubectl get pod p \
      -o jsonpath='Ready {.status.conditions[?(@.type=="Ready")].status}'
      """,
    words: [
      "corresponding condition of pod readiness gate \"a/b\" does not exist., corresponding "
        + "condition of pod readiness gate \"c/d\" does not exist.\n", "Ready True",
    ]),
  PodRule(
    name: "who debugs need not wait for an init container",
    spec:
      "{initContainers: [{name: i, \(sleepingBox)}], containers: [{name: c, \(sleepingBox)}]}",
    line:
      "kubectl debug p --image=busybox -c dbg -- sleep 100; sleep 5; kubectl get pod p -o jsonpath='{.status.ephemeralContainerStatuses[0].state}'",
    words: ["{\"running\":"]),
  PodRule(
    name: "a node refuses who chose it and does not match",
    spec: """
      {nodeName: controlplane, containers: [{name: c, \(sleepingBox)}], affinity: {nodeAffinity: \
      {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: \
      [{matchExpressions: [{key: nowhere, operator: Exists}]}]}}}}
      """,
    line: "kubectl get pod p; kubectl get pod p -o jsonpath='{.status.message}'",
    words: [
      "0/1     NodeAffinity",
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node "
        + "affinity/selector",
    ]),
  PodRule(
    name: "a resize tells of all containers of the Pod in one event",
    spec:
      "{containers: [{name: a, \(sleepingBox), resources: {requests: {cpu: 10m}}}, {name: b, \(sleepingBox)}]}",
    line: """
      kubectl patch pod p --subresource=resize -p '{"spec":{"containers":[{"name":"a",\
      "resources":{"requests":{"cpu":"20m"}}}]}}'; sleep 5; kubectl describe pod p
      """,
    words: [
      "Pod resize started: {\"containers\":[{\"name\":\"a\",\"resources\":{\"requests\":"
        + "{\"cpu\":\"20m\"}}},{\"name\":\"b\",\"resources\":{}}],\"generation\":2}\n"
    ]),
  PodRule(
    name: "capital letters are no part of an image's name",
    spec: "{containers: [{name: c, image: NGINX}]}", line: "kubectl describe pod p",
    words: [
      "couldn't parse image name \"NGINX\": invalid reference format: repository name "
        + "(library/NGINX) must be lowercase"
    ]),
  PodRule(
    name: "a Pod of a domain knows its whole name",
    spec: "{subdomain: s, containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl exec p -- cat /etc/hosts; kubectl exec p -- hostname -f",
    words: ["\tp.s.default.svc.cluster.local\tp\n", "\np.s.default.svc.cluster.local\n"]),
  PodRule(
    name: "a Pod may go by its whole name",
    spec:
      "{subdomain: s, hostname: h, setHostnameAsFQDN: true, containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl exec p -- hostname; kubectl exec p -- cat /etc/hosts",
    words: ["h.s.default.svc.cluster.local\n", "\th.s.default.svc.cluster.local\th\n"]),
  PodRule(
    name: "a folder cannot be mounted on a file",
    spec: """
      {volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: nginx, volumeMounts: \
      [{name: v, mountPath: /etc/nginx/nginx.conf}]}]}
      """,
    line: "kubectl describe pod p",
    words: [
      "error during container init: error mounting \"/var/lib/kubelet/pods/",
      "/volumes/kubernetes.io~empty-dir/v\" to rootfs at \"/etc/nginx/nginx.conf\": mount src=",
      "dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a "
        + "directory",
    ]),
  PodRule(
    name: "a projected volume tells of all that is missing",
    spec: """
      {volumes: [{name: v, projected: {sources: [{configMap: {name: nope}}, {secret: {name: gone}}]}}], \
      containers: [{name: c, \(sleepingBox)}]}
      """,
    line: "kubectl describe pod p",
    words: [
      "MountVolume.SetUp failed for volume \"v\" : [configmap \"nope\" not found, secret \"gone\" not "
        + "found]\n"
    ]),
  PodRule(
    name: "a driver that nobody installed makes no volume",
    spec: "{volumes: [{name: v, csi: {driver: x.y.z}}], containers: [{name: c, \(sleepingBox)}]}",
    line: "kubectl describe pod p",
    words: [
      "volume mode \"Ephemeral\" not supported by driver x.y.z (no CSIDriver object)\n"
    ]),
  PodRule(
    name: "files of a ConfigMap are behind a folder of their moment",
    spec:
      "{volumes: [{name: v, configMap: {name: kube-root-ca.crt}}], containers: [{name: c, \(sleepingBox), volumeMounts: [{name: v, mountPath: /v}]}]}",
    line: "kubectl exec p -- readlink /v/..data", words: ["..2026_"]),
  PodRule(
    name: "a probe of a port that nobody named counts neither way",
    spec:
      "{containers: [{name: c, image: nginx, livenessProbe: {httpGet: {port: nosuch}, periodSeconds: 1, failureThreshold: 1}}]}",
    line: "kubectl get pod p; kubectl describe pod p",
    words: [
      "1/1     Running   0",
      "Liveness probe errored and resulted in unknown state: strconv.Atoi: parsing \"nosuch\": "
        + "invalid syntax\n",
    ]),
  PodRule(
    name: "a deadline that is set later counts from the start",
    spec: "{containers: [{name: c, \(sleepingBox)}]}",
    line: """
      kubectl patch pod p -p '{"spec":{"activeDeadlineSeconds":10}}'; sleep 40; kubectl get pod p \
      -o jsonpath='{.status.phase} {.status.reason}'
      """, words: ["Failed DeadlineExceeded"]),
  PodRule(
    name: "a container of another image starts again, whatever the policy",
    spec: "{restartPolicy: Never, containers: [{name: c, image: nginx}]}",
    line: "kubectl set image pod/p c=httpd; sleep 10; kubectl get pod p",
    words: ["1/1     Running   1 ("]),
]

@Test("a kubelet tells how its Pods get on", arguments: cases)
private func rules(_ rule: PodRule) { rule.check() }
