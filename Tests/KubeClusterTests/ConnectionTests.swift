import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

/// A cluster with two echoing Pods behind a Service, nginx, and a busybox to ask from.
private func shop(_ seed: UInt64 = 1) -> Cluster {
  let cluster = Cluster(.kubeadm, seed: seed)
  let made = cluster.shell.run(
    """
    kubectl create deployment web --image=nginx --replicas=2
    kubectl expose deployment web --port=80
    kubectl run box --image=busybox -- sleep 36000
    kubectl run tool --image=nicolaka/netshoot -- sleep 36000
    kubectl wait --for=condition=Ready pod --all --timeout=120s
    """)
  #expect(made.status == 0, "\(made)")
  return cluster
}

@Test("a Pod reaches a Service by its names, and a missing one not")
func services() {
  let cluster = shop()
  func box(_ line: String) -> (status: Int32, output: String, errors: String) {
    cluster.shell.run("kubectl exec box -- \(line)")
  }
  for name in ["web", "web.default", "web.default.svc", "web.default.svc.cluster.local"] {
    let answer = box("wget -qO- http://\(name)")
    #expect(answer.status == 0 && answer.output.contains("Welcome to nginx!"), "\(name) \(answer)")
  }
  let missing = box("wget -qO- -T 2 http://nope")
  #expect(missing.status == 1)
  #expect(missing.errors.hasPrefix("wget: bad address 'nope'\n"), "\(missing)")
  let curl = cluster.shell.run("kubectl exec tool -- curl -sS web:81 -m 3")
  #expect(curl.errors.hasPrefix("curl: (28) Connection timed out after 30"), "\(curl)")
}

@Test("a Service without ready endpoints refuses")
func refused() {
  let cluster = shop()
  _ = cluster.shell.run("kubectl scale deployment web --replicas=0; sleep 40")
  let curl = cluster.shell.run("kubectl exec tool -- curl -sS http://web")
  #expect(curl.errors.hasPrefix("curl: (7) Failed to connect to web port 80 after "), "\(curl)")
  #expect(curl.errors.contains("command terminated with exit code 7"))
}

@Test("a NodePort answers on every node, from nodes and from the workstation")
func nodePort() {
  let cluster = shop()
  let made = cluster.shell.run(
    "kubectl expose deployment web --name=np --type=NodePort --port=80; "
      + "kubectl get service np -o jsonpath='{.spec.ports[0].nodePort}'")
  let port = made.output.split(separator: "\n").last ?? ""
  for node in [10, 11, 12] {
    let answer = cluster.shell.run(
      "curl -s -o /dev/null -w '%{http_code}' http://192.168.56.\(node):\(port)")
    #expect(answer.output == "200", "\(answer)")
  }
}

@Test("a default-deny policy cuts a Pod off, DNS included, and a rule opens it again")
func policies() {
  let cluster = shop()
  let made = cluster.shell.run(
    """
    kubectl apply -f - <<EOF
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny}
    spec: {podSelector: {matchLabels: {run: box}}, policyTypes: [Egress]}
    EOF
    """)
  #expect(made.status == 0, "\(made)")
  let denied = cluster.shell.run("kubectl exec box -- wget -qO- -T 2 http://web")
  #expect(denied.errors.hasPrefix("wget: bad address 'web'\n"), "\(denied)")
  _ = cluster.shell.run(
    """
    kubectl apply -f - <<EOF
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: allow}
    spec:
      podSelector: {matchLabels: {run: box}}
      policyTypes: [Egress]
      egress:
      - to: [{podSelector: {matchLabels: {app: web}}}]
      - ports: [{port: 53, protocol: UDP}]
    EOF
    """)
  let open = cluster.shell.run("kubectl exec box -- wget -qO- -T 2 http://web")
  #expect(open.output.contains("Welcome to nginx!"), "\(open)")
}

@Test("names are answered by CoreDNS, and by nobody when it is gone")
func names() {
  let cluster = shop()
  let found = cluster.shell.run("kubectl exec tool -- nslookup kubernetes.default")
  #expect(found.output.contains("Address: 10.96.0.1\n"), "\(found)")
  let short = cluster.shell.run("kubectl exec tool -- dig +short web.default.svc.cluster.local")
  #expect(short.output.hasPrefix("10."), "\(short)")
  _ = cluster.shell.run("kubectl -n kube-system scale deployment coredns --replicas=0; sleep 60")
  let gone = cluster.shell.run("kubectl exec tool -- curl -sS http://web")
  #expect(
    gone.errors.hasPrefix("curl: (6) Could not resolve host: web\n")
      || gone.errors.hasPrefix("curl: (28) Resolving timed out"), "\(gone)")
}

@Test("the API server's certificate is checked by curl, and its anonymous answers come through")
func apiServer() {
  let cluster = shop()
  let plain = cluster.shell.run(
    "kubectl exec tool -- curl -sS https://kubernetes.default.svc/version")
  let distrust = "curl: (60) SSL certificate problem: unable to get local issuer certificate\n"
  #expect(plain.errors.hasPrefix(distrust), "\(plain)")
  let lax = cluster.shell.run(
    "kubectl exec tool -- curl -sk https://kubernetes.default.svc/version")
  #expect(lax.output.contains("\"major\": \"1\""), "\(lax)")
}

