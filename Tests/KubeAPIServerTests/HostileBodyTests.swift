import Documents
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// Recorded bodies, changed by chance: whatever comes is answered, and what is refused leaves
/// nothing behind.
@Suite struct HostileBodyTests {
  struct Sent {
    var method: String
    var path: String
    var type: String
    var body: String
  }

  /// Writes of a file of recordings that need no earlier reply.
  static func sent(_ file: String) throws -> [Sent] {
    let url = RecordedCasesTests.folder.appending(path: "api").appending(path: file)
    let bytes = [UInt8](try Data(contentsOf: url))
    let cases = try JSON.parse(bytes)["cases"]?.array ?? []
    var found: [Sent] = []
    for (one, bodies) in zip(cases, SentBodies.read(bytes)) {
      for (step, body) in zip(one["steps"]?.array ?? [], bodies) {
        guard let body, let path = step["path"]?.string, let method = step["method"]?.string,
          !path.contains("<"), !path.contains("{{")
        else { continue }
        let type = step["headers"]?["Content-Type"]?.string ?? "application/json"
        found.append(Sent(method: method, path: path, type: type, body: body))
      }
    }
    return found
  }

  @Test(
    "a body that chance has changed is answered, and a refusal leaves nothing behind",
    arguments: [
      "pods-create.json", "workloads-create.json", "services.json", "networking.json",
      "config-storage.json", "other-kinds.json", "patches.json", "apply.json", "rbac-auth.json",
      "limitrange.json", "resourcequota.json",
    ])
  func mutations(_ file: String) throws {
    let server = RecordedCasesTests.server()
    var chance = SeededRandom(seed: 7, for: file)
    for sent in try Self.sent(file) {
      // The body as it was keeps later ones meaningful.
      for round in 0..<4 {
        let body = round == 3 ? sent.body : Self.changed(sent.body, &chance, round)
        let before = server.registry.store.revision
        let answer = server.handle(Self.request(sent, body))
        #expect((200..<600).contains(answer.code))
        guard answer.code >= 400 else { continue }
        #expect(server.registry.store.revision == before, "\(sent.path) \(body)")
      }
    }
  }

  /// What grew with the square of a list would take minutes here.
  @Test("a long list of mistakes costs no more than its length", .timeLimit(.minutes(1)))
  func manyMistakes() throws {
    let server = RecordedCasesTests.server()
    let definition = """
      {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{
      "name":"boats.long.example"},"spec":{"group":"long.example","scope":"Cluster","names":{
      "plural":"boats","kind":"Boat"},"versions":[{"name":"v1","served":true,"storage":true,
      "schema":{"openAPIV3Schema":{"type":"object","properties":{
      "sails":{"type":"array","items":{"type":"integer"}},
      "crew":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],
      "items":{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},
      "age":{"type":"integer","minimum":0}}}}}}}}]}}
      """
    func send(_ method: String, _ path: String, _ body: String) -> APIResponse {
      Self.handle(server, method, path, body)
    }
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    #expect(send("POST", path, definition).code == 201)
    server.timeline.settle()
    let sails = Array(repeating: "\"x\"", count: 20_000).joined(separator: ",")
    func boat(_ more: String) -> String {
      """
      {"apiVersion":"long.example/v1","kind":"Boat","metadata":{"name":"b"},\(more)}
      """
    }
    let refused = send("POST", "/apis/long.example/v1/boats", boat("\"sails\":[\(sails)]"))
    #expect(refused.code == 422)
    #expect(Self.tree(refused)[path: "details", "causes"]?.array?.count == 20_000)
    func crew(_ age: Int) -> String {
      let people = (0..<10_000).map { "{\"id\":\($0),\"age\":\($0 % 10 + age)}" }
      return boat("\"crew\":[\(people.joined(separator: ","))]")
    }
    #expect(send("POST", "/apis/long.example/v1/boats", crew(20)).code == 201)
    let applied = server.handle(
      APIRequest(
        method: "PATCH", path: "/apis/long.example/v1/boats/b", query: [],
        headers: [("content-type", "application/merge-patch+json")],
        body: .bytes(Array(crew(-5).utf8)), credential: RecordedCase.owner))
    #expect(applied.code == 422)
    #expect(Self.tree(applied)[path: "details", "causes"]?.array?.count == 5_000)
  }

  private static func handle(
    _ server: APIServer, _ method: String, _ path: String, _ body: String
  ) -> APIResponse {
    server.handle(
      APIRequest(
        method: method, path: path, query: [], headers: [("content-type", "application/json")],
        body: .bytes(Array(body.utf8)), credential: RecordedCase.owner))
  }

  private static func tree(_ answer: APIResponse) -> Value {
    if case .value(let value) = answer.body { return value }
    return .null
  }

  private static func request(_ sent: Sent, _ body: String) -> APIRequest {
    let halves = sent.path.split(separator: "?", maxSplits: 1).map(String.init)
    return APIRequest(
      method: sent.method, path: halves.first ?? "/",
      query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [],
      headers: [
        ("user-agent", "chance/1"), ("accept", "application/json"), ("content-type", sent.type),
      ], body: .bytes(Array(body.utf8)), credential: RecordedCase.owner)
  }

  private static func changed(_ body: String, _ chance: inout SeededRandom, _ round: Int) -> String
  {
    if round == 0 { return bytesChanged(body, &chance) }
    guard let value = try? JSON.parse(body) else { return body }
    return JSON.text(partChanged(value, &chance, depth: 0))
  }

  private static func bytesChanged(_ body: String, _ chance: inout SeededRandom) -> String {
    var bytes = Array(body.utf8)
    for _ in 0..<(1 + chance.below(3)) where !bytes.isEmpty {
      let place = chance.below(bytes.count)
      switch chance.below(4) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(contentsOf: bytes.suffix(chance.below(20)), at: place)
      case 2: bytes[place] = UInt8(chance.below(256))
      default: bytes.removeLast(chance.below(bytes.count))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let strange: [Value] = [
    .null, true, 0, -1, .int(.max), .int(.min), 3.5, .double(1e300), "", "x", "-", "..", "1Ei",
    "99999999999999999999Ei", "50%", "-1%", "{", "é\u{0}", "2026-13-45T99:00:00Z", [], [nil],
    [[]], [[:]], [:], ["": ""], ["name": ""], ["name": ["name": 1]],
    .string(String(repeating: "a", count: 300)),
  ]

  private static func partChanged(
    _ value: Value, _ chance: inout SeededRandom, depth: Int
  ) -> Value {
    let stops = depth > 1 && chance.below(4) == 0
    switch value {
    case .object(let mapping) where !mapping.isEmpty && !stops:
      let key = mapping.keys[chance.below(mapping.count)]
      var new = value
      new[key] = partChanged(mapping[key] ?? .null, &chance, depth: depth + 1)
      return new
    case .array(var elements) where !elements.isEmpty && !stops:
      let place = chance.below(elements.count)
      elements[place] = partChanged(elements[place], &chance, depth: depth + 1)
      return .array(elements)
    default: return strange[chance.below(strange.count)]
    }
  }
}
