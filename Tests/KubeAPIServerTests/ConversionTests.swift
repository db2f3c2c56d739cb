import Documents
import Etcd
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// Custom resources in several versions: what a webhook answers, and what of it a client sees.
/// The scenarios and their answers are those of a real apiextensions-apiserver 1.36.4.
@Suite struct ConversionTests {
  /// A conversion webhook that answers by a closure from the whole review.
  private final class Hook: WebhookConnection {
    var asked: [Value] = []
    var answer: (Value) -> WebhookAnswer

    init(_ answer: @escaping (Value) -> WebhookAnswer) { self.answer = answer }

    func post(_ review: Value, to endpoint: WebhookEndpoint) -> WebhookAnswer {
      asked.append(review)
      return answer(review)
    }

    /// `host` of v1 is `name` of v2, and what defaults filled in is dropped.
    static func rename(_ review: Value) -> WebhookAnswer {
      let request = review["request"] ?? .null
      let version = request.text("desiredAPIVersion")
      let (from, to, filled) =
        version.hasSuffix("/v2") ? ("host", "name", "d1") : ("name", "host", "d2")
      let objects = request.items("objects").map { object in
        var object = object
        let text = object[path: "spec", from]
        object["spec"]?[from] = nil
        object["spec"]?[filled] = nil
        if let text { object["spec"]?[to] = text }
        object["apiVersion"] = .string(version)
        return object
      }
      return .document([
        "kind": "ConversionReview", "apiVersion": review["apiVersion"] ?? "",
        "response": [
          "uid": request["uid"] ?? "", "result": ["status": "Success"],
          "convertedObjects": .array(objects),
        ],
      ])
    }
  }

  private static let fixture: Value = {
    let url = RecordedCasesTests.folder.appending(path: "real/conversions.json")
    return (try? JSON.parse([UInt8](Data(contentsOf: url)))) ?? .null
  }()

  private struct Harbour {
    let server = RecordedCasesTests.server()
    let hook: Hook
    var definition = fixture["definition"] ?? .null

    init(_ hook: Hook, _ change: (inout Value) -> Void = { _ in }) {
      self.hook = hook
      server.webhooks = hook
      change(&definition)
      let made = send("POST", Harbour.definitions, definition)
      #expect(made.code == 201)
    }

    static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    @discardableResult
    func send(
      _ method: String, _ path: String, _ body: Value? = nil,
      _ type: String = "application/json"
    ) -> (code: Int, body: Value) {
      let halves = path.split(separator: "?", maxSplits: 1).map(String.init)
      let answer = server.handle(
        APIRequest(
          method: method, path: halves[0],
          query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [],
          headers: [("content-type", type), ("user-agent", "drydock/1")],
          body: body.map { .bytes(JSON.bytes($0)) } ?? .none, credential: RecordedCase.owner))
      server.timeline.settle()
      if case .value(let value) = answer.body { return (answer.code, value) }
      return (answer.code, .null)
    }

    func path(_ version: String, _ name: String = "") -> String {
      "/apis/quay.example/\(version)/namespaces/default/boats" + (name.isEmpty ? "" : "/" + name)
    }

    static func boat(_ version: String, _ name: String, _ spec: Value) -> Value {
      [
        "apiVersion": .string("quay.example/\(version)"), "kind": "Boat",
        "metadata": ["name": .string(name)], "spec": spec,
      ]
    }

    @discardableResult
    func create(_ version: String, _ name: String, _ spec: Value) -> (code: Int, body: Value) {
      send("POST", path(version), Self.boat(version, name, spec))
    }

    func spec(_ version: String, _ name: String) -> Value? {
      send("GET", path(version, name)).body["spec"]
    }

    func apply(
      _ version: String, _ name: String, by manager: String, _ spec: Value, force: Bool = false
    ) -> (code: Int, body: Value) {
      send(
        "PATCH", path(version, name) + "?fieldManager=\(manager)&force=\(force)",
        Self.boat(version, name, spec), "application/apply-patch+yaml")
    }
  }

