import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeControllerManager

/// Rules of upstream's endpoints controllers that no recording shows.
@Suite struct UnrecordedEndpointTests {
  private static func pod(_ name: String, _ more: String = "") -> String {
    """
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name), labels: {a: b}}
    spec:
      nodeName: node01
      containers: [{name: c, image: a, \(more)}]

    """
  }

  private static func service(_ spec: String) -> String {
    """
    apiVersion: v1
    kind: Service
    metadata: {name: s}
    spec: {selector: {a: b}, \(spec)}

    """
  }

  private func subsets(_ scene: Scene) throws -> [Value] {
    try scene.client.get(.endpoints, "s", namespace: Scene.namespace)["subsets"]?.array ?? []
  }

  private func slice(_ scene: Scene) throws -> Value {
    try scene.client.list(.endpointSlices, namespace: Scene.namespace).first ?? .null
  }

  @Test("Endpoints order their ports by a hash, and subsets share ports")
  func ports() throws {
    let ports = "{name: http, port: 80}, {name: https, port: 443}, {name: a, port: 9}"
    let scene = try Scene.play(
      Self.service("ports: [\(ports), {name: m, port: 7, targetPort: met}]")
        + Self.pod("p", "ports: [{name: met, containerPort: 1000}]")
        + Self.pod("q", "ports: [{name: met, containerPort: 2000}]") + Self.pod("r"), seconds: 5)
    let found = try subsets(scene).map { subset in
      [
        (subset["ports"]?.array ?? []).compactMap { $0["name"]?.string }.joined(separator: " "),
        (subset["addresses"]?.array ?? []).compactMap { $0[path: "targetRef", "name"]?.string }
          .sorted().joined(separator: " "),
      ]
    }
    #expect(Set(found) == [["a https http", "p q r"], ["m", "p"], ["m", "q"]])
  }

  @Test("nobody is sent to a neighbour that is not ready")
  func hints() throws {
    let scene = try Scene.play(
      Self.service("trafficDistribution: PreferSameNode, ports: [{port: 80}]")
        + Self.pod("p").replacing(
          "metadata: {", with: "metadata: {annotations: {stand-in/not-ready: \"true\"}, "),
      seconds: 5)
    #expect(try slice(scene)["endpoints"]?[0]?["addresses"] != nil)
    #expect(try slice(scene)["endpoints"]?[0]?["hints"] == nil)
  }

  @Test("a change that nothing brought about takes the time of the last one away")
  func trigger() throws {
    let scene = try Scene.play(
      Self.service("ports: [{port: 80}]") + Self.pod("p"), seconds: 5)
    let key = "endpoints.kubernetes.io/last-change-trigger-time"
    let endpoints = { try scene.client.get(.endpoints, "s", namespace: Scene.namespace) }
    #expect(try slice(scene).annotation(key) != nil)
    #expect(try endpoints().annotation(key) != nil)
    _ = try scene.client.patch(
      .services, "s", namespace: Scene.namespace, .merge, ["metadata": ["labels": ["x": "y"]]])
    scene.advance(by: .seconds(5))
    #expect(try slice(scene).label("x") == "y")
    #expect(try slice(scene).annotation(key) == nil)
    #expect(try endpoints().annotation(key) == nil)
  }

