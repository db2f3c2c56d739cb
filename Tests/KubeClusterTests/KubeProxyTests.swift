import Simulation
import Testing

@testable import KubeCluster

/// What a kube-proxy does, and what is left when it does not run.
@Suite struct KubeProxyTests {
  private static let ask = "kubectl exec box -- wget -qO- -T 2 http://"

  @Test("a broken kube-proxy leaves old Services as they were, and new ones lead nowhere")
  func stale() {
    let cluster = Cluster.shop()
    let broken = cluster.shell.run(
      """
      kubectl -n kube-system get ds kube-proxy -o yaml \
        | sed 's|kube-proxy/config.conf|kube-proxy/configuration.conf|' | kubectl apply -f -
      kubectl -n kube-system delete pod -l k8s-app=kube-proxy
      sleep 60
      kubectl -n kube-system get pods -l k8s-app=kube-proxy
      kubectl -n kube-system logs ds/kube-proxy
      kubectl expose pod web --name=late --port=80
      sleep 1
      """)
    #expect(broken.output.contains("CrashLoopBackOff"), "\(broken)")
    #expect(
      broken.output.contains(
        "\"command failed\" err=\"failed complete: open /var/lib/kube-proxy/configuration.conf: no "
          + "such file or directory\""), "\(broken)")
    #expect(cluster.shell.run(Self.ask + "web").output.contains("Welcome to nginx!"))
    #expect(cluster.shell.run(Self.ask + "late").status != 0)
    let trace = cluster.shell.run("trace from box to late:80")
    #expect(
      trace.output.contains("has no rules for Service default/late: kube-proxy does not run there"),
      "\(trace)")
    // The list on the node knows the one and not the other.
    let place = cluster.shell.run("kubectl get pod box -o jsonpath='{.spec.nodeName}'").output
    let rules = cluster.shell.run("ssh \(place) sudo iptables-save -t nat").output
    #expect(rules.contains("default/web cluster IP"), "\(rules)")
    #expect(!rules.contains("default/late"), "\(rules)")
    _ = cluster.shell.run(
      """
      kubectl -n kube-system get ds kube-proxy -o yaml \
        | sed 's|kube-proxy/configuration.conf|kube-proxy/config.conf|' | kubectl apply -f -
      kubectl -n kube-system delete pod -l k8s-app=kube-proxy
      kubectl -n kube-system rollout status ds/kube-proxy
      sleep 5
      """)
    #expect(cluster.shell.run(Self.ask + "late").output.contains("Welcome to nginx!"))
    #expect(
      cluster.shell.run("ssh \(place) sudo iptables-save -t nat").output.contains("default/late"))
  }

  @Test("endpoints that change while no kube-proxy runs are not heard of")
  func goneEndpoint() {
    let cluster = Cluster.shop()
    _ = cluster.shell.run(
      """
      kubectl -n kube-system delete ds kube-proxy
      sleep 40
      kubectl delete pod web --now
      kubectl run web --image=nginx --port=80
      kubectl wait --for=condition=Ready pod/web --timeout=60s
      """)
    #expect(cluster.shell.run(Self.ask + "web").status != 0)
    let trace = cluster.shell.run("trace from box to web:80").output
    #expect(trace.contains("kube-proxy does not run on"), "\(trace)")
  }

  @Test(
    "what is wrong in its configuration is told as kube-proxy tells it",
    arguments: [
      ("mode: \"\"", "mode: iptable", "Mode: Invalid value: \\\"iptable\\\": must be iptables,"),
      ("kind: KubeProxy", "kind: Proxy", "no kind \\\"ProxyConfiguration\\\" is registered"),
      (
        "kube-proxy/kubeconfig.conf", "kube-proxy/kubeconfig",
        "stat /var/lib/kube-proxy/kubeconfig: no such file or directory"
      ),
    ])
  func refusals(_ old: String, _ new: String, _ words: String) {
    let cluster = Cluster(.kubeadm, seed: 1)
    let told = cluster.shell.run(
      """
      kubectl -n kube-system get cm kube-proxy -o yaml | sed 's|\(old)|\(new)|' | kubectl replace -f -
      kubectl -n kube-system delete pod -l k8s-app=kube-proxy
      sleep 20
      kubectl -n kube-system logs ds/kube-proxy
      """)
    #expect(told.output.contains(words), "\(told)")
  }

  @Test("a mode is in force after the next start")
  func mode() {
    let cluster = Cluster.shop()
    let change = """
      kubectl -n kube-system get cm kube-proxy -o yaml | sed 's|mode: ""|mode: ipvs|' \
        | kubectl apply -f -
      sleep 5
      """
    _ = cluster.shell.run(change)
    let before = cluster.shell.run("ssh node01 sudo ipvsadm -Ln").output
    #expect(!before.contains("10.96.0.1:443"), "\(before)")
    _ = cluster.shell.run(
      "kubectl -n kube-system rollout restart ds/kube-proxy; sleep 60")
    let after = cluster.shell.run("ssh node01 sudo ipvsadm -Ln").output
    #expect(after.contains("10.96.0.1:443"), "\(after)")
    #expect(cluster.shell.run("kubectl -n kube-system logs ds/kube-proxy").output.contains("ipvs"))
  }
}
