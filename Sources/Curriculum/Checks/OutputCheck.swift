/// `output: COMMAND` with `equals`, `contains`, `lacks`, `lines`, `anyOf`, `status`: what it prints.
package struct OutputCheck: Check {
  package static let keyword = "output"
  package static let fields = TextExpectation.fields + ["status"]
  let command: String
  let expectation: TextExpectation
  let status: Int?

  package init(_ form: Form, namespace: String) {
    command = form.string(Self.keyword) ?? ""
    expectation = TextExpectation(form)
    status = form.integer("status", in: 0...255) ?? (expectation.isEmpty ? 0 : nil)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let result = scene.inspect(command)
    if let status, status != Int(result.status) {
      let said = result.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
      return .failed("`\(command)` ended with status \(result.status), not \(status)\(said)")
    }
    return expectation.mismatch(result.output).map { .failed("`\(command)`: \($0)") } ?? .passed
  }
}
