import Documents
import KubeAPIServer
import KubeControllerManager
import KubeObjects
import Simulation
import Testing

/// cluster-info is signed by the tokens that may.
@Suite struct BootstrapSignerTests {
  private static func token(_ id: String, _ more: Value = [:]) -> Value {
    var data: Value = [
      "token-id": .string(Base64.encode(id.utf8)),
      "token-secret": .string(Base64.encode("0123456789abcdef".utf8)),
      "usage-bootstrap-signing": .string(Base64.encode("true".utf8)),
    ]
    for (key, value) in more.object ?? [:] {
      data[key] = .string(Base64.encode((value.string ?? "").utf8))
    }
    return [
      "apiVersion": "v1", "kind": "Secret", "type": "bootstrap.kubernetes.io/token",
      "metadata": ["name": .string("bootstrap-token-\(id)"), "namespace": "kube-system"],
      "data": data,
    ]
  }

  @Test("each signing token has its signature, which goes with it")
  func signatures() throws {
    let timeline = Timeline(now: Moment(seconds: 1_767_225_600))
    let server = APIServer(timeline: timeline, seed: 1)
    let client = ComponentClient(
      server: server, user: UserInfo(name: "admin", groups: ["system:masters"]), manager: "tests")
    for name in ["kube-system", "kube-public"] {
      _ = try? client.create(
        .namespaces,
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }
    var configuration = ControllerManager.Configuration()
    // Stands in for the real code: it tells what it was given.
    configuration.messageAuthentication = { secret, message in
      Array("\(String(decoding: secret, as: UTF8.self))|".utf8) + message.prefix(4)
    }
    let controllers = ControllerManager(server: server, seed: 1, configuration: configuration)
    controllers.start()
    _ = try client.create(
      .configMaps,
      [
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": "cluster-info", "namespace": "kube-public"],
        "data": ["kubeconfig": "hello", "jws-kubeconfig-gone00": "stale"],
      ], namespace: "kube-public")
    for secret in [
      Self.token("aaaaaa"), Self.token("bbbbbb", ["usage-bootstrap-signing": "false"]),
      Self.token("cccccc", ["expiration": "2025-01-01T00:00:00Z"]),
    ] { _ = try client.create(.secrets, secret, namespace: "kube-system") }
    timeline.advance(by: .seconds(2))
    func data() throws -> Mapping? {
      try client.get(.configMaps, "cluster-info", namespace: "kube-public")["data"]?.object
    }
    #expect(try data()?.keys.sorted() == ["jws-kubeconfig-aaaaaa", "kubeconfig"])
    // {"alg":"HS256","kid":"aaaaaa"}, no payload, and the code of header and payload.
    #expect(
      try data()?["jws-kubeconfig-aaaaaa"]
        == "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFhYWFhYSJ9..MDEyMzQ1Njc4OWFiY2RlZnxleUpo")
    try client.delete(.secrets, "bootstrap-token-aaaaaa", namespace: "kube-system")
    timeline.advance(by: .seconds(2))
    #expect(try data()?.keys == ["kubeconfig"])
  }
}
