import Documents
import KubeObjects
import Simulation

/// The kinds that are questions: nothing is stored, the answer is their status.
struct AccessReviews {
  let server: APIServer
  let request: ResourceRequest

  var isOneOfThese: Bool {
    [
      "selfsubjectreviews", "tokenreviews", "selfsubjectaccessreviews", "subjectaccessreviews",
      "localsubjectaccessreviews", "selfsubjectrulesreviews",
    ].contains(request.resource.resource.resource)
      && request.resource.resource.group.hasSuffix(".k8s.io")
  }

  func answer(_ object: Value) throws(StatusError) -> Value {
    switch request.resource.resource.resource {
    case "selfsubjectreviews": return selfSubject(object)
    case "tokenreviews": return try token(object)
    case "selfsubjectaccessreviews":
      try check(object, needsUser: false)
      return reviewed(object, of: request.user)
    case "subjectaccessreviews", "localsubjectaccessreviews":
      try check(object, needsUser: true)
      return reviewed(object, of: subject(object))
    default: return try rules(object)
    }
  }

  private func selfSubject(_ object: Value) -> Value {
    var answer = object
    answer["metadata"] = ["creationTimestamp": .string(server.timeline.now.rfc3339)]
    answer["status"] = ["userInfo": Self.value(request.user)]
    return answer
  }

  static func value(_ user: UserInfo) -> Value {
    var value: Value = ["username": .string(user.name)]
    if !user.uid.isEmpty { value["uid"] = .string(user.uid) }
    if !user.groups.isEmpty { value["groups"] = .strings(user.groups) }
    if !user.extra.isEmpty {
      value["extra"] = .object(Mapping(user.extra.map { ($0.key, .strings($0.value)) }))
    }
    return value
  }

  private func token(_ object: Value) throws(StatusError) -> Value {
    var answer = object
    let token = object["spec"]?["token"]?.string ?? ""
    if token.isEmpty {
      throw .badRequest("token is required for TokenReview in authentication")
    }
    let audience = "https://kubernetes.default.svc.cluster.local"
    let asked = (object["spec"]?["audiences"]?.array ?? []).compactMap(\.string)
    let verdict = server.authenticator?.review(
      token, audiences: asked.isEmpty ? [audience] : asked)
    switch verdict ?? .refused(nil) {
    case .user(let user, let audiences):
      answer["status"] = [
        "authenticated": true, "user": Self.value(user.authenticated),
        "audiences": .strings(audiences),
      ]
    case .refused(let why):
      // The server's own authenticator comes first, and knows none of these.
      let errors = ["invalid bearer token", why].compactMap { $0 }
      answer["status"] = ["user": [:], "error": .string(FieldError.aggregate(errors))]
    }
    return answer
  }

  // MARK: access

  private func subject(_ object: Value) -> UserInfo {
    let spec = object["spec"] ?? .emptyObject
    var extra: [String: [String]] = [:]
    for (key, value) in spec["extra"]?.object ?? [:] {
      extra[key] = (value.array ?? []).compactMap(\.string)
    }
    return UserInfo(
      name: spec["user"]?.string ?? "", uid: spec["uid"]?.string ?? "",
      groups: (spec["groups"]?.array ?? []).compactMap(\.string), extra: extra)
  }

