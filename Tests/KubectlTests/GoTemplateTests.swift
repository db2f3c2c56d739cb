import Documents
import Testing

@testable import Kubectl

/// `-o go-template` against what a real kubectl printed of the same Deployment.
@Suite struct GoTemplateTests {
  struct Recording: Sendable, CustomTestStringConvertible {
    let template: String
    let output: String
    let errors: String
    let status: Int32
    var testDescription: String { template }
  }

  static let recordings: [Recording] =
    Fixture.value("go-templates.json").array?.map {
      Recording(
        template: $0["template"]?.string ?? "", output: $0["output"]?.string ?? "",
        errors: $0["errors"]?.string ?? "", status: Int32($0["status"]?.int ?? -1))
    } ?? []

  @Test("a template prints what it prints with a real kubectl", arguments: recordings)
  func template(_ recording: Recording) async throws {
    let result = try await Workstation().kubectl([
      "create", "deployment", "web", "--image=nginx:1", "--dry-run=client",
      "-o=go-template=\(recording.template)",
    ])
    // What is shown of the object after a failure depends on the order of Go's structs.
    #expect(
      recording.status == 0
        ? result.output == recording.output : result.output.hasPrefix(recording.output))
    #expect(result.errors == recording.errors)
    #expect(result.status == recording.status)
  }

  @Test("a template that calls itself, or loops over much, comes to an end")
  func hostile() throws {
    var template = GoTemplate(library: ObjectFunctions())
    try template.add(
      "{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}", name: "output")
    var run = TemplateRun(template, missing: .nothing)
    #expect(throws: GoTemplate.Failure.self) { try run.execute("output", [:]) }
    let deep = String(repeating: "(", count: 10_000)
    #expect(throws: GoTemplate.Failure.self) { try template.add("{{\(deep)}}", name: "deep") }
  }

  @Test("the recordings are there")
  func count() { #expect(Self.recordings.count > 80) }
}
