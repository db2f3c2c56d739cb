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
        + "kubectl exec box -- nc -zv -w 2 10.96.0.1 444")
    #expect(asked.errors.contains("Connection refused"), "\(asked)")
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
