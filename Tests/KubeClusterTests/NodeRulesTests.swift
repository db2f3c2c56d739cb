import Linux
import Simulation
import Testing

@testable import KubeCluster

/// What a node's tools show of Services.
@Suite struct NodeRulesTests {
  private static func onNode(_ cluster: Cluster, _ words: [String]) -> String {
    var output = ""
    guard let machine = cluster.nodes["node01"] else { return "" }
    machine.run(words) { output = $0.output + $0.errors }
    cluster.timeline.settle()
    return output
  }

  @Test("kube-proxy's chains have the names that they have in every cluster")
  func names() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let saved = Self.onNode(cluster, ["iptables-save", "-t", "nat"])
    // The same in every cluster: the hash of default/kubernetes:https over TCP.
    #expect(saved.contains("\n:KUBE-SVC-NPX46M4PTMTKRN6Y - [0:0]\n"), "\(saved.prefix(900))")
    #expect(saved.contains("\n:KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]\n"))
    #expect(
      saved.contains(
        "-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "
          + "\"default/kubernetes:https cluster IP\" -m tcp --dport 443 "
          + "-j KUBE-SVC-NPX46M4PTMTKRN6Y\n"))
  }

  @Test("endpoints share by falling odds, node ports masquerade, and nobody is rejected")
  func rules() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl create deployment web --image=nginx --replicas=3
      kubectl expose deployment web --type=NodePort --port=80
      kubectl create service clusterip nobody --tcp=80
      kubectl wait --for=condition=Ready pod --all --timeout=60s; sleep 1
      """)
    #expect(made.status == 0)
    let saved = Self.onNode(cluster, ["iptables-save"])
    #expect(saved.contains("--probability 0.33333333349 -j KUBE-SEP-"), "\(saved)")
    #expect(saved.contains("--probability 0.50000000000 -j KUBE-SEP-"))
    #expect(saved.contains("\"masquerade traffic for default/web external destinations\""))
    #expect(
      saved.contains("\"default/nobody:80 has no endpoints\" -m tcp --dport 80 -j REJECT"))
    let listed = Self.onNode(cluster, ["iptables", "-t", "nat", "-L", "KUBE-NODEPORTS", "-n"])
    #expect(listed.hasPrefix("Chain KUBE-NODEPORTS (1 references)\ntarget     prot opt source"))
    #expect(
      listed.contains("  6    --  0.0.0.0/0            0.0.0.0/0            /* default/web */"))
    let missing = Self.onNode(cluster, ["iptables", "-L", "NOPE"])
    #expect(missing == "iptables: No chain/target/match by that name.\n")
  }

  @Test("the mode in kube-proxy's configuration decides where its rules are")
  func modes() {
    let cluster = Cluster(.kubeadm, seed: 1)
    #expect(Self.onNode(cluster, ["ipvsadm", "-Ln"]).contains("10.96.0.1:443") == false)
    _ = cluster.shell.run(
      "kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: \"\"/mode: ipvs/' | "
        + "kubectl apply -f - 2> /dev/null; "
        + "kubectl -n kube-system delete pod -l k8s-app=kube-proxy; sleep 30")
    let servers = Self.onNode(cluster, ["ipvsadm", "-Ln"])
    #expect(
      servers.contains(
        "TCP  10.96.0.1:443 rr\n  -> 192.168.56.10:6443           Masq    1      0          0"),
      "\(servers)")
    #expect(Self.onNode(cluster, ["iptables-save"]).contains("KUBE-SVC-") == false)
    _ = cluster.shell.run(
      "kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: ipvs/mode: nftables/' | "
        + "kubectl apply -f - 2> /dev/null; "
        + "kubectl -n kube-system delete pod -l k8s-app=kube-proxy; sleep 30")
    let rules = Self.onNode(cluster, ["nft", "list", "ruleset"])
    #expect(rules.contains("10.96.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes"))
    #expect(
      rules.contains(
        "\tchain filter-forward {\n\t\ttype filter hook forward priority filter; policy accept;\n"
          + "\t\tct state new jump service-endpoints-check\n"
          + "\t\tct state new jump cluster-ips-check\n\t}\n"), "\(rules)")
    let chain = Self.onNode(cluster, ["nft", "list", "chain", "ip", "kube-proxy", "services"])
    #expect(
      chain
        == "table ip kube-proxy {\n\tchain services {\n"
        + "\t\tip daddr . meta l4proto . th dport vmap @service-ips\n"
        + "\t\tip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports\n\t}\n}\n")
    // What iptables leaves alone is rejected by its successor.
    let asked = cluster.shell.run(
      "kubectl run box --image=busybox -- sleep 1d > /dev/null; "
        + "kubectl wait --for=condition=Ready pod/box > /dev/null; "
        + "kubectl exec box -- nc -zvv -w 2 10.96.0.1 444")
    #expect(asked.errors.contains("Connection refused"), "\(asked)")
  }

  /// A Service of two, one with a node port of policy Local, and one without endpoints, in ipvs mode.
  private static func virtualServers() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl create deployment web --image=nginx --replicas=2
      kubectl expose deployment web --port=80
      kubectl create deployment one --image=nginx
      kubectl expose deployment one --port=80 --type=LoadBalancer
      kubectl patch service one -p '{"spec":{"externalTrafficPolicy":"Local",
        "externalIPs":["203.0.113.7"],"ports":[{"port":80,"nodePort":30080}]}}'
      kubectl create service clusterip nobody --tcp=80
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: ""/mode: ipvs/' | kubectl replace -f -
      kubectl -n kube-system rollout restart ds/kube-proxy
      kubectl wait --for=condition=Ready pod --all --timeout=60s
      sleep 40
      """)
    #expect(made.status == 0, "\(made)")
    return cluster
  }

  @Test("in ipvs mode every address of a Service is the node's own, and the tools agree on it")
  func virtualAddresses() {
    let cluster = Self.virtualServers()
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    let services = run(
      "kubectl get svc -A -o jsonpath='{range .items[*]}{.spec.clusterIP}{\"\\n\"}{end}'; "
        + "echo 203.0.113.7")
    func sorted(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }
    let wires = run(
      "ssh node01 \"ip -4 -o addr show kube-ipvs0 | awk '{print \\$4}' | sed s,/32,,\"")
    #expect(sorted(wires) == sorted(services), "\(wires)")
    let set = run("ssh node01 \"sudo ipset list KUBE-IPVS-IPS | sed '1,/^Members/d'\"")
    #expect(sorted(set) == sorted(services), "\(set)")
    let servers = run(
      "ssh node01 \"sudo ipvsadm -Ln | grep -v -e 30080 -e '->' | sed -n 's/^TCP  //p' | cut -d: -f1 | "
        + "sort -u\"")
    #expect(sorted(servers) == sorted(services).filter { $0 != "" }, "\(servers)")
    let link = run("ssh node01 ip link show kube-ipvs0")
    #expect(
      link.contains(
        ": kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN mode DEFAULT group default \n"
      ),
      "\(link)")
    #expect(
      run("ssh node01 'ip route get 10.96.0.1; ip route show table local dev kube-ipvs0 | head -1'")
        == "local 10.96.0.1 dev lo src 10.96.0.1 uid 0 \n    cache <local> \n"
        + "local 10.96.0.1 dev kube-ipvs0 proto kernel scope host src 10.96.0.1 \n")
    for (line, words) in [
      ("sudo ipset list -n | grep -c KUBE-", "34\n"),
      ("sudo ipset test KUBE-CLUSTER-IP 10.96.0.10,udp:53 2>&1", "is in set KUBE-CLUSTER-IP.\n"),
      ("sudo ipset list KUBE-NODE-PORT-LOCAL-TCP | tail -1", "30080\n"),
      ("sudo ipset list KUBE-CLUSTER-IP | grep References", "References: 3\n"),
      (
        "sudo iptables-save -t nat | grep KUBE-LOOP-BACK",
        "-A KUBE-POSTROUTING -m comment --comment \"Kubernetes endpoints dst ip:port, source ip for "
          + "solving hairpin purpose\" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE\n"
      ),
      (
        "sudo iptables-save -t filter | grep 'KUBE-IPVS-FILTER -m conntrack'",
        "-m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable\n"
      ),
    ] {
      let told = run("ssh node01 \"\(line)\"")
      #expect(told.hasSuffix(words), "\(line): \(told)")
    }
    _ = run(
      "kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: ipvs/mode: iptables/' "
        + "| kubectl replace -f -; kubectl -n kube-system rollout restart ds/kube-proxy; sleep 40")
    #expect(run("ssh node01 ip -br link").contains("kube-ipvs0") == false)
  }

  @Test("virtual servers take turns, refuse where nobody is, and lose what Local sends elsewhere")
  func virtualPackets() {
    let cluster = Self.virtualServers()
    func run(_ line: String) -> String {
      let told = cluster.shell.run(line)
      return told.output + told.errors
    }
    _ = run("for i in 1 2 3 4 5 6; do kubectl exec box -- curl -s -o /dev/null http://web; done")
    for pod in run("kubectl get pods -l app=web -o name").split(separator: "\n") {
      #expect(run("kubectl logs \(pod) | grep -c 'GET / '") == "3\n")
    }
    let counts = run(
      "n=$(kubectl get pod box -o jsonpath='{.spec.nodeName}'); a=$(kubectl get svc web -o "
        + "jsonpath='{.spec.clusterIP}'); ssh $n \"sudo ipvsadm -Ln -t $a:80 | grep -- Masq | awk "
        + "'{print \\$5, \\$6}'\"")
    #expect(counts == "0 3\n0 3\n", "\(counts)")
    #expect(run("kubectl exec box -- curl -s http://nobody").contains("exit code 7"))
    let here = run("kubectl get pod -l app=one -o jsonpath='{.items[0].spec.nodeName}'")
    let away = here == "node01" ? "node02" : "node01"
    #expect(run("curl -s -m 2 \(here):30080").contains("Welcome to nginx!"))
    #expect(run("curl -sS -m 2 \(away):30080").contains("timed out after 2"))
    // What comes from the node itself may go everywhere; at 127.0.0.1 there are no node ports.
    let own = away == "node01" ? "192.168.56.11" : "192.168.56.12"
    #expect(run("ssh \(away) curl -s -m 2 \(own):30080").contains("Welcome to nginx!"))
    #expect(run("ssh \(away) curl -s -m 2 127.0.0.1:30080").contains("Welcome to nginx!") == false)
  }

  @Test("nft lists the table of kube-proxy: sets, maps and a chain for every endpoint")
  func table() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl create deployment one --image=nginx
      kubectl expose deployment one --port=80 --type=LoadBalancer
      kubectl patch service one -p '{"spec":{"externalTrafficPolicy":"Local",
        "sessionAffinity":"ClientIP","ports":[{"port":80,"nodePort":30080}]}}'
      kubectl create service clusterip nobody --tcp=80
      kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: ""/mode: nftables/' \
        | kubectl replace -f -
      kubectl -n kube-system rollout restart ds/kube-proxy
      kubectl wait --for=condition=Available deploy/one
      sleep 40
      """)
    #expect(made.status == 0, "\(made)")
    func value(_ line: String) -> String { cluster.shell.run(line).output }
    let address = value("kubectl get svc one -o jsonpath='{.spec.clusterIP}'")
    let nobody = value("kubectl get svc nobody -o jsonpath='{.spec.clusterIP}'")
    let pod = value("kubectl get pod -l app=one -o jsonpath='{.items[0].status.podIP}'")
    let here = value("kubectl get pod -l app=one -o jsonpath='{.items[0].spec.nodeName}'")
    let away = here == "node01" ? "node02" : "node01"
    let table = value("ssh \(here) sudo nft list table ip kube-proxy")
    for words in [
      "table ip kube-proxy {\n\tcomment \"rules for kube-proxy\"\n",
      "\(nobody) . tcp . 80 comment \"default/nobody:80\" : goto reject-chain",
      "\(address) . tcp . 80 : goto service-", "tcp . 30080 : goto external-",
      "-default/one/tcp/__\(pod)/80 {\n\t\ttype ipv4_addr\n\t\tflags dynamic,timeout\n"
        + "\t\ttimeout 3h\n",
      "ip daddr \(address) tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade\n",
      "comment \"short-circuit pod traffic\"\n", "goto local-",
      "meta l4proto tcp dnat to \(pod):80\n",
    ] {
      #expect(table.contains(words), "\(words): \(table)")
    }
    let other = value("ssh \(away) sudo nft list map ip kube-proxy no-endpoint-nodeports")
    #expect(other.contains("tcp . 30080 comment \"default/one\" : drop"), "\(other)")
    // Nothing of it is in iptables' tables.
    let saved = value("ssh \(here) sudo iptables-save")
    #expect(saved.contains("KUBE-FIREWALL") && !saved.contains("KUBE-SERVICES"), "\(saved)")
  }

  @Test("a node shows its Pods' wires and routes")
  func wires() {
    let cluster = Cluster(.kubeadm, seed: 1)
    _ = cluster.shell.run(
      "kubectl run web --image=nginx; kubectl wait --for=condition=Ready pod/web")
    let node = cluster.shell.run("kubectl get pod web -o jsonpath='{.spec.nodeName}'").output
    let address = cluster.shell.run("kubectl get pod web -o jsonpath='{.status.podIP}'").output
    var output = ""
    cluster.nodes[node]?.run(["ip", "route"]) { output = $0.output }
    cluster.timeline.settle()
    #expect(output.contains("\n\(address) dev cali"), "\(output)")
    cluster.nodes[node]?.run(["ip", "addr"]) { output = $0.output }
    cluster.timeline.settle()
    // The number of the other end, eth0 in the Pod.
    #expect(output.contains("@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue"))
    #expect(output.contains("link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff link-netns cni-"))
  }
}
