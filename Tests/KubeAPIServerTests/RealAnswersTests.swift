import CEL
import Documents
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What a real apiextensions-apiserver 1.36.4 said of definitions and of custom resources, and what
/// its CEL environment made of expressions. Left out is where it was built with newer libraries than
/// Kubernetes pins, and answers for them (json-patch, cel-go's messages).
@Suite struct RealAnswersTests {
  private static func rows(_ file: String) throws -> [Value] {
    let url = RecordedCasesTests.folder.appending(path: "real").appending(path: file)
    return try JSON.parse([UInt8](try Data(contentsOf: url))).array ?? []
  }

  private static func post(_ server: APIServer, _ path: String, _ body: Value) -> APIResponse {
    server.handle(
      APIRequest(
        method: "POST", path: path, query: [("dryRun", "All")],
        headers: [("content-type", "application/json"), ("user-agent", "drydock/1")],
        body: .bytes(JSON.bytes(body)), credential: RecordedCase.owner))
  }

  /// Code, message and warnings, as one text.
  private static func summary(_ answer: APIResponse) -> [String] {
    var message = ""
    if answer.code >= 400, case .value(let value) = answer.body { message = value.text("message") }
    let warnings = answer.headers.filter { $0.name == "Warning" }.map(\.value)
    // Errors of several members come in no fixed order.
    return ["\(answer.code)", parts(message).joined(separator: "\n")] + warnings
  }

  private static func parts(_ message: String) -> [String] {
    guard let open = message.firstRange(of: "is invalid: ["), message.hasSuffix("]") else {
      return [message]
    }
    let list = message[open.upperBound...].dropLast()
    return [String(message[..<open.upperBound])]
      + list.split(separator: ", ").map(String.init).sorted()
  }

  private static func wanted(_ row: Value) -> [String] {
    let message = row.text("message")
    return ["\(row.number("code"))", parts(message).joined(separator: "\n")] + row.texts("warnings")
  }

  @Test("a definition is told what a real server tells it")
  func definitions() throws {
    let server = RecordedCasesTests.server()
    let rows = try Self.rows("definitions.json")
    #expect(!rows.isEmpty)
    for row in rows {
      var definition = row["definition"] ?? .emptyObject
      definition["apiVersion"] = "apiextensions.k8s.io/v1"
      definition["kind"] = "CustomResourceDefinition"
      let answer = Self.post(
        server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
      #expect(Self.summary(answer) == Self.wanted(row), "\(row.text("rule"))")
    }
  }

  @Test("a custom resource is told what a real server tells it")
  func values() throws {
    let server = RecordedCasesTests.server()
    let schemas = try Self.rows("values.json")
    #expect(!schemas.isEmpty)
    for (index, schema) in schemas.enumerated() {
      let group = "real\(index).example"
      let made = Self.define(server, group, schema["schema"] ?? .emptyObject)
      #expect(made.code == 201, "\(schema.text("rule"))")
      server.timeline.settle()
      for row in schema.items("rows") {
        var object = row["object"] ?? .emptyObject
        if object["apiVersion"] == nil { object["apiVersion"] = .string("\(group)/v1") }
        if object["kind"] == nil { object["kind"] = "Boat" }
        if object["metadata"] == nil { object["metadata"] = ["name": "b"] }
        let answer = Self.post(server, "/apis/\(group)/v1/boats", object)
        let got = Self.summary(answer).map { $0.replacing(group, with: "GROUP") }
        #expect(got == Self.wanted(row), "\(schema.text("rule")): \(JSON.text(object))")
      }
    }
  }

  @Test("an applied configuration is told what a real server tells it, and owns the same")
  func applied() throws {
    let url = RecordedCasesTests.folder.appending(path: "real/applied.json")
    let fixture = try JSON.parse([UInt8](try Data(contentsOf: url)))
    let server = RecordedCasesTests.server()
    let made = Self.define(
      server, "real.example",
      [
        "type": "object",
        "properties": ["spec": ["type": "object", "properties": fixture["properties"] ?? [:]]],
      ])
    #expect(made.code == 201)
    server.timeline.settle()
    #expect(!fixture.items("rows").isEmpty)
    for row in fixture.items("rows") {
      let cells = row.array ?? []
      guard cells.count > 3, let field = cells[0].string else { continue }
      let boat: Value = [
        "apiVersion": "real.example/v1", "kind": "Boat", "metadata": ["name": "o"],
        "spec": [field: cells[1]],
      ]
      let answer = server.handle(
        APIRequest(
          method: "PATCH", path: "/apis/real.example/v1/boats/o",
          query: [("fieldManager", "m"), ("dryRun", "All")],
          headers: [("content-type", "application/apply-patch+yaml")],
          body: .bytes(JSON.bytes(boat)), credential: RecordedCase.owner))
      let rule = Comment(rawValue: "\(field): \(JSON.text(cells[1]))")
      #expect(Int64(answer.code) == cells[2].int, rule)
      guard case .value(let body) = answer.body else { continue }
      if answer.code >= 400 {
        let message = body.text("message").replacing("real.example", with: "GROUP")
        #expect(message == cells[3].string, rule)
      } else {
        let entry = body["metadata"]?.items("managedFields").first
        #expect((entry?[path: "fieldsV1", "f:spec"] ?? .null) == cells[3], rule)
        #expect(body["spec"] == cells.last, rule)
      }
    }
  }

  @Test("requests for custom resources are answered as a real server answers them")
  func requests() throws {
    let url = RecordedCasesTests.folder.appending(path: "real/requests.json")
    let fixture = try JSON.parse([UInt8](try Data(contentsOf: url)))
    let server = RecordedCasesTests.server()
    func send(_ cells: [String], _ body: [UInt8]?) -> APIResponse {
      let halves = cells[1].split(separator: "?", maxSplits: 1).map(String.init)
      let answer = server.handle(
        APIRequest(
          method: cells[0], path: halves[0],
          query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [],
          headers: [
            ("content-type", cells[2]), ("accept", cells[3]), ("user-agent", "tester/1"),
          ], body: body.map { .bytes($0) } ?? .none, credential: RecordedCase.owner))
      server.timeline.settle()
      return answer
    }
    let made = send(
      [
        "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "application/json", "",
      ], JSON.bytes(fixture["definition"] ?? .null))
    #expect(made.code == 201)
    #expect(!fixture.items("rows").isEmpty)
    for row in fixture.items("rows") {
      let cells = row.array ?? []
      guard cells.count == 10 else { continue }
      let texts = cells[1...5].map { $0.string ?? "" }
      let answer = send(
        [texts[0], texts[1], texts[3], texts[4]], cells[3].string.map { Array($0.utf8) })
      let rule = Comment(rawValue: cells[0].string ?? "")
      #expect(Int64(answer.code) == cells[6].int, rule)
      let warnings = answer.headers.filter { $0.name == "Warning" }.map(\.value)
      #expect(warnings == (cells[8].array ?? []).compactMap(\.string), rule)
      guard case .value(let body) = answer.body else { continue }
      if let wanted = cells[7].string {
        let told = body.text("message").replacing(
          try Regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), with: "U")
        #expect(told == wanted, rule)
      }
      if !cells[9].isNull {
        #expect(Self.settled(body) == Self.settled(cells[9]), rule)
      }
    }
  }

