import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeControllerManager

/// A HorizontalPodAutoscaler with figures to go by.
@Suite struct AutoscalingTests {
  private static let metrics = GroupVersionResource("metrics.k8s.io", "v1beta1", "pods")

  /// A Deployment whose Pods ask for 100m each, and somebody who serves metrics of them.
  private func scene(replicas: Int64, behavior: Value? = nil) throws -> Scene {
    let scene = try Scene()
    _ = try scene.client.create(
      .customResourceDefinitions,
      [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": [
          "name": "pods.metrics.k8s.io",
          "annotations": ["api-approved.kubernetes.io": "unapproved, a test"],
        ],
        "spec": [
          "group": "metrics.k8s.io", "scope": "Namespaced",
          "names": ["plural": "pods", "singular": "podmetrics", "kind": "PodMetrics"],
          "versions": [
            [
              "name": "v1beta1", "served": true, "storage": true,
              "schema": [
                "openAPIV3Schema": [
                  "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                ]
              ],
            ]
          ],
        ],
      ])
    var spec: Value = [
      "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "w"],
      "minReplicas": 1, "maxReplicas": 20,
      "metrics": [
        [
          "type": "Resource",
          "resource": [
            "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 50],
          ],
        ]
      ],
    ]
    spec["behavior"] = behavior
    var deployment = ConvergenceTests.workloads[0]
    deployment["spec"]?["replicas"] = .int(replicas)
    deployment["spec"]?["template"]?["spec"]?["containers"] = [
      [
        "name": "c", "image": "registry.local/a:1",
        "resources": ["requests": ["cpu": "100m"]],
      ]
    ]
    _ = try scene.client.create(.deployments, deployment, namespace: Scene.namespace)
    scene.advance(by: .seconds(120))
    _ = try scene.client.create(
      .horizontalPodAutoscalers,
      [
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": ["name": "h"], "spec": spec,
      ], namespace: Scene.namespace)
    return scene
  }

  /// Every Pod uses so much CPU from now on.
  private func use(_ cpu: String, _ scene: Scene) throws {
    for old in (try? scene.client.list(Self.metrics, namespace: Scene.namespace)) ?? [] {
      try scene.client.delete(Self.metrics, old.name, namespace: Scene.namespace)
    }
    for pod in try scene.client.list(.pods, namespace: Scene.namespace) {
      _ = try scene.client.create(
        Self.metrics,
        [
          "apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics",
          "metadata": ["name": .string(pod.name), "labels": pod.labels ?? [:]],
          "timestamp": .string((scene.timeline.now + .seconds(600)).rfc3339), "window": "15s",
          "containers": [["name": "c", "usage": ["cpu": .string(cpu), "memory": "10Mi"]]],
        ], namespace: Scene.namespace)
    }
  }

  private func size(_ scene: Scene) throws -> Int64 {
    try scene.client.get(.deployments, "w", namespace: Scene.namespace)[
      path: "spec", "replicas"]?.int ?? -1
  }

  private func condition(_ type: String, _ scene: Scene) throws -> Value? {
    try scene.client.get(.horizontalPodAutoscalers, "h", namespace: Scene.namespace)
      .condition(type)
  }

  @Test(
    "replicas follow what Pods use",
    arguments: [
      ("100m", 6), ("50m", 3), ("54m", 3), ("60m", 4), ("75m", 5), ("400m", 6),
    ] as [(String, Int64)])
  func up(_ use: String, _ expected: Int64) throws {
    let scene = try scene(replicas: 3)
    try self.use(use, scene)
    scene.advance(by: .seconds(16))
    #expect(try size(scene) == expected)
    #expect(try condition("ScalingActive", scene)?["reason"] == "ValidMetricFound")
  }

  @Test("Pods that use nothing use none of their request")
  func idle() throws {
    let scene = try scene(replicas: 1)
    try use("0", scene)
    scene.advance(by: .seconds(16))
    let scaler = try scene.client.get(.horizontalPodAutoscalers, "h", namespace: Scene.namespace)
    let current = scaler[path: "status", "currentMetrics"]?[0]?[path: "resource", "current"]
    #expect(current?["averageUtilization"] == 0, "\(scaler)")
  }

  @Test("without behaviour a target at most doubles, or has four")
  func limit() throws {
    let scene = try scene(replicas: 3)
    try use("400m", scene)
    scene.advance(by: .seconds(16))
    let limited = try condition("ScalingLimited", scene)
    #expect(limited?["status"] == "True")
    #expect(limited?["reason"] == "ScaleUpLimit")
  }

  @Test("what is used less is taken away five minutes later")
  func down() throws {
    let scene = try scene(replicas: 4)
    try use("50m", scene)
    scene.advance(by: .seconds(16))
    try use("10m", scene)
    scene.advance(by: .seconds(60))
    #expect(try size(scene) == 4)
    #expect(try condition("AbleToScale", scene)?["reason"] == "ScaleDownStabilized")
    scene.advance(by: .seconds(300))
    #expect(try size(scene) == 1)
  }

  @Test("behaviour limits how fast a target shrinks")
  func behaviour() throws {
    let scene = try scene(
      replicas: 8,
      behavior: [
        "scaleDown": [
          "stabilizationWindowSeconds": 0,
          "policies": [["type": "Pods", "value": 2, "periodSeconds": 60]],
        ]
      ])
    try use("5m", scene)
    scene.advance(by: .seconds(16))
    #expect(try size(scene) == 6)
    #expect(try condition("ScalingLimited", scene)?["reason"] == "ScaleDownLimit")
    scene.advance(by: .seconds(45))
    #expect(try size(scene) == 6)
    scene.advance(by: .seconds(30))
    #expect(try size(scene) == 4)
  }

  @Test(
    "a window's length is read as Go writes it",
    arguments: [("30s", 30), ("1m0s", 60), ("1h2m3s", 3723), ("", 0)] as [(String, Int64)])
  func window(_ text: String, _ seconds: Int64) {
    #expect(MetricsClient.window(text) == .seconds(seconds))
  }
}
