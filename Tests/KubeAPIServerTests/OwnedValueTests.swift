import Documents
import Simulation
import Testing

@testable import KubeAPIServer

@Suite("owned values")
struct OwnedValueTests {
  private static let schema: Value = {
    let text: Value = ["type": "string"]
    let name: Value = ["name": text, "value": text]
    func list(_ keys: Value, _ properties: Value) -> Value {
      [
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys,
        "items": ["type": "object", "properties": properties],
      ]
    }
    let ports = list(
      ["containerPort", "protocol"],
      [
        "containerPort": ["type": "integer"], "name": text,
        "protocol": ["type": "string", "default": "TCP"],
      ])
    return [
      "type": "object",
      "properties": [
        "containers": list(
          ["name"], ["name": text, "image": text, "env": list(["name"], name), "ports": ports]),
        "finalizers": ["type": "array", "x-kubernetes-list-type": "set", "items": text],
        "labels": ["type": "object", "additionalProperties": text],
        "tolerations": ["type": "array", "items": ["x-kubernetes-preserve-unknown-fields": true]],
        "replicas": ["type": "integer"],
      ],
    ]
  }()

  private func owned(_ text: String) throws -> OwnedValue {
    OwnedValue(
      try JSON.parse(text), schema: StructureSchema(root: CustomSchema(Self.schema)))
  }

