import Simulation
import Testing

@testable import KubeCluster

/// trace, netpol and topology as a learner types them.
@Suite struct TraceTests {
  private static func shop() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    let made = cluster.shell.run(
      """
      kubectl run web --image=nginx --port=80 --expose
      kubectl run box --image=busybox -- sleep 36000
      kubectl create namespace far
      kubectl -n far run other --image=nginx --port=80 --expose
      kubectl wait --for=condition=Ready pod/web pod/box --timeout=60s
      """)
    #expect(made.status == 0, "\(made)")
    return cluster
  }

  private static func policy(_ cluster: Cluster, _ name: String, _ spec: String) {
    let made = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: \(name)}
      spec: \(spec)
      EOF
      """)
    #expect(made.status == 0, "\(made)")
  }

  @Test("a connection that arrives is told hop by hop")
  func arrives() {
    let cluster = Self.shop()
    let trace = cluster.shell.run("trace from box to http://web/")
    #expect(trace.status == 0)
    #expect(trace.output.contains("✔ resolve   web is web.default.svc.cluster.local, 10."))
    #expect(trace.output.contains("✔ endpoint  1 of 1 ready endpoints: Pod default/web, 10.244."))
    #expect(trace.output.hasSuffix("it arrives\n"), "\(trace)")
    let outside = cluster.shell.run("trace from node01 to web.default:80").output
    #expect(
      outside.contains("web.default: node01 does not ask the cluster's DNS"), "\(outside)")
  }

  @Test("the first hop that fails names object, field and the smallest change, which opens it")
  func refusedByPolicy() {
    let cluster = Self.shop()
    Self.policy(
      cluster, "deny",
      "{podSelector: {matchLabels: {run: web}}, ingress: [{from: [{podSelector: "
        + "{matchLabels: {run: box}}}], ports: [{port: 8080}]}]}")
    let trace = cluster.shell.run("trace from box to web:80")
    #expect(trace.status == 1)
    #expect(
      trace.output.contains("at NetworkPolicy default/deny, spec.ingress[0].ports\n"), "\(trace)")
    #expect(trace.output.contains("→ add {port: 80, protocol: TCP}\n"))
    Self.policy(
      cluster, "deny",
      "{podSelector: {matchLabels: {run: web}}, ingress: [{from: [{podSelector: "
        + "{matchLabels: {run: box}}}], ports: [{port: 8080}, {port: 80, protocol: TCP}]}]}")
    #expect(cluster.shell.run("trace from box to web:80").status == 0)
    #expect(cluster.shell.run("kubectl exec box -- wget -qO- -T 2 http://web").status == 0)
  }

  @Test(
    "what is wrong is told at its hop",
    arguments: [
      ("nothing", "web:81", "Service default/web has no port 81/TCP"),
      ("nothing", "other:80", "Service other is in namespace far: use other.far"),
      ("nothing", "nope:80", "there is no Service nope"),
      (
        "kubectl patch svc web -p '{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080}]}}'",
        "web:80", "nothing listens on port 8080 in Pod default/web"
      ),
      (
        "kubectl patch svc web -p '{\"spec\":{\"selector\":{\"run\":\"wep\"}}}'", "web:80",
        "no Pod in default has the labels run=wep"
      ),
      (
        "kubectl -n kube-system scale deploy coredns --replicas=0; sleep 40", "web:80",
        "Service kube-system/kube-dns has no endpoints"
      ),
    ])
  func failures(_ before: String, _ target: String, _ text: String) {
    let cluster = Self.shop()
    if before != "nothing" { _ = cluster.shell.run(before + "; sleep 1") }
    let trace = cluster.shell.run("trace from box to \(target)")
    #expect(trace.status == 1)
    #expect(trace.output.contains(text), "\(trace)")
  }

  @Test("egress that forgets DNS fails at the name, before anything else")
  func forgottenNames() {
    let cluster = Self.shop()
    Self.policy(
      cluster, "out",
      "{podSelector: {matchLabels: {run: box}}, policyTypes: [Egress], egress: [{to: "
        + "[{podSelector: {matchLabels: {run: web}}}]}]}")
    let trace = cluster.shell.run("trace from box to web:80")
    #expect(trace.output.contains("web is asked of name server 10.96.0.10, 53/UDP"), "\(trace)")
    #expect(
      trace.output.contains("✘ egress    egress of Pod default/box is isolated by NetworkPolicy"))
    #expect(trace.output.contains("kubernetes.io/metadata.name: kube-system"))
  }

  @Test("over a port of another node a Pod is seen as its node, by policies and by the server")
  func nodePort() {
    let cluster = Self.shop()
    let made = cluster.shell.run(
      "kubectl patch svc web -p '{\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80,"
        + "\"nodePort\":30080}]}}'"
    )
    #expect(made.status == 0, "\(made)")
    let rule = "{podSelector: {matchLabels: {run: web}}, ingress: [{from: [{podSelector: {}}"
    Self.policy(cluster, "in", rule + "]}]}")
    #expect(cluster.shell.run("trace from box to web:80").status == 0)
    // Through the control plane's port the sender is a node for whoever judges elsewhere.
    let trace = cluster.shell.run("trace from box to 192.168.56.10:30080")
    #expect(trace.status == 1)
    #expect(
      trace.output.contains("→ add {ipBlock: {cidr: 10.244.0.0/32}}"), "\(trace)")
    // Its packets to Pods of other nodes come from its end of the tunnel.
    Self.policy(cluster, "in", rule + ", {ipBlock: {cidr: 10.244.0.0/32}}]}]}")
    #expect(cluster.shell.run("trace from box to 192.168.56.10:30080").status == 0)
    let ask = "kubectl exec box -- wget -qO- -T 2 http://192.168.56.10:30080 > /dev/null"
    #expect(cluster.shell.run(ask).status == 0)
    #expect(cluster.shell.run("kubectl logs web").output.contains("10.244.0.0 - - ["))
    // The Pod's own policies see the node and its port.
    Self.policy(
      cluster, "out",
      "{podSelector: {matchLabels: {run: box}}, policyTypes: [Egress], egress: [{to: [{podSelector: "
        + "{}}]}]}")
    let out = cluster.shell.run("trace from box to 192.168.56.10:30080").output
    #expect(out.contains("cidr: 192.168.56.10/32"), "\(out)")
    #expect(out.contains("✘ egress"), "\(out)")
  }

  @Test("the table shows who may talk to whom")
  func table() {
    let cluster = Self.shop()
    Self.policy(cluster, "deny", "{podSelector: {matchLabels: {run: web}}}")
    let table = cluster.shell.run("netpol table").output
    let lines = table.split(separator: "\n").map(String.init)
    #expect(lines.first == "   FROM \\ TO  1  2  3")
    #expect(lines.dropFirst().first == "1  box        *  -  *", "\(table)")
  }

  @Test("the cluster is drawn as text and as a picture")
  func topology() {
    let cluster = Self.shop()
    let text = cluster.shell.run("topology").output
    #expect(text.contains("Service default/web  ClusterIP  10."), "\(text)")
    let made = cluster.shell.run("topology --svg net.svg && cat net.svg").output
    #expect(made.hasPrefix("net.svg written\n<svg xmlns="), "\(made.prefix(80))")
    #expect(made.hasSuffix("</svg>\n"))
    #expect(made.contains("default/web Running"))
  }
}
