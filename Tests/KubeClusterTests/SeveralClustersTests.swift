import PKI
import Testing

@testable import KubeCluster

private func pair() throws -> Cluster {
  Cluster(try #require(Blueprint.named("prod=kubeadm,dev=single")), seed: 1)
}

@Test(
  "clusters beside each other are named once each, by a label that may be left out",
  arguments: [
    ("prod=kubeadm,dev=single", ["prod", "dev"]), ("kubeadm,kubeadm", ["kubeadm", "kubeadm-2"]),
    ("single+flannel,bare", ["single", "bare"]), ("a=single", ["a"]),
  ])
func labels(_ text: String, _ labels: [String]) throws {
  let blueprint = try #require(Blueprint.named(text))
  #expect(blueprint.name == text)
  #expect(blueprint.all.map(\.label) == labels)
  let addresses = blueprint.all.flatMap { $0.nodes.map(\.address) }
  #expect(Set(addresses).count == addresses.count)
}

@Test(
  "what is no set of clusters is refused",
  arguments: [
    "", ",", "kubeadm,", "a=single,a=kubeadm", "A=single", "=single", "a==single", "a=b=single",
    "a=nothing", "x=single,single,single,single,single,single,single",
  ])
func refused(_ text: String) { #expect(Blueprint.named(text) == nil) }

@Test("each cluster has a context, an API and nodes of its own")
func contexts() throws {
  let cluster = try pair()
  let shell = cluster.shell
  #expect(
    shell.run("kubectl config get-contexts -o name").output
      == "kubernetes-admin@dev\nkubernetes-admin@prod\n")
  #expect(shell.run("kubectl config current-context").output == "kubernetes-admin@prod\n")
  #expect(
    shell.run("kubectl get nodes -o name").output
      == "node/prod-controlplane\nnode/prod-node01\nnode/prod-node02\n")
  #expect(
    shell.run("kubectl --context kubernetes-admin@dev get nodes -o name").output
      == "node/dev-controlplane\n")
  #expect(shell.run("kubectl config use-context kubernetes-admin@dev").status == 0)
  #expect(shell.run("kubectl create deployment web --image nginx && sleep 15").status == 0)
  #expect(
    shell.run("kubectl get pods -o jsonpath='{.items[*].spec.nodeName}'").output
      == "dev-controlplane")
  #expect(
    shell.run("kubectl --context kubernetes-admin@prod get deployments").errors
      == "No resources found in default namespace.\n")
  #expect(cluster.clientWrites == 1)
}

@Test("one cluster's credentials are not the other's")
func strangers() throws {
  let cluster = try pair()
  let wrong = cluster.shell.run(
    "kubectl --context kubernetes-admin@dev --user kubernetes-admin-prod get nodes")
  #expect(wrong.errors.contains("You must be logged in to the server"), "\(wrong)")
  let untrusted = cluster.shell.run(
    "kubectl --cluster dev --server https://192.168.56.10:6443 get nodes")
  #expect(untrusted.errors.contains("certificate signed by unknown authority"), "\(untrusted)")
}

@Test("ssh leads to the nodes of each, whose kubectl speaks to their own cluster")
func nodes() throws {
  let cluster = try pair()
  #expect(
    cluster.shell.run("ssh dev-controlplane kubectl get nodes -o name").output
      == "node/dev-controlplane\n")
  #expect(
    cluster.shell.run("ssh prod-node01 hostname; ssh 192.168.57.10 hostname").output
      == "prod-node01\ndev-controlplane\n")
  #expect(cluster.shell.run("ssh controlplane hostname").status == 255)
  #expect(cluster.shell.run("ssh dev-controlplane hostname").output == "dev-controlplane\n")
  #expect(
    cluster.shell.run("ssh dev-controlplane ls /etc/kubernetes/manifests | head -1").output
      == "etcd.yaml\n")
}

@Test("from the workstation the ports of each cluster's nodes are reached")
func ports() throws {
  let cluster = try pair()
  _ = cluster.shell.run(
    """
    kubectl config use-context kubernetes-admin@dev
    kubectl create deployment web --image nginx
    kubectl create service nodeport web --tcp 80 --node-port 30080
    sleep 20
    """)
  #expect(cluster.shell.run("curl -s dev-controlplane:30080 | grep -c Welcome").output == "2\n")
  #expect(cluster.shell.run("curl -s -m 2 prod-node01:30080").status != 0)
  #expect(cluster.shell.run("curl -sk https://dev-controlplane:6443/healthz").output == "ok")
}

@Test("the same seed makes the same clusters, each with other keys than its neighbour")
func seeds() throws {
  let (one, two) = (try pair(), try pair())
  #expect(
    one.all.map { $0.keys.authority.facts.pem } == two.all.map { $0.keys.authority.facts.pem })
  #expect(Set(one.all.map { $0.keys.authority.facts.pem }).count == 2)
}
