import Documents
import KubeAPIServer
import KubeObjects
import KubeScheduler
import Simulation

/// Pods a second that the scheduler places on 5,000 nodes, its writes to the API server included:
/// the workloads of upstream's scheduler_perf, on one core.
enum Scheduling {
  static func measure(isTiny: Bool) throws {
    for workload in workloads {
      let trial = try Trial(nodes: isTiny ? 50 : 5000)
      func scaled(_ count: Int) -> Int { isTiny ? max(count / 100, 1) : count }
      try trial.create(scaled(workload.before), workload.standing)
      let count = scaled(workload.count)
      let spent = try trial.place(count, workload.pod)
      row(
        "scheduling, \(workload.name): \(trial.placed) of \(count) Pods",
        "\(Int(Double(trial.placed) / spent * 1000))/s", "\(workload.aim)/s")
    }
  }

  private struct Workload {
    var name: String
    /// Pods that run before, and what they are.
    var before: Int
    var standing: Value
    var count: Int
    var pod: Value
    var aim: Int
  }

  private static let workloads = [
    Workload(
      name: "basic", before: 1000, standing: plain, count: 10_000, pod: plain, aim: 8000),
    Workload(
      name: "node affinity", before: 5000, standing: plain, count: 10_000,
      pod: plain.with([
        "nodeAffinity": [
          required: [
            "nodeSelectorTerms": [
              [
                "matchExpressions": [
                  ["key": .string(zone), "operator": "In", "values": ["z1", "z2"]]
                ]
              ]
            ]
          ]
        ]
      ]), aim: 1000),
    Workload(
      name: "pod anti-affinity", before: 1000, standing: apart, count: 2000, pod: apart, aim: 1000),
    Workload(
      name: "topology spread", before: 1000, standing: plain, count: 5000, pod: spread, aim: 1000),
    Workload(
      name: "preemption", before: 20_000, standing: pod(cpu: "900m", priority: 0), count: 1000,
      pod: pod(cpu: "3000m", priority: 10), aim: 1000),
  ]

  private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
  private static let zone = "topology.kubernetes.io/zone"
  private static let plain = pod(cpu: "100m", priority: 0)

  private static let apart = plain.with([
    "podAntiAffinity": [
      required: .array([
        [
          "labelSelector": ["matchLabels": ["app": "fleet"]],
          "topologyKey": "kubernetes.io/hostname",
        ]
      ])
    ]
  ])

  private static let spread: Value = {
    var pod = plain
    pod["spec"]?["topologySpreadConstraints"] = [
      [
        "maxSkew": 5, "topologyKey": .string(zone), "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": ["matchLabels": ["app": "fleet"]],
      ]
    ]
    return pod
  }()

  private static func pod(cpu: String, priority: Int64) -> Value {
    [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": ["namespace": "default", "labels": ["app": "fleet"]],
      "spec": [
        "terminationGracePeriodSeconds": 0,
        "priorityClassName": priority > 0 ? "high" : "",
        "containers": [
          [
            "name": "c", "image": "registry.k8s.io/pause:3.10",
            "resources": ["requests": ["cpu": .string(cpu), "memory": "500Mi"]],
          ]
        ],
      ],
    ]
  }

  /// A cluster of nodes with an API server and a scheduler, and nobody else.
  private final class Trial {
    private let server: APIServer
    private let client: ComponentClient
    private let scheduler: Scheduler
    private var made = 0
    private(set) var placed = 0

    init(nodes: Int) throws {
      server = APIServer(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), seed: 1)
      server.bootstrap(authority: "authority", address: "172.30.1.2")
      client = ComponentClient(
        server: server, user: UserInfo(name: "b", groups: ["system:masters"]), manager: "b")
      scheduler = Scheduler(server: server, seed: 1, host: "controlplane")
      _ = try client.create(
        .priorityClasses,
        [
          "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
          "metadata": ["name": "high"], "value": 10,
        ])
      for number in 0..<nodes { try createNode(number) }
      scheduler.start()
      server.timeline.settle()
    }

    private func createNode(_ number: Int) throws {
      let name = "n\(number)"
      var node = try client.create(
        .nodes,
        [
          "apiVersion": "v1", "kind": "Node",
          "metadata": [
            "name": .string(name),
            "labels": [
              "kubernetes.io/hostname": .string(name), .init(zone): .string("z\(number % 3)"),
            ],
          ],
        ])
      node["spec"]?["taints"] = nil
      node = try client.update(.nodes, node)
      node["status"] = [
        "allocatable": ["cpu": "4", "memory": "32Gi", "pods": "110"],
        "conditions": [["type": "Ready", "status": "True"]],
      ]
      _ = try client.update(.nodes, node, subresource: "status")
    }

    /// Makes Pods, which the scheduler does not hear of yet.
    private func make(_ count: Int, _ pod: Value) throws {
      for _ in 0..<count {
        made += 1
        var named = pod
        named["metadata"]?["name"] = .string("p\(made)")
        _ = try client.create(.pods, named, namespace: "default")
      }
    }

    /// Makes Pods and lets the scheduler place them, unmeasured.
    func create(_ count: Int, _ pod: Value) throws {
      try make(count, pod)
      server.timeline.advance(by: .seconds(1))
    }

    /// Milliseconds from the scheduler's hearing of the first Pod to the binding of the last.
    func place(_ count: Int, _ pod: Value) throws -> Double {
      let first = made + 1
      try make(count, pod)
      let spent = milliseconds { server.timeline.advance(by: .seconds(5)) }
      for number in first...made
      where (try? client.get(.pods, "p\(number)", namespace: "default"))?[
        path: "spec", "nodeName"]?.string != nil
      {
        placed += 1
      }
      return spent
    }
  }
}

extension Value {
  /// The Pod with affinities.
  fileprivate func with(_ affinity: Value) -> Value {
    var pod = self
    pod["spec"]?["affinity"] = affinity
    return pod
  }
}
