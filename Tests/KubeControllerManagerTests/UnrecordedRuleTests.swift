import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream that no recording shows.
@Suite struct UnrecordedRuleTests {
  private func events(_ scene: Scene, _ reason: String) throws -> [String] {
    try scene.client.list(.events).filter { $0["reason"]?.string == reason }
      .compactMap { $0["message"]?.string }
  }

  @Test("a budget for Pods whose owner has no size allows nothing and says why")
  func uncountable() throws {
    let scene = try Scene.play(
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: d}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: a}]}
      ---
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: b}
      spec: {maxUnavailable: 1, selector: {matchLabels: {a: b}}}
      """, seconds: 5)
    let budget = try scene.client.get(.podDisruptionBudgets, "b", namespace: Scene.namespace)
    #expect(budget.condition("DisruptionAllowed")?["reason"] == "SyncFailed")
    #expect(budget[path: "status", "disruptionsAllowed"] == 0)
    #expect(
      try events(scene, "CalculateExpectedPodCountFailed").contains(
        "Failed to calculate the number of expected pods: "
          + "daemonsets.apps does not implement the scale subresource"))
  }

  @Test("failures that a policy ignores are not counted, but waited for")
  func ignored() throws {
    let scene = try Scene.play(
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: j}
      spec:
        backoffLimit: 1
        podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [3]}}]}
        template:
          metadata: {annotations: {stand-in/exit-code: "3"}}
          spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
      """, seconds: 60)
    let job = try scene.client.get(.jobs, "j", namespace: Scene.namespace)
    #expect(job[path: "status", "failed"] == nil)
    #expect(!job.isConditionTrue("Failed"))
    #expect((2...4).contains(try scene.client.list(.pods, namespace: Scene.namespace).count))
  }

  @Test("a CronJob goes by the clocks of its time zone")
  func zone() throws {
    // It is midnight of the first of January by UTC, an hour later in Berlin.
    let scene = try Scene.play(
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: c}
      spec:
        schedule: "5 1 * * *"
        timeZone: Europe/Berlin
        jobTemplate:
          spec:
            template:
              spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
      """, seconds: 600)
    let job = try scene.client.get(.cronJobs, "c", namespace: Scene.namespace)
    #expect(job[path: "status", "lastScheduleTime"] == "2026-01-01T00:05:00Z")
  }

  private static let yearly = """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: c}
    spec:
      schedule: "0 0 1 6 *"
      jobTemplate:
        spec:
          template:
            metadata: {annotations: {stand-in/exit-code: "0"}}
            spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
    """

  @Test("a schedule that is changed makes up for nothing")
  func changedSchedule() throws {
    let scene = try Scene.play(Self.yearly, seconds: 70)
    _ = try scene.client.patch(
      .cronJobs, "c", namespace: Scene.namespace, .merge, ["spec": ["schedule": "* * * * *"]])
    let jobs = { try scene.client.list(.jobs, namespace: Scene.namespace) }
    scene.advance(by: .seconds(20))
    #expect(try jobs().isEmpty)
    scene.advance(by: .seconds(45))
    #expect(try jobs().count == 1)
  }

  @Test("a Job that somebody made of a CronJob counts as its success")
  func ownSuccess() throws {
    let scene = try Scene.play(Self.yearly, seconds: 2)
    let cronJob = try scene.client.get(.cronJobs, "c", namespace: Scene.namespace)
    _ = try scene.client.create(
      .jobs,
      [
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": [
          "name": "m", "ownerReferences": [OwnerReference.controller(cronJob).value],
        ],
        "spec": cronJob[path: "spec", "jobTemplate", "spec"] ?? .null,
      ], namespace: Scene.namespace)
    scene.advance(by: .seconds(10))
    let job = try scene.client.get(.jobs, "m", namespace: Scene.namespace)
    let end = try #require(job[path: "status", "completionTime"])
    #expect(
      try scene.client.get(.cronJobs, "c", namespace: Scene.namespace)[
        path: "status", "lastSuccessfulTime"] == end)
  }

  @Test("a daemon's Pod that waits for a node that is gone goes, too")
  func strandedDaemon() throws {
    let scene = try Scene.play(
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: d}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: a, resources: {requests: {cpu: "1000"}}}]}
      """, seconds: 5)
    let pods = { try scene.client.list(.pods, namespace: Scene.namespace) }
    #expect(try pods().count == 2)
    try scene.client.delete(.nodes, "node02")
    scene.advance(by: .seconds(5))
    // Nobody told the set.
    #expect(try pods().count == 2)
    _ = try scene.client.patch(
      .daemonSets, "d", namespace: Scene.namespace, .merge, ["metadata": ["labels": ["x": "y"]]])
    scene.advance(by: .seconds(5))
    #expect(try pods().count == 1)
  }

  @Test("a target without replicas is not scaled")
  func disabled() throws {
    let scene = try Scene.play(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: d}
      spec:
        replicas: 0
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: a}]}
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: h}
      spec:
        maxReplicas: 3
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}
      """, seconds: 20)
    let autoscaler = try scene.client.get(
      .horizontalPodAutoscalers, "h", namespace: Scene.namespace)
    #expect(autoscaler.condition("ScalingActive")?["reason"] == "ScalingDisabled")
  }

  @Test(
    "endpoints are hinted to those near them, as the Service distributes its traffic",
    arguments: [
      ("PreferClose", ["forZones": [["name": "west"]]]),
      ("PreferSameZone", ["forZones": [["name": "west"]]]),
      (
        "PreferSameNode",
        ["forNodes": [["name": "node01"]], "forZones": [["name": "west"]]]
      ), ("null", nil),
    ] as [(String, Value?)])
  func hints(_ distribution: String, _ wanted: Value?) throws {
    let scene = try Scene.play(
      """
      apiVersion: v1
      kind: Service
      metadata: {name: s}
      spec: {selector: {a: b}, trafficDistribution: \(distribution), ports: [{port: 80}]}
      """, seconds: 1)
    _ = try scene.client.patch(
      .nodes, "node01", .merge,
      ["metadata": ["labels": ["topology.kubernetes.io/zone": "west"]]])
    _ = try scene.client.create(
      .pods,
      [
        "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p", "labels": ["a": "b"]],
        "spec": ["nodeName": "node01", "containers": [["name": "c", "image": "i"]]],
      ], namespace: Scene.namespace)
    scene.advance(by: .seconds(5))
    let slices = try scene.client.list(.endpointSlices, namespace: Scene.namespace)
    #expect(slices.first?["endpoints"]?[0]?["zone"] == "west")
    #expect(slices.first?["endpoints"]?[0]?["hints"] == wanted)
  }

  @Test("an owner in another namespace is none: that is told, and the dependent goes")
  func foreignOwner() throws {
    let scene = try Scene.play(
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: owner}
      """, seconds: 1)
    let owner = try scene.client.get(.configMaps, "owner", namespace: Scene.namespace)
    _ = try scene.client.create(
      .configMaps,
      [
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": [
          "name": "kid", "namespace": "kube-system",
          "ownerReferences": [
            [
              "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": .string(owner.uid),
            ]
          ],
        ],
      ], namespace: "kube-system")
    scene.advance(by: .seconds(5))
    #expect(throws: StatusError.self) {
      try scene.client.get(.configMaps, "kid", namespace: "kube-system")
    }
    #expect(
      try events(scene, "OwnerRefInvalidNamespace") == [
        "ownerRef [v1/ConfigMap, namespace: kube-system, name: owner, uid: \(owner.uid)] does not "
          + "exist in namespace \"kube-system\""
      ])
  }

  @Test("with no more rights than theirs controllers carry claims from birth to death")
  func claims() throws {
    let scene = try Scene.play(
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: s}
      spec:
        replicas: 2
        serviceName: s
        selector: {matchLabels: {a: b}}
        persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Delete}
        volumeClaimTemplates:
        - metadata: {name: data}
          spec:
            accessModes: [ReadWriteOnce]
            storageClassName: ""
            resources: {requests: {storage: 1Gi}}
        template:
          metadata: {labels: {a: b}}
          spec:
            terminationGracePeriodSeconds: 0
            containers: [{name: c, image: a}]
      """, seconds: 5)
    for name in ["one", "two"] {
      _ = try scene.client.create(
        .persistentVolumes,
        [
          "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name)],
          "spec": [
            "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"],
            "hostPath": ["path": "/srv"],
          ],
        ])
    }
    scene.advance(by: .seconds(60))
    func claims() throws -> [Value] {
      try scene.client.list(.persistentVolumeClaims, namespace: Scene.namespace)
    }
    #expect(try claims().map { $0[path: "status", "phase"] } == ["Bound", "Bound"])
    _ = try scene.client.patch(
      .statefulSets, "s", namespace: Scene.namespace, .merge, ["spec": ["replicas": 1]])
    scene.advance(by: .seconds(30))
    #expect(try claims().map(\.name) == ["data-s-0"])
    try scene.client.delete(.statefulSets, "s", namespace: Scene.namespace)
    scene.advance(by: .seconds(30))
    #expect(try claims().isEmpty)
  }
}

extension Scene {
  /// A scene in which the objects of a manifest were made and had some time to act.
  static func play(_ manifest: String, seconds: Int64) throws -> Scene {
    let scene = try Scene(isGuarded: true)
    try scene.add(manifest)
    scene.advance(by: .seconds(seconds))
    return scene
  }

  func add(_ manifest: String) throws {
    for document in Manifest(manifest).documents {
      let object = document.value
      _ = try client.create(
        Self.resource(of: object.kind), object, namespace: Self.namespace)
    }
  }
}