  /// Without what differs from one server to the next: times, ages, names of the storage.
  private static func settled(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      var kept: [(String, Value)] = []
      for (name, member) in members
      where !["resourceVersion", "uid", "creationTimestamp", "time"].contains(name) {
        kept.append((name, settled(member)))
      }
      return .object(Mapping(kept))
    case .array(let elements): return .array(elements.map(settled))
    case .string(let text) where text.hasSuffix("s") && Int(text.dropLast()) != nil: return "AGE"
    default: return value
    }
  }

  private static func define(_ server: APIServer, _ group: String, _ schema: Value) -> APIResponse {
    let definition: Value = [
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": ["name": .string("boats.\(group)")],
      "spec": [
        "group": .string(group), "scope": "Cluster", "names": ["plural": "boats", "kind": "Boat"],
        "versions": [
          ["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema]]
        ],
      ],
    ]
    return server.handle(
      APIRequest(
        method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        query: [], headers: [("content-type", "application/json")],
        body: .bytes(JSON.bytes(definition)), credential: RecordedCase.owner))
  }

  @Test("an expression has the value or the failure that it has in a real server")
  func expressions() throws {
    let rows = try Self.rows("expressions.json")
    #expect(!rows.isEmpty)
    for row in rows {
      let cells = row.array ?? []
      guard cells.count == 2, let text = cells[0].string else { continue }
      let program = try Program(text, ExpressionLibraries.environment)
      #expect(Self.shown(program.evaluate([:])) == cells[1].string, "\(text)")
    }
  }

  @Test(
    "clocks are those of the zone that is named",
    arguments: [
      ("timestamp('2026-07-01T23:30:00Z').getHours('Europe/Berlin')", "1"),
      ("timestamp('2026-01-01T23:30:00Z').getHours('Europe/Berlin')", "0"),
      ("timestamp('2026-07-01T00:30:00Z').getDate('America/New_York')", "30"),
      ("timestamp('2026-07-01T00:30:00Z').getMinutes('Asia/Kolkata')", "0"),
      ("timestamp('9999-12-31T23:00:00Z').getHours('Asia/Tokyo')", "8"),
      ("timestamp('2026-07-01T00:30:00Z').getHours('-01:00')", "23"),
      (
        "timestamp('2026-07-01T00:30:00Z').getHours('Mars/Olympus')",
        "failure: unknown time zone Mars/Olympus"
      ),
    ])
  func zones(_ text: String, _ wanted: String) throws {
    let program = try Program(text, ExpressionLibraries.environment)
    #expect(Self.shown(program.evaluate([:])) == wanted)
  }

  /// A value with its type, as the fixture has it.
  private static func shown(_ value: Datum) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return "\(flag)"
    case .int(let number): return "\(number)"
    case .uint(let number): return "\(number)u"
    case .double(let number):
      return number.isNaN ? "NaN" : "double \(number.goPrinted)"
    case .string(let text): return JSON.text(.string(text))
    case .bytes(let bytes):
      return "bytes " + bytes.map { String($0, radix: 16) }.joined(separator: " ")
    case .timestamp(let moment): return "timestamp \(moment.seconds) \(moment.nanoseconds)"
    case .duration(let nanoseconds): return "duration \(nanoseconds)"
    case .list(let list): return "[" + list.elements.map(shown).joined(separator: ", ") + "]"
    case .map(let map):
      let pairs = map.keys.map { "\(shown($0)): \(shown(map[$0] ?? .null))" }
      return "{" + pairs.sorted().joined(separator: ", ") + "}"
    case .optional(let inner): return inner.map { "optional(\(shown($0)))" } ?? "optional.none"
    case .type(let name): return "type \(name)"
    case .opaque(let object): return "<\(object.typeName)>"
    case .failure(let why): return "failure: \(why)"
    }
  }
}
