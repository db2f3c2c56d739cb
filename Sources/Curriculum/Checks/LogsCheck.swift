package import Simulation

/// `logs: pod/web -c app` with the same expectations as `output`: what a container has said.
package struct LogsCheck: Check {
  package static let keyword = "logs"
  package static let fields = TextExpectation.fields
  package static let patience = Span.seconds(30)
  let command: String
  let what: String
  let expectation: TextExpectation

  package init(_ form: Form, namespace: String) {
    what = form.string(Self.keyword) ?? ""
    let words = what.split(separator: " ")
    let isPlaced = words.contains("-n") || words.contains { $0.hasPrefix("--namespace") }
    command = "kubectl logs \(what)" + (isPlaced ? "" : " -n \(namespace)")
    expectation = TextExpectation(form)
    if expectation.isEmpty {
      form.note("one of \(TextExpectation.fields.joined(separator: ", ")) is needed")
    }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let result = scene.inspect(command)
    guard result.status == 0 else {
      let said = result.errors.split(separator: "\n").last.map(String.init) ?? "no answer"
      return .failed("\(what): \(said)")
    }
    return expectation.mismatch(result.output).map { .failed("the logs of \(what): \($0)") }
      ?? .passed
  }
}