  @Test("whatever a conversion webhook answers is taken or refused in the real server's words")
  func answers() throws {
    let rows = Self.fixture.items("rows")
    #expect(!rows.isEmpty)
    let hook = Hook { _ in .failure("") }
    let harbour = Harbour(hook)
    let made = harbour.send("POST", harbour.path("v1"), Self.fixture["object"])
    #expect(made.code == 201)
    for row in rows {
      hook.answer = { review in
        let text = JSON.text(row["answer"] ?? .null)
          .replacing("REQUEST-UID", with: review["request"]?.text("uid") ?? "")
          .replacing("OBJECT-UID", with: made.body.uid)
        return .document((try? JSON.parse(text)) ?? .null)
      }
      let rule = Comment(rawValue: row.text("rule"))
      let (code, body) = harbour.send("GET", harbour.path("v2", "l"))
      #expect(Int64(code) == row["code"]?.int, rule)
      guard let wanted = row["object"] else {
        let uid = hook.asked.last?["request"]?.text("uid") ?? ""
        let message = body.text("message").replacing(made.body.uid, with: "OBJECT-UID")
          .replacing(uid, with: row.text("rule") == "wrong uid meta" ? uid : "REQUEST-UID")
        if let wanted = row["message"]?.string { #expect(message == wanted, rule) }
        continue
      }
      for name in ["labels", "annotations", "finalizers", "generation"] {
        let value = wanted[name] ?? .null
        #expect(body["metadata"]?[name] == (value.isNull ? Value?.none : value), rule)
      }
      var rest = body
      rest["metadata"] = nil
      #expect(rest == wanted["rest"], rule)
    }
  }

  @Test("an object is stored in one version and shown in each")
  func versions() {
    let harbour = Harbour(Hook(Hook.rename))
    #expect(harbour.create("v1", "a", ["host": "h"]).body["spec"] == ["host": "h", "d1": "one"])
    #expect(harbour.hook.asked.isEmpty)
    #expect(harbour.spec("v2", "a") == ["name": "h"])
    let review = harbour.hook.asked.first
    #expect(review?["apiVersion"] == "apiextensions.k8s.io/v1")
    #expect(review?["request"]?.text("desiredAPIVersion") == "quay.example/v2")
    #expect(review?["request"]?.items("objects").first?.resourceVersion == "")
    let watch = harbour.server.handle(
      APIRequest(
        method: "GET", path: harbour.path("v2"), query: [("watch", "1")],
        credential: RecordedCase.owner))
    // What comes back was on its way through the stored version.
    #expect(harbour.create("v2", "b", ["name": "n"]).body["spec"] == ["name": "n"])
    #expect(harbour.spec("v1", "b") == ["host": "n", "d1": "one"])
    #expect(harbour.create("v2", "c", ["name": "much too long"]).code == 422)
    // Each version is checked when it is written, not when it is read.
    #expect(harbour.create("v1", "c", ["host": "much too long"]).code == 201)
    let list = harbour.send("GET", harbour.path("v2")).body
    #expect(
      list.items("items").map { $0[path: "spec", "name"] } == ["h", "n", "much too long"])
    #expect(list.items("items").allSatisfy { $0.apiVersion == "quay.example/v2" })
    guard case .watch(let stream) = watch.body else {
      Issue.record("no watch")
      return
    }
    #expect(stream.take().map { $0.object[path: "spec", "name"] } == ["h", "n", "much too long"])
  }

