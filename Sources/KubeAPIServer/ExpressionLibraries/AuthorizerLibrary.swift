import CEL
import KubeObjects

/// Asks the cluster's authorizers whether somebody may do something.
enum AuthorizerLibrary {
  /// Somebody, and as much of the question as was said.
  struct Authorizer: OpaqueDatum {
    let user: UserInfo
    // Expressions run on the cluster's one thread, within the request that they judge.
    nonisolated(unsafe) let objects: any ObjectAccess
    var question: AccessQuestion?
    var part = ""
    var typeName: String { "kubernetes.authorization.\(part)Authorizer" }
  }

  struct Decision: OpaqueDatum {
    let isAllowed: Bool
    var typeName: String { "kubernetes.authorization.Decision" }
  }

  static let authorizer = Type.opaque("kubernetes.authorization.Authorizer")
  static let resource = Type.opaque("kubernetes.authorization.ResourceCheck")
  private static let path = Type.opaque("kubernetes.authorization.PathCheck")
  private static let group = Type.opaque("kubernetes.authorization.GroupCheck")
  private static let decision = Type.opaque("kubernetes.authorization.Decision")

  private static func somebody(_ value: Datum) -> Authorizer? {
    if case .opaque(let datum) = value { datum as? Authorizer } else { nil }
  }

  private static func verdict(_ value: Datum) -> Decision? {
    if case .opaque(let datum) = value { datum as? Decision } else { nil }
  }

  private static func step(
    _ name: String, _ id: String, _ from: Type, _ to: Type,
    _ change: @escaping @Sendable (inout AccessQuestion, String) -> Void
  ) -> Function {
    .member(name, id, [from, .string], to) { values in
      guard var found = somebody(values[0]), let text = values[1].string else { return nil }
      var question = found.question ?? AccessQuestion(verb: "")
      change(&question, text)
      found.question = question
      return .opaque(found)
    }
  }

  static let all: [Function] = [
    step("path", "authorizer_path", authorizer, path) { $0.path = $1 },
    step("group", "authorizer_group", authorizer, group) { $0.group = $1 },
    .member(
      "serviceAccount", "authorizer_serviceaccount", [authorizer, .string, .string], authorizer
    ) { values in
      guard let found = somebody(values[0]), let namespace = values[1].string,
        let name = values[2].string
      else { return nil }
      let user = UserInfo(
        name: "system:serviceaccount:\(namespace):\(name)",
        groups: [
          "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
        ])
      return .opaque(Authorizer(user: user, objects: found.objects))
    },
    step("resource", "groupcheck_resource", group, resource) { $0.resource = $1 },
    step("subresource", "resourcecheck_subresource", resource, resource) { $0.subresource = $1 },
    step("namespace", "resourcecheck_namespace", resource, resource) { $0.namespace = $1 },
    step("name", "resourcecheck_name", resource, resource) { $0.name = $1 },
    step("fieldSelector", "resourcecheck_fieldselector", resource, resource) { _, _ in },
    step("labelSelector", "resourcecheck_labelselector", resource, resource) { _, _ in },
    Function(
      "check",
      [
        Overload("pathcheck_check", isMember: true, [path, .string], decision),
        Overload("resourcecheck_check", isMember: true, [resource, .string], decision),
      ]
    ) { values in
      guard let found = somebody(values[0]), var question = found.question,
        let verb = values[1].string
      else { return nil }
      question.verb = verb
      return .opaque(Decision(isAllowed: found.objects.isAllowed(found.user, question)))
    },
    .member("allowed", "decision_allowed", [decision], .bool) {
      verdict($0[0]).map { .bool($0.isAllowed) }
    },
    .member("errored", "decision_errored", [decision], .bool) {
      verdict($0[0]).map { _ in .bool(false) }
    },
    .member("error", "decision_error", [decision], .string) {
      verdict($0[0]).map { _ in .string("") }
    },
    .member("reason", "decision_reason", [decision], .string) {
      verdict($0[0]).map { _ in .string("") }
    },
  ]
}
