import Testing

@testable import Documents

@Suite("field sets")
struct FieldSetTests {
  @Test(
    "managed fields are read and written again the same",
    arguments: [
      #"{"f:data":{".":{},"f:a":{}}}"#, "{}", #"{"f:spec":{"f:replicas":{}}}"#,
      #"{"f:metadata":{"f:finalizers":{".":{},"v:\"x.example/y\"":{}}}}"#,
      #"{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{}}}}}"#,
      #"{"f:l":{"i:0":{},"i:10":{},"v:5":{},"v:true":{}}}"#,
    ])
  func roundTrip(text: String) throws {
    #expect(JSON.text(try FieldSet(fieldsV1: try JSON.parse(text)).fieldsV1) == text)
  }

  @Test(
    "what is no set of fields is refused",
    arguments: [#"{"x:a":{}}"#, #"{"f":{}}"#, #"{"k:[]":{}}"#, #"{"i:x":{}}"#, "[]", #"{"f:a":1}"#])
  func refuses(text: String) {
    #expect(throws: PatchFailure.self) { try FieldSet(fieldsV1: try JSON.parse(text)) }
  }

  private func set(_ paths: String...) -> FieldSet {
    FieldSet(paths.map { $0.split(separator: ".").map { .field(String($0)) } })
  }

  @Test("sets unite, intersect and differ")
  func algebra() {
    let a = set("x", "x.y", "x.z", "q.r")
    let b = set("x.y", "q", "s")
    #expect(a.union(b) == set("x", "x.y", "x.z", "q", "q.r", "s"))
    #expect(a.intersection(b) == set("x.y"))
    #expect(a.subtracting(b) == set("x", "x.z", "q.r"))
    #expect(a.subtractingRecursively(b) == set("x", "x.z"))
    #expect(a.leaves == set("x.y", "x.z", "q.r"))
    #expect(a.contains([.field("x")]))
    #expect(!a.contains([.field("q")]))
    #expect(a.subtracting(a).isEmpty)
  }

  @Test("a set that gains or loses nothing stays the same piece of memory")
  func sharing() {
    let a = set("x", "x.y", "x.z", "q.r")
    #expect(a.union(set("x.y", "q.r")).storageIdentity == a.storageIdentity)
    #expect(a.subtracting(set("q", "x.w", "s")).storageIdentity == a.storageIdentity)
    #expect(a.union(set("x.w")).storageIdentity != a.storageIdentity)
    #expect(a.union(set("x.w")) == set("x", "x.w", "x.y", "x.z", "q.r"))
    #expect(a.subtracting(set("q.r")) == set("x", "x.y", "x.z"))
  }

  @Test("conflicts name paths, a level's members first")
  func descriptions() throws {
    let set = try FieldSet(
      fieldsV1: JSON.parse(
        #"""
        {"f:c":{"k:{\"name\":\"oar\"}":{"f:env":{"k:{\"name\":\"A\"}":{"f:value":{}}},"f:image":{},
        "f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{"f:name":{}}}}},"f:s":{"v:\"x\"":{}}}
        """#))
    #expect(
      set.descriptions == [
        #".c[name="oar"].image"#, #".c[name="oar"].env[name="A"].value"#,
        #".c[name="oar"].ports[containerPort=80,protocol="TCP"].name"#, #".s[="x"]"#,
      ])
  }
}

@Suite("owned values")
struct OwnedValueTests {
  private func owned(_ text: String) throws -> OwnedValue<TestSchema> {
    OwnedValue(try JSON.parse(text), schema: TestSchema.workload)
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

  @Test(
    "an element is told apart by what keys it has",
    arguments: [
      (#"{"port":1}"#, #"[port=1,protocol="TCP"]"#), (#"{"x":1}"#, #"[protocol="TCP"]"#),
      (#"{"port":{"a":[null,"b"]}}"#, #"[port=a=[null,"b"],protocol="TCP"]"#),
      ("null", "associative list with keys may not have a null element"),
      ("[]", "associative list with keys may not have non-map elements"),
    ])
  func identity(_ text: String, _ wanted: String) throws {
    let ownership = Ownership.keyed(["port", "protocol"], defaults: ["protocol": "TCP"])
    let value = try JSON.parse(text)
    do throws(PatchFailure) {
      #expect(try PathElement(of: value, ownership).description == wanted)
    } catch {
      #expect(error.message == wanted)
    }
  }
}
