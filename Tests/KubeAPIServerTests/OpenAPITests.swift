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
    // By its name explain tells of a number or a share, and of an amount.
    for (type, member, name) in [
      ("apps.v1.RollingUpdateDeployment", "maxSurge", "util.intstr.IntOrString"),
      ("core.v1.EmptyDirVolumeSource", "sizeLimit", "api.resource.Quantity"),
      ("apps.v1.DeploymentCondition", "lastUpdateTime", "apis.meta.v1.Time"),
    ] {
      let property = schemas["io.k8s.api.\(type)"]?["properties"]?[member]
      let full = "io.k8s.apimachinery.pkg.\(name)"
      #expect(property?["allOf"]?[0]?["$ref"] == .string("#/components/schemas/\(full)"))
      #expect(schemas[full] != nil)
    }
  }

  @Test("clients find the structure that a custom resource was declared with")
  func customResource() throws {
    let client = ComponentClient(
      server: server, user: UserInfo(name: "t", groups: ["system:masters"]), manager: "t")
    func define(_ size: Value) throws -> String? {
      let definition: Value = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "widgets.shop.example.com"],
        "spec": [
          "group": "shop.example.com", "scope": "Namespaced",
          "names": ["plural": "widgets", "kind": "Widget"],
          "versions": [
            [
              "name": "v1", "served": true, "storage": true,
              "schema": [
                "openAPIV3Schema": [
                  "type": "object",
                  "properties": ["spec": ["type": "object", "properties": ["size": size]]],
                ]
              ],
            ]
          ],
        ],
      ]
      _ = try client.patch(
        .customResourceDefinitions, "widgets.shop.example.com", .apply(force: true), definition)
      server.timeline.advance(by: .seconds(5))
      return get("/openapi/v3")?[path: "paths", "apis/shop.example.com/v1", "serverRelativeURL"]?
        .string
    }
    let first = try #require(try define(["type": "string", "enum": ["s", "m"]]))
    let schemas = try #require(
      get("/openapi/v3/apis/shop.example.com/v1")?[path: "components", "schemas"])
    let widget = try #require(schemas["com.example.shop.v1.Widget"])
    #expect(widget["x-kubernetes-group-version-kind"]?[0]?["kind"] == "Widget")
    #expect(widget[path: "properties", "spec", "properties", "size", "enum"] == ["s", "m"])
    #expect(
      widget[path: "properties", "metadata", "allOf"]?[0]?["$ref"]
        == "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
    #expect(schemas["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"] != nil)
    #expect(schemas["com.example.shop.v1.WidgetList"]?[path: "properties", "items"] != nil)
    // Clients keep a document until its address changes.
    #expect(try define(["type": "integer"]) != first)
  }

  @Test("a group that is not served has no document")
  func unknown() { #expect(get("/openapi/v3/apis/nonsense/v1") == nil) }
}
