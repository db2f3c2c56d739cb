/// `file: /root/answer.txt` with the same expectations as `output`: what the learner wrote down.
package struct FileCheck: Check {
  package static let keyword = "file"
  package static let fields = TextExpectation.fields
  package static let onlyLooks = true
  let path: String
  let expectation: TextExpectation

  package init(_ form: Form, namespace: String) {
    path = form.path(Self.keyword)
    expectation = TextExpectation(form)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    guard let bytes = scene.contents(of: path) else { return .failed("\(path) is not there") }
    return expectation.mismatch(String(decoding: bytes, as: UTF8.self), isAnswer: true).map {
      .failed("\(path): \($0)")
    } ?? .passed
  }
}
