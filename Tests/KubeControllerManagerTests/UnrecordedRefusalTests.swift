import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// What controllers tell of objects whose Pods or Jobs are refused by a quota, and of those that go.
@Suite struct UnrecordedRefusalTests {
  private func quota(_ limits: String) -> String {
    """
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: q}
    spec: {hard: {\(limits)}}

    """
  }

  private func scene(_ limits: String, _ object: String) throws -> Scene {
    let scene = try Scene.play(quota(limits), seconds: 3)
    try scene.add(object)
    return scene
  }

  private func events(_ scene: Scene, _ reason: String) throws -> [Value] {
    try scene.client.list(.events).filter { $0["reason"]?.string == reason }
  }

  @Test("a Job whose Pods are refused has begun, and is tried after one second, two, four")
  func job() throws {
    let scene = try scene(
      "pods: '0'",
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: j}
      spec:
        template:
          spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
      """)
    scene.advance(by: .seconds(6))
    let status = try scene.client.get(.jobs, "j", namespace: Scene.namespace)["status"] ?? .null
    #expect(status["startTime"] != nil && status["active"] == nil)
    #expect(status["ready"] == 0 && status["terminating"] == 0)
    #expect(try events(scene, "FailedCreate").count == 3)
  }

  @Test("a DaemonSet whose Pods are refused tells how many it wants")
  func daemonSet() throws {
    let scene = try scene(
      "pods: '0'",
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: d}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: a}]}
      """)
    scene.advance(by: .seconds(3))
    let status = try scene.client.get(.daemonSets, "d", namespace: Scene.namespace)["status"]
    #expect(status?["desiredNumberScheduled"] == 2 && status?["numberUnavailable"] == 2)
    #expect(status?["observedGeneration"] == 1 && status?["currentNumberScheduled"] == 0)
  }

  @Test("a CronJob whose next Job is refused still tells once that the last one completed")
  func cronJob() throws {
    let scene = try scene(
      "count/jobs.batch: '1'",
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: c}
      spec:
        schedule: "* * * * *"
        jobTemplate:
          spec:
            template:
              spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
      """)
    scene.advance(by: .seconds(130))
    for pod in try scene.client.list(.pods, namespace: Scene.namespace) {
      _ = try scene.client.patch(
        .pods, pod.name, namespace: Scene.namespace, .merge,
        ["metadata": ["annotations": ["stand-in/exit-code": "0"]]])
    }
    scene.advance(by: .seconds(30))
    let status = try scene.client.get(.cronJobs, "c", namespace: Scene.namespace)["status"]
    #expect(status?["active"] == nil && status?["lastSuccessfulTime"] != nil)
    #expect(try events(scene, "SawCompletedJob").map { $0["count"] } == [1])
    #expect(try events(scene, "FailedCreate").isEmpty == false)
  }

  @Test("a Job that is deleted holds none of its Pods, even where only failed ones are replaced")
  func deletion() throws {
    let scene = try Scene.play(
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: j}
      spec:
        parallelism: 2
        podReplacementPolicy: Failed
        template:
          spec: {restartPolicy: Never, containers: [{name: c, image: a}]}
      """, seconds: 3)
    try scene.client.delete(
      .jobs, "j", namespace: Scene.namespace, options: ["propagationPolicy": "Foreground"])
    scene.advance(by: .seconds(40))
    #expect(try scene.client.list(.pods, namespace: Scene.namespace).isEmpty)
    #expect(try scene.client.list(.jobs, namespace: Scene.namespace).isEmpty)
  }

  @Test("a namespace waits for an API that cannot be reached, and says so")
  func staleAPI() throws {
    let scene = try Scene(isGuarded: true)
    let services = GroupVersionResource("apiregistration.k8s.io", "v1", "apiservices")
    _ = try scene.client.create(
      services,
      [
        "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
        "metadata": ["name": "v1.reef.example.com"],
        "spec": [
          "group": "reef.example.com", "version": "v1", "groupPriorityMinimum": 100,
          "versionPriority": 100, "service": ["name": "nope", "namespace": "default"],
          "insecureSkipTLSVerify": true,
        ],
      ])
    try scene.client.delete(.namespaces, Scene.namespace)
    scene.advance(by: .seconds(5))
    let condition = try scene.client.get(.namespaces, Scene.namespace)
      .condition("NamespaceDeletionDiscoveryFailure")
    #expect(condition?["reason"] == "DiscoveryFailed")
    #expect(
      condition?["message"]?.string
        == "Discovery failed for some groups, 1 failing: unable to retrieve the complete list of "
        + "server APIs: reef.example.com/v1: stale GroupVersion discovery: reef.example.com/v1")
    try scene.client.delete(services, "v1.reef.example.com")
    scene.advance(by: .minutes(1))
    #expect((try? scene.client.get(.namespaces, Scene.namespace)) == nil)
  }

  @Test("while Pods remain a namespace tells of no content")
  func lingeringPods() throws {
    let scene = try Scene.play(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p, finalizers: [a.b/c]}
      spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: a}]}
      """, seconds: 2)
    try scene.client.delete(.namespaces, Scene.namespace)
    scene.advance(by: .seconds(3))
    let namespace = try scene.client.get(.namespaces, Scene.namespace)
    #expect(namespace.condition("NamespaceContentRemaining")?["status"] == "False")
    #expect(namespace.condition("NamespaceFinalizersRemaining")?["status"] == "False")
    #expect(namespace.condition("NamespaceDeletionContentFailure")?["status"] == "False")
  }

  @Test("a Pod that a namespace cannot get rid of is unexpected once its grace is over")
  func unexpectedPods() throws {
    let scene = try Scene.play(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec: {nodeName: node01, terminationGracePeriodSeconds: 20, containers: [{name: c, image: a}]}
      """, seconds: 2)
    scene.kubelet.silent.insert("node01")
    try scene.client.delete(.namespaces, Scene.namespace)
    scene.advance(by: .seconds(30))
    let condition = try scene.client.get(.namespaces, Scene.namespace)
      .condition("NamespaceDeletionContentFailure")
    #expect(
      condition?["message"]?.string
        == "Failed to delete all resource types, 1 remaining: unexpected items still remain in "
        + "namespace: \(Scene.namespace) for gvr: /v1, Resource=pods")
  }
}
