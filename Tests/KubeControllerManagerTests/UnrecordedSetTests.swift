import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream's StatefulSet and Deployment controllers that no recording shows.
@Suite struct UnrecordedSetTests {
  private static func set(_ spec: String) -> String {
    """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: s}
    spec:
      replicas: 4
      serviceName: s
      selector: {matchLabels: {a: b}}
      \(spec)
      template:
        metadata: {labels: {a: b}}
        spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: a}]}
    """
  }

  @Test("maxUnavailable is dropped: its feature is off, and Pods are updated one at a time")
  func oneAtATime() throws {
    let scene = try Scene.play(
      Self.set(
        "podManagementPolicy: Parallel\n  updateStrategy: {rollingUpdate: {maxUnavailable: 3}}"),
      seconds: 10)
    let set = try scene.client.get(.statefulSets, "s", namespace: Scene.namespace)
    #expect(set[path: "spec", "updateStrategy", "rollingUpdate"] == ["partition": 0])
    var least = 4
    let pods = scene.client.informer(.pods, namespace: Scene.namespace)
    pods.onChange { _, _ in
      let ready = pods.objects.values.filter {
        $0.isConditionTrue("Ready") && !$0.isBeingDeleted
      }
      if pods.objects.count >= 3 { least = min(least, ready.count) }
    }
    scene.advance(by: .milliseconds(1))
    least = 4
    _ = try scene.client.patch(
      .statefulSets, "s", namespace: Scene.namespace, .merge,
      [
        "spec": [
          "template": ["spec": ["containers": [["name": "c", "image": "b"]]]]
        ]
      ])
    scene.advance(by: .seconds(30))
    #expect(least == 3)
    #expect(
      pods.objects.values.allSatisfy {
        $0[path: "spec", "containers"]?[0]?["image"] == "b"
      })
  }

  @Test("a Pod that failed is replaced without a word")
  func failed() throws {
    let scene = try Scene.play(Self.set("podManagementPolicy: OrderedReady"), seconds: 15)
    let before = try scene.client.get(.pods, "s-1", namespace: Scene.namespace)
    _ = try scene.client.patch(
      .pods, "s-1", namespace: Scene.namespace, .merge, ["status": ["phase": "Failed"]],
      subresource: "status")
    scene.advance(by: .seconds(10))
    let after = try scene.client.get(.pods, "s-1", namespace: Scene.namespace)
    #expect(after.uid != before.uid)
    #expect(after.isConditionTrue("Ready"))
    let reasons = Set(try scene.client.list(.events).compactMap { $0["reason"]?.string })
    #expect(!reasons.contains("RecreatingFailedPod"))
    #expect(reasons.contains("SuccessfulDelete"))
  }

  @Test(
    "a set made anew takes over what the old one left",
    arguments: [
      ("StatefulSet", "replicas: 2\n  serviceName: s"),
      ("DaemonSet", "updateStrategy: {type: OnDelete}"),
    ])
  func adoption(_ kind: String, _ spec: String) throws {
    let manifest = """
      apiVersion: apps/v1
      kind: \(kind)
      metadata: {name: s}
      spec:
        \(spec)
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: a}]}
      """
    let resource = Scene.resource(of: kind)
    let scene = try Scene.play(manifest, seconds: 10)
    let pods = { try scene.client.list(.pods, namespace: Scene.namespace) }
    let before = Set(try pods().map(\.uid))
    try scene.client.delete(
      resource, "s", namespace: Scene.namespace, options: ["propagationPolicy": "Orphan"])
    scene.advance(by: .seconds(5))
    #expect(try pods().allSatisfy { $0.controllerReference == nil })
    try scene.add(manifest)
    scene.advance(by: .seconds(10))
    let set = try scene.client.get(resource, "s", namespace: Scene.namespace)
    #expect(Set(try pods().map(\.uid)) == before)
    #expect(try pods().allSatisfy { $0.controllerReference?.uid == set.uid })
    let revisions = try scene.client.list(.controllerRevisions, namespace: Scene.namespace)
    #expect(revisions.map { $0.controllerReference?.uid } == [set.uid])
  }

  @Test("a Pod that lost its label gets it back, and that is told")
  func identity() throws {
    let scene = try Scene.play(Self.set("podManagementPolicy: OrderedReady"), seconds: 15)
    let label = "statefulset.kubernetes.io/pod-name"
    _ = try scene.client.patch(
      .pods, "s-0", namespace: Scene.namespace, .merge,
      ["metadata": ["labels": .object([label: .null])]])
    scene.advance(by: .seconds(3))
    #expect(try scene.client.get(.pods, "s-0", namespace: Scene.namespace).label(label) == "s-0")
    #expect(
      try scene.client.list(.events).contains {
        $0["reason"] == "SuccessfulUpdate"
          && $0["message"] == "Update Pod s-0 in StatefulSet s successful"
      })
  }

  @Test("a Deployment goes back to the revision that its annotation names")
  func goingBack() throws {
    let scene = try Scene.play(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: w, annotations: {kubernetes.io/change-cause: first}}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: 'a:1'}]}
      """, seconds: 5)
    func change(_ patch: Value) throws {
      _ = try scene.client.patch(.deployments, "w", namespace: Scene.namespace, .merge, patch)
      scene.advance(by: .seconds(5))
    }
    try change([
      "metadata": ["annotations": ["kubernetes.io/change-cause": "second"]],
      "spec": ["template": ["metadata": ["annotations": ["v": "2"]]]],
    ])
    var said: [String] = []
    for revision in ["1", "9", "3", "0", "x"] {
      try change([
        "metadata": ["annotations": ["deprecated.deployment.rollback.to": .string(revision)]]
      ])
      let now = try scene.client.get(.deployments, "w", namespace: Scene.namespace)
      said.append(
        "\(now.annotation("deprecated.deployment.rollback.to") ?? "-") "
          + "\(now.annotation("kubernetes.io/change-cause") ?? "") "
          + "\(now.annotation("deployment.kubernetes.io/revision") ?? "")")
    }
    #expect(said == ["- first 3", "- first 3", "- first 3", "- second 4", "x second 4"])
    let events = try scene.client.list(.events).filter {
      $0.text("reason").hasPrefix("DeploymentRollback")
    }
    #expect(
      Set(events.map { $0.text("message") }) == [
        "Rolled back deployment \"w\" to revision 1",
        "Unable to find the revision to rollback to.",
        "The rollback revision contains the same template as current deployment \"w\"",
        "Rolled back deployment \"w\" to revision 2",
      ])
  }
}
