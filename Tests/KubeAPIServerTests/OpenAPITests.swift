import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

@Suite struct OpenAPITests {
  let server = APIServer(timeline: Timeline(now: Moment(seconds: 0)), seed: 1)

  private func get(_ path: String) -> Value? {
    let answer = server.handle(
      APIRequest(
        method: "GET", path: path,
        credential: .component(UserInfo(name: "t", groups: ["system:masters"]))))
    guard case .value(let value) = answer.body, answer.code == 200 else { return nil }
    return value
  }

  @Test("kubectl finds that a patch of a Deployment can validate fields")
  func fieldValidation() throws {
    let paths = try #require(get("/openapi/v3")?["paths"])
    #expect(
      paths["apis/apps/v1"]?["serverRelativeURL"]?.string?.hasPrefix("/openapi/v3/apis/apps/v1")
        == true)
    let document = try #require(get("/openapi/v3/apis/apps/v1"))
    let path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    let patch = try #require(document["paths"]?[path]?["patch"])
    #expect(patch["x-kubernetes-group-version-kind"]?["kind"] == "Deployment")
    #expect(patch["parameters"]?.array?.contains { $0["name"] == "fieldValidation" } == true)
    let schemas = try #require(document["components"]?["schemas"])
    let template = schemas["io.k8s.api.apps.v1.DeploymentSpec"]?["properties"]?["template"]
    #expect(
      template?["allOf"]?[0]?["$ref"] == "#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec")
    #expect(schemas["io.k8s.api.core.v1.Container"] != nil)
  }

  @Test("a group that is not served has no document")
  func unknown() { #expect(get("/openapi/v3/apis/nonsense/v1") == nil) }
}
