import Documents
import Foundation
import Testing

@testable import KubeControllerManager

@Suite struct PodTemplateHashTests {
  /// A template as the API server stores it: with its defaults.
  static func template(
    _ labels: Value, _ name: String, _ image: String, grace: Int64 = 30, spec: Value = [:],
    container: Value = [:], annotations: Value? = nil
  ) -> Value {
    var one: Value = [
      "name": .string(name), "image": .string(image), "imagePullPolicy": "IfNotPresent",
      "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
      "resources": [:],
    ]
    for (key, value) in container.object ?? [:] { one[key] = value }
    var all: Value = [
      "containers": [one], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
      "schedulerName": "default-scheduler", "securityContext": [:],
      "terminationGracePeriodSeconds": .int(grace),
    ]
    for (key, value) in spec.object ?? [:] { all[key] = value }
    var metadata: Value = ["labels": labels]
    metadata["annotations"] = annotations
    return ["metadata": metadata, "spec": all]
  }

  @Test("a template's hash is the real controller's")
  func recorded() {
    func hash(_ template: Value) -> String {
      PodTemplateHash.hash(template, collisionCount: nil)
    }
    #expect(hash(Self.template(["app": "d"], "c", "registry.local/d:1", grace: 0)) == "598dbfcdc4")
    #expect(hash(Self.template(["app": "d"], "c", "registry.local/d:2", grace: 0)) == "758cdb7fc5")
    #expect(
      hash(Self.template(["app": "skiff"], "skiff", "registry.local/skiff:1")) == "55578f87cc")
    #expect(
      hash(
        Self.template(
          ["app": "d"], "c", "registry.local/d:1", grace: 0,
          spec: ["nodeSelector": ["kubernetes.io/hostname": "node02"]])) == "5b987cfbf5")
  }

  @Test("every field of every struct counts as in Go")
  func fields() throws {
    // Made by upstream's own packages (1.36), read from JSON and sent by protobuf as to a controller.
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/template-hashes.json")
    let rows = try JSON.parse(Array(Data(contentsOf: file))).array ?? []
    #expect(rows.count > 130)
    for row in rows {
      let template = row["template"] ?? [:]
      #expect(
        PodTemplateHash.hash(template, collisionCount: nil) == row["hash"]?.string,
        "\(JSON.text(template))")
    }
  }

  @Test("a StatefulSet's revision is named as by upstream")
  func revisions() {
    // Computed by upstream's own packages (1.36) from the same template.
    let plain: Value = [
      "spec": [
        "template": Self.template(
          ["app": "b"], "c", "nginx", container: ["imagePullPolicy": "Always"])
      ]
    ]
    let data = RevisionHistory.data(of: plain)
    #expect(RevisionHistory.hash(of: data, collisionCount: 0) == "5f7f49df56")
  }

  @Test("quantities, ports, variables and tolerations count as in Go")
  func detailed() {
    let template = Self.template(
      ["app": "hulls"], "c", "registry.local/hull:1", grace: 0,
      spec: [
        "serviceAccountName": "welder", "serviceAccount": "welder",
        "nodeSelector": ["kubernetes.io/os": "linux"],
        "tolerations": [["key": "wet", "operator": "Exists"]],
      ],
      container: [
        "ports": [["containerPort": 80, "protocol": "TCP"]],
        "env": [["name": "A", "value": "b"]], "resources": ["requests": ["cpu": "10m"]],
      ], annotations: ["drydock.example/paint": "red"])
    #expect(PodTemplateHash.hash(template, collisionCount: nil) == "7965c5964")
  }
}
