import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

@Suite struct PipelineTests {
  let timeline = Timeline(now: Moment(seconds: 1_767_225_600))
  let server: APIServer
  let client: ComponentClient

  init() throws {
    server = APIServer(timeline: timeline, seed: 1)
    client = ComponentClient(
      server: server, user: UserInfo(name: "system:admin", groups: ["system:masters"]),
      manager: "tests")
    _ = try client.create(
      .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "reef"]])
    timeline.settle()
  }

  func map(_ name: String, _ data: Value = ["a": "1"]) -> Value {
    [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["name": .string(name), "namespace": "reef", "labels": ["sea": "north"]],
      "data": data,
    ]
  }

  @Test("a created object has a uid, a time and a resourceVersion, and can be read")
  func create() throws {
    let made = try client.create(.configMaps, map("chart"))
    #expect(made.uid.count == 36)
    #expect(made["metadata"]?["creationTimestamp"] == "2026-01-01T00:00:00Z")
    #expect(Int(made.resourceVersion) ?? 0 > 1)
    #expect(try client.get(.configMaps, "chart", namespace: "reef") == made)
    #expect(throws: StatusError.alreadyExists(.configMaps, "chart")) {
      try client.create(.configMaps, map("chart"))
    }
  }

  @Test("an applied object that gives up its last label keeps its name and what else it was")
  func giveUp() throws {
    let manager = "shipyard"
    func apply(_ metadata: Value) throws -> Value {
      var metadata = metadata
      metadata["name"] = "chart"
      let body: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata]
      let answer = server.handle(
        APIRequest(
          method: "PATCH", path: "/api/v1/namespaces/reef/configmaps/chart",
          query: [("fieldManager", manager)],
          headers: [("content-type", "application/apply-patch+yaml")],
          body: .bytes(Array(JSON.text(body).utf8)), credential: RecordedCase.owner))
      guard case .value(let value) = answer.body else { return .null }
      return value
    }
    for given: Value in [
      ["labels": ["a": "b"]], ["annotations": ["a": "b"]], ["finalizers": ["a.b/c"]],
      ["labels": ["a": "b"], "annotations": ["c": "d"]],
    ] {
      let first = try apply(given)
      let second = try apply([:])
      #expect(second.name == "chart")
      #expect(second.uid == first.uid)
      for key in (given.object ?? [:]).keys { #expect(second["metadata"]?[key] == nil) }
      #expect(second["metadata"]?["managedFields"] == nil)
    }
    #expect(try client.list(.configMaps, namespace: "reef").count == 1)
  }

  @Test("a generated name has five characters of upstream's alphabet, the same for the same seed")
  func generateName() throws {
    var body = map("")
    body["metadata"]?["name"] = nil
    body["metadata"]?["generateName"] = "chart-"
    let name = try client.create(.configMaps, body).name
    #expect(name.hasPrefix("chart-"))
    #expect(name.count == 11)
  }

  @Test(
    "a write over a newer version is a conflict, and one that changes nothing keeps the version")
  func update() throws {
    let first = try client.create(.configMaps, map("chart"))
    #expect(try client.update(.configMaps, first).resourceVersion == first.resourceVersion)
    var second = first
    second["data"]?["b"] = "2"
    let stored = try client.update(.configMaps, second)
    #expect(stored.resourceVersion != first.resourceVersion)
    #expect(
      throws: StatusError.conflict(.configMaps, "chart", StatusError.modified)
    ) { try client.update(.configMaps, second) }
  }

  @Test("a list is in order, and selects by labels and fields")
  func list() throws {
    for name in ["c", "a", "b"] { _ = try client.create(.configMaps, map(name)) }
    #expect(try client.list(.configMaps, namespace: "reef").map(\.name) == ["a", "b", "c"])
    #expect(try client.list(.configMaps, labelSelector: "sea=south").isEmpty)
    #expect(
      try client.list(.configMaps, fieldSelector: "metadata.name=b").map(\.name) == ["b"])
  }

  @Test("an informer knows what is there and learns of changes after the write")
  func informer() throws {
    _ = try client.create(.configMaps, map("a"))
    timeline.settle()
    let informer = client.informer(.configMaps, namespace: "reef")
    var seen: [String] = []
    informer.onChange { old, new in
      seen.append("\(old?.name ?? "-") \(new?.name ?? "-")")
    }
    _ = try client.create(.configMaps, map("b"))
    #expect(seen == ["- a"])
    timeline.settle()
    _ = try client.patch(.configMaps, "b", namespace: "reef", .merge, ["data": ["x": "y"]])
    try client.delete(.configMaps, "a", namespace: "reef")
    timeline.settle()
    #expect(seen == ["- a", "- b", "b b", "a -"])
    #expect(informer.objects.count == 1)
  }

  @Test("a finalizer keeps a deleted object until it is taken away")
  func finalizers() throws {
    var body = map("chart")
    body["metadata"]?["finalizers"] = ["reef.example/hold"]
    _ = try client.create(.configMaps, body)
    try client.delete(.configMaps, "chart", namespace: "reef")
    #expect(try client.get(.configMaps, "chart", namespace: "reef").isBeingDeleted)
    _ = try client.patch(
      .configMaps, "chart", namespace: "reef", .merge, ["metadata": ["finalizers": nil]])
    #expect(throws: StatusError.notFound(.configMaps, "chart")) {
      try client.get(.configMaps, "chart", namespace: "reef")
    }
  }

  @Test("empty members go and structures that are always there come")
  func structure() throws {
    let made = try client.create(
      .services,
      [
        "metadata": ["name": "s", "namespace": "reef", "labels": [:]],
        "spec": ["type": "ExternalName", "externalName": "x.example", "colour": "red"],
      ])
    #expect(made["status"] == ["loadBalancer": [:]])
    #expect(made["metadata"]?["labels"] == nil)
    #expect(made["spec"]?["colour"] == nil)
  }

  @Test("a port has one node port for all its protocols, and a change keeps it")
  func nodePorts() throws {
    func service(_ ports: Value) -> Value {
      [
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": "dns", "namespace": "reef"],
        "spec": ["type": "NodePort", "ports": ports],
      ]
    }
    func given(_ service: Value) -> [Int64] {
      (service["spec"]?.items("ports") ?? []).map { $0.number("nodePort") }
    }
    let both: Value = [
      ["name": "u", "port": 53, "protocol": "UDP"], ["name": "t", "port": 53, "protocol": "TCP"],
    ]
    let made = given(try client.create(.services, service(both)))
    #expect(made.count == 2 && made[0] == made[1])
    // Those that nobody asked for come from above the first 86.
    #expect(made.allSatisfy { (30_086...32_767).contains($0) })
    #expect(given(try client.update(.services, service(both))) == made)
    let asked: Value = [
      ["name": "u", "port": 53, "protocol": "UDP"],
      ["name": "t", "port": 53, "protocol": "TCP", "nodePort": 30_053],
    ]
    try client.delete(.services, "dns", namespace: "reef")
    #expect(given(try client.create(.services, service(asked))) == [30_053, 30_053])
  }
}
