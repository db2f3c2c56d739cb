import Testing

@testable import KubeCluster

/// What learners do every day, line by line, on a cluster of one node.
@Suite struct EverydayTests {
  let cluster = Cluster(.single, seed: 5)

  private func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  private func start(_ name: String, _ options: String) {
    _ = run("kubectl run \(name) \(options)")
    _ = run("kubectl wait --for=condition=Ready pod/\(name) --timeout=2m")
  }

  @Test("an object read from the cluster is made again from its file")
  func again() {
    start("web", "--image=nginx")
    _ = run("kubectl get pod web -o yaml > web.yaml")
    #expect(
      run("kubectl replace --force -f web.yaml") == "pod \"web\" deleted\npod/web replaced\n")
    #expect(run("kubectl delete pod web; kubectl apply -f web.yaml").hasSuffix("pod/web created\n"))
  }

  @Test("nc talks in both directions, with an end to its patience")
  func netcat() {
    start("box", "--image=busybox --command -- sleep 3600")
    start("store", "--image=redis --port=6379 --expose")
    _ = run("sleep 2")
    #expect(
      run("kubectl exec box -- sh -c '(echo PING; sleep 1) | nc -w 2 store 6379'") == "+PONG\r\n")
    #expect(
      run("kubectl exec box -- sh -c 'nc -w 2 store 6379 < /dev/null; echo $?'") == "0\n")
    let served = "nc -l -p 99 -e echo hello & sleep 1; nc -w 1 127.0.0.1 99"
    #expect(run("kubectl exec box -- sh -c '\(served)'") == "hello\n")
  }

  @Test("an image's entrypoint gives its process to the server, which hears signals")
  func signals() {
    start("web", "--image=nginx")
    #expect(run("kubectl exec web -- sh -c 'cat /proc/1/cmdline'").hasPrefix("nginx"))
    _ = run("kubectl exec web -- sh -c 'kill 1'; sleep 5")
    #expect(
      run("kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount}'") == "1")
    _ = run(
      """
      kubectl patch pod web -p '{"metadata":{"labels":{"seen":"yes"}}}'
      """)
    #expect(
      run("SECONDS=0; kubectl delete pod web > /dev/null; test $SECONDS -lt 5; echo $?") == "0\n")
  }

  @Test("two servers of one Pod do not share a port, and a subPath shows one file")
  func files() {
    let site = "server { return 200 \"hey\\n\"; }"
    _ = run("kubectl create cm site --from-literal=default.conf='\(site)'")
    _ = run(
      """
      kubectl apply -f - <<END
      apiVersion: v1
      kind: Pod
      metadata: {name: part}
      spec:
        volumes: [{name: v, configMap: {name: site}}]
        containers:
        - name: web
          image: nginx
          volumeMounts:
          - {name: v, mountPath: /etc/nginx/conf.d/default.conf, subPath: default.conf}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: twins}
      spec:
        containers: [{name: a, image: nginx}, {name: b, image: nginx}]
      END
      sleep 15
      """)
    #expect(run("kubectl exec part -- sh -c 'ls /etc/nginx; curl -s localhost'").hasSuffix("hey\n"))
    #expect(run("kubectl logs twins -c b").contains("bind() to 0.0.0.0:80 failed (98:"))
  }

  @Test("metrics-server, once installed, tells what containers use")
  func metrics() {
    #expect(run("kubectl top nodes") == "error: Metrics API not available\n")
    let url =
      "https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/"
      + "components.yaml"
    _ = run("kubectl apply -f \(url)")
    start("busy", "--image=polinux/stress --command -- stress --cpu 1")
    _ = run("sleep 90")
    let service = "kubectl get apiservice v1beta1.metrics.k8s.io"
    #expect(run(service + " --no-headers").contains("True"))
    let cores = run("kubectl top pod busy --no-headers | awk '{print $2}'")
    #expect(["1000m\n", "1001m\n"].contains(cores), "\(cores)")
    #expect(run("kubectl top nodes --no-headers | wc -l") == "1\n")
    _ = run("kubectl delete service metrics-server -n kube-system; sleep 1")
    #expect(run(service + " -o jsonpath='{.status.conditions[0].reason}'") == "ServiceNotFound")
  }
}
