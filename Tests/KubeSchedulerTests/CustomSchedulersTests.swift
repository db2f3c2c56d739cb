import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// Schedulers that a learner runs beside the cluster's own.
@Suite struct CustomSchedulersTests {
  private static let configuration = """
    apiVersion: kubescheduler.config.k8s.io/v1
    kind: KubeSchedulerConfiguration
    profiles:
    - schedulerName: mine
    leaderElection:
      leaderElect: false
    """

  private static let pod: Value = [
    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "my-scheduler"],
    "spec": [
      "containers": [
        [
          "name": "c", "image": "registry.k8s.io/kube-scheduler:v1.36.2",
          "command": [
            "/usr/local/bin/kube-scheduler", "--config=/etc/kubernetes/mine/config.yaml",
          ],
          "volumeMounts": [["name": "config", "mountPath": "/etc/kubernetes/mine"]],
        ]
      ],
      "volumes": [["name": "config", "configMap": ["name": "mine"]]],
    ],
  ]

  @Test("a scheduler's names are those of its configuration's profiles")
  func names() {
    let names = CustomSchedulers.names(of: Self.pod) { name in
      name == "mine" ? ["data": ["config.yaml": .string(Self.configuration)]] : nil
    }
    #expect(names == ["mine"])
    #expect(CustomSchedulers.names(of: Self.pod) { _ in nil }.isEmpty)
  }

  @Test("Pods that name a scheduler of one's own are placed while it runs")
  func placement() throws {
    let reef = try Reef()
    try reef.create([
      "apiVersion": "v1", "kind": "Node", "metadata": ["name": "n1"],
      "status": [
        "allocatable": ["cpu": "4", "memory": "8Gi", "pods": "110"],
        "conditions": [["type": "Ready", "status": "True"]],
      ],
    ])
    try reef.create([
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "mine"],
      "data": ["config.yaml": .string(Self.configuration)],
    ])
    let custom = CustomSchedulers(server: reef.server, seed: 1)
    custom.start()
    try reef.create([
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "waits"],
      "spec": ["schedulerName": "mine", "containers": [["name": "c", "image": "i"]]],
    ])
    reef.timeline.advance(by: .seconds(5))
    func node() throws -> String? {
      try reef.client.get(.pods, "waits", namespace: Reef.namespace)[
        path: "spec", "nodeName"]?.string
    }
    #expect(try node() == nil)
    try reef.create(Self.pod)
    reef.timeline.advance(by: .seconds(5))
    _ = try reef.client.patch(
      .pods, "my-scheduler", namespace: Reef.namespace, .merge,
      ["status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]],
      subresource: "status")
    reef.timeline.advance(by: .seconds(5))
    #expect(try node() == "n1")
    #expect(custom.scheduler(named: "mine") != nil)
  }
}
