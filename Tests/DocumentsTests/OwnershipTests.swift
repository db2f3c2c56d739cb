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

  @Test("equal parts of different sets are one piece of memory")
  func memory() throws {
    let memory = FieldSetMemory()
    func pod(_ address: String) throws -> FieldSet {
      try FieldSet(
        fieldsV1: JSON.parse(
          #"""
          {"f:status":{"f:conditions":{".":{},"k:{\"type\":\"Ready\"}":{".":{},"f:status":{}}},
          "f:podIPs":{"k:{\"ip\":\"\#(address)\"}":{".":{},"f:ip":{}}}}}
          """#))
    }
    let first = memory.value(of: try pod("10.0.0.1"))
    let second = memory.value(of: try pod("10.0.0.2"))
    #expect(first != second)
    let conditions = [first, second].compactMap { $0["f:status"]?["f:conditions"]?.object }
    #expect(conditions.count == 2)
    #expect(conditions[0].storageIdentity == conditions[1].storageIdentity)
    #expect(
      memory.value(of: try pod("10.0.0.1")).object?.storageIdentity == first.object?.storageIdentity
    )
    // What is read again is known, and what is another's writing is not taken for ours.
    let read = try #require(memory.read(second))
    #expect(read.isCanonical)
    #expect(try read.set == pod("10.0.0.2"))
    let odd = try JSON.parse(#"{".":{},"f:status":{}}"#)
    #expect(memory.read(odd)?.isCanonical == false)
    #expect(memory.read(try JSON.parse(#"{"x":{}}"#)) == nil)
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
