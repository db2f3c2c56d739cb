import Documents
import Testing

@testable import Kubectl

/// `kubectl kustomize` against what a real kubectl built of the same folders.
@Suite struct KustomizeTests {
  struct Recording: Sendable, CustomTestStringConvertible {
    let folder: String
    let output: String
    let errors: String
    let status: Int32
    var testDescription: String { folder }
  }

  static let fixture = Fixture.value("kustomizations.json")
  static let recordings: [Recording] =
    fixture["cases"]?.array?.map {
      Recording(
        folder: $0["folder"]?.string ?? "", output: $0["output"]?.string ?? "",
        errors: $0["errors"]?.string ?? "", status: Int32($0["status"]?.int ?? -1))
    } ?? []

  @Test("a folder is built as a real kubectl builds it", arguments: recordings)
  func build(_ recording: Recording) async throws {
    let station = Workstation()
    for (path, text) in Self.fixture["files"]?.object ?? [:] {
      station.files["/work/\(path)"] = Array((text.string ?? "").utf8)
    }
    let result = try await station.kubectl(["kustomize", recording.folder])
    #expect(result.output == recording.output)
    #expect(result.errors == recording.errors)
    #expect(result.status == recording.status)
  }

  @Test("the recordings are there")
  func count() { #expect(Self.recordings.count == 140) }
}
