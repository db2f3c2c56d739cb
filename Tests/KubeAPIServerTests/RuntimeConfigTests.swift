import Documents
import KubeObjects
import Testing

@testable import KubeAPIServer

/// What --runtime-config serves, and what it may say.
@Suite struct RuntimeConfigTests {
  private func server(_ words: [String]) -> APIServer {
    let server = RecordedCasesTests.server()
    var configuration = ServerConfiguration()
    configuration.runtime = RuntimeConfig(words)
    server.configuration = configuration
    return server
  }

  private func send(
    _ server: APIServer, _ method: String, _ path: String, _ body: Value? = nil
  ) -> (code: Int, body: Value) {
    let answer = server.handle(
      APIRequest(
        method: method, path: path, headers: [("content-type", "application/json")],
        body: body.map { .value($0) } ?? .none, credential: RecordedCase.owner))
    if case .value(let value) = answer.body { return (answer.code, value) }
    return (answer.code, .null)
  }

  @Test(
    "a switch serves a version or takes it away, the more exact one last",
    arguments: [
      ([], "storage.k8s.io/v1beta1", 404),
      (["storage.k8s.io/v1beta1"], "storage.k8s.io/v1beta1", 200),
      (["api/beta=true"], "resource.k8s.io/v1beta2", 200),
      (["api/beta=true"], "admissionregistration.k8s.io/v1alpha1", 404),
      (["api/all=true", "networking.k8s.io/v1beta1=false"], "networking.k8s.io/v1beta1", 404),
      (["batch/v1=false"], "batch/v1", 404), (["batch/v1/jobs=false"], "batch/v1", 200),
      (["api/ga=false", "api/v1=true", "apps/v1=true"], "apps/v1", 200),
      (["api/ga=false", "api/v1=true", "apps/v1=true"], "batch/v1", 404),
    ] as [([String], String, Int)])
  func serving(_ words: [String], _ version: String, _ code: Int) {
    #expect(send(server(words), "GET", "/apis/\(version)").code == code)
  }

  @Test("an object of a version that was asked for is the one of v1")
  func objects() {
    let server = server(["storage.k8s.io/v1beta1=true"])
    func path(_ version: String) -> String {
      "/apis/storage.k8s.io/\(version)/volumeattributesclasses"
    }
    let made = send(
      server, "POST", path("v1beta1"),
      [
        "apiVersion": "storage.k8s.io/v1beta1", "kind": "VolumeAttributesClass",
        "metadata": ["name": "swell"], "driverName": "tide.example", "parameters": ["a": "b"],
      ])
    #expect(made.code == 201)
    #expect(made.body.apiVersion == "storage.k8s.io/v1beta1")
    #expect(send(server, "GET", path("v1") + "/swell").body.apiVersion == "storage.k8s.io/v1")
    #expect(
      send(server, "GET", path("v1beta1")).body.items("items").map(\.name) == ["swell"])
    let group = send(server, "GET", "/apis/storage.k8s.io").body
    #expect(group.items("versions").map { $0.text("version") } == ["v1", "v1beta1"])
    #expect(group["preferredVersion"]?.text("version") == "v1")
    server.configuration = ServerConfiguration()
    #expect(send(server, "GET", path("v1beta1")).code == 404)
    #expect(send(server, "GET", path("v1") + "/swell").code == 200)
  }

  @Test(
    "a switch that means nothing keeps the server from starting",
    arguments: [
      (["api/all=false"], "invalid key with only api/all=false"),
      (["batch"], "runtime-config invalid key batch"),
      (["tide.example/v1"], "unknown api groups tide.example"),
      (["batch/v7"], "group version batch/v7 that has not been registered"),
      (["api/beta=maybe"], "invalid value api/beta=maybe"),
      (
        ["batch/v1=maybe"],
        "invalid value of batch/v1: maybe, err: strconv.ParseBool: parsing \"maybe\": invalid syntax"
      ),
      (["rbac.authorization.k8s.io/v1alpha1=true"], nil), (["api/v1", "batch/v1/jobs=0"], nil),
    ] as [([String], String?)])
  func problems(_ words: [String], _ problem: String?) {
    #expect(RuntimeConfig(words).problem == problem)
  }
}
