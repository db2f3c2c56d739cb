/// `answer: /root/nodes.txt` with `is: COMMAND`: the learner wrote down what the command prints, the
/// lines in any order, names also with their kind (`pod/web`).
package struct AnswerCheck: Check {
  package static let keyword = "answer"
  package static let fields = ["is"]
  let path: String
  let command: String

  package init(_ form: Form, namespace: String) {
    path = form.path(Self.keyword)
    command = form.required("is")
  }

  package func verdict(in scene: any Scene) -> Verdict {
    guard let bytes = scene.contents(of: path) else { return .failed("\(path) is not there") }
    let result = scene.inspect(command)
    guard result.status == 0 else {
      return .failed("what is right could not be found out: \(Substring(result.errors).trimmed)")
    }
    let wanted = Self.lines(result.output)
    let text = String(decoding: bytes, as: UTF8.self)
    let found = Self.lines(text).map { line in
      wanted.contains { $0.contains("/") } ? line : String(line.split(separator: "/").last ?? "")
    }
    if found.sorted() == wanted.sorted() { return .passed }
    return .failed("\(path): \(TextExpectation.saying(text))")
  }

  /// What stands in a text, whatever its blanks.
  private static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
  }
}
