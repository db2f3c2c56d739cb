import KubeObjects

extension APIServer {
  /// Who asks: by credential, then by impersonation.
  func authenticate(_ request: APIRequest) throws(StatusError) -> UserInfo {
    let user = try user(of: request)
    return try Impersonation(request).user(asked: user, server: self)
  }

  /// Whose credential it is, whoever is impersonated with it.
  func user(of request: APIRequest) throws(StatusError) -> UserInfo {
    switch request.credential {
    case .component(let user): return user.authenticated
    case .anonymous:
      guard configuration.allowsAnonymous else { throw .unauthorized }
      return UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])
    case .bearer(let token):
      guard let user = user(ofToken: token) else { throw .unauthorized }
      return user.authenticated
    case .certificate:
      // The union of authenticators: a good certificate, else the token that came with it.
      guard
        let user = authenticator?.user(of: request.credential)
          ?? request.bearerToken.flatMap({ self.user(ofToken: $0) })
      else { throw .unauthorized }
      return user.authenticated
    }
  }

  private func user(ofToken token: String) -> UserInfo? {
    configuration.tokens[token] ?? authenticator?.user(of: .bearer(token))
  }
}

extension APIRequest {
  /// The token of its Authorization header.
  package var bearerToken: String? {
    let parts = (header("authorization") ?? "").split(separator: " ")
    guard parts.count >= 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

extension UserInfo {
  /// With the group of all that showed who they are.
  var authenticated: UserInfo {
    if groups.contains("system:authenticated") || name == "system:anonymous" { return self }
    var user = self
    user.groups.append("system:authenticated")
    return user
  }
}

/// The Impersonate-… headers of a request.
struct Impersonation {
  private let request: APIRequest

  init(_ request: APIRequest) { self.request = request }

  private func values(_ name: String) -> [String] {
    request.headers.filter { $0.name == name }.map(\.value)
  }

  /// The user that the request is to be served as.
  func user(asked: UserInfo, server: APIServer) throws(StatusError) -> UserInfo {
    let name = request.header("impersonate-user") ?? ""
    let groups = values("impersonate-group")
    let uid = request.header("impersonate-uid") ?? ""
    let extra = extra()
    guard !name.isEmpty else {
      if groups.isEmpty, uid.isEmpty, extra.isEmpty { return asked }
      throw .badRequestByServer(
        "requested \(wanted(groups, uid, extra)) without impersonating a user")
    }
    try check(asked, server, name: name, groups: groups, uid: uid, extra: extra)
    return assumed(name, groups, uid, extra)
  }

  private func assumed(
    _ name: String, _ groups: [String], _ uid: String, _ extra: [String: [String]]
  ) -> UserInfo {
    var all = groups
    let account = serviceAccount(name)
    if account != nil, groups.isEmpty {
      all = ["system:serviceaccounts", "system:serviceaccounts:\(account?.namespace ?? "")"]
    }
    if name == "system:anonymous" {
      if !all.contains("system:unauthenticated") { all.append("system:unauthenticated") }
    } else if !all.contains("system:authenticated"), !all.contains("system:unauthenticated") {
      all.append("system:authenticated")
    }
    return UserInfo(name: name, uid: uid, groups: all, extra: extra)
  }

  private func serviceAccount(_ name: String) -> (namespace: String, name: String)? {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
    return (parts[2], parts[3])
  }

  private func extra() -> [String: [String]] {
    var found: [String: [String]] = [:]
    let prefix = "impersonate-extra-"
    for header in request.headers where header.name.hasPrefix(prefix) {
      let key = RequestInfo.decoded(header.name.dropFirst(prefix.count))
      found[key, default: []].append(header.value)
    }
    return found
  }

  private func wanted(
    _ groups: [String], _ uid: String, _ extra: [String: [String]]
  ) -> String {
    var parts: [String] = []
    for group in groups { parts.append("Group/\(group)") }
    if !uid.isEmpty { parts.append("UID/\(uid)") }
    for key in extra.keys.sorted() { parts.append("UserExtra/\(key)") }
    return "[" + parts.joined(separator: " ") + "]"
  }

  private func check(
    _ asked: UserInfo, _ server: APIServer, name: String, groups: [String], uid: String,
    extra: [String: [String]]
  ) throws(StatusError) {
    var questions: [AccessQuestion] = []
    if let account = serviceAccount(name) {
      questions.append(
        AccessQuestion(
          verb: "impersonate", version: "v1", resource: "serviceaccounts",
          namespace: account.namespace, name: account.name))
    } else {
      questions.append(
        AccessQuestion(verb: "impersonate", version: "v1", resource: "users", name: name))
    }
    for group in groups {
      questions.append(
        AccessQuestion(verb: "impersonate", version: "v1", resource: "groups", name: group))
    }
    for key in extra.keys.sorted() {
      for value in extra[key] ?? [] {
        questions.append(
          AccessQuestion(
            verb: "impersonate", group: "authentication.k8s.io", version: "v1",
            resource: "userextras", subresource: key, name: value))
      }
    }
    if !uid.isEmpty {
      questions.append(
        AccessQuestion(
          verb: "impersonate", group: "authentication.k8s.io", version: "v1", resource: "uids",
          name: uid))
    }
    for question in questions where !server.isAllowed(asked, question) {
      throw question.refusal(of: asked)
    }
  }
}

extension StatusError {
  static func badRequestByServer(_ message: String) -> StatusError {
    StatusError.internalError(message)
  }
}
