import Testing

@testable import KubeCluster

/// tcpdump in debug containers and on nodes: packets that really go by.
@Suite struct PacketCaptureTests {
  /// A server on node02 behind a Service, and a client with tools on node01.
  private static func shop() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {app: web}}
      spec: {nodeName: node02, containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: box}
      spec:
        nodeName: node01
        containers: [{name: c, image: nicolaka/netshoot, command: [sleep, "36000"]}]
      EOF
      kubectl expose pod web --port=80
      kubectl wait --for=condition=Ready pod --all; sleep 1
      WEB=$(kubectl get svc web -o jsonpath='{.spec.clusterIP}')
      POD=$(kubectl get pod web -o jsonpath='{.status.podIP}')
      BOX=$(kubectl get pod box -o jsonpath='{.status.podIP}')
      """)
    #expect(made.status == 0, "\(made)")
    return cluster
  }

  /// What tcpdump prints while something else is done; addresses by what they are, no times.
  private static func capture(
    _ cluster: Cluster, _ place: String, _ options: String, while line: String
  ) -> String {
    cluster.shell.run(
      """
      \(place) timeout 5 tcpdump -t \(options) > dump 2> errors &
      sleep 1; \(line) > /dev/null 2>&1; sleep 6
      sed "s/$WEB/WEB/g; s/$POD/POD/g; s/$BOX/BOX/g" dump
      """
    ).output
  }

  @Test("a request is a handshake, segments with their acknowledgements, and the end")
  func request() {
    let cluster = Self.shop()
    let seen = Self.capture(
      cluster, "kubectl exec box --", "-nn -i eth0 tcp port 80",
      while: "kubectl exec box -- curl -s http://$WEB/")
    let lines = seen.split(separator: "\n").map(String.init)
    let marks = lines.compactMap { line in
      line.firstIndex(of: "[").map { line[$0...].prefix { $0 != "]" }.dropFirst() }
    }
    #expect(marks.prefix(5) == ["S", "S.", ".", "P.", "."], "\(seen)")
    #expect(marks.filter { $0 == "F." }.count == 2, "\(seen)")
    #expect(lines.first?.hasPrefix("IP BOX.3") == true, "\(seen)")
    #expect(lines.first?.contains(" > WEB.80: Flags [S], seq ") == true, "\(seen)")
    #expect(lines.first?.contains(", win 64860, options [mss 1410,sackOK,TS val ") == true)
    #expect(lines.dropFirst(3).first?.contains("seq 1:") == true)
    #expect(lines.dropFirst(3).first?.hasSuffix(": HTTP: GET / HTTP/1.1") == true, "\(seen)")
    let told = cluster.shell.run("cat errors").output
    #expect(
      told.hasPrefix(
        "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
          + "listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n\n"
          + "\(lines.count) packets captured\n\(lines.count) packets received by filter\n"
          + "0 packets dropped by kernel\n"), "\(told)")
  }

  @Test("a node sees the packet on every interface, with the addresses that it has there")
  func node() {
    let cluster = Self.shop()
    let ask = "kubectl exec box -- curl -s http://$WEB/"
    let all = Self.capture(cluster, "ssh node01", "-nn -i any -c 6", while: ask)
      .replacing(/cali[0-9a-f]{11}/, with: "CALI").replacing(/\.[3-6][0-9]{4}/, with: ".PORT")
    let lines = all.split(separator: "\n").map { $0.prefix { $0 != "," } }
    #expect(
      lines.prefix(6) == [
        "CALI In  IP BOX.PORT > WEB.80: Flags [S]",
        "vxlan.calico Out IP BOX.PORT > POD.80: Flags [S]",
        "eth0  Out IP 192.168.56.11.PORT > 192.168.56.12.4789: VXLAN",
        "IP BOX.PORT > POD.80: Flags [S]",
        "eth0  In  IP 192.168.56.12.PORT > 192.168.56.11.4789: VXLAN",
        "IP POD.80 > BOX.PORT: Flags [S.]",
      ], "\(all)")
    // The filter is for the packet outside.
    let outside = Self.capture(cluster, "ssh node02", "-nn -i eth0 -c 1 udp port 4789", while: ask)
    #expect(outside.contains(".4789: VXLAN, flags [I] (0x08), vni 4096\n"), "\(outside)")
    #expect(Self.capture(cluster, "ssh node02", "-nn -i eth0 tcp port 80", while: ask).isEmpty)
    let address = Self.capture(
      cluster, "ssh node02", "-nn -i any -c 1 src host 10.244.1.0", while: "ssh node01 curl $POD")
    #expect(address.contains("vxlan.calico In  IP 10.244.1.0."), "\(address)")
  }

  @Test(
    "what goes wrong is seen as well: names, echoes, refusals and silence",
    arguments: [
      (
        "-nn port 53", "nslookup web.default.svc.cluster.local",
        "+ A? web.default.svc.cluster.local. ("
      ),
      ("-nn port 53", "nslookup web.default.svc.cluster.local", "*- 1/0/0 A WEB ("),
      ("-nn icmp", "ping -c 1 $POD", "IP BOX > POD: ICMP echo request, id "),
      ("-nn icmp", "ping -c 1 $POD", "IP POD > BOX: ICMP echo reply, id "),
      ("-nn", "curl http://$POD:81", "IP POD.81 > BOX."),
      ("-nn 'tcp[tcpflags] & tcp-rst != 0'", "curl http://$POD:81", ": Flags [R.], seq 0, ack "),
      ("-nn -A tcp port 80", "curl http://$POD/", "\nHost: POD\nUser-Agent: curl/"),
      ("-nn -c 1 dst port 80 and not src port 80", "curl http://$POD/", " > POD.80: Flags [S]"),
      ("port 80 or 443", "curl http://$POD/", ".web.default.svc.cluster.local.http: Flags [S]"),
    ])
  func kinds(_ options: String, _ line: String, _ words: String) {
    let cluster = Self.shop()
    let seen = Self.capture(
      cluster, "kubectl exec box --", options, while: "kubectl exec box -- \(line)")
    #expect(seen.contains(words), "\(seen)")
  }

  @Test("a policy's silence is the same packet again and again, and never on the Pod's own wire")
  func silence() {
    let cluster = Self.shop()
    _ = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny}
      spec: {podSelector: {matchLabels: {app: web}}}
      EOF
      """)
    let ask = "kubectl exec box -- curl -m 3 http://$POD/"
    let sent = Self.capture(cluster, "kubectl exec box --", "-nn tcp", while: ask)
    #expect(sent.split(separator: "\n").count == 2, "\(sent)")
    let arrived = Self.capture(cluster, "ssh node02", "-nn -i any tcp and host $POD", while: ask)
    #expect(arrived.contains("vxlan.calico In "), "\(arrived)")
    #expect(!arrived.contains("Out"), "\(arrived)")
  }

  @Test(
    "what tcpdump cannot do it says in its own words",
    arguments: [
      ("-i eth7", "tcpdump: eth7: No such device exists\n(No such device exists)\n"),
      ("port nowhere", "tcpdump: can't parse filter expression: port 'nowhere' is invalid\n"),
      ("tcp and", "tcpdump: can't parse filter expression: syntax error\n"),
      ("-c 0", "tcpdump: invalid packet count 0\n"),
      ("-w file", "drydock: not simulated: tcpdump -w\n"),
    ])
  func refusals(_ words: String, _ told: String) {
    let cluster = Cluster(.kubeadm, seed: 1)
    let answer = cluster.shell.run("ssh node01 tcpdump \(words)")
    #expect(answer.errors == told && answer.status == 1, "\(answer)")
  }
}
