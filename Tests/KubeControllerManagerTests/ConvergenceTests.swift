import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Properties that hold for every controller, whatever happens in which order.
@Suite struct ConvergenceTests {
  static let workloads: [Value] = [
    [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "w"],
      "spec": [
        "replicas": 3, "selector": ["matchLabels": ["app": "w"]], "template": template("Always"),
      ],
    ],
    [
      "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": ["name": "w"],
      "spec": [
        "replicas": 3, "serviceName": "w", "selector": ["matchLabels": ["app": "w"]],
        "template": template("Always"),
      ],
    ],
    [
      "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": ["name": "w"],
      "spec": ["selector": ["matchLabels": ["app": "w"]], "template": template("Always")],
    ],
    [
      "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "w"],
      "spec": [
        "completions": 4, "parallelism": 2,
        "template": template("Never", ["stand-in/exit-code": "0"]),
      ],
    ],
  ]

  static func template(_ policy: String, _ annotations: Value = [:]) -> Value {
    [
      "metadata": ["labels": ["app": "w"], "annotations": annotations],
      "spec": [
        "restartPolicy": .string(policy), "terminationGracePeriodSeconds": 0,
        "containers": [["name": "c", "image": "registry.local/a:1"]],
      ],
    ]
  }

  static let watched: [GroupVersionResource] = [
    .pods, .replicaSets, .deployments, .statefulSets, .daemonSets, .jobs, .controllerRevisions,
    .endpointSlices, .configMaps, .serviceAccounts, .podDisruptionBudgets,
  ]

  /// What there is, by kind, name and version.
  private func versions(_ scene: Scene) throws -> [String] {
    try Self.watched.flatMap { resource in
      try scene.client.list(resource, namespace: Scene.namespace).map {
        "\(resource.resource)/\($0.name)@\($0.resourceVersion)"
      }
    }
  }

  /// What there is, without names and times that chance gave.
  private func shape(_ scene: Scene) throws -> [String] {
    try Self.watched.flatMap { resource in
      try scene.client.list(resource, namespace: Scene.namespace).map { object in
        let status = object["status"]
        let counts = ["replicas", "readyReplicas", "availableReplicas", "succeeded", "phase"]
          .compactMap { key in status?[key].map { "\(key)=\(Placeholders.brief($0))" } }
        return "\(resource.resource) \(counts.joined(separator: " "))"
      }
    }.sorted()
  }

  private func create(_ workload: Value, _ scene: Scene) throws {
    _ = try scene.client.create(
      Scene.resource(of: workload.kind), workload, namespace: Scene.namespace)
  }

  @Test("controllers that start anew change nothing that is at rest", arguments: workloads)
  func twice(_ workload: Value) throws {
    let scene = try Scene()
    try create(workload, scene)
    scene.advance(by: .seconds(60))
    let before = try versions(scene)
    #expect(before.count > 4)
    scene.restartControllers()
    scene.advance(by: .seconds(60))
    #expect(try versions(scene) == before)
    #expect(scene.differences.isEmpty)
  }

  @Test(
    "controllers that are restarted in the middle come to the same end",
    arguments: workloads, [20, 510, 560, 640, 900, 1600] as [Int64])
  func interrupted(_ workload: Value, _ milliseconds: Int64) throws {
    let calm = try Scene()
    try create(workload, calm)
    calm.advance(by: .seconds(60))
    let scene = try Scene()
    try create(workload, scene)
    scene.advance(by: .milliseconds(milliseconds))
    scene.restartControllers()
    scene.advance(by: .seconds(60))
    #expect(try shape(scene) == shape(calm))
  }

  @Test(
    "whatever comes first, and however close together, the end is the same",
    arguments: 0..<6, [0, 30, 700] as [Int64])
  func order(_ permutation: Int, _ gap: Int64) throws {
    func play(_ order: [Int], _ gap: Int64) throws -> [String] {
      let scene = try Scene()
      for index in order {
        var workload = Self.workloads[index]
        let name = Value.string("w\(index)")
        workload["metadata"]?["name"] = name
        if workload["spec"]?["selector"] != nil {
          workload["spec"]?["selector"] = ["matchLabels": ["app": name]]
        }
        workload["spec"]?["template"]?["metadata"]?["labels"] = ["app": name]
        try create(workload, scene)
        scene.advance(by: .milliseconds(gap))
      }
      scene.advance(by: .seconds(60))
      #expect(scene.differences.isEmpty)
      return try shape(scene)
    }
    var left = Array(Self.workloads.indices)
    var order: [Int] = []
    var number = permutation * 5 + 3
    while !left.isEmpty {
      order.append(left.remove(at: number % left.count))
      number /= 2
    }
    #expect(try play(order, gap) == play(Array(Self.workloads.indices), 1000))
  }

  @Test(
    "a rolling update keeps within its bounds",
    arguments: [
      (3, "1", "0"), (4, "25%", "25%"), (10, "25%", "25%"), (5, "0", "2"), (7, "100%", "50%"),
      (1, "1", "0"), (6, "0", "1"),
    ])
  func bounds(_ replicas: Int64, _ surge: String, _ unavailable: String) throws {
    let scene = try Scene()
    func amount(_ text: String) -> Value { Int64(text).map { .int($0) } ?? .string(text) }
    var deployment = Self.workloads[0]
    deployment["spec"]?["replicas"] = .int(replicas)
    deployment["spec"]?["strategy"] = [
      "type": "RollingUpdate",
      "rollingUpdate": ["maxSurge": amount(surge), "maxUnavailable": amount(unavailable)],
    ]
    try create(deployment, scene)
    scene.advance(by: .seconds(20))
    let most =
      replicas + (IntOrString(amount(surge))?.scaled(of: replicas, roundingUp: true) ?? 0)
    let least =
      replicas - (IntOrString(amount(unavailable))?.scaled(of: replicas, roundingUp: false) ?? 0)
    var broken: [String] = []
    var changes = 0
    let pods = scene.client.informer(.pods, namespace: Scene.namespace)
    pods.onChange { _, _ in
      changes += 1
      let alive = pods.objects.values.filter { !$0.isBeingDeleted }
      let ready = alive.count { $0.isConditionTrue("Ready") }
      if Int64(alive.count) > most { broken.append("\(alive.count) Pods of at most \(most)") }
      if Int64(ready) < least { broken.append("\(ready) ready of at least \(least)") }
    }
    _ = try scene.client.patch(
      .deployments, "w", namespace: Scene.namespace, .strategic,
      [
        "spec": [
          "template": ["spec": ["containers": [["name": "c", "image": "registry.local/a:2"]]]]
        ]
      ])
    scene.advance(by: .seconds(60))
    #expect(broken.isEmpty)
    #expect(changes > Int(replicas))
    let images = pods.objects.values.map { $0[path: "spec", "containers"]?[0]?["image"] }
    #expect(images.allSatisfy { $0 == "registry.local/a:2" })
  }
}
