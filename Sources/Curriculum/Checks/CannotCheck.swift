/// `cannot: {as: …, verb: …, resource: …}`: the authorizer says no.
package struct CannotCheck: Check {
  package static let keyword = "cannot"
  package static let fields: [String] = []
  package static let isGuard = true
  let question: AccessQuestion

  package init(_ form: Form, namespace: String) {
    question = AccessQuestion(form.member(Self.keyword), namespace: namespace)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let answer = try question.ask(scene)
      guard answer.isAllowed else { return .passed }
      let why = answer.reason.isEmpty ? "" : " (\(answer.reason))"
      return .failed("\(question) is allowed, and should not be\(why)")
    } catch { return .failed(error.message) }
  }
}
