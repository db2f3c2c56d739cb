import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream's Job controller that no recording shows.
@Suite struct UnrecordedJobTests {
  private func job(_ spec: String, code: String? = nil) -> String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: j}
    spec:
      \(spec)
      template:
        metadata: {annotations: {\(code.map { "stand-in/exit-code: \"\($0)\"" } ?? "")}}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers: [{name: c, image: a}]
    """
  }

  private func status(_ scene: Scene) throws -> Value {
    try scene.client.get(.jobs, "j", namespace: Scene.namespace)["status"] ?? .null
  }

  private func pods(_ scene: Scene) throws -> [Value] {
    try scene.client.list(.pods, namespace: Scene.namespace)
  }

  private func indexes(_ scene: Scene) throws -> [String] {
    try pods(scene).compactMap { $0.annotation("batch.kubernetes.io/job-completion-index") }
      .sorted()
  }

  private func change(_ scene: Scene, _ spec: Value) throws {
    _ = try scene.client.patch(
      .jobs, "j", namespace: Scene.namespace, .merge, ["spec": spec])
    scene.advance(by: .seconds(5))
  }

  private func finish(_ index: String, _ code: String, _ scene: Scene) throws {
    for pod in try pods(scene)
    where pod.annotation("batch.kubernetes.io/job-completion-index") == index {
      _ = try scene.client.patch(
        .pods, pod.name, namespace: Scene.namespace, .merge,
        ["metadata": ["annotations": ["stand-in/exit-code": .string(code)]]])
    }
    scene.advance(by: .seconds(5))
  }

  @Test("an Indexed Job that shrinks loses its highest indexes, and successes of theirs")
  func shrinking() throws {
    let scene = try Scene.play(
      job("{completionMode: Indexed, completions: 4, parallelism: 4}".unbraced), seconds: 5)
    try finish("3", "0", scene)
    #expect(try status(scene)["completedIndexes"] == "3")
    try change(scene, ["completions": 2, "parallelism": 2])
    #expect(try status(scene)["completedIndexes"] == nil)
    #expect(try status(scene)["succeeded"] == nil)
    #expect(try status(scene)["active"] == 2)
    let running = try pods(scene).filter { $0[path: "status", "phase"] == "Running" }
    #expect(
      Set(running.compactMap { $0.annotation("batch.kubernetes.io/job-completion-index") })
        == ["0", "1"])
  }

  @Test("a higher index does not go before one that waits its back-off out")
  func waiting() throws {
    let scene = try Scene.play(
      job(
        "{completionMode: Indexed, completions: 4, parallelism: 1, backoffLimitPerIndex: 3}"
          .unbraced),
      seconds: 3)
    #expect(try indexes(scene) == ["0"])
    try finish("0", "1", scene)
    #expect(try indexes(scene) == ["0"])
    scene.advance(by: .seconds(20))
    #expect(try indexes(scene).filter { $0 == "0" }.count == 2)
  }

  @Test("a suspended Job that has its completions is complete")
  func suspended() throws {
    let scene = try Scene.play(job("parallelism: 2"), seconds: 3)
    let first = try #require(try pods(scene).first)
    _ = try scene.client.patch(
      .pods, first.name, namespace: Scene.namespace, .merge,
      ["metadata": ["annotations": ["stand-in/exit-code": "0"]]])
    scene.advance(by: .milliseconds(200))
    try change(scene, ["suspend": true])
    #expect(try status(scene)["succeeded"] == 1)
    #expect(
      try scene.client.get(.jobs, "j", namespace: Scene.namespace).isConditionTrue("Complete"))
  }

  @Test("a failure that the policy ignores counts apart for its index")
  func ignoredFailures() throws {
    let policy =
      "podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [5]}}]}"
    let scene = try Scene.play(
      job(
        "{completionMode: Indexed, completions: 1, backoffLimitPerIndex: 1}".unbraced
          + "\n  " + policy, code: "5"), seconds: 15)
    let newest = try #require(
      try pods(scene).max {
        ($0.creationTimestamp ?? scene.timeline.now) < ($1.creationTimestamp ?? scene.timeline.now)
      })
    #expect(newest.annotation("batch.kubernetes.io/job-index-failure-count") == "0")
    #expect(newest.annotation("batch.kubernetes.io/job-index-ignored-failure-count") == "1")
    scene.advance(by: .minutes(5))
    #expect(try status(scene)["failedIndexes"]?.string ?? "" == "")
    #expect(
      try !scene.client.get(.jobs, "j", namespace: Scene.namespace).isConditionTrue("Failed"))
  }

  @Test("the failure of an index counts when its next Pod is there")
  func heldFailure() throws {
    let scene = try Scene.play(
      job(
        "{completionMode: Indexed, completions: 2, parallelism: 2, backoffLimitPerIndex: 1}"
          .unbraced),
      seconds: 3)
    try finish("0", "1", scene)
    #expect(try status(scene)["failed"] == nil)
    scene.advance(by: .seconds(10))
    #expect(try status(scene)["failed"] == 1)
    #expect(try status(scene)["active"] == 2)
  }

  @Test("a work queue that had a success keeps who works, whatever its parallelism becomes")
  func workQueue() throws {
    let scene = try Scene.play(job("parallelism: 3"), seconds: 3)
    let first = try #require(try pods(scene).first)
    _ = try scene.client.patch(
      .pods, first.name, namespace: Scene.namespace, .merge,
      ["metadata": ["annotations": ["stand-in/exit-code": "0"]]])
    scene.advance(by: .seconds(3))
    try change(scene, ["parallelism": 1])
    #expect(try status(scene)["active"] == 2)
  }

  @Test("who is nobody's is not held: Pods of a Job that was deleted alone can go")
  func orphans() throws {
    let scene = try Scene.play(job("parallelism: 1"), seconds: 3)
    try scene.client.delete(
      .jobs, "j", namespace: Scene.namespace, options: ["propagationPolicy": "Orphan"])
    scene.advance(by: .seconds(3))
    let pod = try #require(try pods(scene).first)
    #expect(pod.controllerReference == nil)
    #expect(pod.finalizers.isEmpty)
  }
}

extension String {
  /// Members of a flow mapping as members of the block around it.
  fileprivate var unbraced: String {
    String(dropFirst().dropLast()).replacing(", ", with: "\n  ")
  }
}