  @Test(
    "an applied configuration owns its parts as a real server records them",
    arguments: [
      (#"{"labels":{"a":"1"}}"#, #"{"f:labels":{"f:a":{}}}"#),
      (
        #"{"containers":[{"name":"oar","image":"i","env":[{"name":"A","value":"1"}]}]}"#,
        #"{"f:containers":{"k:{\"name\":\"oar\"}":{".":{},"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:name":{}}}}"#
      ),
      (
        #"{"containers":[{"name":"c","ports":[{"containerPort":80}]}]}"#,
        #"{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}"#
      ),
      (
        #"{"finalizers":["a"],"tolerations":[{"key":"t"}]}"#,
        #"{"f:finalizers":{"v:\"a\"":{}},"f:tolerations":{}}"#
      ),
      (
        #"{"labels":{},"unknown":{"x":{"y":[1]}}}"#,
        #"{"f:labels":{},"f:unknown":{".":{},"f:x":{".":{},"f:y":{}}}}"#
      ),
      (#"{"labels":null,"finalizers":[]}"#, #"{"f:labels":{}}"#),
    ])
  func sets(text: String, fields: String) throws {
    #expect(JSON.text(try owned(text).fieldSet.fieldsV1) == fields)
  }

  @Test(
    "an update owns what it added or changed",
    arguments: [
      ("{}", #"{"labels":{"a":"1"}}"#, #"{"f:labels":{".":{},"f:a":{}}}"#, "{}", "{}"),
      (
        #"{"labels":{"a":"1","b":"2"}}"#, #"{"labels":{"a":"2","c":"3"}}"#,
        #"{"f:labels":{"f:c":{}}}"#,
        #"{"f:labels":{"f:a":{}}}"#, #"{"f:labels":{"f:b":{}}}"#
      ),
      (#"{"tolerations":[1]}"#, #"{"tolerations":[2]}"#, "{}", #"{"f:tolerations":{}}"#, "{}"),
      (
        #"{"finalizers":["a","b"]}"#, #"{"finalizers":["b","c"]}"#,
        #"{"f:finalizers":{"v:\"c\"":{}}}"#,
        "{}", #"{"f:finalizers":{"v:\"a\"":{}}}"#
      ),
      (
        #"{"containers":[{"name":"a","image":"1"}]}"#,
        #"{"containers":[{"name":"b"},{"name":"a","image":"2"}]}"#,
        #"{"f:containers":{"k:{\"name\":\"b\"}":{".":{},"f:name":{}}}}"#,
        #"{"f:containers":{"k:{\"name\":\"a\"}":{"f:image":{}}}}"#, "{}"
      ),
      (#"{"replicas":1}"#, #"{"replicas":1,"labels":{}}"#, #"{"f:labels":{}}"#, "{}", "{}"),
      (#"{"labels":{"a":"1"}}"#, "{}", "{}", "{}", #"{"f:labels":{".":{},"f:a":{}}}"#),
    ])
  func compares(old: String, new: String, added: String, modified: String, removed: String) throws {
    let comparison = try owned(old).compare(to: try JSON.parse(new))
    #expect(JSON.text(comparison.added.fieldsV1) == added)
    #expect(JSON.text(comparison.modified.fieldsV1) == modified)
    #expect(JSON.text(comparison.removed.fieldsV1) == removed)
  }

  @Test(
    "a configuration is merged into what is there",
    arguments: [
      (
        #"{"labels":{"a":"1"},"replicas":1}"#, #"{"labels":{"b":"2"}}"#,
        #"{"labels":{"a":"1","b":"2"},"replicas":1}"#
      ),
      (
        #"{"finalizers":["a","b"]}"#, #"{"finalizers":["c","a"]}"#, #"{"finalizers":["c","a","b"]}"#
      ),
      (
        #"{"containers":[{"name":"a","image":"1"},{"name":"b"}]}"#,
        #"{"containers":[{"name":"z"},{"name":"a","image":"2"}]}"#,
        #"{"containers":[{"name":"z"},{"image":"2","name":"a"},{"name":"b"}]}"#
      ),
      (#"{"tolerations":[1,2]}"#, #"{"tolerations":[3]}"#, #"{"tolerations":[3]}"#),
      (#"{"labels":{"a":"1"}}"#, #"{"labels":null}"#, #"{"labels":{"a":"1"}}"#),
    ])
  func merges(live: String, configuration: String, result: String) throws {
    #expect(JSON.text(try owned(live).merging(try JSON.parse(configuration))) == result)
  }

  @Test("parts are removed and extracted by their set")
  func removes() throws {
    let value = try owned(
      #"{"containers":[{"name":"a","image":"1"},{"name":"b"}],"finalizers":["x"],"labels":{"a":"1","b":"2"}}"#
    )
    let set = try FieldSet(
      fieldsV1: JSON.parse(
        #"""
        {"f:containers":{"k:{\"name\":\"a\"}":{"f:image":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{}}},
        "f:finalizers":{"v:\"x\"":{}},"f:labels":{"f:a":{}}}
        """#))
    #expect(
      JSON.text(value.removing(set))
        == #"{"containers":[{"name":"a"}],"finalizers":null,"labels":{"b":"2"}}"#)
    #expect(
      JSON.text(value.extracting(set))
        == #"{"containers":[{"image":"1"},{"name":"b"}],"finalizers":["x"],"labels":{"a":"1"}}"#)
  }

  @Test("what is merged again changes nothing", arguments: 0..<100 as Range<UInt64>)
  func laws(seed: UInt64) throws {
    var chance = SeededRandom(seed: seed, for: "owned values")
    let (left, right) = (workload(&chance), workload(&chance))
    let schema = StructureSchema(root: CustomSchema(Self.schema))
    let owned = OwnedValue(left, schema: schema)
    let set = owned.fieldSet
    #expect(owned.compare(to: left).isSame)
    let merged = owned.merging(right)
    #expect(OwnedValue(merged, schema: schema).merging(right) == merged)
    // What a comparison finds is what was added and what is gone.
    let comparison = owned.compare(to: right)
    let other = OwnedValue(right, schema: schema).fieldSet
    #expect(comparison.added.leaves == other.leaves.subtracting(set.leaves))
    #expect(comparison.removed.leaves == set.leaves.subtracting(other.leaves))
    #expect(comparison.modified.subtracting(set.intersection(other)).isEmpty)
  }

  private func workload(_ chance: inout SeededRandom) -> Value {
    var containers: [Value] = []
    for name in ["a", "b", "c", "d"] where chance.below(3) > 0 {
      var container: Value = ["name": .string(name), "image": .string("i\(chance.below(3))")]
      if chance.below(2) == 0 {
        container["env"] = [["name": "A", "value": .string("\(chance.below(2))")]]
      }
      containers.insert(container, at: chance.below(containers.count + 1))
    }
    var workload: Value = ["replicas": .int(Int64(chance.below(3)))]
    if !containers.isEmpty { workload["containers"] = .array(containers) }
    for label in ["x", "y", "z"] where chance.below(2) == 0 {
      workload["labels"] = workload["labels"] ?? [:]
      workload["labels"]?[label] = .string("\(chance.below(2))")
    }
    return workload
  }
}
