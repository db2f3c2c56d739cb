import Documents
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What upstream's rules say of requests that nobody recorded: each row of Fixtures/rules has
/// requests and what the last of them must be told.
@Suite struct RuleTableTests {
  static let folder = RecordedCasesTests.folder.appending(path: "rules")
  static let files: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".json") }.sorted()

  @Test("a request that breaks a rule is told so in upstream's words", arguments: files)
  func rules(_ file: String) throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: file)))
    let rows = try JSON.parse(bytes).array ?? []
    #expect(!rows.isEmpty)
    let server = RecordedCasesTests.server()
    for row in rows {
      let rule = row["rule"]?.string ?? ""
      var answer: APIResponse?
      for step in row["steps"]?.array ?? [] {
        answer = server.handle(Self.request(step.array ?? []))
        server.timeline.settle()
      }
      let got = try #require(answer)
      #expect(Int64(got.code) == row["code"]?.int, "\(file): \(rule)")
      if let wanted = row["message"]?.string {
        #expect(Self.message(got) == wanted, "\(file): \(rule)")
      }
      // What became of the object, by JSON pointers; null: nothing of the sort is there.
      for (pointer, wanted) in row["fields"]?.object ?? [:] {
        let path = pointer.split(separator: "/").map(String.init)
        let found: Value? =
          if case .value(let object) = got.body { Self.find(path[...], in: object) } else { nil }
        #expect((found ?? .null) == wanted, "\(file): \(rule): \(pointer)")
      }
      let warnings = got.headers.filter { $0.name == "Warning" }.map(\.value)
      let wanted = (row["warnings"]?.array ?? []).compactMap(\.string)
      #expect(warnings == wanted, "\(file): \(rule)")
    }
  }

  /// Method, path, content type, body and, where it is not the cluster's owner, who asks.
  private static func request(_ step: [Value]) -> APIRequest {
    func text(_ index: Int) -> String? { index < step.count ? step[index].string : nil }
    let halves = (text(1) ?? "").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var headers: [(name: String, value: String)] = [
      ("user-agent", "drydock/1"), ("accept", "application/json"),
    ]
    if let type = text(2) { headers.append(("content-type", type)) }
    if let user = text(4) {
      headers.append(("impersonate-user", user))
      if user.hasPrefix("system:node:") { headers.append(("impersonate-group", "system:nodes")) }
    }
    return APIRequest(
      method: text(0) ?? "", path: String(halves.first ?? ""),
      query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [], headers: headers,
      body: text(3).map { .bytes(Array($0.utf8)) } ?? .none, credential: RecordedCase.owner)
  }

  private static func find(_ path: ArraySlice<String>, in value: Value) -> Value? {
    guard let step = path.first else { return value }
    let next = Int(step).map { value[$0] } ?? value[step]
    return next.flatMap { find(path.dropFirst(), in: $0) }
  }

  private static func message(_ answer: APIResponse) -> String? {
    switch answer.body {
    case .value(let value): value["message"]?.string
    case .bytes(let bytes):
      (try? JSON.parse(bytes))?["message"]?.string ?? String(decoding: bytes, as: UTF8.self)
    default: nil
    }
  }
}