  @Test("while the webhook is away only what needs no conversion works, and lists that it had made")
  func outage() {
    let harbour = Harbour(Hook(Hook.rename))
    harbour.create("v1", "a", ["host": "h"])
    _ = harbour.send("GET", harbour.path("v2"))
    harbour.hook.answer = { _ in .failure("dial tcp 10.0.0.1:443: connect: connection refused") }
    func why(_ version: String) -> String {
      "conversion webhook for quay.example/\(version), Kind=Boat failed: Post "
        + "\"https://harbour.example/convert?timeout=30s\": dial tcp 10.0.0.1:443: connect: "
        + "connection refused"
    }
    func told(_ answer: (code: Int, body: Value), _ text: String) {
      #expect(answer.code == 500)
      #expect(answer.body.text("message") == text)
    }
    #expect(harbour.send("GET", harbour.path("v2")).body.items("items").count == 1)
    told(harbour.send("GET", harbour.path("v2", "a")), why("v1"))
    told(harbour.send("DELETE", harbour.path("v2", "a")), why("v1"))
    let revision = harbour.server.registry.store.revision
    told(harbour.create("v2", "b", ["name": "n"]), why("v2"))
    told(
      harbour.send(
        "POST", harbour.path("v2") + "?dryRun=All", Harbour.boat("v2", "b", ["name": "n"])),
      why("v2"))
    told(
      harbour.send(
        "PATCH", harbour.path("v2", "a"), ["spec": ["name": "n"]], "application/merge-patch+json"),
      why("v2"))
    #expect(harbour.server.registry.store.revision == revision)
    let changed = harbour.send(
      "PATCH", harbour.path("v1", "a"), ["spec": ["host": "n"]], "application/merge-patch+json")
    #expect(changed.code == 200)
    told(harbour.send("GET", harbour.path("v2")), why("v1"))
    #expect(harbour.send("GET", harbour.path("v2", "nothing")).code == 404)
  }

