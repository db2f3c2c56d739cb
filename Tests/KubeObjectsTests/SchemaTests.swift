import Documents
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

  @Test("explain has a sentence for every kind that is served and every field in it, at any depth")
  func sentences() {
    var open = schema.resources.compactMap { resource -> Int? in
      let version = resource.resource.groupVersion
      #expect(!FieldSentences.kind(resource.kind).isEmpty, "\(resource.kind)")
      return schema.index(version, kind: resource.kind)
    }
    #expect(open.count > 60)
    var seen = Set(open)
    while let index = open.popLast() {
      let type = schema.types[index]
      for field in type.fields {
        #expect(
          !FieldSentences.field(field.name, of: type.name).isEmpty, "\(type.name).\(field.name)")
        var inner = field.type
        while case .list(let item) = inner { inner = item }
        while case .map(let item) = inner { inner = item }
        if case .structure(let next) = inner, seen.insert(next).inserted { open.append(next) }
      }
    }
    #expect(seen.count > 400)
  }

  @Test("what an object shares with one that was read before is not read again, the rest is")
  func known() throws {
    let type = try #require(schema.index(GroupVersion("", "v1"), kind: "Pod"))
    let stored: Value = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a"],
      "spec": ["containers": [["name": "c", "image": 1]]],
    ]
    func failure(_ object: Value, known: Value?) -> String? {
      var decoder = StructuralDecoder()
      _ = decoder.decode(object, as: type, known: known)
      return decoder.failure
    }
    var changed = stored
    changed["metadata"]?["labels"] = ["a": "b"]
    #expect(failure(changed, known: nil)?.contains("image of type string") == true)
    #expect(failure(changed, known: stored) == nil)
    // The same in content, but written anew.
    changed["spec"] = ["containers": [["name": "c", "image": 1]]]
    #expect(failure(changed, known: stored)?.contains("image of type string") == true)
    changed["metadata"]?["labels"] = ["a": 1]
    #expect(failure(changed, known: stored)?.contains("labels of type string") == true)
  }

  @Test(
    "what is no pointer in Go and has no omitempty is written, zero or not",
    arguments: [
      ("storage.v1.VolumeAttachmentStatus", "{}", "{\"attached\":false}"),
      (
        "discovery.v1.EndpointSlice", "{\"addressType\":\"IPv4\"}",
        "{\"addressType\":\"IPv4\",\"endpoints\":null,\"metadata\":{},\"ports\":null}"
      ),
      (
        "core.v1.ContainerStatus", "{\"name\":\"c\"}",
        "{\"image\":\"\",\"imageID\":\"\",\"lastState\":{},\"name\":\"c\",\"ready\":false,"
          + "\"restartCount\":0,\"state\":{}}"
      ),
      ("core.v1.LimitRangeSpec", "{}", "{\"limits\":null}"),
      ("apps.v1.StatefulSetOrdinals", "{}", "{\"start\":0}"),
      (
        "core.v1.TypedLocalObjectReference", "{\"kind\":\"K\",\"name\":\"n\"}",
        "{\"apiGroup\":null,\"kind\":\"K\",\"name\":\"n\"}"
      ),
      ("core.v1.HTTPHeader", "{\"name\":\"n\"}", "{\"name\":\"n\",\"value\":\"\"}"),
      ("core.v1.LocalObjectReference", "{}", "{}"),
      ("resource.v1.CounterSet", "{}", "{\"name\":\"\"}"),
    ])
  func zeros(_ type: String, _ given: String, _ wanted: String) throws {
    let place = try #require(schema.index(of: type))
    var decoder = StructuralDecoder()
    let value = try decoder.decode(JSON.parse(Array(given.utf8)), as: place)
    #expect(String(decoding: JSON.bytes(value, .compact), as: UTF8.self) == wanted)
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
