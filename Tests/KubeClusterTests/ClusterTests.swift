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
  #expect(try client.list(.pods, namespace: "kube-system").count == 9)
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
