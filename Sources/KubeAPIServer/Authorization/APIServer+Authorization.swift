import KubeObjects

extension APIServer {
  /// Refuses what the authorizers do not allow.
  func authorize(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {
    if user.groups.contains("system:masters") { return }
    var question = AccessQuestion(verb: info.verb)
    if info.isResource {
      question = AccessQuestion(
        verb: info.verb, group: info.group, version: info.version, resource: info.resource,
        subresource: info.subresource, namespace: info.namespace, name: info.name)
    } else {
      question.path = info.path
    }
    if !isAllowed(user, question) { throw question.refusal(of: user) }
  }
}

extension AccessQuestion {
  /// The words of a refusal.
  func refusal(of user: UserInfo) -> StatusError {
    if !path.isEmpty {
      return StatusError(
        code: 403, reason: "Forbidden",
        message: "forbidden: User \(user.name.goQuoted) cannot \(verb) path \(path.goQuoted)",
        details: .init())
    }
    let target = GroupVersionResource(group, version, resource)
    let shown = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
    var text =
      "User \(user.name.goQuoted) cannot \(verb) resource \(shown.goQuoted)"
      + " in API group \(group.goQuoted)"
    text += namespace.isEmpty ? " at the cluster scope" : " in the namespace \(namespace.goQuoted)"
    return .forbidden(target, name, text)
  }
}
