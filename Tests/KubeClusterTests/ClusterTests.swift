import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

private func client(of cluster: Cluster) -> ComponentClient {
  ComponentClient(
    server: cluster.server, user: UserInfo(name: "t", groups: ["system:masters"]), manager: "t")
}

@Test("a new kubeadm cluster has three Ready nodes and its add-ons running")
func boots() throws {
  let cluster = Cluster(.kubeadm, seed: 1)
  let client = client(of: cluster)
  let nodes = try client.list(.nodes)
  #expect(nodes.map(\.name) == ["controlplane", "node01", "node02"])
  #expect(nodes.allSatisfy { $0.isConditionTrue("Ready") })
  for pod in try client.list(.pods) {
    #expect(pod[path: "status", "phase"] == "Running", "\(pod.namespacedName)")
  }
  #expect(try client.list(.pods, namespace: "kube-system").count == 13)
  #expect(cluster.timeline.now == Cluster.standardStart)
}

@Test("a Deployment's Pods come to run on the workers")
func deployment() throws {
  let cluster = Cluster(.kubeadm, seed: 1)
  let client = client(of: cluster)
  _ = try client.create(
    .deployments,
    [
      "metadata": ["name": "web"],
      "spec": [
        "replicas": 4, "selector": ["matchLabels": ["app": "web"]],
        "template": [
          "metadata": ["labels": ["app": "web"]],
          "spec": ["containers": [["name": "c", "image": "nginx"]]],
        ],
      ],
    ], namespace: "default")
  cluster.timeline.advance(by: .seconds(20))
  let pods = try client.list(.pods, namespace: "default")
  #expect(pods.count == 4)
  #expect(pods.allSatisfy { $0.isConditionTrue("Ready") })
  #expect(Set(pods.map { $0[path: "spec", "nodeName"]?.string }) == ["node01", "node02"])
  let live = try client.get(.deployments, "web", namespace: "default")
  #expect(live[path: "status", "availableReplicas"] == 4)
}

@Test("a line at the prompt makes Pods, lists them and counts them")
func shell() {
  let cluster = Cluster(.kubeadm, seed: 1)
  let made = cluster.shell.run("k create deployment web --image=nginx --replicas=2")
  #expect(made.output == "deployment.apps/web created\n", "\(made)")
  let status = cluster.shell.run("kubectl rollout status deployment/web")
  #expect(status.output.hasSuffix("deployment \"web\" successfully rolled out\n"), "\(status)")
  let count = cluster.shell.run("kubectl get pods -o name | wc -l")
  #expect(count.output == "2\n", "\(count)")
  #expect(cluster.shell.run("kubectl get nodes nope").status == 1)
}

@Test("an endless loop ends when its time is over, and the shell lives on")
func endless() {
  let cluster = Cluster(.apiserver, seed: 1)
  let loop = cluster.shell.run("while true; do sleep 1; done", limit: .minutes(2))
  #expect(loop.status == 130)
  #expect(cluster.shell.run("echo alive").output == "alive\n")
}

@Test("Tab offers commands, kinds and names as kubectl's own completion does")
func completion() {
  let cluster = Cluster(.kubeadm, seed: 1)
  func offered(_ text: String) -> [String] { cluster.shell.completions(of: text).candidates }
  _ = cluster.shell.run("mkdir dir; touch a.yaml b.json c.txt; shipyard=x")
  #expect(offered("kubectl apply -f ") == ["a.yaml ", "b.json ", "dir/"])
  #expect(offered("kubectl create -f a") == ["a.yaml "])
  #expect(offered("echo $shipy") == ["$shipyard"])
  #expect(offered("echo \"x${shipy") == ["x${shipyard}"])
  #expect(offered("kubec").contains("kubectl "))
  #expect(offered("kubectl get no").contains("nodes "))
  #expect(offered("k describe node node0") == ["node01 ", "node02 "])
}

@Test("a cluster can be given up while a command still cleans up after itself")
func givenUp() {
  var cluster: Cluster? = Cluster(.kubeadm, seed: 5)
  let result = cluster?.shell.run(
    "kubectl run x --image=busybox -i --rm --restart=Never -- sh -c 'while sleep 1; do echo hi; "
      + "done' & sleep 5")
  cluster = nil
  #expect(result?.output.contains("hi\n") == true, "\(result?.output ?? "")")
}
