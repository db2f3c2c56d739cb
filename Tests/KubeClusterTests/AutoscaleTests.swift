import Testing

@testable import KubeCluster

/// What `kubectl autoscale` aims at, as kubectl 1.36.4 printed it.
@Suite struct AutoscaleTests {
  private static let cpu = "{\"resource\":{\"name\":\"cpu\",\"target\":"
  private static let memory = "{\"resource\":{\"name\":\"memory\",\"target\":"

  private static func share(_ percent: Int) -> String {
    "{\"averageUtilization\":\(percent),\"type\":\"Utilization\"}},\"type\":\"Resource\"}"
  }
  private static func amount(_ text: String) -> String {
    "{\"averageValue\":\"\(text)\",\"type\":\"AverageValue\"}},\"type\":\"Resource\"}"
  }

  static let lines: [(String, String)] = [
    ("--cpu-percent=50", "[\(cpu)\(share(50))]\n"), ("--cpu=50%", "[\(cpu)\(share(50))]\n"),
    ("--cpu=500m --memory=200", "[\(cpu)\(amount("500m")),\(memory)\(amount("200Mi"))]\n"),
    ("--cpu=500", "[\(cpu)\(amount("500m"))]\n"), ("--memory=70%", "[\(memory)\(share(70))]\n"),
    ("--memory=1Gi", "[\(memory)\(amount("1Gi"))]\n"), ("", "\n"), ("--cpu=", "\n"),
    ("--cpu=abc", "error: invalid resource cpu value: abc\n"),
    ("--memory=-5%", "error: invalid percentage value: -5\n"),
    ("--cpu=1.5%", "error: invalid percentage value: 1.5\n"),
    ("--cpu-percent=5 --cpu=5%", "error: --cpu-percent and --cpu are mutually exclusive\n"),
  ]

  @Test("autoscale takes shares and amounts of processor time and memory")
  func targets() {
    let cluster = Cluster(.plain, seed: 5)
    _ = cluster.shell.run("kubectl create deployment web --image=nginx")
    for (flags, wanted) in Self.lines {
      let result = cluster.shell.run(
        "kubectl autoscale deploy web --max=5 \(flags) --dry-run=client "
          + "-o jsonpath='{.spec.metrics}{\"\\n\"}'")
      #expect(result.output + result.errors == wanted, "\(flags)")
    }
  }

  @Test("the example of the documentation scales out under the load of one client")
  func example() {
    let cluster = Cluster(.kubeadm, seed: 5)
    let made = cluster.shell.run(
      """
      kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml
      kubectl -n kube-system patch deploy metrics-server --type=json -p='[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--kubelet-insecure-tls"}]'
      kubectl apply -f https://k8s.io/examples/application/php-apache.yaml
      kubectl autoscale deployment php-apache --cpu=50% --min=1 --max=10
      kubectl wait --for=condition=Available deploy/php-apache
      kubectl run load --image=busybox:1.28 --restart=Never -- /bin/sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"
      sleep 100
      """)
    #expect(made.status == 0, "\(made.errors)")
    let shown = cluster.shell.run(
      "kubectl get hpa php-apache -o jsonpath='{.status.desiredReplicas}'")
    #expect((Int(shown.output) ?? 0) > 3, "\(shown.output)\(shown.errors)")
    #expect(
      cluster.shell.run("kubectl describe hpa php-apache").output.contains(
        "reason: cpu resource utilization (percentage of request) above target"))
  }
}
