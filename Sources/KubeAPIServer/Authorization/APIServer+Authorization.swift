import KubeObjects

extension APIServer {
  /// The answer of the cluster's authorizers: Node, then RBAC.
  package func decide(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision {
    // The authorizer of privileged groups comes before all.
    if !authorizesByRole || user.groups.contains("system:masters") {
      return AccessDecision(isAllowed: true, reason: "")
    }
    var reasons: [String] = []
    for mode in configuration.authorizationModes {
      switch mode {
      case "AlwaysAllow": return AccessDecision(isAllowed: true, reason: "")
      case "AlwaysDeny":
        // Having no opinion, it lets later ones decide.
        reasons.append("Everything is forbidden.")
      case "Node":
        guard let decision = nodeAuthorizer.decide(user, question) else { continue }
        if decision.isAllowed { return decision }
        if !decision.reason.isEmpty { reasons.append(decision.reason) }
      case "RBAC":
        let decision = roleAuthorizer.decide(user, question)
        if decision.isAllowed { return decision }
        if !decision.reason.isEmpty { reasons.append(decision.reason) }
      default: continue
      }
    }
    return AccessDecision(isAllowed: false, reason: reasons.joined(separator: "\n"))
  }

  package func isAllowed(_ user: UserInfo, _ question: AccessQuestion) -> Bool {
    decide(user, question).isAllowed
  }

  /// Refuses what the authorizers do not allow.
  func authorize(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {
    if user.groups.contains("system:masters") { return }
    try authorize(user, info.question)
  }

  func authorize(_ user: UserInfo, _ question: AccessQuestion) throws(StatusError) {
    let decision = decide(user, question)
    if !decision.isAllowed { throw question.refusal(of: user, decision.reason) }
  }
}

extension RequestInfo {
  /// What the authorizers are asked of the request.
  var question: AccessQuestion {
    guard isResource else {
      var question = AccessQuestion(verb: verb)
      question.path = path
      return question
    }
    var question = AccessQuestion(
      verb: verb, group: group, version: version, resource: resource, subresource: subresource,
      namespace: namespace, name: name)
    question.fields = fields
    return question
  }
}

extension AccessQuestion {
  /// The words of a refusal.
  func refusal(of user: UserInfo, _ reason: String = "") -> StatusError {
    let why = reason.isEmpty ? "" : ": " + reason
    if !path.isEmpty {
      return StatusError(
        code: 403, reason: "Forbidden",
        message: "forbidden: User \(user.name.goQuoted) cannot \(verb) path \(path.goQuoted)\(why)",
        details: .init())
    }
    let target = GroupVersionResource(group, version, resource)
    let shown = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
    let place =
      namespace.isEmpty ? " at the cluster scope" : " in the namespace \(namespace.goQuoted)"
    return .forbidden(
      target, name,
      "User \(user.name.goQuoted) cannot \(verb) resource \(shown.goQuoted)"
        + " in API group \(group.goQuoted)\(place)\(why)")
  }
}
