import Documents
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// The real server's answers are the law. Cases that are known to differ are listed in
/// known-differences.txt, and the list may only become shorter: RECORD=1 rewrites it, SHOW=text
/// prints what differs in files or cases whose names contain the text.
@Suite struct RecordedCasesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  static let files: [String] =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "api").path)) ?? [])
    .filter { $0.hasSuffix(".json") }.sorted()

  @Test("a recorded request gets the recorded answer", arguments: files)
  func replay(_ file: String) throws {
    let bytes = [UInt8](
      try Data(contentsOf: Self.folder.appending(path: "api").appending(path: file)))
    let bodies = SentBodies.read(bytes)
    let cases = (try JSON.parse(bytes)["cases"]?.array ?? []).enumerated().map { index, value in
      RecordedCase(value, bodies: index < bodies.count ? bodies[index] : [])
    }
    let known = try Self.known(file)
    let environment = ProcessInfo.processInfo.environment
    let show = environment["SHOW"]
    let isRecording = environment["RECORD"] == "1"
    var failing: [String] = []
    let server = Self.server()
    for one in cases {
      let found = one.replay(on: file == "discovery.json" ? Self.server() : server)
      if !found.isEmpty { failing.append(one.name) }
      if let show, file.contains(show) || one.name.contains(show), !found.isEmpty {
        print("## \(file) \(one.name)\n\(found.joined(separator: "\n"))")
      }
      if isRecording { continue }
      if found.isEmpty {
        #expect(
          !known.contains(one.name), "\(file): \(one.name) is equal now: take it off the list")
      } else if !known.contains(one.name) {
        Issue.record("\(file): \(one.name) differs\n\(found.prefix(3).joined(separator: "\n"))")
      }
    }
    print("share \(file): \(cases.count - failing.count)/\(cases.count)")
    if isRecording { try Self.record(file, failing) }
  }

  static func server() -> APIServer {
    let server = APIServer(
      timeline: Timeline(now: Moment(seconds: 1_795_435_200)), seed: 1)
    server.authenticator = RecordingAuthenticator(server.timeline)
    server.bootstrap(authority: "-----BEGIN CERTIFICATE-----\n", address: "172.30.1.2")
    return server
  }

  private static func list(_ file: String) -> URL {
    folder.appending(path: "known-differences").appending(path: file + ".txt")
  }

  private static func known(_ file: String) throws -> Set<String> {
    guard let text = try? String(contentsOf: list(file), encoding: .utf8) else { return [] }
    return Set(text.split(separator: "\n").map(String.init))
  }

  private static func record(_ file: String, _ names: [String]) throws {
    let url = list(file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if names.isEmpty {
      try? FileManager.default.removeItem(at: url)
    } else {
      try (names.joined(separator: "\n") + "\n").write(to: url, atomically: true, encoding: .utf8)
    }
  }
}