  @Test("a Pod whose node nobody knows is left out, and that is told")
  func lostNode() throws {
    let scene = try Scene.play(
      Self.service("ports: [{port: 80}]") + Self.pod("p"), seconds: 5)
    try scene.client.delete(.nodes, "node01")
    _ = try scene.client.patch(
      .services, "s", namespace: Scene.namespace, .merge, ["metadata": ["labels": ["x": "y"]]])
    scene.advance(by: .seconds(2))
    #expect(try slice(scene)["endpoints"] ?? .null == .null)
    let told = try scene.client.list(.events).filter {
      $0["reason"] == "FailedToUpdateEndpointSlices"
    }
    #expect(
      told.first?["message"]?.string
        == "Error updating Endpoint Slices for Service ns/s: skipping Pod p for Service ns/s: Node "
        + "node01 Not Found")
  }

  private func reasons(_ scene: Scene, _ reason: String) throws -> [String] {
    try scene.client.list(.events, namespace: Scene.namespace)
      .filter { $0["reason"]?.string == reason }.compactMap { $0["message"]?.string }
  }

  @Test("what Endpoints lose, their mirrored slices lose too")
  func mirrored() throws {
    let scene = try Scene.play(
      """
      apiVersion: v1
      kind: Service
      metadata: {name: s}
      spec: {ports: [{port: 80}]}
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: {name: s, annotations: {k: v}}
      subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]

      """, seconds: 3)
    let made = try slice(scene)
    #expect(made.annotation("k") == "v")
    #expect(made[path: "metadata", "generateName"] == "s-")
    _ = try scene.client.patch(
      .endpoints, "s", namespace: Scene.namespace, .merge,
      ["metadata": ["annotations": ["k": .null]]])
    scene.advance(by: .seconds(3))
    let now = try slice(scene)
    #expect(now.annotation("k") == nil)
    #expect(now.name == made.name && now.uid == made.uid)
    #expect(now[path: "metadata", "generateName"] == nil)
  }

  private static func node(_ name: String, _ zone: String, cpu: String = "4") -> Value {
    var labels: Value = [:]
    if !zone.isEmpty { labels["topology.kubernetes.io/zone"] = .string(zone) }
    return [
      "metadata": ["name": .string(name), "labels": labels],
      "status": [
        "allocatable": ["cpu": .string(cpu)],
        "conditions": [["type": "Ready", "status": "True"]],
      ],
    ]
  }

  private static let pair = [node("n1", "a"), node("n2", "b")]

  @Test(
    "endpoints are for zones as the zones have cores, or it is said why not",
    arguments: [
      // Endpoints by zone, and for which zones they are.
      (pair, ["a": 2, "b": 2], ["a": 2, "b": 2], ""),
      (pair, ["a": 3, "b": 1], ["a": 2, "b": 2], ""),
      (pair, ["a": 4], ["a": 2, "b": 2], ""),
      ([node("n1", "a"), node("n2", "b", cpu: "12")], ["a": 2, "b": 2], ["a": 1, "b": 3], ""),
      (pair, ["a": 1], [:], "Insufficient number of endpoints (1 endpoints, 2 zones)"),
      ([node("n1", "a")], ["a": 2], [:], "Nodes only ready in one zone"),
      (
        pair + [node("n3", "")], ["a": 2, "b": 2], [:],
        "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"
      ),
      (
        [node("n1", "a"), node("n2", "b"), node("n3", "c")], ["a": 2, "b": 1, "c": 1], [:],
        "Unable to allocate minimum required endpoints to each zone without exceeding overload "
          + "threshold (4 endpoints, 3 zones)"
      ),
    ] as [([Value], [String: Int], [String: Int], String)])
  func zones(
    _ nodes: [Value], _ there: [String: Int], _ wanted: [String: Int], _ refusal: String
  ) {
    var endpoints = there.sorted { $0.key < $1.key }.flatMap { zone, count in
      [Value](repeating: ["zone": .string(zone), "conditions": ["ready": true]], count: count)
    }
    var message = ""
    do throws(TopologyHints.Refusal) {
      try TopologyHints(nodes: nodes).assign(&endpoints)
    } catch { message = error.message }
    #expect(message == refusal)
    let hints = endpoints.compactMap { $0[path: "hints", "forZones"]?[0]?["name"]?.string }
    #expect(Dictionary(grouping: hints) { $0 }.mapValues(\.count) == wanted)
  }

  // MARK: addresses

  @Test("each address of a Service has its IPAddress, and a range in use does not go")
  func addresses() throws {
    let scene = try Scene(isGuarded: true)
    _ = try scene.client.create(
      .serviceCIDRs, ["metadata": ["name": "more"], "spec": ["cidrs": ["10.200.0.0/28"]]])
    scene.advance(by: .seconds(3))
    func range() throws -> Value { try scene.client.get(.serviceCIDRs, "more") }
    #expect(try range().isConditionTrue("Ready"))
    #expect(try range().finalizers == ["networking.k8s.io/service-cidr-finalizer"])
    let service: Value = [
      "metadata": ["name": "s"],
      "spec": ["clusterIP": "10.200.0.7", "ports": [["port": 80]]],
    ]
    _ = try scene.client.create(.services, service, namespace: Scene.namespace)
    scene.advance(by: .seconds(1))
    let address = try scene.client.get(.ipAddresses, "10.200.0.7")
    #expect(address[path: "spec", "parentRef", "name"] == "s")
    #expect(address.label("ipaddress.kubernetes.io/managed-by") == "ipallocator.k8s.io")
    try scene.client.delete(.serviceCIDRs, "more")
    scene.advance(by: .minutes(1))
    let held = try range()
    #expect(held.isBeingDeleted && !held.isConditionTrue("Ready"))
    #expect(held[path: "status", "conditions"]?[0]?["reason"] == "Terminating")
    // Nobody gets an address of a range that is to go.
    var other = service
    other["metadata"] = ["name": "t"]
    other["spec"]?["clusterIP"] = "10.200.0.8"
    #expect(throws: StatusError.self) {
      try scene.client.create(.services, other, namespace: Scene.namespace)
    }
    try scene.client.delete(.services, "s", namespace: Scene.namespace)
    scene.advance(by: .minutes(1))
    #expect(throws: StatusError.self) { try scene.client.get(.ipAddresses, "10.200.0.7") }
    #expect(throws: StatusError.self) { try range() }
  }
}
