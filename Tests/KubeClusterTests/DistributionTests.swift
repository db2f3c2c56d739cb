import Testing

@testable import KubeCluster

/// Clusters of other installers than kubeadm.
@Suite struct DistributionTests {
  private let cluster: Cluster
  init() { cluster = Cluster(.k3s, seed: 3) }

  private func run(_ line: String, on other: Cluster? = nil) -> String {
    let result = (other ?? cluster).shell.run(line)
    return result.output + result.errors
  }

  @Test("k3s has its own add-ons, no static Pods and no taint on the server")
  func k3s() {
    let nodes = run("kubectl get nodes")
    #expect(nodes.contains("agent    Ready    <none>          5m    v1.36.2+k3s1"), "\(nodes)")
    #expect(nodes.contains("server   Ready    control-plane   5m    v1.36.2+k3s1"), "\(nodes)")
    let pods = run("kubectl get pods -n kube-system --no-headers | sort")
    for name in [
      "coredns-", "local-path-provisioner-", "metrics-server-", "traefik-", "svclb-traefik-",
    ] {
      #expect(pods.split(separator: "\n").contains { $0.hasPrefix(name) && $0.contains("Running") })
    }
    for name in ["helm-install-traefik-crd-", "helm-install-traefik-"] {
      #expect(
        pods.split(separator: "\n").contains { $0.hasPrefix(name) && $0.contains("Completed") })
    }
    #expect(!pods.contains("kube-apiserver") && !pods.contains("kube-proxy"))
    #expect(run("kubectl get svc kubernetes -o jsonpath='{.spec.clusterIP}'") == "10.43.0.1")
    #expect(
      run(
        "kubectl get svc -n kube-system traefik -o jsonpath='{.status.loadBalancer.ingress[*].ip}'")
        == "192.168.56.10 192.168.56.11")
    #expect(run("kubectl describe node server | grep Taints").hasSuffix("<none>\n"))
    #expect(run("kubectl version 2>/dev/null | grep Server") == "Server Version: v1.36.2+k3s1\n")
  }

  @Test("k3s keeps its kubeconfig on the server, for the server itself")
  func kubeconfig() {
    #expect(run("kubectl config get-contexts -o name") == "default\n")
    let own = run("ssh server cat /etc/rancher/k3s/k3s.yaml")
    #expect(own.contains("server: https://127.0.0.1:6443") && own.contains("name: default"))
    #expect(run("ssh server k3s kubectl get nodes -o name") == "node/agent\nnode/server\n")
    #expect(run("ssh server kubectl get nodes -o name") == "node/agent\nnode/server\n")
    #expect(run("ssh agent k3s kubectl get nodes").contains("refused"))
    #expect(run("ssh server stat -c %a /etc/rancher/k3s/k3s.yaml") == "600\n")
    #expect(run("ssh server cat /var/lib/rancher/k3s/server/node-token").hasPrefix("K10"))
    #expect(run("ssh server k3s crictl ps").contains("traefik"))
    #expect(run("ssh server k3s --version").hasPrefix("k3s version v1.36.2+k3s1"))
    #expect(run("ssh server k3s etcd-snapshot").contains("drydock: not simulated"))
  }

  @Test("the services of k3s are what runs: without the server there is no API")
  func service() {
    #expect(run("ssh server systemctl is-active k3s") == "active\n")
    #expect(run("ssh agent systemctl is-active k3s-agent") == "active\n")
    _ = run("ssh server systemctl stop k3s")
    #expect(run("kubectl get nodes").contains("was refused"))
    _ = run("ssh server systemctl start k3s; sleep 5")
    #expect(run("kubectl get nodes -o name") == "node/agent\nnode/server\n")
    _ = run("ssh agent systemctl stop k3s-agent; sleep 60")
    #expect(run("kubectl get node agent").contains("NotReady"))
  }

  @Test("on k3s Services get node addresses, Ingresses go through Traefik, claims to a local path")
  func addOns() {
    _ = run(
      """
      kubectl create deployment web --image nginx
      kubectl expose deployment web --port 80
      kubectl create ingress web --rule='shop.test/*=web:80'
      kubectl create service loadbalancer other --tcp 8080:80
      kubectl set selector service other app=web
      sleep 30
      """)
    #expect(run("curl -s -H 'Host: shop.test' 192.168.56.11 | grep -c '<h1>'") == "1\n")
    #expect(run("curl -s -H 'Host: no.test' 192.168.56.11") == "404 page not found\n")
    #expect(run("curl -s 192.168.56.10:8080 | grep -c '<h1>'") == "1\n")
    #expect(run("kubectl get ingress web -o jsonpath='{.spec.ingressClassName}'") == "traefik")
    _ = run("kubectl delete svc other; sleep 40")
    #expect(!run("kubectl get pods -n kube-system").contains("svclb-other"))
    _ = run(
      """
      kubectl apply -f - <<'EOF'
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        securityContext: {runAsUser: 1000}
        containers:
        - {name: c, image: busybox, command: [sh, -c, "echo kept > /d/f; sleep 9999"], volumeMounts: [{name: d, mountPath: /d}]}
        volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
      EOF
      kubectl wait --for=condition=Ready pod/p --timeout=2m
      """)
    #expect(run("kubectl exec p -- cat /d/f") == "kept\n")
    let path = "/var/lib/rancher/k3s/storage/pvc-*_default_data/f"
    let node = run("kubectl get pod p -o jsonpath='{.spec.nodeName}'")
    #expect(run("ssh \(node) 'cat \(path)'") == "kept\n")
  }

  @Test("NetworkPolicies hold on k3s")
  func policies() {
    _ = run(
      """
      kubectl run web --image nginx --port 80
      kubectl run box --image busybox -- sleep 9999
      kubectl apply -f - <<'EOF'
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny}
      spec: {podSelector: {matchLabels: {run: web}}, policyTypes: [Ingress]}
      EOF
      kubectl wait --for=condition=Ready pod/web pod/box
      """)
    let line =
      "kubectl exec box -- wget -qO- -T 2 "
      + "$(kubectl get pod web -o jsonpath='{.status.podIP}')"
    #expect(run(line).contains("timed out"))
    _ = run("kubectl delete networkpolicy deny")
    #expect(run(line).contains("Welcome"))
  }

  @Test("MicroK8s has its own kubectl, kubeconfig and add-ons, and no roles until asked for")
  func microK8s() {
    let cluster = Cluster(.microk8s, seed: 3)
    func run(_ line: String) -> String { self.run(line, on: cluster) }
    #expect(run("ssh microk8s-vm microk8s kubectl get nodes -o name") == "node/microk8s-vm\n")
    #expect(run("microk8s kubectl get nodes -o name") == "node/microk8s-vm\n")
    #expect(
      run("microk8s kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'")
        == "https://127.0.0.1:16443")
    #expect(run("microk8s config | grep server:") == "    server: https://192.168.56.10:16443\n")
    #expect(run("kubectl config current-context") == "microk8s\n")
    let status = run("microk8s status")
    #expect(status.hasPrefix("microk8s is running\nhigh-availability: no\n"))
    #expect(status.contains("  enabled:\n    dns                  # (core) CoreDNS\n"))
    #expect(run("microk8s status --addon ingress") == "disabled\n")
    #expect(
      run("microk8s enable hostpath-storage").hasSuffix("hostpath-storage is enabled\n"))
    #expect(run("microk8s enable storage").contains("already enabled"))
    #expect(run("kubectl get sc -o name") == "storageclass.storage.k8s.io/microk8s-hostpath\n")
    #expect(run("microk8s enable gpu").contains("drydock: not simulated"))
    #expect(run("microk8s enable nothing").contains("was not found in any repository"))
    #expect(run("kubectl auth can-i delete nodes --as nobody 2>/dev/null") == "yes\n")
    _ = run("microk8s enable rbac")
    #expect(run("kubectl auth can-i delete nodes --as nobody 2>/dev/null") == "no\n")
    _ = run(
      """
      microk8s enable ingress
      kubectl create deployment web --image nginx
      kubectl expose deployment web --port 80
      kubectl create ingress web --class public --rule='shop.test/*=web:80'
      sleep 40
      """)
    #expect(run("curl -s -H 'Host: shop.test' 192.168.56.10 | grep -c '<h1>'") == "1\n")
    #expect(run("microk8s disable ingress").hasSuffix("ingress is disabled\n"))
    #expect(run("microk8s status --addon ingress") == "disabled\n")
  }
}
