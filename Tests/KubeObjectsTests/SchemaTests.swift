import Testing

@testable import KubeObjects

@Suite struct SchemaTests {
  let schema = Schema.builtin

  @Test("a Pod's containers merge by name and carry their wire numbers")
  func pods() throws {
    let pod = try #require(schema.type(GroupVersion("", "v1"), kind: "Pod"))
    #expect(pod.fields.map(\.name) == ["kind", "apiVersion", "metadata", "spec", "status"])
    let spec = try #require(schema.type("core.v1.PodSpec"))
    let containers = try #require(spec.field("containers"))
    #expect(containers.wire.outer == 2)
    #expect(containers.isRequired)
    #expect(containers.list == .map(keys: ["name"]))
    #expect(containers.patchStrategy == "merge")
    #expect(containers.patchMergeKey == "name")
    let probe = try #require(schema.type("core.v1.Probe")?.field("httpGet"))
    #expect(probe.wire == (1, 2))
    #expect(spec.field("nonsense") == nil)
  }

  @Test("every field is found by its name")
  func lookUp() {
    for type in schema.types {
      for field in type.fields { #expect(type.field(field.name) != nil, "\(type.name)") }
    }
    #expect(schema.types.count > 500)
  }

  @Test("resources have their names, verbs and subresources")
  func resources() throws {
    let deployments = try #require(schema.resources.first { $0.resource == .deployments })
    #expect(deployments.kind == "Deployment")
    #expect(deployments.shortNames == ["deploy"])
    #expect(deployments.categories == ["all"])
    #expect(deployments.isNamespaced)
    #expect(deployments.subresources.map(\.name) == ["scale", "status"])
    #expect(deployments.subresource("scale")?.groupVersion == GroupVersion("autoscaling", "v1"))
    #expect(
      schema.resources.allSatisfy { r in
        schema.type(r.resource.groupVersion, kind: r.kind) != nil
      })
  }
}
