import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream about Pods that are disrupted, which no recording shows.
@Suite struct UnrecordedDisruptionTests {
  private static func pod(_ spec: String = "", finalizers: String = "[]") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: p, labels: {a: b}, finalizers: \(finalizers)}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: c, image: a}]
      \(spec)

    """
  }

  private func events(_ scene: Scene, _ reason: String) throws -> [String] {
    try scene.client.list(.events).filter { $0["reason"]?.string == reason }
      .compactMap { $0["message"]?.string }
  }

  private func pod(_ scene: Scene) -> Value? {
    try? scene.client.get(.pods, "p", namespace: Scene.namespace)
  }

  @Test(
    "a budget that goes by owners says that a Pod has none",
    arguments: [
      ("maxUnavailable: 1", true), ("minAvailable: 50%", true), ("minAvailable: 1", false),
    ])
  func unmanaged(_ rule: String, _ isTold: Bool) throws {
    let scene = try Scene.play(
      Self.pod() + """
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: b}
        spec: {\(rule), selector: {matchLabels: {a: b}}}
        """, seconds: 5)
    let told = try events(scene, "UnmanagedPods")
    #expect(told.isEmpty != isTold)
    let start =
      "Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:"
      + "map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be"
    #expect(told.allSatisfy { $0.hasPrefix(start) })
  }

  private func mark(_ scene: Scene, _ reason: String) throws {
    _ = try scene.client.patch(
      .pods, "p", namespace: Scene.namespace, .strategic,
      [
        "status": [
          "conditions": [
            [
              "type": "DisruptionTarget", "status": "True", "reason": .string(reason),
              "message": "m", "lastTransitionTime": .string(scene.timeline.now.rfc3339),
            ]
          ]
        ]
      ], subresource: "status")
  }

  @Test(
    "a mark that nobody acts on is taken back after two minutes, but not a kubelet's",
    arguments: [("EvictionByEvictionAPI", "False"), ("TerminationByKubelet", "True")])
  func staleMark(_ reason: String, _ status: String) throws {
    let scene = try Scene.play(Self.pod(), seconds: 5)
    try mark(scene, reason)
    scene.advance(by: .seconds(115))
    #expect(pod(scene)?.condition("DisruptionTarget")?["status"] == "True")
    scene.advance(by: .seconds(10))
    let condition = pod(scene)?.condition("DisruptionTarget")
    #expect(condition?["status"]?.string == status)
    #expect((condition?["reason"] == nil) == (status == "False"))
  }

  @Test("a Pod whose node is gone has failed before it goes")
  func orphan() throws {
    let scene = try Scene.play(
      Self.pod("nodeName: node01", finalizers: "[example.com/hold]"), seconds: 5)
    try scene.client.delete(.nodes, "node01")
    scene.advance(by: .seconds(90))
    #expect(pod(scene)?[path: "status", "phase"] == "Failed")
    #expect(pod(scene)?.condition("DisruptionTarget")?["reason"] == "DeletionByPodGC")
    #expect(pod(scene)?.isBeingDeleted == true)
  }

  @Test("a Pod that ends without a node has failed, too")
  func unscheduled() throws {
    let scene = try Scene.play(
      Self.pod("nodeSelector: {no: where}", finalizers: "[example.com/hold]"), seconds: 2)
    try scene.client.delete(.pods, "p", namespace: Scene.namespace)
    scene.advance(by: .seconds(25))
    #expect(pod(scene)?[path: "status", "phase"] == "Failed")
  }

  private func taint(_ scene: Scene, _ keys: String...) throws {
    let taints = keys.map { key -> Value in ["key": .string(key), "effect": "NoExecute"] }
    _ = try scene.client.patch(
      .nodes, "node01", .merge, ["spec": ["taints": .array(taints)]])
  }

  private static let patient =
    "nodeName: node01\n  tolerations: [{key: x, operator: Exists, effect: NoExecute, tolerationSeconds: 50}, "
    + "{key: z, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]"

  @Test("the first toleration of a taint is the one that counts")
  func firstToleration() throws {
    let scene = try Scene.play(
      Self.pod(
        "nodeName: node01\n  tolerations: [{key: x, operator: Exists}, "
          + "{key: x, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]"), seconds: 5)
    try taint(scene, "x")
    scene.advance(by: .seconds(60))
    #expect(pod(scene)?.isBeingDeleted == false)
  }

  @Test(
    "who is to go in a while goes then, whatever taints come; who must go at once is told twice")
  func planned() throws {
    let scene = try Scene.play(Self.pod(Self.patient), seconds: 5)
    try taint(scene, "x")
    scene.advance(by: .seconds(10))
    try taint(scene, "x", "z")
    scene.advance(by: .seconds(30))
    #expect(pod(scene)?.isBeingDeleted == false)
    #expect(try events(scene, "TaintManagerEviction").isEmpty)
    try taint(scene, "x", "w")
    scene.advance(by: .seconds(2))
    #expect(pod(scene) == nil)
    #expect(
      try events(scene, "TaintManagerEviction") == [
        "Cancelling deletion of Pod ns/p", "Marking for deletion Pod ns/p",
      ])
  }

  @Test("nodes of a zone are emptied one after the other")
  func pace() throws {
    let scene = try Scene.play("", seconds: 1)
    for name in ["node01", "node02"] {
      scene.kubelet.silent.insert(name)
    }
    func emptied() throws -> Int {
      try scene.client.list(.nodes).count { node in
        (node[path: "spec", "taints"]?.array ?? []).contains {
          $0["key"] == "node.kubernetes.io/unreachable" && $0["effect"] == "NoExecute"
        }
      }
    }
    var first: Moment?
    for _ in 0..<90 where first == nil {
      scene.advance(by: .seconds(1))
      if try emptied() > 0 { first = scene.timeline.now }
    }
    #expect(try emptied() == 1)
    scene.advance(by: .seconds(8))
    #expect(try emptied() == 1)
    scene.advance(by: .seconds(4))
    #expect(try emptied() == 2)
  }
}
