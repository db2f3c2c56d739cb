import Linux
import Simulation
import Testing

@testable import KubeCluster

/// Clusters with other network plug-ins than Calico, and with none.
@Suite struct PlugInTests {
  @Test(
    "a plug-in shows in its Pods, on the nodes' disks and in what it does with policies",
    arguments: [
      ("kubeadm+calico", "calico-node-", "10-calico.conflist", 28),
      ("kubeadm+flannel", "kube-flannel-ds-", "10-flannel.conflist", 0),
      ("kubeadm+cilium", "cilium-", "05-cilium.conflist", 28),
    ] as [(String, String, String, Int32)])
  func plugIns(_ name: String, _ pod: String, _ file: String, _ status: Int32) throws {
    let cluster = Cluster(try #require(Blueprint.named(name)), seed: 1)
    #expect(cluster.shell.run("kubectl get pods -A").output.contains(" \(pod)"))
    let names = try cluster.nodes["node01"]?.files.names(in: "/etc/cni/net.d")
    #expect(names?.contains(file) == true, "\(String(describing: names))")
    let asked = cluster.shell.run(
      """
      kubectl run web --image=nginx --port=80 --expose > /dev/null
      kubectl run box --image=nicolaka/netshoot -- sleep 36000 > /dev/null
      kubectl wait --for=condition=Ready pod/web pod/box --timeout=60s > /dev/null
      kubectl apply -f - > /dev/null <<EOF
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny}
      spec: {podSelector: {matchLabels: {run: web}}}
      EOF
      sleep 1
      kubectl exec box -- curl -s -m 2 -o /dev/null http://web
      """)
    #expect(asked.status == status, "\(asked)")
  }

  @Test("Cilium and NGINX's Gateways come by Helm, with the kinds and classes that they bring")
  func charts() throws {
    let cluster = Cluster(try #require(Blueprint.named("kubeadm+none")), seed: 1)
    func run(_ line: String) -> String {
      let answer = cluster.shell.run(line)
      return answer.output + answer.errors
    }
    let installed = run(
      """
      helm repo add cilium https://helm.cilium.io/
      helm install cilium cilium/cilium --version 1.18.4 -n kube-system \
        --set encryption.enabled=true --set encryption.type=wireguard
      sleep 90
      kubectl get nodes --no-headers
      """)
    #expect(!installed.contains("NotReady"), "\(installed)")
    #expect(run("kubectl get crd").contains("ciliumnetworkpolicies.cilium.io"))
    let status = run("kubectl -n kube-system exec ds/cilium -- cilium-dbg encrypt status")
    #expect(status.hasPrefix("Encryption: Wireguard"), "\(status)")
    let web = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0"
    let gateways = run(
      """
      kubectl apply -f \(web)/standard-install.yaml > /dev/null
      helm install ngf oci://ghcr.io/nginx/charts/nginx-gateway-fabric --create-namespace \
        -n nginx-gateway --set nginx.service.type=NodePort
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec: {gatewayClassName: nginx, listeners: [{name: http, port: 80, protocol: HTTP}]}
      EOF
      sleep 30
      kubectl get gatewayclass,gateway,svc
      kubectl -n nginx-gateway get pods
      """)
    #expect(gateways.contains("1/1     Running"), "\(gateways)")
    #expect(run("kubectl get svc web-nginx --no-headers").contains("NodePort"))
  }

  @Test("Cilium obeys rules for HTTP and for names, and its agents tell what they do")
  func cilium() throws {
    let cluster = Cluster(try #require(Blueprint.named("kubeadm+cilium")), seed: 1)
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    _ = run(
      """
      kubectl run web --image=nginx --port=80 --expose
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl wait --for=condition=Ready pod/web pod/box --timeout=60s
      kubectl apply -f - <<EOF
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {name: get}
      spec:
        endpointSelector: {matchLabels: {run: web}}
        ingress:
        - fromEndpoints: [{matchLabels: {run: box}}]
          toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{method: GET, path: /}]}}]
      ---
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {name: names}
      spec:
        endpointSelector: {matchLabels: {run: box}}
        egress:
        - toEndpoints: [{matchLabels: {k8s-app: kube-dns, io.kubernetes.pod.namespace: kube-system}}]
          toPorts: [{ports: [{port: "53"}], rules: {dns: [{matchPattern: "*"}]}}]
        - toEndpoints: [{matchLabels: {run: web}}]
        - toFQDNs: [{matchName: example.com}]
      EOF
      sleep 1
      """)
    #expect(run("kubectl get cnp get --no-headers").hasSuffix("True\n"))
    let ask = "kubectl exec box -- curl -s -m 2"
    #expect(run("\(ask) http://web/").contains("Welcome to nginx!"))
    #expect(run("\(ask) -X DELETE http://web/") == "Access denied\r\n")
    #expect(run("\(ask) -o /dev/null -w '%{http_code}' http://web/private") == "403")
    #expect(run("\(ask) -o /dev/null -w '%{http_code}' https://example.com") == "200")
    #expect(cluster.shell.run("\(ask) https://93.184.215.14").status == 60)
    #expect(cluster.shell.run("\(ask) https://kubernetes.io").status == 28)
    let agent = "kubectl -n kube-system exec ds/cilium -- cilium-dbg"
    #expect(run("\(agent) status --brief") == "OK\n")
    #expect(run("\(agent) encrypt status").hasPrefix("Encryption: Disabled "))
    _ = run(
      "kubectl -n kube-system patch cm cilium-config -p "
        + "'{\"data\":{\"enable-wireguard\":\"true\"}}'; sleep 5")
    #expect(run("\(agent) encrypt status").hasPrefix("Encryption: Disabled "))
    _ = run("kubectl -n kube-system rollout restart ds/cilium; sleep 120")
    let status = run("\(agent) encrypt status")
    #expect(status.contains("Interface: cilium_wg0\n\tPublic key: "), "\(status)")
    #expect(status.contains("\tNumber of peers: 2\n"), "\(status)")
    let endpoints = run(
      "kubectl -n kube-system exec $(kubectl -n kube-system get pod -l k8s-app=cilium -o name "
        + "--field-selector spec.nodeName=$(kubectl get pod web -o jsonpath={.spec.nodeName})) -- "
        + "cilium endpoint list")
    #expect(endpoints.contains("   Enabled            Disabled          "), "\(endpoints)")
    #expect(endpoints.contains("k8s:run=web"), "\(endpoints)")
  }

  @Test("without a plug-in nodes are NotReady and Pods wait, until one is applied")
  func missing() throws {
    let cluster = Cluster(try #require(Blueprint.named("kubeadm+none")), seed: 1)
    let nodes = cluster.shell.run("kubectl get nodes --no-headers").output
    #expect(nodes.components(of: "NotReady") == 3, "\(nodes)")
    let node = cluster.shell.run("kubectl describe node node01").output
    #expect(
      node.contains(
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
          + "message:Network plugin returns error: cni plugin not initialized"), "\(node)")
    let dns = cluster.shell.run("kubectl -n kube-system get pods -l k8s-app=kube-dns").output
    #expect(dns.components(of: "Pending") == 2, "\(dns)")
    _ = cluster.shell.run(
      "kubectl apply -f https://raw.githubusercontent.com/projectcalico/calico/v3.31.0/manifests/"
        + "calico.yaml; sleep 60")
    let ready = cluster.shell.run("kubectl get nodes --no-headers").output
    #expect(!ready.contains("NotReady"), "\(ready)")
    let running = cluster.shell.run("kubectl -n kube-system get pods -l k8s-app=kube-dns").output
    #expect(running.components(of: "1/1") == 2, "\(running)")
  }

  @Test("Calico comes by its operator, once an Installation asks for it")
  func byOperator() throws {
    let cluster = Cluster(try #require(Blueprint.named("kubeadm+none")), seed: 1)
    let web = "https://raw.githubusercontent.com/projectcalico/calico/v3.31.0/manifests"
    let made = cluster.shell.run(
      "kubectl create -f \(web)/operator-crds.yaml; kubectl create -f \(web)/tigera-operator.yaml; "
        + "sleep 60; kubectl get nodes --no-headers")
    #expect(made.output.components(of: "NotReady") == 3, "\(made)")
    let done = cluster.shell.run(
      "kubectl create -f \(web)/custom-resources.yaml; sleep 90; kubectl get nodes --no-headers; "
        + "kubectl get pods -n calico-system; kubectl get tigerastatus -o name")
    #expect(!done.output.contains("NotReady"), "\(done)")
    #expect(done.output.components(of: "1/1") == 5, "\(done)")
    #expect(done.output.contains("tigerastatus.operator.tigera.io/calico"), "\(done)")
  }

  @Test("a plug-in's file taken away makes its node NotReady")
  func removed() {
    let cluster = Cluster(.kubeadm, seed: 1)
    try? cluster.nodes["node01"]?.files.removeAll("/etc/cni/net.d/10-calico.conflist")
    _ = cluster.shell.run("sleep 15")
    let node = cluster.shell.run("kubectl get node node01 --no-headers").output
    #expect(node.contains("NotReady"), "\(node)")
  }

  @Test(
    "a configuration that the runtime cannot read, or whose program is not there, keeps Pods waiting",
    arguments: [
      ("echo '{ broken' > 10-calico.conflist", "NotReady", "cni plugin not initialized"),
      ("echo '{}' > 00-first.conf", "NotReady", "cni plugin not initialized"),
      (
        "sed -i 's/\"calico\"/\"calicoo\"/' 10-calico.conflist", "Ready",
        "plugin type=\"calicoo\" failed (add): failed to find plugin \"calicoo\" in path [/opt/cni/bin]"
      ),
      (
        "rm /opt/cni/bin/portmap", "Ready",
        "plugin type=\"portmap\" failed (add): failed to find plugin \"portmap\" in path [/opt/cni/bin]"
      ),
    ])
  func broken(_ line: String, _ status: String, _ words: String) {
    let cluster = Cluster(.kubeadm, seed: 1)
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    _ = run(
      "cat > /tmp/line <<'EOF'\ncd /etc/cni/net.d; \(line)\nEOF\nssh node01 < /tmp/line; sleep 30")
    #expect(run("kubectl get node node01 --no-headers").split(separator: " ")[1] == status)
    _ = run(
      "kubectl run x --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\"}}'; sleep 30")
    #expect(run("kubectl get pod x").contains("ContainerCreating"))
    let told = run("kubectl describe pod x; kubectl describe node node01")
    #expect(told.contains(words), "\(told)")
  }

  @Test(
    "a cluster's name tells its options, and nonsense is none",
    arguments: [
      ("kubeadm+flannel", true), ("single+cilium+cloud", true), ("kubeadm+none", true),
      ("kubeadm+", false), ("kubeadm+weave", false), ("apiserver+calico", false),
      ("+calico", false),
    ])
  func names(_ name: String, _ isKnown: Bool) {
    #expect((Blueprint.named(name) != nil) == isKnown)
    #expect(Blueprint.named(name)?.name == (isKnown ? name : nil))
  }

  @Test("MetalLB gives addresses from its pool, which answer once they are announced")
  func balancer() {
    let cluster = Cluster(.kubeadm, seed: 1)
    _ = cluster.shell.run(
      """
      kubectl apply -f https://raw.githubusercontent.com/metallb/metallb/v0.15.2/config/manifests/\
      metallb-native.yaml > /dev/null
      kubectl -n metallb-system wait --for=condition=Ready pod --all --timeout=90s
      kubectl run web --image=nginx --port=80 > /dev/null
      kubectl expose pod web --type=LoadBalancer --port=80 > /dev/null
      kubectl wait --for=condition=Ready pod/web
      kubectl apply -f - <<EOF
      apiVersion: metallb.io/v1beta1
      kind: IPAddressPool
      metadata: {name: pool, namespace: metallb-system}
      spec: {addresses: [192.168.56.240-192.168.56.250]}
      EOF
      sleep 1
      """)
    let service = cluster.shell.run("kubectl get svc web --no-headers").output
    #expect(service.contains("192.168.56.240"), "\(service)")
    #expect(cluster.shell.run("curl -s -m 2 http://192.168.56.240").status != 0)
    _ = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata: {name: all, namespace: metallb-system}
      EOF
      sleep 1
      """)
    let answer = cluster.shell.run("curl -s -m 2 http://192.168.56.240")
    #expect(answer.output.contains("Welcome to nginx!"), "\(answer)")
    #expect(cluster.shell.run("kubectl describe svc web").output.contains("IPAllocated"))
  }

  @Test("in a cloud a Service of type LoadBalancer gets an address by itself")
  func cloud() throws {
    let cluster = Cluster(try #require(Blueprint.named("single+cloud")), seed: 1)
    _ = cluster.shell.run("kubectl create service loadbalancer web --tcp=80; sleep 1")
    let service = cluster.shell.run("kubectl get svc web --no-headers").output
    #expect(service.contains("203.0.113.10"), "\(service)")
  }

  @Test(
    "a balancer lets only the ranges in that its Service names, and asks nodes for their health")
  func ranges() throws {
    let cluster = Cluster(try #require(Blueprint.named("kubeadm+cloud")), seed: 1)
    func get(_ address: String) -> String {
      let answer = cluster.shell.run("curl -s -m 2 -w ' %{http_code}' \(address)")
      return answer.output
    }
    let address = cluster.shell.run(
      """
      kubectl run web --image=nginx --port=80 > /dev/null
      kubectl expose pod web --type=LoadBalancer --port=80 \
        --overrides='{"spec":{"loadBalancerSourceRanges":["10.0.0.0/8"],\
      "externalTrafficPolicy":"Local"}}' > /dev/null
      kubectl wait --for=condition=Ready pod/web > /dev/null
      kubectl get svc web -o jsonpath='{.status.loadBalancer.ingress[0].ip}'
      """
    ).output
    #expect(get("http://\(address)") == " 000")
    _ = cluster.shell.run(
      "kubectl patch svc web -p '{\"spec\":{\"loadBalancerSourceRanges\":[\"192.168.56.0/24\"]}}'; "
        + "sleep 1")
    #expect(get("http://\(address)").contains("Welcome to nginx!"))
    let port = cluster.shell.run("kubectl get svc web -o jsonpath='{.spec.healthCheckNodePort}'")
      .output
    let home = cluster.shell.run("kubectl get pod web -o jsonpath='{.status.hostIP}'").output
    let other = home == "192.168.56.11" ? "192.168.56.12" : "192.168.56.11"
    #expect(get("http://\(home):\(port)").contains("\"localEndpoints\": 1,"))
    #expect(get("http://\(home):\(port)").hasSuffix(" 200"))
    #expect(get("http://\(other):\(port)").hasSuffix(" 503"))
    #expect(get("http://\(home):10256/healthz").contains("\"nodeEligible\": true"))
  }
}

extension String {
  /// How often a word is in it.
  fileprivate func components(of word: String) -> Int { ranges(of: word).count }
}
