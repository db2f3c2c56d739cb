import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream's StatefulSet controller that no recording shows.
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
}