@Suite struct NameToolTests {
  private static func shop() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    _ = cluster.shell.run(
      """
      kubectl create deployment web --image=nginx --replicas=2
      kubectl expose deployment web --port=80 --name=web
      kubectl patch svc web -p '{"spec":{"ports":[{"name":"http","port":80}]}}'
      kubectl apply -f - <<EOF
      apiVersion: v1
      kind: Service
      metadata: {name: db}
      spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: db-0, labels: {app: db}}
      spec: {hostname: db-0, subdomain: db, containers: [{name: c, image: nginx}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: out}
      spec: {type: ExternalName, externalName: example.com}
      EOF
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl wait --for=condition=Ready pod --all --timeout=60s
      """)
    return cluster
  }

  @Test("dig, nslookup and host show what CoreDNS answers")
  func answers() {
    let cluster = Self.shop()
    func ask(_ line: String) -> String {
      cluster.shell.run("kubectl exec box -- \(line)").output
    }
    let web = cluster.shell.run("kubectl get svc web -o jsonpath={.spec.clusterIP}").output
    let pod = cluster.shell.run("kubectl get pod db-0 -o jsonpath={.status.podIP}").output
    let dashed = pod.replacing(".", with: "-")
    #expect(
      ask("dig +noall +answer web.default.svc.cluster.local")
        == "web.default.svc.cluster.local. 30 IN\tA\t\(web)\n")
    #expect(
      ask("dig +short SRV _http._tcp.web.default.svc.cluster.local")
        == "0 100 80 web.default.svc.cluster.local.\n")
    #expect(ask("dig +short db-0.db.default.svc.cluster.local") == "\(pod)\n")
    #expect(
      ask("dig +short SRV db.default.svc.cluster.local")
        == "0 100 5432 db-0.db.default.svc.cluster.local.\n")
    #expect(ask("dig +short -x \(web)") == "web.default.svc.cluster.local.\n")
    #expect(ask("dig +short -x \(pod)") == "db-0.db.default.svc.cluster.local.\n")
    #expect(ask("dig +short \(dashed).default.pod.cluster.local") == "\(pod)\n")
    #expect(ask("dig +short out.default.svc.cluster.local") == "example.com.\n93.184.215.14\n")
    #expect(ask("dig +short AAAA web.default.svc.cluster.local") == "")
    // An endpoint of a Service that has an address of its own has a name there too.
    let first = cluster.shell.run(
      "kubectl get pods -l app=web -o jsonpath={.items[0].status.podIP}"
    ).output
    let label = first.replacing(".", with: "-")
    #expect(ask("dig +short \(label).web.default.svc.cluster.local") == "\(first)\n")
    #expect(ask("dig +short -x \(first)") == "\(label).web.default.svc.cluster.local.\n")
    let missing = ask("dig nope.default.svc.cluster.local")
    #expect(missing.contains("status: NXDOMAIN"), "\(missing)")
    #expect(missing.contains("AUTHORITY: 1"))
    #expect(
      missing.contains(
        "cluster.local.\t\t30\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. "))
    let full = ask("dig kubernetes.default.svc.cluster.local")
    #expect(full.contains(";; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n"))
    #expect(full.contains(";kubernetes.default.svc.cluster.local. IN A\n"), "\(full)")
    #expect(full.contains(";; MSG SIZE  rcvd: 129\n"))
    #expect(
      ask("nslookup -type=SRV _http._tcp.web").contains(
        "_http._tcp.web.default.svc.cluster.local\tservice = 0 100 80 "
          + "web.default.svc.cluster.local.\n"))
    let told = ";; Got recursion not available from 10.96.0.10\n"
    #expect(
      ask("nslookup web") == told + "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
        + "Name:\tweb.default.svc.cluster.local\nAddress: \(web)\n" + told + "\n")
    #expect(
      ask("nslookup nosuch.default.svc.cluster.local")
        == told + told + told + told + "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
        + "** server can't find nosuch.default.svc.cluster.local: NXDOMAIN\n\n")
    #expect(
      ask("nslookup \(web)").contains("in-addr.arpa\tname = web.default.svc.cluster.local.\n"))
    #expect(ask("host web") == "web.default.svc.cluster.local has address \(web)\n")
  }

  @Test("a Corefile's rewrite, hosts and log lines are obeyed after the next reload")
  func corefile() {
    let cluster = Self.shop()
    _ = cluster.shell.run(
      """
      kubectl -n kube-system get cm coredns -o yaml | sed 's|^\\( *\\)errors|\\1log\\n\\1errors\\n\
      \\1rewrite name exact shop.test web.default.svc.cluster.local\\n\
      \\1hosts {\\n\\1  10.9.9.9 box.test\\n\\1  fallthrough\\n\\1}|' | kubectl apply -f -
      sleep 150
      """)
    func ask(_ line: String) -> String {
      cluster.shell.run("kubectl exec box -- \(line)").output
    }
    let web = cluster.shell.run("kubectl get svc web -o jsonpath={.spec.clusterIP}").output
    #expect(ask("dig +short shop.test") == "\(web)\n")
    #expect(ask("dig +short box.test") == "10.9.9.9\n")
    let logs = cluster.shell.run("kubectl -n kube-system logs -l k8s-app=kube-dns --tail=-1").output
    #expect(logs.contains("\"A IN box.test. udp"), "\(logs)")
  }
}
