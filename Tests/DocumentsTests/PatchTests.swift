import Testing

@testable import Documents

@Suite("JSON patches")
struct JSONPatchTests {
  @Test(
    "operations change what they point at",
    arguments: [
      (
        #"[{"op":"add","path":"/c","value":1},{"op":"replace","path":"/a","value":9},{"op":"remove","path":"/b"}]"#,
        #"{"a":9,"c":1,"l":[1,2,3]}"#
      ),
      (#"[{"op":"replace","path":"/z","value":1}]"#, #"{"a":1,"b":{"x":1},"l":[1,2,3],"z":1}"#),
      (
        #"[{"op":"copy","from":"/a","path":"/c"},{"op":"move","from":"/b/x","path":"/d"}]"#,
        #"{"a":1,"b":{},"c":1,"d":1,"l":[1,2,3]}"#
      ),
      (#"[{"op":"add","path":"/c"}]"#, #"{"a":1,"b":{"x":1},"c":null,"l":[1,2,3]}"#),
      ("[]", #"{"a":1,"b":{"x":1},"l":[1,2,3]}"#),
      (
        #"[{"op":"add","path":"/b/y~1~0~01","value":2}]"#,
        #"{"a":1,"b":{"x":1,"y/~~1":2},"l":[1,2,3]}"#
      ),
      (
        #"[{"op":"add","path":"/l/-","value":4},{"op":"add","path":"/l/0","value":0},{"op":"remove","path":"/l/-1"}]"#,
        #"{"a":1,"b":{"x":1},"l":[0,1,2,3]}"#
      ),
      (
        #"[{"op":"test","path":"/b/x","value":1},{"op":"test","path":"/none"},{"op":"replace","path":"/l/1","value":5}]"#,
        #"{"a":1,"b":{"x":1},"l":[1,5,3]}"#
      ),
    ])
  func applies(patch: String, result: String) throws {
    let value = try JSON.parse(#"{"a":1,"b":{"x":1},"l":[1,2,3]}"#)
    #expect(JSON.text(try JSONPatch(try JSON.parse(patch)).apply(to: value)) == result)
  }

  @Test(
    "what cannot be done is refused",
    arguments: [
      (#"[{"op":"remove","path":"/z"}]"#, "Unable to remove nonexistent key: z: missing value"),
      (
        #"[{"op":"add","path":"/z/y","value":1}]"#,
        "add operation does not apply: doc is missing path: /z/y: missing value"
      ),
      (#"[{"op":"grow","path":"/a"}]"#, "Unexpected kind: grow"),
      (
        #"[{"op":"replace","path":"/l/5","value":1}]"#,
        "replace operation does not apply: doc is missing key: /l/5: missing value"
      ),
      (
        #"[{"op":"replace","path":"/l/5/x","value":1}]"#,
        "replace operation does not apply: doc is missing path: /l/5/x: missing value"
      ),
      (
        #"[{"op":"add","path":"/l/9","value":1}]"#,
        "Unable to access invalid index: 9: invalid index referenced"
      ),
      (#"[{"op":"test","path":"/a","value":2}]"#, "testing value /a failed: test failed"),
      (
        #"[{"op":"add","path":"","value":2}]"#,
        "add operation does not apply: doc is missing path: : missing value"
      ),
      (
        #"{"op":"add"}"#,
        "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
      ),
    ])
  func refuses(patch: String, message: String) throws {
    let value = try JSON.parse(#"{"a":1,"l":[1,2,3]}"#)
    let failure = #expect(throws: PatchFailure.self) {
      try JSONPatch(try JSON.parse(patch)).apply(to: value)
    }
    #expect(failure?.message == message)
  }

  @Test("copies of copies end at a limit")
  func bomb() throws {
    let text = String(repeating: "x", count: 200_000)
    let copy: Value = ["op": "copy", "from": "/a", "path": "/a/-"]
    let patch = try JSONPatch(.array(Array(repeating: copy, count: 60)))
    #expect(throws: PatchFailure.self) { try patch.apply(to: ["a": [.string(text)]]) }
  }
}

@Suite("merge patches")
struct MergePatchTests {
  @Test(
    "members are merged, null removes",
    arguments: [
      (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
      (#"{"a":[1]}"#, #"{"a":{"b":null,"c":1}}"#, #"{"a":{"c":1}}"#),
      (#"{"a":{"b":1}}"#, #"{"a":{"b":null,"c":[null]}}"#, #"{"a":{"c":[null]}}"#),
      ("{}", #"{"a":{"b":{"c":null}}}"#, #"{"a":{"b":{}}}"#), (#"{"a":1}"#, "[1]", "[1]"),
      ("{}", #"{"a":[{"b":null}]}"#, #"{"a":[{}]}"#), (#"{"a":{"b":1}}"#, #"{"a":2}"#, #"{"a":2}"#),
    ])
  func merges(value: String, patch: String, result: String) throws {
    #expect(JSON.text(MergePatch.apply(try JSON.parse(patch), to: try JSON.parse(value))) == result)
  }

  @Test(
    "a difference applied gives the other value",
    arguments: [
      (
        #"{"a":1,"b":{"c":1,"d":2},"e":[1]}"#, #"{"a":2,"b":{"c":1},"f":{},"e":[2]}"#,
        #"{"a":2,"b":{"d":null},"e":[2],"f":{}}"#
      ),
      (#"{"a":{"b":1}}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), ("{}", "{}", "{}"),
    ])
  func diffs(original: String, modified: String, patch: String) throws {
    let original = try JSON.parse(original)
    let modified = try JSON.parse(modified)
    let diff = MergePatch.diff(original, modified)
    #expect(JSON.text(diff) == patch)
    #expect(MergePatch.apply(diff, to: original) == modified)
  }

  @Test("what others set stays, what was applied before and is gone is removed")
  func threeWay() {
    let patch = MergePatch.threeWay(
      original: ["a": 1, "b": ["c": 1, "d": 1]], modified: ["b": ["c": 2]],
      current: ["a": 1, "b": ["c": 1, "d": 1, "live": 1], "status": 1])
    #expect(patch == ["a": nil, "b": ["c": 2, "d": nil]])
  }
}

/// A structure written down as a tree, for tests.
struct TestSchema: PatchSchema {
  var patchStrategy = PatchStrategy()
  var ownership = Ownership.granular
  var members: [String: [TestSchema]] = [:]
  var elements: [TestSchema] = []
  var any: [TestSchema] = []

  func member(_ name: String) -> TestSchema? { (members[name] ?? any).first }
  var element: TestSchema? { elements.first }
  func isField(_ name: String) -> Bool { members[name] != nil }

  static let scalar = TestSchema(ownership: .atomic)
  static let labels = TestSchema(any: [.scalar])

  static func list(
    by key: String, _ members: [String: TestSchema], keys: [String]? = nil, defaults: Mapping = [:]
  ) -> TestSchema {
    TestSchema(
      patchStrategy: PatchStrategy(merges: true, mergeKey: key),
      ownership: .keyed(keys ?? [key], defaults: defaults),
      elements: [TestSchema(members: members.mapValues { [$0] })])
  }

  static let workload: TestSchema = {
    let ports = list(
      by: "containerPort", ["containerPort": .scalar, "protocol": .scalar, "name": .scalar],
      keys: ["containerPort", "protocol"], defaults: ["protocol": "TCP"])
    let env = list(by: "name", ["name": .scalar, "value": .scalar])
    let containers = list(
      by: "name", ["name": .scalar, "image": .scalar, "env": env, "ports": ports])
    let finalizers = TestSchema(patchStrategy: PatchStrategy(merges: true), ownership: .set)
    let strategy = TestSchema(
      patchStrategy: PatchStrategy(retainsKeys: true),
      members: ["type": [.scalar], "rollingUpdate": [labels]])
    return TestSchema(members: [
      "finalizers": [finalizers], "strategy": [strategy], "labels": [labels],
      "containers": [containers], "tolerations": [.scalar], "replicas": [.scalar],
    ])
  }()
}

@Suite("strategic merge patches")
struct StrategicMergePatchTests {
  static let base = #"""
    {"containers":[{"name":"oar","image":"oar:1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],
    "ports":[{"containerPort":80,"name":"web"}]},{"name":"sail","image":"sail:1"}],"finalizers":["a","b"],
    "strategy":{"type":"RollingUpdate","rollingUpdate":{"x":1}},"tolerations":[{"key":"t"}]}
    """#

  @Test(
    "a patch does what a real server did",
    arguments: [
      (#"{"containers":[{"name":"oar","image":"oar:2"}]}"#, "containers[0].image", #""oar:2""#),
      (
        #"{"containers":[{"name":"oar","env":[{"name":"B","value":"9"},{"name":"C","value":"3"}]}]}"#,
        "containers[0].env",
        #"[{"name":"A","value":"1"},{"name":"B","value":"9"},{"name":"C","value":"3"}]"#
      ),
      (
        #"{"containers":[{"name":"new","image":"n:1"},{"$patch":"replace"}]}"#, "containers",
        #"[{"image":"n:1","name":"new"}]"#
      ),
      (
        #"{"containers":[{"name":"oar","$patch":"delete"}]}"#, "containers",
        #"[{"image":"sail:1","name":"sail"}]"#
      ),
      (
        #"{"$setElementOrder/containers":[{"name":"sail"},{"name":"oar"}],"containers":[{"name":"oar","image":"oar:3"}]}"#,
        "containers[1].image", #""oar:3""#
      ),
      (
        #"{"$setElementOrder/containers":[{"name":"sail"},{"name":"oar"}]}"#, "containers[0].name",
        #""sail""#
      ),
      (
        #"{"containers":[{"name":"oar","ports":[{"containerPort":80,"protocol":"UDP"},{"containerPort":81}]}]}"#,
        "containers[0].ports",
        #"[{"containerPort":80,"name":"web","protocol":"UDP"},{"containerPort":81}]"#
      ),
      (#"{"finalizers":["c","a"]}"#, "finalizers", #"["c","a","b"]"#),
      (#"{"$deleteFromPrimitiveList/finalizers":["a"]}"#, "finalizers", #"["b"]"#),
      (#"{"tolerations":[{"key":"n"}]}"#, "tolerations", #"[{"key":"n"}]"#),
      (
        #"{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"#, "strategy",
        #"{"type":"Recreate"}"#
      ),
      (#"{"strategy":{"$patch":"replace","type":"X"}}"#, "strategy", #"{"type":"X"}"#),
      (#"{"strategy":{"$patch":"delete"}}"#, "strategy", "{}"),
      (#"{"strategy":null,"labels":{"gone":null,"a":"1"}}"#, "labels", #"{"a":"1"}"#),
    ])
  func applies(patch: String, path: String, result: String) throws {
    let merged = try StrategicMergePatch.apply(
      try JSON.parse(patch), to: try JSON.parse(Self.base), schema: TestSchema.workload)
    var value: Value? = merged
    for step in PathStep.steps(ofField: path) {
      switch step {
      case .member(let name): value = value?[name]
      case .element(let index): value = value?[index]
      }
    }
    #expect(value.map { JSON.text($0) } == result)
  }

  @Test(
    "a wrong patch is refused in the server's words",
    arguments: [
      (
        #"{"$setElementOrder/containers":[{"name":"sail"}],"containers":[{"name":"oar","image":"oar:3"}]}"#,
        "The order in patch list:\n[map[image:oar:3 name:oar]]\n doesn't match $setElementOrder list:\n[map[name:sail]]\n"
      ),
      (
        #"{"containers":[{"image":"x"}]}"#,
        "map: map[image:x] does not contain declared merge key: name"
      ),
      (#"{"strategy":{"$patch":"grow"}}"#, "unknown patch type: grow in map: map[$patch:grow]"),
      (
        #"{"strategy":{"$retainKeys":["type"],"rollingUpdate":{}}}"#,
        "invalid patch format of retainKeys"
      ),
      (#"{"finalizers":[["x"]]}"#, "list element types are not identical: [[a b] [[x]]]"),
      (#"{"containers":["x"]}"#, "list element types are not identical"),
    ])
  func refuses(patch: String, message: String) throws {
    let failure = #expect(throws: PatchFailure.self) {
      try StrategicMergePatch.apply(
        try JSON.parse(patch), to: try JSON.parse(Self.base), schema: TestSchema.workload)
    }
    #expect(failure?.message.hasPrefix(message) == true)
  }

  @Test("kubectl apply's patch removes what it applied before, keeps what others added")
  func threeWay() throws {
    let original = try JSON.parse(Self.base)
    var modified = original
    modified["containers"] = [["name": "oar", "image": "oar:2"]]
    modified["finalizers"] = ["b", "z"]
    modified["strategy"] = ["type": "Recreate"]
    var current = original
    current["replicas"] = 3
    if let sidecar = try? JSON.parse(#"{"name":"live","image":"l"}"#) {
      current["containers"] = .array((current["containers"]?.array ?? []) + [sidecar])
    }
    let patch = try StrategicMergePatch.threeWay(
      original: original, modified: modified, current: current, schema: TestSchema.workload)
    #expect(
      JSON.text(patch) == #"{"$deleteFromPrimitiveList/finalizers":["a"],"#
        + #""$setElementOrder/containers":[{"name":"oar"}],"$setElementOrder/finalizers":["b","z"],"#
        + #""containers":[{"env":null,"image":"oar:2","name":"oar","ports":null},"#
        + #"{"$patch":"delete","name":"sail"}],"finalizers":["z"],"#
        + #""strategy":{"$retainKeys":["type"],"rollingUpdate":null,"type":"Recreate"}}"#)
    let result = try StrategicMergePatch.apply(patch, to: current, schema: TestSchema.workload)
    #expect(
      result["containers"] == [["name": "oar", "image": "oar:2"], ["name": "live", "image": "l"]])
    #expect(result["finalizers"] == ["b", "z"])
    #expect(result["strategy"] == ["type": "Recreate"])
    #expect(result["replicas"] == 3)
  }

  @Test("the difference of two states leads from one to the other")
  func diff() throws {
    let original = try JSON.parse(Self.base)
    var modified = original
    modified["containers"] = [["name": "sail", "image": "sail:2"], ["name": "z"], ["name": "oar"]]
    modified["tolerations"] = nil
    modified["finalizers"] = []
    let schema = TestSchema.workload
    let patch = try StrategicMergePatch.diff(original, modified, schema: schema)
    #expect(try StrategicMergePatch.apply(patch, to: original, schema: schema) == modified)
    #expect(try StrategicMergePatch.diff(original, original, schema: schema) == .emptyObject)
  }
}
