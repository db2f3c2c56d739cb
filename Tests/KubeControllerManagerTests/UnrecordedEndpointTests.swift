import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

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
}
