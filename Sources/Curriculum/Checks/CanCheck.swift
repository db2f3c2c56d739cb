import Documents

/// `can: {as: …, verb: …, resource: …}`: the authorizer says yes.
package struct CanCheck: Check {
  package static let keyword = "can"
  package static let fields: [String] = []
  let question: AccessQuestion

  package init(_ form: Form, namespace: String) {
    question = AccessQuestion(form.member(Self.keyword), namespace: namespace)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let answer = try question.ask(scene)
      return answer.isAllowed ? .passed : .failed("\(question) is not allowed")
    } catch { return .failed(error.message) }
  }
}