  private func check(_ object: Value, needsUser: Bool) throws(StatusError) {
    let spec = object["spec"] ?? .emptyObject
    var errors: [FieldError] = []
    let path = FieldPath("spec")
    if spec["resourceAttributes"] != nil, let other = spec["nonResourceAttributes"] {
      let shown =
        "{\"Path\":\((other["path"]?.string ?? "").goQuoted),"
        + "\"Verb\":\((other["verb"]?.string ?? "").goQuoted)}"
      errors.append(
        .invalid(
          path.child("nonResourceAttributes"), printed: shown,
          "cannot be specified in combination with resourceAttributes"))
    }
    if spec["resourceAttributes"] == nil, spec["nonResourceAttributes"] == nil {
      errors.append(
        .invalid(
          path.child("resourceAttributes"), .null,
          "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
    }
    if needsUser, (spec["user"]?.string ?? "").isEmpty,
      (spec["groups"]?.array ?? []).isEmpty
    {
      errors.append(
        .invalid(path.child("user"), "", "at least one of user or group must be specified"))
    }
    for name in ["fieldSelector", "labelSelector"] {
      if let selector = spec["resourceAttributes"]?[name], !selector.isNull {
        errors += self.errors(selector, name, path.child("resourceAttributes").child(name))
      }
    }
    errors += metadataErrors(object)
    guard errors.isEmpty else {
      throw .invalidWithoutKind(group: "authorization.k8s.io", errors)
    }
  }

  /// A question has no metadata; one in a namespace is about that namespace.
  private func metadataErrors(_ object: Value) -> [FieldError] {
    var metadata = object["metadata"] ?? .emptyObject
    metadata["managedFields"] = nil
    let isLocal = request.resource.isNamespaced
    if isLocal { metadata["namespace"] = nil }
    var errors: [FieldError] = []
    if !(metadata.object?.isEmpty ?? true) {
      errors.append(
        .invalid(
          FieldPath("metadata"), printed: JSON.text(metadata),
          isLocal ? "must be empty except for namespace" : "must be empty"))
    }
    guard isLocal else { return errors }
    let path = FieldPath("spec")
    let spec = object["spec"] ?? .emptyObject
    let asked = spec["resourceAttributes"]?.text("namespace") ?? ""
    if spec["resourceAttributes"] != nil, asked != request.namespace {
      errors.append(
        .invalid(
          path.child("resourceAttributes").child("namespace"), .string(asked),
          "must match metadata.namespace"))
    }
    if let other = spec["nonResourceAttributes"] {
      let shown =
        "{\"Path\":\(other.text("path").goQuoted),\"Verb\":\(other.text("verb").goQuoted)}"
      errors.append(
        .invalid(
          path.child("nonResourceAttributes"), printed: shown,
          "disallowed on this kind of request"))
    }
    return errors
  }

  private func errors(_ selector: Value, _ name: String, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let raw = selector.text("rawSelector")
    let requirements = selector.items("requirements")
    if !raw.isEmpty, !requirements.isEmpty {
      errors.append(
        .invalid(
          path.child("rawSelector"), .string(raw),
          "may not specified at the same time as requirements"))
    }
    if raw.isEmpty, requirements.isEmpty {
      errors.append(
        .required(
          path.child("requirements"),
          "when \(path) is specified, requirements or rawSelector is required"))
    }
    for (index, requirement) in requirements.enumerated() {
      let here = path.child("requirements").index(index)
      // Newer clients may know more operators.
      errors += Checks.valuesFit(requirement, here) ?? []
      let key = requirement.text("key")
      if name == "labelSelector" {
        errors += Checks.name(.qualifiedName, key, here.child("key"))
      } else if key.isEmpty {
        errors.append(.required(here.child("key"), "must be specified"))
      }
    }
    return errors
  }

  private func reviewed(_ object: Value, of user: UserInfo) -> Value {
    var answer = object
    let spec = object["spec"] ?? .emptyObject
    var question: AccessQuestion
    if let attributes = spec["resourceAttributes"] {
      func text(_ name: String) -> String { attributes[name]?.string ?? "" }
      question = AccessQuestion(
        verb: text("verb"), group: text("group"), version: text("version"),
        resource: text("resource"), subresource: text("subresource"),
        namespace: text("namespace"), name: text("name"))
      question.fields = Self.fields(attributes["fieldSelector"] ?? .null)
    } else {
      let attributes = spec["nonResourceAttributes"] ?? .emptyObject
      question = AccessQuestion(verb: attributes["verb"]?.string ?? "")
      question.path = attributes["path"]?.string ?? ""
    }
    let decision = server.decide(user, question)
    var status: Value = ["allowed": .bool(decision.isAllowed)]
    let isMissing = !decision.isAllowed && decision.reason.hasPrefix("RBAC: ")
    if isMissing {
      status["reason"] = .string(decision.reason)
    } else if !decision.reason.isEmpty {
      status["reason"] = .string(decision.reason)
    }
    if let error = selectorError(spec) { status["evaluationError"] = .string(error) }
    answer["status"] = status
    return answer
  }

  /// What a question's selector says that fields have to be.
  private static func fields(_ selector: Value) -> [String: String] {
    var fields: [String: String] = [:]
    for requirement in selector.items("requirements") where requirement.text("operator") == "In" {
      let values = requirement["values"]?.array ?? []
      if values.count == 1 { fields[requirement.text("key")] = values[0].string ?? "" }
    }
    if let raw = try? FieldSelector(selector.text("rawSelector")) {
      fields.merge(raw.required) { _, new in new }
    }
    return fields
  }

  private func selectorError(_ spec: Value) -> String? {
    let known: [String: [String]] = [
      "labelSelector": ["In", "NotIn", "Exists", "DoesNotExist"],
      "fieldSelector": ["In", "NotIn", "Exists", "DoesNotExist"],
    ]
    for (name, operators) in known.sorted(by: { $0.key < $1.key }) {
      let requirements = spec["resourceAttributes"]?[name]?["requirements"]?.array ?? []
      for requirement in requirements
      where !operators.contains(requirement["operator"]?.string ?? "") {
        return "spec.resourceAttributes.\(name) ignored due to parse error"
      }
    }
    return nil
  }

  private func rules(_ object: Value) throws(StatusError) -> Value {
    let namespace = object["spec"]?["namespace"]?.string ?? ""
    guard !namespace.isEmpty else { throw .badRequest("no namespace on request") }
    var resourceRules: [Value] = []
    var pathRules: [Value] = []
    let found =
      request.user.groups.contains("system:masters")
      ? [
        AccessRule(verbs: ["*"], groups: ["*"], resources: ["*"]),
        AccessRule(verbs: ["*"], paths: ["*"]),
      ] : []
    let all = found + server.roleAuthorizer.rules(of: request.user, namespace: namespace)
    for rule in all {
      if rule.paths.isEmpty {
        resourceRules.append(rule.value)
      } else {
        pathRules.append(rule.value)
      }
    }
    var answer = object
    answer["metadata"] = .emptyObject
    answer["spec"] = .emptyObject
    answer["status"] = [
      "resourceRules": .array(resourceRules), "nonResourceRules": .array(pathRules),
      "incomplete": false,
    ]
    if server.configuration.authorizationModes.contains("Node"),
      NodeAuthorizer.node(of: request.user) != nil
    {
      answer["status"]?["incomplete"] = true
      answer["status"]?["evaluationError"] =
        "node authorizer does not support user rule resolution"
    }
    return answer
  }
}

extension StatusError {
  /// Upstream names no kind in the refusals of access reviews.
  static func invalidWithoutKind(group: String, _ errors: [FieldError]) -> StatusError {
    StatusError(
      code: 422, reason: "Invalid",
      message: ".\(group) \"\" is invalid: "
        + FieldError.aggregate(errors.map(\.message)),
      details: Details(group: group, causes: errors.map(\.cause)))
  }
}
