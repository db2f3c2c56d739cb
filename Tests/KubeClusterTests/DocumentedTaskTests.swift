import Testing

@testable import KubeCluster

/// Pages of the documentation, worked through.
@Suite struct DocumentedTaskTests {
  private let desk = SurgeryDesk(.single)

  private func run(_ line: String) -> String { desk.run(line) }

  @Test("redis obeys the configuration that a ConfigMap mounts, and keeps lists")
  func redis() {
    _ = run(
      """
      kubectl create cm example-redis-config --from-literal=redis-config="$(printf 'maxmemory 2mb\\nmaxmemory-policy allkeys-lru\\n')"
      kubectl apply -f https://raw.githubusercontent.com/kubernetes/website/main/content/en/examples/pods/config/redis-pod.yaml
      kubectl wait --for=condition=Ready pod/redis
      """)
    let ask = "kubectl exec redis -- redis-cli "
    #expect(run(ask + "CONFIG GET maxmemory") == "maxmemory\n2097152\n")
    #expect(run(ask + "CONFIG GET 'maxmemory-*'") == "maxmemory-policy\nallkeys-lru\n")
    #expect(
      run(ask + "CONFIG SET maxmemory 1m; \(ask) config get maxmemory")
        == "OK\nmaxmemory\n1000000\n")
    #expect(
      run(ask + "rpush job apple banana; \(ask) lpush job first; \(ask) lrange job 0 -1")
        == "2\n3\nfirst\napple\nbanana\n")
    #expect(
      run(ask + "lpop job; \(ask) rpop job; \(ask) llen job; \(ask) get job")
        == "first\nbanana\n1\nWRONGTYPE Operation against a key holding the wrong kind of value\n")
    #expect(run(ask + "nope a") == "ERR unknown command 'NOPE', with args beginning with: 'a' \n")
  }

  @Test("what somebody told of a node is for Pods as soon as its kubelet has looked")
  func extendedResources() {
    _ = run(
      "kubectl patch node controlplane --subresource=status --type=json "
        + "-p='[{\"op\":\"add\",\"path\":\"/status/capacity/example.com~1dongle\",\"value\":\"4\"}]'; sleep 12"
    )
    let amount =
      "kubectl get node controlplane -o jsonpath='{.status.allocatable.example\\.com/dongle}'"
    #expect(run(amount) == "4")
    #expect(
      run(
        "kubectl apply -f https://k8s.io/examples/pods/resource/extended-resource-pod.yaml; "
          + "kubectl wait --for=condition=Ready pod/extended-resource-demo --timeout=60s"
      ).hasSuffix("condition met\n"))
    _ = run(
      "kubectl patch node controlplane --subresource=status --type=json "
        + "-p='[{\"op\":\"remove\",\"path\":\"/status/capacity/example.com~1dongle\"}]'; sleep 12")
    #expect(run(amount).isEmpty)
  }

  @Test("a copy for debugging runs the command that was given, without the old arguments")
  func copies() {
    _ = run("kubectl run app --image=busybox -- false; sleep 3")
    _ = run("kubectl debug app --copy-to=a --container=app -- echo hello")
    _ = run("kubectl debug app --copy-to=b --container=app --arguments-only -- true")
    #expect(
      run(
        "for p in a b; do kubectl get po $p -o jsonpath='{.spec.containers[0].command}{.spec.containers[0].args} '; done"
      )
        == "[\"echo\",\"hello\"] [\"true\"] ")
  }

  @Test("an endpoint that ends serves on, and is not ready")
  func termination() {
    _ = run(
      """
      kubectl apply -f https://k8s.io/examples/service/pod-with-graceful-termination.yaml
      kubectl apply -f https://k8s.io/examples/service/explore-graceful-termination-nginx.yaml
      kubectl wait --for=condition=Available deploy/nginx-deployment; sleep 1
      kubectl delete pod -l app=nginx --wait=false; sleep 10
      """)
    let slices = "kubectl get endpointslice -l kubernetes.io/service-name=nginx-service "
    #expect(
      run(
        slices + "-o jsonpath='{.items[0].endpoints[?(@.conditions.terminating==true)].conditions}'"
      )
        == "{\"ready\":false,\"serving\":true,\"terminating\":true}")
  }
}
