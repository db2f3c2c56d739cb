import Documents
import KubeCluster
import Testing

@testable import Classroom

@Suite struct WhyClaimTests {
  private let claim: Value = [
    "metadata": ["name": "data", "namespace": "default"],
    "spec": [
      "storageClassName": "fast", "accessModes": ["ReadWriteMany"],
      "resources": ["requests": ["storage": "2Gi"]],
    ], "status": ["phase": "Pending"],
  ]

  private func volume(_ name: String, _ spec: Value, phase: String = "Available") -> Value {
    ["metadata": ["name": .string(name)], "spec": spec, "status": ["phase": .string(phase)]]
  }

  @Test("a waiting claim is told from volume to volume what is in the way")
  func pending() {
    let text = WhyClaim(
      claim: claim, storageClass: nil,
      volumes: [
        volume(
          "small",
          [
            "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"],
            "storageClassName": "slow",
          ]),
        volume(
          "used",
          [
            "capacity": ["storage": "2Gi"], "accessModes": ["ReadWriteMany"],
            "storageClassName": "fast", "claimRef": ["namespace": "shop", "name": "old"],
          ], phase: "Released"),
        volume(
          "good",
          [
            "capacity": ["storage": "4Gi"], "accessModes": ["ReadWriteMany"],
            "storageClassName": "fast",
          ]),
      ], users: []
    ).text
    #expect(
      text == """
        pvc/data is Pending
        └ there is no StorageClass fast: only a volume that names it will do
          → kubectl get storageclass
        └ pv/small will not do: it has 1Gi, the claim asks for 2Gi; its class is slow, the claim's \
        is fast; it offers ReadWriteOnce, the claim asks for ReadWriteMany
        └ pv/used will not do: it is Released: its claim shop/old is gone, but it still refers to it
        └ pv/good would do

        """)
  }
}
