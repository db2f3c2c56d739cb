import Documents
import Glibc
import Testing

@testable import Kubectl

/// `create …` and `run` without a server, against what a real kubectl printed.
@Suite struct CreationTests {
  struct Recording: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let output: String
    let errors: String
    let status: Int32
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let recordings: [Recording] =
    Fixture.value("creations.json").array?.map {
      Recording(
        arguments: $0["arguments"]?.array?.compactMap(\.string) ?? [],
        output: $0["output"]?.string ?? "", errors: $0["errors"]?.string ?? "",
        status: Int32($0["status"]?.int ?? -1))
    } ?? []

  @Test("objects made on the client and refusals are a real kubectl's", arguments: recordings)
  func creation(_ recording: Recording) async throws {
    let station = Workstation()
    station.files["/work/conf.yaml"] = Array("x: 1\n".utf8)
    station.files["/work/good.env"] = Array("A=1\n# c\nB=two words\n\n".utf8)
    station.files["/work/blob"] = [0x00, 0xFF]
    let result = try await station.kubectl(recording.arguments)
    #expect(result.output == recording.output)
    // Help is in our own words: only its opening is compared.
    let isHelp = recording.errors.hasPrefix("Create a ")
    #expect(
      isHelp
        ? result.errors.hasPrefix(recording.errors.dropLast()) : result.errors == recording.errors)
    #expect(result.status == recording.status)
  }

  @Test("the recordings are there")
  func count() { #expect(Self.recordings.count > 120) }
}

/// Files beside the tests.
enum Fixture {
  static func value(_ name: String, file: String = #filePath) -> Value {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    return (try? JSON.parse(bytes("/\(folder)/Fixtures/\(name)"))) ?? .null
  }

  private static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
