import Documents
import Testing

@testable import KubeObjects

@Suite struct PodResourcesTests {
  private func container(_ requests: Value, always: Bool = false) -> Value {
    var out: Value = ["resources": ["requests": requests]]
    if always { out["restartPolicy"] = "Always" }
    return out
  }

  @Test("a Pod asks for its containers together, its largest init container and its sidecars")
  func requests() {
    let spec: Value = [
      "containers": [container(["cpu": "100m"]), container(["cpu": "200m", "memory": "1Gi"])],
      "initContainers": [
        container(["cpu": "50m"], always: true), container(["cpu": "1"]),
      ],
      "overhead": ["cpu": "10m"],
    ]
    let sum = PodResources.requests(spec)
    #expect(sum["cpu"]?.description == "1060m")
    #expect(sum["memory"]?.description == "1Gi")
  }

  static let classCases: [(Value, String)] = [
    ([:], "BestEffort"),
    (["requests": ["cpu": "1"]], "Burstable"),
    (
      ["requests": ["cpu": "1", "memory": "1Gi"], "limits": ["cpu": "1", "memory": "1024Mi"]],
      "Guaranteed"
    ),
    (["limits": ["cpu": "1"], "requests": ["cpu": "1"]], "Burstable"),
  ]

  @Test("a Pod's class follows from requests and limits", arguments: classCases)
  func qosClass(resources: Value, want: String) {
    #expect(PodResources.qosClass(["containers": [["resources": resources]]]) == want)
  }
}
