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

  /// The command as far as it says what was asked; what follows would hide what was found.
  private var brief: String {
    let words = command.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 90 ? words.prefix(87) + "…" : words
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let result = scene.inspect(command)
    if let status, status != Int(result.status) {
      let said = result.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
      return .failed("`\(brief)` ended with status \(result.status), not \(status)\(said)")
    }
    return expectation.mismatch(result.output).map { .failed("`\(brief)`: \($0)") } ?? .passed
  }
}