  @Test("who applies in one version conflicts with who wrote in another, by its names")
  func ownership() {
    let harbour = Harbour(Hook(Hook.rename))
    func message(_ answer: (code: Int, body: Value)) -> String { answer.body.text("message") }
    func managers(_ answer: (code: Int, body: Value)) -> [String] {
      answer.body["metadata"]?.items("managedFields").map {
        "\($0.text("manager")) \($0.text("apiVersion")) \(JSON.text($0["fieldsV1"] ?? .null))"
      } ?? []
    }
    #expect(harbour.apply("v1", "s", by: "m1", ["host": "y"]).code == 201)
    #expect(
      message(harbour.apply("v2", "s", by: "m2", ["name": "z"]))
        == "Apply failed with 1 conflict: conflict with \"m1\": .spec.host")
    let forced = harbour.apply("v2", "s", by: "m2", ["name": "z"], force: true)
    #expect(managers(forced) == [#"m2 quay.example/v2 {"f:spec":{"f:name":{}}}"#])
    #expect(
      message(harbour.apply("v1", "s", by: "m1", ["host": "q"]))
        == "Apply failed with 1 conflict: conflict with \"m2\": .spec.name")
    let shared = harbour.apply("v2", "s", by: "m1", ["name": "z"])
    #expect(managers(shared).count == 2)
    let updated = harbour.send(
      "PATCH", harbour.path("v1", "s") + "?fieldManager=u", ["spec": ["host": "uu"]],
      "application/merge-patch+json")
    #expect(managers(updated) == [#"u quay.example/v1 {"f:spec":{"f:host":{}}}"#])
    #expect(
      message(harbour.apply("v2", "s", by: "m2", ["name": "k"]))
        == "Apply failed with 1 conflict: conflict with \"u\" using quay.example/v1: .spec.host")
    #expect(managers(harbour.apply("v2", "s", by: "m2", ["name": "uu"])).count == 2)
  }

  @Test("an applied field is given up in whatever version it was applied")
  func givingUp() {
    let harbour = Harbour(Hook(Hook.rename))
    _ = harbour.apply("v1", "s", by: "m1", ["host": "y"])
    let kept = harbour.apply("v2", "s", by: "m2", ["name": "y"])
    #expect(kept.code == 200)
    #expect(harbour.apply("v2", "s", by: "m1", [:]).body["spec"] == ["name": "y"])
  }

  @Test("objects move to a new stored version when they are written, changed or not")
  func migration() {
    let harbour = Harbour(Hook(Hook.rename))
    harbour.create("v1", "old", ["host": "o"])
    harbour.create("v1", "left", ["host": "l"])
    var versions = harbour.definition[path: "spec", "versions"]?.array ?? []
    versions[0]["storage"] = false
    versions[1]["storage"] = true
    let path = Harbour.definitions + "/boats.quay.example"
    func change(_ versions: [Value], _ more: String = "") -> (code: Int, body: Value) {
      harbour.send(
        "PATCH", path + more, ["spec": ["versions": .array(versions)]],
        "application/merge-patch+json")
    }
    #expect(change(versions).body[path: "status", "storedVersions"] == ["v1", "v2"])
    #expect(harbour.spec("v1", "old") == ["host": "o", "d1": "one"])
    #expect(harbour.spec("v2", "old") == ["name": "o"])
    func touch(_ version: String) -> (code: Int, body: Value) {
      harbour.send(
        "PATCH", harbour.path(version, "old"), [:], "application/merge-patch+json")
    }
    let before = harbour.server.registry.store.revision
    #expect(touch("v1").body["spec"] == ["host": "o"])
    #expect(harbour.server.registry.store.revision != before)
    #expect(harbour.spec("v2", "old") == ["name": "o", "d2": "two"])
    let refused = change([versions[1]])
    #expect(refused.code == 422)
    #expect(
      harbour.send(
        "PATCH", path + "/status", ["status": ["storedVersions": ["v2"]]],
        "application/merge-patch+json"
      ).code == 200)
    #expect(change([versions[1]]).code == 200)
    #expect(harbour.spec("v2", "old") == ["name": "o", "d2": "two"])
    let lost = harbour.send("GET", harbour.path("v2", "left"))
    #expect(lost.code == 500)
    #expect(
      lost.body.text("message")
        == "request to convert CR from an invalid group/version: quay.example/v1")
  }

  @Test("without a webhook a version shows what it knows, new defaults at once")
  func none() {
    let harbour = Harbour(Hook { _ in .failure("asked") }) {
      $0["spec"]?["conversion"] = ["strategy": "None"]
    }
    harbour.create("v1", "a", ["host": "h"])
    #expect(harbour.spec("v2", "a") == [:])
    #expect(harbour.create("v2", "b", ["name": "n"]).body["spec"] == [:])
    #expect(harbour.spec("v1", "b") == ["d1": "one"])
    var versions = harbour.definition[path: "spec", "versions"]?.array ?? []
    versions[0]["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["properties"] = [
      "d3": ["type": "integer", "default": 5]
    ]
    func change() {
      harbour.send(
        "PATCH", Harbour.definitions + "/boats.quay.example",
        ["spec": ["versions": .array(versions)]], "application/merge-patch+json")
    }
    change()
    #expect(harbour.spec("v1", "a") == ["d3": 5])
    // A version that is stored need not be served: its objects are told of, and go with it.
    versions[0]["served"] = false
    change()
    #expect(harbour.send("GET", harbour.path("v1", "a")).code == 404)
    let watch = harbour.server.handle(
      APIRequest(
        method: "GET", path: harbour.path("v2"), query: [("watch", "1")],
        credential: RecordedCase.owner))
    harbour.create("v2", "z", ["name": "n"])
    guard case .watch(let stream) = watch.body else {
      Issue.record("no watch")
      return
    }
    #expect(stream.take().map { $0.object.name } == ["a", "b", "z"])
    harbour.send("DELETE", Harbour.definitions + "/boats.quay.example")
    harbour.server.timeline.advance(by: .seconds(10))
    #expect(harbour.send("GET", Harbour.definitions + "/boats.quay.example").code == 404)
    var left = 0
    try? harbour.server.etcd.forEach(
      from: "/registry/quay.example/", before: "/registry/quay.example0"
    ) { _ in
      left += 1
      return true
    }
    #expect(left == 0)
  }
}
